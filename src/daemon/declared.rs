//! The runtimes that the operator declared, as their files are now.

use super::house::House;
use crate::config::Mistake;
use crate::core::text;
use crate::runtime;
use crate::wire::view::{ErrorKind, ErrorView};
use std::path::Path;

impl House {
    /// Reads the files again when one of them changed; returns their mistakes.
    pub(crate) fn refresh_runtimes(&self) -> Vec<Mistake> {
        let (mistakes, changed) = self.runtimes.refresh(&self.paths.config);
        if changed {
            for mistake in &mistakes {
                tracing::warn!(%mistake, "a runtime's file");
            }
        }
        mistakes
    }
}

/// Says that there is no runtime of that name, and what is wrong with its file when it has one.
pub(crate) fn unknown(name: &str, mistakes: &[Mistake]) -> ErrorView {
    let file = format!("/{name}.toml");
    let named = text::line(name);
    match mistakes.iter().find(|m| m.file.ends_with(&file)) {
        Some(mistake) => {
            let what = format!("there is no runtime {named}: {mistake}");
            ErrorView::new(ErrorKind::Refused, text::line(&what))
                .hint("mend the file and try again")
        }
        None => {
            let names: Vec<_> = runtime::all().iter().map(|r| r.name()).collect();
            let what = format!("there is no runtime {named}");
            ErrorView::new(ErrorKind::Refused, what).hint(format!("there are {}", names.join(", ")))
        }
    }
}

/// Why a session cannot be started again whose runtime was declared once.
pub(crate) fn gone(name: &str, config: &Path, mistakes: &[Mistake]) -> String {
    let file = config.join("runtimes").join(format!("{name}.toml"));
    let file = file.display().to_string();
    match mistakes.iter().find(|mistake| mistake.file == file) {
        Some(mistake) => format!("there is no runtime {name}: {mistake}"),
        None => format!("there is no runtime {name} any more; put {file} back"),
    }
}
