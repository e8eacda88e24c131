//! `templates/NAME.toml`: how a kind of peer is started.
//!
//! ```toml
//! description = "reads a change and says what it finds"
//! runtime = "mycli"       # all of these may be left out: then it is as without a template
//! model   = "fast"
//! profile = "full"
//! prompt  = "Review {text}, and change nothing."
//! tag     = "blue"
//! circle  = "docs"
//! as      = "worker"      # or "orchestrator"
//! mcp     = ["notes=/opt/notes --all"]
//! ```
//!
//! What a person writes for this one peer stands wherever the prompt says `{text}`, and such a
//! prompt needs it; into any other prompt it goes at the end, after a blank line.
//!
//! # Where they lie, and whose word counts
//!
//! In `.pult/templates/` of the repository, in `templates/` of the configuration directory, and in
//! the program: the first that has a name is the one of that name. They are read each time that one
//! is wanted. A file with a mistake is not offered and hides no less: nobody is given another
//! template than the one that stands there, nor half of it.
//!
//! A repository's files were written by others, and a worker may write into them later. So:
//!
//! - They are read only where the operator has said that the repository is trusted, and from its main
//!   working tree, not from the worktree of a worker.
//! - No template gives the profile `none`, wherever it lies: that is the operator's word for one
//!   session.
//! - The programs of `mcp` run when the peer starts, and nobody is asked. Those of a repository's
//!   template are shown before, in the form and by `pult new`, and are refused where the operator
//!   chooses `none`: inside any other profile they may do what that worker may, and no more.
//! - A model that begins with a dash could be taken for a flag, and a first prompt that begins with
//!   `/` or `!` for a command of the CLI: the one is no model in any template, the other no prompt in
//!   a repository's.
//! - Of a repository only plain files are read, a limited number of a limited size: no links, no
//!   pipes.

mod file;
mod read;

pub use file::{Loaded, load};

use crate::core::mcp::McpServer;
use crate::core::role::Role;
use crate::core::tag::Tag;
use crate::core::template::TemplateRef;
use crate::core::text;
use crate::wire::request::NewPeer;

/// What ships: name and text.
pub const SHIPPED: &[(&str, &str)] = &[
    ("reviewer", include_str!("../../../templates/reviewer.toml")),
    ("scout", include_str!("../../../templates/scout.toml")),
];

/// Where the person's own words go.
const TEXT: &str = "{text}";

/// Who wrote a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Whoever writes into the repository.
    Repository,
    /// The operator.
    User,
    /// We.
    Shipped,
}

/// How a kind of peer is started; what is absent is as without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its name: that of its file.
    pub name: String,
    /// Who wrote it.
    pub whose: Whose,
    /// Its file, as it is called in messages.
    pub file: String,
    /// Hex SHA-256 of its file.
    pub sha: String,
    /// What it is for, one line; empty where it does not say.
    pub description: String,
    /// The runtime.
    pub runtime: Option<String>,
    /// The model, as the runtime spells it.
    pub model: Option<String>,
    /// The permission profile; never `none`.
    pub profile: Option<String>,
    /// The first prompt, without the person's own words.
    pub prompt: Option<String>,
    /// The colour.
    pub tag: Option<Tag>,
    /// The circle.
    pub circle: Option<String>,
    /// As what it is started.
    pub role: Option<Role>,
    /// MCP servers that its agent gets.
    pub mcp: Vec<McpServer>,
}

impl Template {
    /// Whether nothing starts without words of the person's own.
    pub fn needs_text(&self) -> bool {
        self.prompt.as_deref().is_some_and(|p| p.contains(TEXT))
    }

    /// The first prompt with the person's own words in it.
    ///
    /// # Errors
    /// One line, when it has a place for them and there are none.
    pub fn first_prompt(&self, own: Option<&str>) -> Result<Option<String>, String> {
        let own = own.map(str::trim_end).filter(|own| !own.trim().is_empty());
        Ok(match (self.prompt.as_deref(), own) {
            (Some(_), None) if self.needs_text() => {
                let name = &self.name;
                return Err(format!("the template {name} needs words of your own"));
            }
            (Some(prompt), Some(own)) if self.needs_text() => Some(prompt.replace(TEXT, own)),
            (Some(prompt), Some(own)) => Some(format!("{prompt}\n\n{own}")),
            (prompt, own) => prompt.or(own).map(str::to_owned),
        })
    }

    /// What runs when a peer is made from it that the operator has not written: a line each, such as
    /// `notes: /opt/notes --all`.
    pub fn starts(&self) -> Vec<String> {
        let server = |server: &McpServer| {
            let blank = |word: &String| word.is_empty() || word.contains(char::is_whitespace);
            let command = match server.command.iter().any(blank) {
                true => format!("{:?}", server.command),
                false => server.command.join(" "),
            };
            text::line(&format!("{}: {command}", server.name))
        };
        match self.whose {
            Whose::Repository => self.mcp.iter().map(server).collect(),
            Whose::User | Whose::Shipped => Vec::new(),
        }
    }

    /// Why no peer is made from it with that profile, one line.
    pub fn refuses(&self, profile: Option<&str>) -> Option<String> {
        let unbounded = profile == Some("none") && !self.starts().is_empty();
        unbounded.then(|| {
            let name = &self.name;
            format!(
                "{} names programs to start ({}), and profile none would give {name} no bounds",
                self.file,
                self.starts().join(", ")
            )
        })
    }

    /// Puts into `wish` what is not on the form of a new peer: the whole first prompt, circle, colour,
    /// servers, and that it was made from this. What `wish` says already stands.
    ///
    /// # Errors
    /// As [`Template::first_prompt`] and [`Template::refuses`].
    pub fn complete(&self, wish: &mut NewPeer) -> Result<(), String> {
        if let Some(why) = self.refuses(wish.profile.as_deref()) {
            return Err(why);
        }
        wish.prompt = self.first_prompt(wish.prompt.as_deref())?;
        wish.circle = wish.circle.take().or_else(|| self.circle.clone());
        wish.tag = wish.tag.or(self.tag);
        let new = |server: &&McpServer| wish.mcp.iter().all(|own| own.name != server.name);
        let more: Vec<McpServer> = self.mcp.iter().filter(new).cloned().collect();
        wish.mcp.extend(more);
        wish.template = Some(TemplateRef {
            name: self.name.clone(),
            sha: self.sha.clone(),
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(whose: Whose, text: &str) -> Template {
        let (template, mistakes) = read::template("it", whose, "it.toml", text.as_bytes());
        assert_eq!(mistakes, []);
        template.expect("it is offered")
    }

    #[test]
    fn the_own_words_stand_in_their_place_or_at_the_end() {
        let plain = template(Whose::User, "prompt = \"Look.\\n\"");
        assert_eq!(plain.first_prompt(None).unwrap().as_deref(), Some("Look."));
        let said = plain.first_prompt(Some("at {text}")).unwrap();
        assert_eq!(said.as_deref(), Some("Look.\n\nat {text}"));
        let placed = template(Whose::User, "prompt = \"Mend {text} in {dir}: {text}\"");
        let said = placed.first_prompt(Some("{text} it")).unwrap();
        assert_eq!(
            said.as_deref(),
            Some("Mend {text} it in {dir}: {text} it"),
            "what was put in is not looked at again"
        );
        let why = placed.first_prompt(Some(" ")).unwrap_err();
        assert_eq!(why, "the template it needs words of your own");
        let none = template(Whose::User, "");
        assert_eq!(none.first_prompt(None), Ok(None));
        assert_eq!(none.first_prompt(Some("x")), Ok(Some("x".to_owned())));
    }

    #[test]
    fn what_was_said_for_this_peer_stands() {
        let text =
            "circle = \"docs\"\ntag = \"blue\"\nmcp = [\"notes=/opt/notes\", \"more=/opt/more\"]";
        let template = template(Whose::User, text);
        let mut wish = NewPeer {
            circle: Some("web".into()),
            mcp: vec![McpServer::parse("notes=/my/notes").unwrap()],
            ..NewPeer::default()
        };
        template.complete(&mut wish).unwrap();
        assert_eq!(
            (wish.circle.as_deref(), wish.tag),
            (Some("web"), Some(Tag::Blue))
        );
        let commands: Vec<_> = wish.mcp.iter().map(|m| m.command.join(" ")).collect();
        assert_eq!(commands, ["/my/notes", "/opt/more"]);
        assert_eq!(wish.template.expect("it is named").sha, template.sha);
    }

    #[test]
    fn programs_of_a_repository_are_told_and_never_run_without_bounds() {
        let text = "mcp = [\"notes=/opt/notes --all\"]";
        let theirs = template(Whose::Repository, text);
        assert_eq!(theirs.starts(), ["notes: /opt/notes --all"]);
        let mut wish = NewPeer {
            profile: Some("none".into()),
            ..NewPeer::default()
        };
        let why = theirs.complete(&mut wish).unwrap_err();
        assert!(why.starts_with("it.toml names programs to start (notes: /opt/notes --all)"));
        wish.profile = Some("full".into());
        assert_eq!(theirs.complete(&mut wish), Ok(()));
        let mine = template(Whose::User, text);
        assert_eq!((mine.starts().len(), mine.refuses(Some("none"))), (0, None));
    }
}
