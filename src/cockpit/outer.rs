//! The terminal multiplexer outside, where there is one: the key that it takes for itself never
//! arrives here, so it cannot leave a pane.

use super::key::Key;
use super::model::{Confirm, Model, Page};
use crate::platform::terminal::Waker;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

/// A multiplexer and its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outer {
    /// What it is called.
    pub name: &'static str,
    /// The key that it takes.
    pub prefix: Key,
}

/// The answer of the multiplexer, asked for on a thread of its own.
pub struct Asked {
    result: Receiver<Option<Outer>>,
}

impl Asked {
    /// Asks, where there is somebody to ask.
    pub fn begin(waker: Waker) -> Option<Self> {
        let tmux = set("TMUX");
        if !tmux && !set("STY") {
            return None;
        }
        let (sender, result) = channel();
        std::thread::spawn(move || {
            let found = if tmux { of_tmux() } else { of_screen() };
            let _ = sender.send(found);
            waker.wake();
        });
        Some(Self { result })
    }

    /// What it said, once.
    pub fn result(&self) -> Option<Outer> {
        self.result.try_recv().ok().flatten()
    }
}

fn set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

fn of_tmux() -> Option<Outer> {
    let mut asked = Command::new("tmux");
    asked.args(["show-options", "-gv", "prefix"]);
    let said = asked
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let prefix = tmux_key(String::from_utf8_lossy(&said.stdout).trim())?;
    let name = "tmux";
    Some(Outer { name, prefix })
}

/// A key as tmux writes it: `C-b`, `M-a`, `F12`.
fn tmux_key(text: &str) -> Option<Key> {
    let ours = text.replace("C-", "ctrl-").replace("M-", "alt-");
    Key::parse(&ours.to_lowercase())
}

/// screen cannot be asked; what it was told is in its file.
fn of_screen() -> Option<Outer> {
    let path = std::env::var_os("SCREENRC").map(Into::into);
    let path = path.or_else(|| Some(std::env::home_dir()?.join(".screenrc")))?;
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let prefix = screen_key(&text)?;
    let name = "screen";
    Some(Outer { name, prefix })
}

/// The first key of the last `escape ^Aa` in a `.screenrc`; without one it is Ctrl-A.
fn screen_key(text: &str) -> Option<Key> {
    let lines = text.lines().rev().map(str::trim);
    let mut said = lines.filter_map(|line| line.strip_prefix("escape "));
    match said.next().map(|keys| keys.trim().trim_matches('"')) {
        None => Some(Key::ctrl('a')),
        Some(keys) => {
            let letter = keys.strip_prefix('^')?.chars().next()?;
            Some(Key::ctrl(letter.to_ascii_lowercase()))
        }
    }
}

/// Offers another leave key where the multiplexer takes it, once: whatever is answered is remembered.
pub fn offer(model: &mut Model, outer: Outer) {
    let chosen = model.look.settings.leave.is_some();
    let busy = model.page.is_some() || model.attach.is_some();
    if chosen || busy || !model.keymap.leaves(outer.prefix) {
        return;
    }
    let other = [']', 'q', 'o'].map(Key::ctrl).into_iter();
    let mut other = other.filter(|key| *key != outer.prefix);
    if let Some(other) = other.next() {
        model.open_over(Page::Confirm(Confirm::Leave { outer, other }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_read_as_each_writes_it() {
        for (text, key) in [
            ("C-b", Some("ctrl-b")),
            ("C-q", Some("ctrl-q")),
            ("M-a", Some("alt-a")),
            ("C-Space", Some("ctrl-space")),
            ("F12", Some("f12")),
            ("`", Some("`")),
            ("None", None),
            ("", None),
        ] {
            assert_eq!(tmux_key(text).map(Key::name).as_deref(), key, "{text}");
        }
        for (text, key) in [
            ("", Some("ctrl-a")),
            ("# escape ^Xx\nstartup_message off\n", Some("ctrl-a")),
            ("escape ^Bb\n  escape \"^Qq\"\n", Some("ctrl-q")),
            ("escape ``\n", None),
        ] {
            assert_eq!(screen_key(text).map(Key::name).as_deref(), key, "{text}");
        }
    }
}
