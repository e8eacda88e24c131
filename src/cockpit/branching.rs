//! The branch that a new peer gets a worktree for: typed, completed, and said what becomes of it.

use super::complete;
use super::line::Line;
use crate::wire::branches::{BranchesView, Fate, valid};

/// The field of the form.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Branching {
    /// The branch; empty for no worktree.
    pub line: Line,
    /// What it could go on with.
    pub ways: Vec<String>,
    /// The directory whose branches were asked for.
    asked: Option<String>,
    /// Its branches, or why there are none.
    known: Option<Result<BranchesView, String>>,
}

/// What is said of the branch that was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// What will be done.
    Will(String),
    /// Why it cannot be.
    Not(String),
}

impl Branching {
    /// The branch, when one was typed.
    pub fn name(&self) -> Option<&str> {
        Some(self.line.text().trim()).filter(|name| !name.is_empty())
    }

    /// Whether the branches of `directory` are still to be asked for; from now on they are not.
    pub fn asks(&mut self, directory: &str) -> bool {
        if self.asked.as_deref() == Some(directory) {
            return false;
        }
        self.asked = Some(directory.to_owned());
        self.known = None;
        true
    }

    /// Takes the branches of `directory`, when those are still wanted.
    pub fn take(&mut self, directory: &str, known: Result<BranchesView, String>) {
        if self.asked.as_deref() == Some(directory) {
            self.known = Some(known);
        }
    }

    /// Goes on as far as there is one way among the branches that can be had; whether that was
    /// anything.
    pub fn complete(&mut self) -> bool {
        let Some(Ok(view)) = &self.known else {
            return false;
        };
        let (text, free) = (self.line.text(), |name: &str| view.fate(name).is_ok());
        let names = view.branches.iter().map(|b| &b.name);
        let names = names.filter(|name| name.starts_with(text) && free(name));
        let mut names: Vec<String> = names.cloned().collect();
        names.sort();
        match complete::whole(&mut self.line, &names) {
            Some(ways) => {
                self.ways = ways;
                true
            }
            None => {
                self.ways.clear();
                false
            }
        }
    }

    /// What becomes in `directory` of what was typed; `here`: it still is.
    pub fn says(&self, directory: &str, here: bool) -> Option<Said> {
        let name = self.name()?;
        self.asked.as_deref().filter(|asked| *asked == directory)?;
        let view = match self.known.as_ref()? {
            Ok(view) => view,
            Err(why) => return Some(Said::Not(why.clone())),
        };
        // The beginning of a name is none yet.
        if here && !valid(name) && valid(&format!("{name}x")) {
            return None;
        }
        Some(match view.fate(name) {
            Ok(Fate::New { from }) => Said::Will(format!("new branch {name} from {from}")),
            Ok(Fate::Follows { upstream }) => {
                Said::Will(format!("new branch {name} that follows {upstream}"))
            }
            Ok(Fate::Existing) => Said::Will(format!("branch {name}")),
            Ok(Fate::Again { .. }) => Said::Will(format!("branch {name}, in the worktree it has")),
            Err(error) => Said::Not(error.what),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::branches::BranchView;

    fn view() -> BranchesView {
        let branch = |name: &str, at: Option<&str>| BranchView {
            name: name.to_owned(),
            at: at.map(str::to_owned),
            ..BranchView::default()
        };
        BranchesView {
            tree: "/shop".to_owned(),
            head: Some("main".to_owned()),
            commit: Some("01".to_owned()),
            branches: vec![
                branch("fix/cart", None),
                branch("fix/till", None),
                branch("main", Some("/shop")),
            ],
        }
    }

    fn typed(text: &str) -> Branching {
        let mut branching = Branching {
            line: Line::new(text),
            ..Branching::default()
        };
        assert!(branching.asks("/shop"));
        branching.take("/shop", Ok(view()));
        branching
    }

    #[test]
    fn it_goes_on_as_far_as_there_is_one_way() {
        let mut branching = typed("f");
        assert!(branching.complete());
        assert_eq!((branching.line.text(), branching.ways.len()), ("fix/", 0));
        assert!(branching.complete());
        assert_eq!(branching.ways, ["fix/cart", "fix/till"]);
        branching.line.insert("c");
        assert!(branching.complete());
        assert_eq!(branching.line.text(), "fix/cart");
        assert!(!branching.complete(), "it is whole");
        let taken = &mut typed("m");
        assert!(!taken.complete(), "main is checked out");
    }

    #[test]
    fn what_becomes_of_it_is_said() {
        let will = |text: &str| Some(Said::Will(text.to_owned()));
        let not = |text: &str| Some(Said::Not(text.to_owned()));
        assert_eq!(typed("").says("/shop", true), None);
        assert_eq!(typed("fix/").says("/shop", true), None);
        assert_eq!(
            typed("fix/").says("/shop", false),
            not("\"fix/\" cannot be a branch")
        );
        assert_eq!(
            typed("a b").says("/shop", true),
            not("\"a b\" cannot be a branch")
        );
        assert_eq!(
            typed("fix/cart").says("/shop", true),
            will("branch fix/cart")
        );
        assert_eq!(
            typed("fix/x").says("/shop", true),
            will("new branch fix/x from main")
        );
        assert_eq!(
            typed("main").says("/shop", true),
            not("main is checked out at /shop")
        );
    }

    #[test]
    fn an_answer_about_another_directory_is_not_taken() {
        let mut branching = typed("main");
        assert!(!branching.asks("/shop"));
        assert_eq!(branching.says("/till", true), None);
        assert!(branching.asks("/till"));
        branching.take("/shop", Ok(view()));
        assert_eq!(branching.says("/till", true), None);
        branching.take("/till", Err("/till is in no git repository".to_owned()));
        let not = Said::Not("/till is in no git repository".to_owned());
        assert_eq!(branching.says("/till", true), Some(not));
    }
}
