//! Templates: what there is to make peers from, and the one question for a repository's own.

use super::form::Form;
use super::key::Key;
use super::model::{Confirm, Focus, Model, Page};
use super::update::{Effect, Tag};
use crate::config::Mistake;
use crate::config::templates::{Loaded, Template};
use crate::core::state::Millis;
use crate::wire::request::Request;
use crate::wire::view::{ErrorView, TrustRow};
use serde_json::Value;

/// The question waits so long after the daemon's first word, in ms: the frame goes first.
const FIRST: Millis = 200;

/// What is known of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// The root of the repository here, where that has templates of its own.
    pub own: Option<String>,
    /// The operator's word on it.
    pub word: Option<bool>,
    /// What there is.
    pub all: Vec<Template>,
    /// What is wrong with their files.
    mistakes: Vec<Mistake>,
    /// They were read for the page that is open.
    read: bool,
    /// The operator's word was asked for.
    heard: Option<Heard>,
    /// When the daemon was first there.
    pub(super) since: Option<Millis>,
    /// The question was put: it is not put twice.
    put: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    Asked,
    Told,
}

/// Reads the templates when a page wants them, and finds out once whether the repository here has
/// some of its own that nobody has said anything of.
pub fn follow(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.attach.is_some() || model.down.is_some() || !model.told {
        model.templates.heard = None;
        return;
    }
    let now = model.now;
    let since = *model.templates.since.get_or_insert(now);
    let wanted = matches!(model.page, Some(Page::Palette { .. } | Page::Form(_)));
    let first = model.templates.heard.is_none() && now - since >= FIRST;
    if first || (wanted && !model.templates.read) {
        read(model, effects);
    }
    model.templates.read = wanted;
    if first {
        model.templates.heard = Some(Heard::Asked);
        effects.push(Effect::Ask(Tag::Trusted, Request::Trusted));
    }
    let free = model.page.is_none() && model.focus != Focus::Pane && model.copying.open.is_none();
    let free = free && model.filters.editing.is_none() && model.begun.is_empty();
    let open = model.templates.own.is_some() && model.templates.word.is_none();
    let told = model.templates.heard == Some(Heard::Told);
    if open && told && free && !model.templates.put {
        model.templates.put = true;
        ask(model);
    }
}

/// When it is to be looked for, where it was not yet.
pub fn next(model: &Model) -> Option<Millis> {
    let waits = model.templates.heard.is_none() && model.attach.is_none() && model.told;
    let since = model
        .templates
        .since
        .filter(|_| waits && model.down.is_none());
    since.map(|since| since + FIRST)
}

/// Opens the question.
pub fn ask(model: &mut Model) {
    let opened = model.now;
    if let Some(directory) = model.templates.own.clone() {
        model.open_over(Page::Confirm(Confirm::Trust { directory, opened }));
    }
}

/// Opens the form of a new peer, filled in by the template of that name.
pub fn form(model: &mut Model, name: &str) {
    let mut form = Form::new(&model.runtimes, &model.cwd);
    form.template.offer(&model.templates.all);
    form.change_template(&model.runtimes, |chosen| chosen.choose(name));
    model.open_over(Page::Form(form));
}

/// The operator's answer goes to the daemon.
pub fn answer(directory: String, trusted: bool, effects: &mut Vec<Effect>) {
    effects.push(Effect::Ask(
        Tag::Trust,
        Request::Trust { directory, trusted },
    ));
}

/// Whether a key says no for ever; Esc leaves it open.
pub fn says_no(key: Key) -> bool {
    key.typed() == Some('n')
}

fn read(model: &Model, effects: &mut Vec<Effect>) {
    let known = &model.templates;
    let trusted = known.own.clone().filter(|_| known.word == Some(true));
    effects.push(Effect::Templates(trusted));
}

/// Takes what was read.
pub fn took(model: &mut Model, own: Option<String>, loaded: Loaded) {
    if model.templates.own != own {
        // The first that it has since the daemon was asked: nothing is known of it yet.
        if model.templates.heard == Some(Heard::Told) {
            model.templates.heard = None;
        }
        (model.templates.own, model.templates.word) = (own, None);
    }
    model.templates.all = loaded.templates;
    if let Some(Page::Form(form)) = &mut model.page {
        form.template.offer(&model.templates.all);
    }
    // What was said once stands in `pult doctor`.
    if model.templates.mistakes != loaded.mistakes {
        model.report(&loaded.mistakes);
        model.templates.mistakes = loaded.mistakes;
    }
}

/// Takes what the daemon knows of all repositories.
pub fn heard(model: &mut Model, answer: Result<Value, ErrorView>, effects: &mut Vec<Effect>) {
    let Ok(body) = answer else { return };
    let rows: Vec<TrustRow> = serde_json::from_value(body).unwrap_or_default();
    let own = model.templates.own.as_deref();
    let row = rows.iter().find(|row| Some(row.directory.as_str()) == own);
    model.templates.word = row.map(|row| row.trusted);
    model.templates.heard = Some(Heard::Told);
    if model.templates.word == Some(true) {
        read(model, effects);
    }
}

/// Takes what came of the operator's answer.
pub fn answered(model: &mut Model, answer: Result<Value, ErrorView>, effects: &mut Vec<Effect>) {
    match answer.map(serde_json::from_value::<TrustRow>) {
        Ok(Ok(row)) => {
            model.templates.word = Some(row.trusted);
            let are = if row.trusted { "are" } else { "are not" };
            let place = super::view::words::path(&row.directory, &model.home);
            model.tell(format!("the templates of {place} {are} read"));
            read(model, effects);
        }
        Ok(Err(error)) => model.warn(format!("what the daemon says does not read: {error}")),
        Err(error) => model.refused(&error),
    }
}
