//! `pult man [DIR]`: the manual, one page a verb.

use super::help;
use super::shell::{Shell, print};
use crate::wire::view::{ErrorKind, ErrorView};
use clap_mangen::Man as Page;
use std::path::{Path, PathBuf};

/// Print the manual page, or write one page per verb and topic into a directory
#[derive(Debug, clap::Args)]
pub struct Man {
    /// Where to write pult.1, pult-new.1, pult-keys.7 …
    dir: Option<PathBuf>,
}

impl Man {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        let command = super::command();
        let Some(dir) = self.dir else {
            print(&whole(command)?);
            return Ok(());
        };
        let mut written = vec![write(&dir, "pult.1", &whole(command.clone())?)?];
        for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
            let name = format!("pult-{}", sub.get_name());
            let file = format!("{name}.1");
            written.push(write(&dir, &file, &page(sub.clone().display_name(name))?)?);
        }
        for (file, text) in help::pages() {
            written.push(write(&dir, &file, &text)?);
        }
        shell.show(&written, |written, _| written.join("\n"));
        Ok(())
    }
}

/// The page of pult itself, with the cockpit's keys.
fn whole(command: clap::Command) -> Result<String, ErrorView> {
    Ok(page(command)? + &help::sections())
}

fn page(command: clap::Command) -> Result<String, ErrorView> {
    let mut text = Vec::new();
    let rendered = Page::new(command).render(&mut text);
    rendered.map_err(|e| ErrorView::new(ErrorKind::Failed, format!("no page: {e}")))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn write(dir: &Path, file: &str, text: &str) -> Result<String, ErrorView> {
    let path = dir.join(file);
    std::fs::write(&path, text).map_err(|e| {
        let what = format!("{} cannot be written: {e}", path.display());
        ErrorView::new(ErrorKind::Failed, what).hint("name a directory that exists")
    })?;
    Ok(path.display().to_string())
}
