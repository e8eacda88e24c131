//! Copy mode: from keys and the mouse to what is copied, and what it looks like.

mod keys;
mod mouse;

use super::harness::{Cockpit, shop_peers};
use pult::cockpit::layout;
use pult::cockpit::terminal::input::{Input, Mouse, MouseKind};
use pult::cockpit::update::{Effect, Msg, Tag};
use pult::core::find::Needle;
use pult::screen::Screen;
use pult::store::recording::Recorder;
use pult::wire::request::Request;
use pult::wire::view::{FrameView, HistoryView, PromptsView, SearchView};
use ratatui::layout::Rect;

/// A cockpit whose pane shows the end of a long output, with a daemon that has the rest.
struct Desk {
    cockpit: Cockpit,
    history: Recorder,
    copied: Vec<String>,
    typed: Vec<Input>,
    /// What the daemon was asked, by name.
    asked: Vec<String>,
    /// Earlier screens: their offsets and first rows.
    frames: Vec<(u64, String)>,
    prompts: Vec<u64>,
}

impl Desk {
    fn new(cols: u16, rows: u16, output: &str) -> Self {
        let mut cockpit = Cockpit::new(cols, rows);
        cockpit.world(shop_peers(), vec![]);
        cockpit.later(1000);
        let mut desk = Self {
            cockpit,
            history: Recorder::none(),
            copied: Vec::new(),
            typed: Vec::new(),
            asked: Vec::new(),
            frames: Vec::new(),
            prompts: Vec::new(),
        };
        if desk.cockpit.model.pane().is_none() {
            desk.keys("1 enter ctrl-q z");
        }
        desk.output(output);
        desk
    }

    fn output(&mut self, output: &str) {
        let pane = self.cockpit.model.pane().cloned().expect("a pane");
        let mut screen = Screen::new(pane.size.rows, pane.size.cols);
        screen.feed(output.as_bytes());
        screen.settle();
        self.history
            .history_append(&screen.drain_scrolled())
            .unwrap();
        self.cockpit.screens.show(pane.number, Some(screen));
        self.cockpit.send(Msg::PaneState(pane.number));
    }

    fn keys(&mut self, keys: &str) {
        for key in keys.split(' ') {
            let effects = self.cockpit.press(key);
            self.serve(effects);
        }
    }

    /// The cells of the pane.
    fn inner(&self) -> Rect {
        let session = self.cockpit.model.peer_at.as_deref().expect("a peer");
        let areas = layout::areas(&self.cockpit.model);
        areas.pane_of(session).expect("a place").inner
    }

    fn mouse(&mut self, kind: MouseKind, col: u16, row: u16) {
        let inner = self.inner();
        let mouse = Mouse {
            kind,
            button: 0,
            col: inner.x + col,
            row: inner.y + row,
            modifiers: 0,
        };
        let effects = self.cockpit.send(Msg::Input(Input::Mouse(mouse)));
        self.serve(effects);
    }

    /// Does what the loop and the daemon do.
    fn serve(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let more = match effect {
                Effect::Freeze(pane) => {
                    let frozen = self.cockpit.screens.frozen(pane).expect("a screen");
                    self.cockpit.send(Msg::Frozen(Box::new(frozen)))
                }
                Effect::Copy(text) => {
                    self.copied.push(text);
                    vec![]
                }
                Effect::Type(Input::Mouse(mouse)) => {
                    let taken = {
                        let pane = self.cockpit.model.pane().unwrap().number;
                        self.cockpit.screens.encode(pane, &Input::Mouse(mouse))
                    };
                    if taken.is_empty() {
                        self.cockpit.send(Msg::Unwanted(mouse))
                    } else {
                        self.typed.push(Input::Mouse(mouse));
                        vec![]
                    }
                }
                Effect::Ask(tag @ Tag::Copying(_), request) => self.answer(tag, request),
                _ => vec![],
            };
            self.serve(more);
        }
    }

    fn answer(&mut self, tag: Tag, request: Request) -> Vec<Effect> {
        let body = match request {
            Request::History { from, count, .. } => {
                self.asked.push(format!("rows from {from}"));
                let rows = self.history.history_read(from, count as usize).unwrap();
                let rows = rows.into_iter().map(|r| String::from_utf8(r).unwrap());
                serde_json::to_value(HistoryView {
                    from: from.max(self.history.history_first()),
                    rows: rows.collect(),
                    total: self.history.history_len(),
                })
            }
            Request::Search {
                text,
                until,
                near,
                most,
                ..
            } => {
                self.asked.push(format!("{text} around {near}"));
                let needle = Needle::new(&text).unwrap();
                let past = self.history.past();
                let hits = past.search(&needle, until, near, most as usize).unwrap();
                serde_json::to_value(SearchView {
                    count: hits.count,
                    before: hits.before,
                    near: hits.near.iter().map(|hit| (hit.row, hit.col)).collect(),
                })
            }
            Request::Frame {
                from, back, text, ..
            } => {
                let text = text.map(|text| Needle::new(&text).unwrap());
                let shows = |(_, row): &&(u64, String)| {
                    let found = text.as_ref().map(|needle| !needle.within(row).is_empty());
                    found.unwrap_or(true)
                };
                let mut frames = self.frames.iter();
                let frame = match back {
                    true => frames.rfind(|f| f.0 < from && shows(f)),
                    false => frames.find(|f| f.0 > from && shows(f)),
                };
                serde_json::to_value(frame.map(|(offset, row)| FrameView {
                    offset: *offset,
                    at: super::harness::time(super::harness::NOON - 120_000),
                    rows: vec![row.clone(), "at the end".into()],
                }))
            }
            Request::Prompts { .. } => serde_json::to_value(PromptsView {
                rows: self.prompts.clone(),
                marked: false,
            }),
            other => panic!("{other:?} is nothing that copy mode asks"),
        };
        self.cockpit.send(Msg::Answer(tag, Ok(body.unwrap())))
    }

    fn screen(&mut self) -> String {
        self.cockpit.terminal().text_rows().join("\n")
    }

    fn place(&self) -> (u64, u16) {
        let at = self
            .cockpit
            .model
            .copying
            .open
            .as_ref()
            .expect("copy mode")
            .at;
        (at.row, at.col)
    }
}

/// Lines `line 0 of it` and so on, some coloured.
fn lines(count: u32) -> String {
    let line = |n| match n % 10 {
        3 => format!("\x1b[31mline {n} of it\x1b[m\r\n"),
        7 => format!("line {n} 漢字 wide\r\n"),
        _ => format!("line {n} of it\r\n"),
    };
    (0..count).map(line).collect()
}
