//! To and from the daemon.

use super::Client;
use crate::cockpit::link::{Dialling, Link};
use crate::cockpit::model::Focus;
use crate::cockpit::panes::PaneState;
use crate::cockpit::terminal::clipboard;
use crate::cockpit::terminal::input::Input;
use crate::cockpit::update::Tag;
use crate::cockpit::update::{Effect, Msg, update};
use crate::cockpit::{complete, copying, project, settings, telling};
use crate::config::{repository, templates};
use crate::dial::Incoming;
use crate::wire::request::Request;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::time::Instant;

/// So much is typed ahead at most.
const EARLY: usize = 256;

/// What a new peer gets from here; what is not text cannot be sent.
fn environment() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

impl Client<'_> {
    pub(super) fn said(&mut self) {
        let open = match self.link.as_mut().map(|l| l.reader.fill()) {
            Some(Ok(open)) => open,
            Some(Err(_)) => false,
            None => return,
        };
        self.take_said();
        if !open && self.link.is_some() {
            self.lost();
        }
    }

    /// Takes what was read from the daemon.
    pub(super) fn take_said(&mut self) {
        while let Some(link) = self.link.as_mut() {
            match link.take() {
                Ok(None) => break,
                Ok(Some(Incoming::Reply { n, body })) => {
                    let tag = link.tag(n);
                    self.take(Msg::Answer(tag, Ok(body)));
                }
                Ok(Some(Incoming::Error { n, error })) => {
                    let tag = link.tag(n);
                    self.take(Msg::Answer(tag, Err(error)));
                }
                Ok(Some(Incoming::Push(push))) => self.take(Msg::Push(Box::new(push))),
                Ok(Some(Incoming::PaneBytes { pane, bytes, .. })) => {
                    self.screens.feed(pane, &bytes);
                    let top = self.screens.top(pane);
                    self.stale |= copying::came(&mut self.model, pane, top);
                }
                Ok(Some(Incoming::PaneState { pane, state, .. })) => {
                    if self.model.panes.numbered(pane).is_some() {
                        self.screens.restore(pane, &state);
                        self.take(Msg::PaneState(pane));
                        self.type_early(pane);
                    }
                }
                Err(_) => return self.lost(),
            }
        }
        while let Some((pane, base64)) = self.screens.take_copied() {
            let typing = self.typing();
            let told = telling::copied(&mut self.model, pane, &base64, typing);
            self.stale |= told.is_ok();
        }
    }

    pub(super) fn lost(&mut self) {
        let link = self.link.take();
        self.ahead = None;
        self.take(Msg::Down);
        for tag in link.map(Link::unanswered).unwrap_or_default() {
            self.take(Msg::Unanswered(tag));
        }
        self.dial(false);
    }

    pub(super) fn dial(&mut self, start: bool) {
        if let Ok(waker) = self.signals.waker() {
            self.dialling = Some(Dialling::begin(self.paths, start, waker));
        }
    }

    pub(super) fn take(&mut self, msg: Msg) {
        let effects = update(&mut self.model, msg);
        self.stale = true;
        self.effects(effects);
    }

    pub(super) fn effects(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let sent = match effect {
                Effect::Ask(tag, mut request) => {
                    if let Request::New(new) | Request::Fork { new, .. } = &mut request {
                        new.env = environment();
                        new.size = self.model.pane().map(|p| (p.size.rows, p.size.cols));
                    }
                    if let Request::Branches { env, .. } = &mut request {
                        *env = environment();
                    }
                    match &request {
                        Request::Open { .. } => self.opened = Instant::now(),
                        Request::Close { pane } => self.screens.close(*pane),
                        _ => {}
                    }
                    let ahead = self.ahead.take_if(|(_, asked)| *asked == request);
                    match (&mut self.link, ahead) {
                        (Some(link), Some((n, _))) => {
                            link.asked(n, tag);
                            Ok(())
                        }
                        (Some(link), None) => link.ask(tag, request),
                        (None, _) => {
                            self.take(Msg::Unanswered(tag));
                            Ok(())
                        }
                    }
                }
                Effect::Type(input) => self.type_in(&input),
                Effect::Complete(typed) => {
                    let names = complete::directories(&typed);
                    self.take(Msg::Completed(names));
                    Ok(())
                }
                Effect::Locate(place) => {
                    let root = repository::root(&place);
                    let branch = project::branch(&place);
                    self.take(Msg::Located(place, root, branch));
                    Ok(())
                }
                Effect::Templates(trusted) => {
                    let own = repository::with_own_files(&self.model.cwd);
                    let read = own.as_ref().filter(|own| Some(*own) == trusted.as_ref());
                    let loaded = templates::load(&self.paths.config, read.map(Path::new));
                    self.take(Msg::Templates(own, loaded));
                    Ok(())
                }
                Effect::Freeze(pane) => {
                    if let Some(frozen) = self.screens.frozen(pane) {
                        self.take(Msg::Frozen(Box::new(frozen)));
                    }
                    Ok(())
                }
                Effect::Copy(text) => clipboard::copy(&text),
                // Typing nothing is typing all the same.
                Effect::Enter(pane) => self.link.as_mut().map_or(Ok(()), |l| l.input(pane, &[])),
                Effect::Fit(pane) => {
                    let request = Request::Fit { pane };
                    let link = self.link.as_mut();
                    link.map_or(Ok(()), |l| l.ask(Tag::Quiet, request))
                }
                Effect::Redraw => {
                    self.repaint();
                    Ok(())
                }
                Effect::Remember(key, value) => {
                    if let Err(e) = settings::remember(&self.paths.config, key, &value) {
                        let why = format!("cockpit.toml cannot be written: {e}");
                        self.model.warn(why);
                    }
                    self.read_again();
                    Ok(())
                }
                Effect::Alert(alert) => telling::tell(&mut self.model, &alert),
                Effect::Withdraw(id) => telling::withdraw(&mut self.model, &id),
                Effect::StartDaemon => {
                    self.dial(true);
                    Ok(())
                }
                Effect::Quit(code) => {
                    self.quit = Some(code);
                    Ok(())
                }
            };
            if sent.is_err() && self.link.is_some() {
                self.lost();
            }
        }
    }

    fn type_in(&mut self, input: &Input) -> io::Result<()> {
        let number = match self.model.pane().map(|p| (&p.state, p.number)) {
            Some((PaneState::Live, number)) => number,
            // Its modes are not known yet; what is typed ahead waits for them.
            Some((PaneState::Opening, _)) | None if self.early.len() < EARLY => {
                let session = self.model.peer_at.clone().unwrap_or_default();
                self.early.push((session, input.clone()));
                return Ok(());
            }
            _ => return Ok(()),
        };
        let bytes = self.screens.encode(number, input);
        if let (true, Input::Mouse(mouse)) = (bytes.is_empty(), input) {
            self.take(Msg::Unwanted(*mouse));
            return Ok(());
        }
        match &mut self.link {
            Some(link) if !bytes.is_empty() => link.input(number, &bytes),
            _ => Ok(()),
        }
    }

    /// Types what was typed before the focused pane was there; what was meant for another is dropped.
    fn type_early(&mut self, number: u32) {
        let Some(pane) = self.model.pane().filter(|p| p.number == number) else {
            return;
        };
        let (session, focused) = (pane.session.clone(), self.model.focus == Focus::Pane);
        for (meant_for, input) in std::mem::take(&mut self.early) {
            if focused && meant_for == session && self.type_in(&input).is_err() {
                return self.lost();
            }
        }
    }
}
