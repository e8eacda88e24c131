//! `pult trust [DIR]`: whether a repository's own files for pult may be read.

use super::render::table::{Cell, table};
use super::render::{Style, age};
use super::shell::Shell;
use crate::wire::request::Request;
use crate::wire::view::{ErrorView, TrustRow};
use std::path::PathBuf;

/// Trust a repository: its own files for pult, in .pult/, may be read
#[derive(Debug, clap::Args)]
pub struct Trust {
    /// A directory in it; the current one when left out
    dir: Option<PathBuf>,
    /// It is not trusted, or no longer
    #[arg(long)]
    revoke: bool,
    /// List what was said of which
    #[arg(long, conflicts_with_all = ["dir", "revoke"])]
    list: bool,
}

impl Trust {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        if self.list {
            return shell.observe("trust", Request::Trusted, |rows: &Vec<TrustRow>, style| {
                list(rows, style)
            });
        }
        let directory = match (super::new::directory(self.dir.as_deref()), &self.dir) {
            (Ok(directory), _) => directory,
            // Of what is gone by now the daemon knows the name.
            (Err(_), Some(dir)) if self.revoke => dir.display().to_string(),
            (Err(error), _) => return Err(error.hint("name a directory that exists")),
        };
        let request = Request::Trust {
            directory,
            trusted: !self.revoke,
        };
        shell.observe("trust", request, |row: &TrustRow, style| {
            list(std::slice::from_ref(row), style)
        })
    }
}

fn list(rows: &[TrustRow], style: &Style) -> String {
    if rows.is_empty() {
        return "no repository is trusted; `pult trust DIR` says that one is".into();
    }
    let cells: Vec<Vec<Cell>> = rows
        .iter()
        .map(|row| {
            let word = if row.trusted { "yes" } else { "no" };
            vec![
                Cell::plain(word),
                Cell::plain(age::since(&row.at)),
                Cell::plain(row.directory.clone()),
            ]
        })
        .collect();
    table(&["TRUSTED", "SINCE", "REPOSITORY"], &cells, style)
}
