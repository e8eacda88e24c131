//! Doing what [`super::alerts`] decided, and what the operator allows of the clipboard.

use super::model::Model;
use super::policy::Clipboard;
use super::terminal::out;
use crate::alert::osc::Between;
use crate::alert::{Alert, desktop, osc};
use std::io;

/// The most base64 that a worker may put on the clipboard, in bytes.
const MOST: usize = 128 * 1024;

/// Tells by every way that is on.
///
/// # Errors
/// When the terminal is gone.
pub fn tell(model: &mut Model, alert: &Alert) -> io::Result<()> {
    let (settings, facts) = (&model.look.settings.alerts, &model.look.facts);
    let mut bytes = Vec::new();
    if let Some(way) = settings.osc(facts) {
        bytes.extend(osc::tell(alert, way, Between::here()));
    }
    if settings.bell {
        bytes.push(0x07);
    }
    let words = desktop::words(&settings.command, alert);
    run(model, &words);
    out::write(&bytes)
}

/// Takes it back where that can be done.
///
/// # Errors
/// When the terminal is gone.
pub fn withdraw(model: &mut Model, id: &str) -> io::Result<()> {
    let (settings, facts) = (&model.look.settings.alerts, &model.look.facts);
    let way = settings.osc(facts);
    let bytes = way.and_then(|way| osc::withdraw(id, way, Between::here()));
    let words = desktop::words(&settings.withdraw, &Alert::new(id, "", "", ""));
    run(model, &words);
    out::write(&bytes.unwrap_or_default())
}

fn run(model: &mut Model, words: &[String]) {
    if let Err(error) = desktop::run(words) {
        let program = words.first().map_or("", String::as_str);
        model.warn(format!(
            "{program} cannot be run: {error}; it is named in [alerts] of cockpit.toml"
        ));
    }
}

/// A worker's words for the clipboard came out of pane `pane`, in base64; keys go to pane `typing`.
///
/// # Errors
/// When the terminal is gone.
pub fn copied(model: &mut Model, pane: u32, base64: &str, typing: Option<u32>) -> io::Result<()> {
    let policy = model.look.settings.workers.clipboard;
    if policy == Clipboard::Drop {
        return Ok(());
    }
    let here = typing == Some(pane) && model.looked_at;
    if policy == Clipboard::Pass && here && base64.len() <= MOST {
        return out::write(&Between::here().encoded(base64));
    }
    let session = model.panes.numbered(pane).map(|p| p.session.clone());
    let peer = model
        .peers
        .iter()
        .find(|p| Some(&p.row.session) == session.as_ref());
    if let Some(name) = peer.map(|peer| peer.name().to_owned()) {
        let size = base64.len() / 4 * 3;
        model.tell(format!(
            "{name} wanted to put about {size} bytes on the clipboard; it was not let"
        ));
    }
    Ok(())
}
