//! What every verb has at hand: where pult lives, how to print, and the way to the daemon.

use super::render::Style;
use crate::dial::Connection;
use crate::platform::paths::Paths;
use crate::wire::hello::ClientKind;
use crate::wire::request::Request;
use crate::wire::view::{ErrorKind, ErrorView};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::Write;

/// One invocation of a verb.
pub struct Shell {
    /// Print JSON.
    pub json: bool,
    /// How human output looks here.
    pub style: Style,
    /// Where things lie.
    pub paths: Paths,
}

impl Shell {
    /// Finds out where things lie and what the terminal can show.
    ///
    /// # Errors
    /// When there is no home to work in.
    pub fn new(json: bool) -> Result<Self, ErrorView> {
        let paths = Paths::from_env().map_err(|e| {
            ErrorView::new(ErrorKind::Failed, e.to_string())
                .hint("set HOME, or PULT_HOME to an absolute path")
        })?;
        Ok(Self {
            json,
            style: Style::of_stdout(),
            paths,
        })
    }

    /// The operator door; starts the daemon when there is none. `about` is the verb and its
    /// subject, for the log.
    pub fn operator(&self, about: &str) -> Result<Connection, ErrorView> {
        Connection::operator(&self.paths, ClientKind::Verb, about)
    }

    /// The operator door of a daemon that runs already.
    pub fn running(&self, about: &str) -> Result<Connection, ErrorView> {
        Connection::running(&self.paths, ClientKind::Verb, about)
    }

    /// Asks the daemon for one thing.
    pub fn ask<T: DeserializeOwned>(&self, about: &str, request: Request) -> Result<T, ErrorView> {
        self.operator(about)?.request_as(request)
    }

    /// Asks the daemon for one thing and prints the answer.
    pub fn observe<T: DeserializeOwned + Serialize>(
        &self,
        about: &str,
        request: Request,
        human: impl FnOnce(&T, &Style) -> String,
    ) -> Result<(), ErrorView> {
        let seen: T = self.ask(about, request)?;
        self.show(&seen, human);
        Ok(())
    }

    /// Prints a view: as JSON with `--json`, else by `human`.
    pub fn show<T: Serialize>(&self, seen: &T, human: impl FnOnce(&T, &Style) -> String) {
        if self.json {
            let text = serde_json::to_string_pretty(seen);
            print(&text.unwrap_or_else(|e| format!("\"{e}\"")));
        } else {
            print(&human(seen, &self.style));
        }
    }
}

/// Prints text and a newline. Whoever closed the other end of the pipe has seen enough.
pub fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    if text.is_empty() {
        return;
    }
    let wrote = writeln!(out, "{}", text.trim_end_matches('\n')).and_then(|()| out.flush());
    if wrote.is_err() {
        std::process::exit(0);
    }
}
