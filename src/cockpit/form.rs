//! The form for a new peer: name, runtime, what it does, where.

use super::branching::{Branching, Said};
use super::chosen::Chosen;
use super::complete;
use super::key::{Code, Key};
use super::line::Line;
use super::model::RuntimeChoice;
use crate::core::id::valid_name;
use crate::core::role::Role;
use crate::wire::request::NewPeer;

/// Its fields, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Field {
    Name,
    Runtime,
    Task,
    Place,
    Branch,
    Model,
    Profile,
    Template,
}

/// All fields; the last ones are seldom needed.
pub const FIELDS: [Field; 8] = [
    Field::Name,
    Field::Runtime,
    Field::Task,
    Field::Place,
    Field::Branch,
    Field::Model,
    Field::Profile,
    Field::Template,
];

/// The profiles that can be chosen, and what each means.
pub const PROFILES: [(&str, &str); 2] = [
    ("full", "like you, but it never decides"),
    ("none", "no bounds; could decide as you"),
];

/// From this field on Enter starts the peer.
const LAST_NEEDED: usize = 3;

/// The conversation that a new peer goes on from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Of {
    /// How the daemon is asked about it.
    pub reference: String,
    /// What it is called.
    pub called: String,
    /// Its runtime.
    pub runtime: String,
}

/// A new peer, half written.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// What it goes on from; absent = a conversation of its own.
    pub of: Option<Of>,
    /// The name; empty to have one chosen.
    pub name: Line,
    /// Which of the runtimes.
    pub runtime: usize,
    /// The prompt, or the command.
    pub task: Line,
    /// The directory.
    pub place: Line,
    /// The branch of a worktree of its own.
    pub branch: Branching,
    /// The model; empty for the runtime's own.
    pub model: Line,
    /// Which of the profiles.
    pub profile: usize,
    /// Which template filled it in.
    pub template: Chosen,
    /// What the directory could go on with.
    pub ways: Vec<String>,
    /// The directory was edited: Tab completes it.
    edited: bool,
    /// Where the cursor is.
    pub at: Field,
    /// What is wrong with it, once it was sent.
    pub wrong: Option<(Field, String)>,
    /// Why the daemon would not start it.
    pub refused: Option<String>,
    /// It was sent and is not answered yet.
    pub sent: bool,
}

/// The first runtime that can be started.
fn first(runtimes: &[RuntimeChoice]) -> usize {
    let ready = runtimes.iter().position(|r| r.found && r.refused.is_none());
    ready.unwrap_or(0)
}

/// What a key did to the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Outcome {
    Stays,
    Send,
    Close,
    Complete,
}

impl Form {
    /// An empty form: the first runtime that is found, this directory.
    pub fn new(runtimes: &[RuntimeChoice], cwd: &str) -> Self {
        Self {
            of: None,
            name: Line::default(),
            runtime: first(runtimes),
            task: Line::default(),
            place: Line::new(cwd),
            branch: Branching::default(),
            model: Line::default(),
            profile: 0,
            template: Chosen::default(),
            ways: Vec::new(),
            edited: false,
            at: Field::Name,
            wrong: None,
            refused: None,
            sent: false,
        }
    }

    /// A form for a peer that goes on from `of`, which worked in `cwd`: with its runtime.
    pub fn going_on(runtimes: &[RuntimeChoice], cwd: &str, of: Of) -> Self {
        let form = Self::new(runtimes, cwd);
        let own = runtimes.iter().position(|r| r.name == of.runtime);
        Self {
            runtime: own.unwrap_or(form.runtime),
            of: Some(of),
            ..form
        }
    }

    /// Whether nothing was typed into it that would have to be typed again.
    pub fn is_bare(&self) -> bool {
        let lines = [&self.name, &self.task, &self.branch.line];
        let filled = self.template.get().and_then(|t| t.model.as_deref());
        let model = self.model.text();
        let bare = |line: &&Line| line.text().trim().is_empty();
        lines.iter().all(bare) && (model.trim().is_empty() || filled == Some(model))
    }

    /// The line of a field; runtime, profile and template are chosen, not typed.
    pub fn line(&self, field: Field) -> Option<&Line> {
        match field {
            Field::Name => Some(&self.name),
            Field::Runtime | Field::Profile | Field::Template => None,
            Field::Task => Some(&self.task),
            Field::Place => Some(&self.place),
            Field::Branch => Some(&self.branch.line),
            Field::Model => Some(&self.model),
        }
    }

    fn line_mut(&mut self) -> Option<&mut Line> {
        match self.at {
            Field::Name => Some(&mut self.name),
            Field::Runtime | Field::Profile | Field::Template => None,
            Field::Task => Some(&mut self.task),
            Field::Place => Some(&mut self.place),
            Field::Branch => Some(&mut self.branch.line),
            Field::Model => Some(&mut self.model),
        }
    }

    /// Pastes into the field under the cursor.
    pub fn paste(&mut self, text: &str) {
        self.edited |= self.at == Field::Place;
        if let Some(line) = self.line_mut() {
            line.insert(text);
        }
    }

    /// Takes what the directory can go on with; nothing goes on to the next field.
    pub fn completed(&mut self, names: &[String]) {
        match complete::apply(&mut self.place, names) {
            Some(ways) => self.ways = ways,
            None => {
                self.ways.clear();
                self.at = Field::Branch;
            }
        }
    }

    /// Takes why the daemon would not start it; what is about the directory stands there.
    pub fn take(&mut self, why: String) {
        let place = self.place.text().trim();
        if place.starts_with('/') && why.starts_with(place.trim_end_matches('/')) {
            self.at = Field::Place;
            self.wrong = Some((Field::Place, why));
        } else {
            self.refused = Some(why);
        }
    }

    /// Whether Enter starts the peer from here.
    pub fn last(&self) -> bool {
        FIELDS.iter().position(|f| *f == self.at) >= Some(LAST_NEEDED)
    }

    /// The directory as an absolute path.
    pub fn directory(&self, cwd: &str, home: &str) -> String {
        let place = self.place.text().trim_start();
        match place.strip_prefix('~') {
            Some(rest) => format!("{home}{rest}"),
            None if place.starts_with('/') => place.to_owned(),
            None if place.is_empty() => cwd.to_owned(),
            None => format!("{cwd}/{place}"),
        }
    }

    /// The directory as the daemon is asked for it.
    pub fn place_of(&self, cwd: &str, home: &str) -> String {
        let place = self.directory(cwd, home);
        match place.trim_end_matches('/') {
            "" => "/".to_owned(),
            place => place.trim_end().to_owned(),
        }
    }

    /// Stays at the runtime of that name where the list changes.
    pub fn keep_runtime(&mut self, old: &[RuntimeChoice], new: &[RuntimeChoice]) {
        let name = old.get(self.runtime).map(|r| r.name.as_str());
        let at = new.iter().position(|r| Some(r.name.as_str()) == name);
        self.runtime = at.unwrap_or(0);
    }

    /// Takes a key: Enter goes on and at the end sends, Ctrl-S sends from anywhere.
    pub fn key(&mut self, key: Key, runtimes: &[RuntimeChoice]) -> Outcome {
        let place = FIELDS.iter().position(|f| *f == self.at).unwrap_or(0);
        let step = |by: usize| FIELDS[(place + by) % FIELDS.len()];
        let back = FIELDS.len() - 1;
        match key.code {
            Code::Esc => return Outcome::Close,
            Code::Char('s') if key.ctrl => return Outcome::Send,
            Code::Enter if self.last() => return Outcome::Send,
            Code::Tab if self.at == Field::Place && self.edited && !key.shift => {
                return Outcome::Complete;
            }
            Code::Tab if self.at == Field::Branch && !key.shift && self.branch.name().is_some() => {
                if !self.branch.complete() {
                    self.at = step(1);
                }
            }
            Code::Tab if key.shift => self.at = step(back),
            Code::Up => self.at = step(back),
            Code::Enter | Code::Tab | Code::Down => self.at = step(1),
            Code::Left | Code::Right | Code::Char(' ') if self.at == Field::Runtime => {
                let n = runtimes.len().max(1);
                let by = if key.code == Code::Left { n - 1 } else { 1 };
                self.runtime = (self.runtime + by) % n;
                self.refused = None;
            }
            Code::Char(c) if self.at == Field::Runtime && key.typed().is_some() => {
                self.begin(c, runtimes);
            }
            Code::Left | Code::Right | Code::Char(' ') if self.at == Field::Template => {
                let back = key.code == Code::Left;
                self.change_template(runtimes, |chosen| chosen.step(back));
            }
            Code::Char(c) if self.at == Field::Template && key.typed().is_some() => {
                self.change_template(runtimes, |chosen| chosen.begin(c));
            }
            Code::Left | Code::Right | Code::Char(' ') if self.at == Field::Profile => {
                self.profile = (self.profile + 1) % PROFILES.len();
            }
            _ => {
                self.edited |= self.at == Field::Place;
                self.ways.clear();
                self.branch.ways.clear();
                if let Some(line) = self.line_mut() {
                    line.key(key);
                }
                self.wrong = None;
                self.refused = None;
            }
        }
        Outcome::Stays
    }

    /// Fills in what another template says, and takes back what the one before has filled in.
    pub fn change_template(
        &mut self,
        runtimes: &[RuntimeChoice],
        change: impl FnOnce(&mut Chosen),
    ) {
        let named = |name: &str| runtimes.iter().position(|r| r.name == name);
        let old = self.template.get().cloned();
        change(&mut self.template);
        (self.wrong, self.refused) = (None, None);
        if let Some(old) = old {
            if old.model.as_deref() == Some(self.model.text()) {
                self.model = Line::default();
            }
            if old.runtime.as_deref().and_then(named) == Some(self.runtime) {
                self.runtime = first(runtimes);
            }
        }
        let Some(template) = self.template.get().cloned() else {
            return;
        };
        if let Some(model) = &template.model {
            self.model = Line::new(model.clone());
        }
        if template.profile.is_some() {
            self.profile = 0;
        }
        match template.runtime.as_deref().map(|name| (name, named(name))) {
            Some((_, Some(at))) => self.runtime = at,
            Some((name, None)) => {
                let what = format!("it wants the runtime {name}, which is not known here");
                self.wrong = Some((Field::Template, what));
            }
            None => {}
        }
    }

    /// The next runtime whose name begins with `c`.
    fn begin(&mut self, c: char, runtimes: &[RuntimeChoice]) {
        let begins = |n: &usize| runtimes[*n].name.starts_with(c);
        let after = self.runtime + 1..runtimes.len();
        let next = after
            .chain(0..runtimes.len().min(self.runtime + 1))
            .find(begins);
        if let Some(next) = next {
            self.runtime = next;
            self.refused = None;
        }
    }

    /// What to ask the daemon for. The environment is added where it is known.
    ///
    /// # Errors
    /// The field that is wrong, and how.
    pub fn request(
        &self,
        runtimes: &[RuntimeChoice],
        cwd: &str,
        home: &str,
    ) -> Result<NewPeer, (Field, String)> {
        let name = match self.name.text().trim() {
            "" => "-",
            name if valid_name(name) => name,
            _ => {
                return Err((
                    Field::Name,
                    "small letters, digits, dashes; letter first".into(),
                ));
            }
        };
        let Some(runtime) = runtimes.get(self.runtime) else {
            return Err((Field::Runtime, "there is no runtime to choose".into()));
        };
        let template = self.template.get();
        let role = template.and_then(|t| t.role).unwrap_or_default();
        // What is said there is said of workers.
        if let Some(refused) = runtime.refused.as_ref().filter(|_| role == Role::Worker) {
            return Err((Field::Runtime, refused.clone()));
        }
        if runtime.command && template.is_some() {
            let what = "a template is for an agent: choose one, or no template";
            return Err((Field::Runtime, what.into()));
        }
        if let Some(of) = self.of.as_ref().filter(|_| runtime.command) {
            let what = format!("a program cannot go on from {}: choose an agent", of.called);
            return Err((Field::Runtime, what));
        }
        let task = self.task.text().trim();
        let (command, prompt) = match (runtime.command, task) {
            (_, "") => (Vec::new(), None),
            (true, task) => (
                vec!["sh".to_owned(), "-c".to_owned(), task.to_owned()],
                None,
            ),
            (false, task) => (Vec::new(), Some(task.to_owned())),
        };
        let model = Some(self.model.text().trim()).filter(|m| !m.is_empty());
        if runtime.command && model.is_some() {
            return Err((
                Field::Model,
                "a program has no model: leave it empty".into(),
            ));
        }
        let place = self.place_of(cwd, home);
        if let Some(Said::Not(why)) = self.branch.says(&place, false) {
            return Err((Field::Branch, why));
        }
        let mut new = NewPeer {
            name: name.to_owned(),
            runtime: Some(runtime.name.clone()),
            model: model.map(str::to_owned),
            profile: (self.profile > 0).then(|| PROFILES[self.profile].0.to_owned()),
            cwd: place,
            worktree: self.branch.name().map(str::to_owned),
            prompt,
            role,
            command,
            ..NewPeer::default()
        };
        if let Some(template) = template {
            let bare = template.needs_text() && new.prompt.is_none();
            let field = if bare { Field::Task } else { Field::Profile };
            template.complete(&mut new).map_err(|why| (field, why))?;
        }
        Ok(new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choices() -> Vec<RuntimeChoice> {
        let choice = |name: &str, found, command| RuntimeChoice {
            drives: None,
            login: true,
            own: false,
            name: name.into(),
            found,
            command,
            refused: None,
        };
        vec![
            choice("alpha", false, false),
            choice("beta", true, false),
            choice("shell", true, true),
        ]
    }

    fn press(form: &mut Form, keys: &str) -> Outcome {
        let mut last = Outcome::Stays;
        for key in keys.split(' ') {
            last = form.key(Key::parse(key).unwrap(), &choices());
        }
        last
    }

    #[test]
    fn enter_goes_on_and_the_last_one_sends() {
        let mut form = Form::new(&choices(), "/src");
        assert_eq!(
            press(&mut form, "f i x enter enter g o enter"),
            Outcome::Stays
        );
        assert_eq!(press(&mut form, "enter"), Outcome::Send);
        let new = form.request(&choices(), "/src", "/home/o").unwrap();
        assert_eq!(
            (new.name.as_str(), new.runtime.as_deref()),
            ("fix", Some("beta"))
        );
        assert_eq!(
            (new.prompt.as_deref(), new.cwd.as_str()),
            (Some("go"), "/src")
        );
    }

    #[test]
    fn a_command_goes_through_a_shell_and_may_be_left_out() {
        let mut form = Form::new(&choices(), "/src");
        press(&mut form, "tab right");
        let new = form.request(&choices(), "/", "/home/o").unwrap();
        assert_eq!(new.command, Vec::<String>::new());
        press(&mut form, "tab l s");
        let new = form.request(&choices(), "/", "/home/o").unwrap();
        assert_eq!(new.command, ["sh", "-c", "ls"]);
        assert_eq!(new.name, "-");
    }

    #[test]
    fn model_and_profile_are_said_where_they_are_wanted() {
        let mut form = Form::new(&choices(), "/src");
        let new = form.request(&choices(), "/", "/home/o").unwrap();
        assert_eq!((new.model, new.profile), (None, None));
        press(&mut form, "tab tab tab tab tab o p u s down right");
        let new = form.request(&choices(), "/", "/home/o").unwrap();
        let words = (new.model.as_deref(), new.profile.as_deref());
        assert_eq!(words, (Some("opus"), Some("none")));
        assert_eq!(press(&mut form, "enter"), Outcome::Send);
        press(&mut form, "down down down s");
        let wrong = form.request(&choices(), "/", "/home/o").unwrap_err();
        assert_eq!(wrong.0, Field::Model);
    }

    #[test]
    fn a_runtime_is_found_by_its_first_letter() {
        let mut form = Form::new(&choices(), "/src");
        for (key, expected) in [("tab s", 2), ("a", 0), ("b", 1), ("x", 1)] {
            press(&mut form, key);
            assert_eq!(form.runtime, expected, "{key}");
        }
    }

    #[test]
    fn tab_completes_a_directory_that_was_edited_and_else_goes_on() {
        let mut form = Form::new(&choices(), "/src");
        press(&mut form, "tab tab tab");
        assert_eq!(form.at, Field::Place);
        assert_eq!(press(&mut form, "tab"), Outcome::Stays);
        assert_eq!(form.at, Field::Branch);
        press(&mut form, "up ctrl-u ~ / s");
        assert_eq!(press(&mut form, "tab"), Outcome::Complete);
        assert_eq!(form.directory("/", "/home/o"), "/home/o/s");
        form.completed(&["shop".to_owned()]);
        assert_eq!(form.place.text(), "~/shop/");
        let new = form.request(&choices(), "/", "/home/o").unwrap();
        assert_eq!(new.cwd, "/home/o/shop");
        form.completed(&[]);
        assert_eq!(form.at, Field::Branch);
        press(&mut form, "f i x");
        let new = form.request(&choices(), "/", "/home/o").unwrap();
        assert_eq!(new.worktree.as_deref(), Some("fix"));
    }

    #[test]
    fn a_wrong_name_is_said_before_it_is_sent() {
        let mut form = Form::new(&choices(), "/src");
        press(&mut form, "F i x");
        assert_eq!(
            form.request(&choices(), "/", "/home/o").unwrap_err().0,
            Field::Name
        );
    }
}
