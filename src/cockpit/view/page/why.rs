//! A peer, whole: who it is, what it has and may, what it used, and what its state rests on.

use super::{Lines, labelled};
use crate::cockpit::form::PROFILES;
use crate::cockpit::model::{Model, Peer};
use crate::cockpit::view::{about, words};
use crate::cockpit::world::millis;
use crate::core::text::counted;
use crate::wire::cost::CostRow;
use crate::wire::view::WhyView;

/// The four answers with their evidence, its card, and the log that led there.
pub fn lines(model: &Model, name: &str, view: Option<&WhyView>, width: usize) -> Lines {
    let mut out = Vec::new();
    answers(&mut out, view, width);
    out.push(vec![]);
    if let Some(peer) = model.peers.iter().find(|p| p.address() == name) {
        card(model, &mut out, peer, width);
        out.push(vec![]);
    }
    log(model, &mut out, view);
    out
}

/// So many letters tell one state of a template from another.
const SHORT: usize = 8;

fn card(model: &Model, out: &mut Lines, peer: &Peer, width: usize) {
    let row = &peer.row;
    let mut say = |label: &str, text: &str| labelled(out, label, text, width);
    say("runtime", &row.runtime);
    say(
        "model",
        row.model.as_deref().unwrap_or("the runtime's own choice"),
    );
    let means = PROFILES.iter().find(|(name, _)| *name == row.profile);
    let means = means
        .map(|(_, means)| format!(": {means}"))
        .unwrap_or_default();
    say("profile", &format!("{}{means}", row.profile));
    for limit in &row.limits {
        say("", &format!("not enforced: {limit}"));
    }
    let agent = model.runtimes.iter().find(|r| r.name == row.runtime);
    if agent.is_some_and(|runtime| !runtime.command) {
        say("prompt", "the CLI's own: nothing is added to it");
        if let Some(template) = &row.template {
            let sha: String = template.sha.chars().take(SHORT).collect();
            say("template", &format!("{} ({sha})", template.name));
        }
        say("tools", "all that the CLI has, within the profile");
    }
    say("in", &words::path(&row.cwd, &model.home));
    if let Some(tree) = row.worktree.as_deref().filter(|tree| *tree != row.cwd) {
        say("worktree", &words::path(tree, &model.home));
    }
    if let Some(branch) = model.branches.get(&row.cwd) {
        say("branch", branch);
    }
    let used = about::used(row, usize::MAX);
    say("used", used.as_deref().unwrap_or("not known"));
    let spent = model.spent.peer.as_ref();
    if let Some((_, spent)) = spent.filter(|(name, _)| *name == peer.address()) {
        say("in all", &in_all(spent));
    }
    if let Some(resets) = words::resets(model.now, row) {
        say("limit", &resets);
    }
    if let Some(pid) = row.pid {
        say("pid", &pid.to_string());
    }
    if let Some(id) = &row.native_id {
        say("its own id", id);
    }
    say("session", &row.session);
}

/// What it used under this name, over all its sessions.
fn in_all(spent: &CostRow) -> String {
    let tokens = spent.tokens;
    let read = [tokens.input, tokens.cached, tokens.stored];
    let read = read.into_iter().fold(0, u64::saturating_add);
    let mut parts = vec![format!("{} in", words::count(read))];
    if tokens.cached > 0 {
        parts.push(format!("({} from the cache)", words::count(tokens.cached)));
    }
    parts.push(format!("and {} out", words::count(tokens.output)));
    parts.push(format!("in {}", counted(spent.turns, "turn", "turns")));
    if let Some(cost) = about::cost(spent.cost, spent.cost_estimated) {
        parts.push(format!("for {cost}"));
    }
    parts.join(" ")
}

/// What its state rests on; what several answers rest on is said once.
fn answers(out: &mut Lines, view: Option<&WhyView>, width: usize) {
    let Some(view) = view else {
        return out.push(vec![("text.dim", " asking the daemon".into())]);
    };
    let mut last = None;
    for answer in &view.answers {
        let why = answer.evidence.as_ref().map(|e| (&e.text, &e.at));
        let text = match why {
            Some(_) if why == last => format!("{}: for the same reason", answer.answer),
            Some((text, _)) => format!("{}: {text}", answer.answer),
            None => answer.answer.clone(),
        };
        last = why;
        labelled(out, &answer.question, &text, width);
    }
}

fn log(model: &Model, out: &mut Lines, view: Option<&WhyView>) {
    for line in view.iter().flat_map(|view| view.log.iter().rev()) {
        let at = words::clock(model, millis(&line.at));
        out.push(vec![
            ("text.dim", format!(" {at:<8}  ")),
            ("text.soft", format!("{:<20} ", line.kind)),
            ("text.dim", line.actor.clone()),
        ]);
    }
}
