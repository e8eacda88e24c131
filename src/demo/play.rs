//! `pult demo --script`: the loop without a terminal. Each step says what was seen, and only what
//! was seen counts.

use super::Scratch;
use super::script::{CART, CART_MENDED, KEPT};
use crate::core::ask::{Answer, AskState};
use crate::core::state::Shown;
use crate::dial::Connection;
use crate::wire::hello::ClientKind;
use crate::wire::request::Request;
use crate::wire::view::{AskDetail, AskRow, ErrorKind, ErrorView, PeerRow, ReadView};
use std::fs;
use std::time::{Duration, Instant};

/// How long any one effect may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is looked for.
const LOOK: Duration = Duration::from_millis(50);
/// What the rejected agent is told.
const NOTE: &str = "the shop still serves from it";

/// Plays the loop; `say` gets a line for every effect that was seen.
///
/// # Errors
/// The first effect that did not come, with what was seen instead.
pub fn play(scratch: &Scratch, say: impl Fn(&str)) -> Result<(), ErrorView> {
    let peers = super::start(scratch, 40, None)?;
    let names: Vec<&str> = peers.iter().filter_map(|p| p.name.as_deref()).collect();
    say(&format!("started scripted agents: {}", names.join(", ")));
    let door = Connection::operator(scratch.paths(), ClientKind::Verb, "demo --script")?;
    let mut stage = Stage { door, scratch };

    let ask = stage.asked_by("fixer")?;
    stage.cart_is(CART, "before it was allowed")?;
    say(&format!("fixer asks: write {} ({})", ask.object, ask.id));
    stage.decide(&ask, Answer::Allow, None)?;
    stage.until("cart.sh as fixer mends it", |stage| {
        Ok(stage.cart()? == CART_MENDED)
    })?;
    say("approved once: cart.sh is mended");
    stage.closed(&ask, "effect")?;
    say(&format!("{} is closed by its effect", ask.id));

    let ask = stage.asked_by("scout")?;
    say(&format!(
        "scout asks: {} ({}, risk high)",
        ask.object, ask.id
    ));
    stage.decide(&ask, Answer::Deny, Some(NOTE.to_owned()))?;
    stage.until("the note on scout's screen", |stage| {
        let request = Request::Read {
            name: "scout".into(),
            lines: Some(200),
            history: None,
        };
        let seen: ReadView = stage.door.request_as(request)?;
        Ok(seen.lines.concat().contains(NOTE))
    })?;
    stage.shown("scout", Shown::Done)?;
    if !scratch.repository().join(KEPT).join("cart.tar").exists() {
        return Err(missed(
            "build/ left alone",
            "it is gone, though the call was rejected",
        ));
    }
    say("rejected with a note: scout was told and build/ is still there");
    stage.closed(&ask, "effect")?;

    stage.shown("docs", Shown::Done)?;
    say("docs has finished: done, not looked at yet");
    let linter = stage.shown("linter", Shown::Failed)?;
    let code = linter.exit.and_then(|exit| exit.code);
    if code != Some(3) {
        return Err(missed(
            "linter's exit code 3",
            &format!("{:?}", linter.exit),
        ));
    }
    say("linter has failed by itself, with exit code 3");
    let open: Vec<AskRow> = stage.door.request_as(Request::Inbox { all: false })?;
    if let Some(left) = open.first() {
        return Err(missed("an empty inbox", &format!("{} is open", left.id)));
    }
    say("the inbox is empty");
    Ok(())
}

/// The daemon of the demo and its repository.
struct Stage<'a> {
    door: Connection,
    scratch: &'a Scratch,
}

impl Stage<'_> {
    /// Looks until it is so.
    fn until(
        &mut self,
        what: &str,
        mut so: impl FnMut(&mut Self) -> Result<bool, ErrorView>,
    ) -> Result<(), ErrorView> {
        let end = Instant::now() + PATIENCE;
        while !so(self)? {
            if Instant::now() > end {
                return Err(missed(what, &self.picture()));
            }
            std::thread::sleep(LOOK);
        }
        Ok(())
    }

    /// Waits for the open ask of a peer.
    fn asked_by(&mut self, peer: &str) -> Result<AskRow, ErrorView> {
        let mut found = None;
        self.until(&format!("an ask of {peer}"), |stage| {
            let rows: Vec<AskRow> = stage.door.request_as(Request::Inbox { all: false })?;
            found = rows
                .into_iter()
                .find(|row| row.peer == peer && row.state == AskState::Asked);
            Ok(found.is_some())
        })?;
        found.ok_or_else(|| missed("an ask", "none"))
    }

    /// Waits until a peer is shown by a word.
    fn shown(&mut self, name: &str, word: Shown) -> Result<PeerRow, ErrorView> {
        let mut found = None;
        self.until(&format!("{name} shown as {}", word.word()), |stage| {
            let rows: Vec<PeerRow> = stage.door.request_as(Request::Ls { all: false })?;
            let mut rows = rows.into_iter();
            found = rows.find(|row| row.name.as_deref() == Some(name) && row.shown == word);
            Ok(found.is_some())
        })?;
        found.ok_or_else(|| missed(name, "no such peer"))
    }

    fn decide(
        &mut self,
        ask: &AskRow,
        answer: Answer,
        note: Option<String>,
    ) -> Result<(), ErrorView> {
        let request = Request::Decide {
            id: ask.id.clone(),
            digest: Some(ask.digest.clone()),
            answer,
            note,
        };
        self.door.request(request).map(|_| ())
    }

    /// Waits until an ask is closed, and by this.
    fn closed(&mut self, ask: &AskRow, by: &str) -> Result<(), ErrorView> {
        self.until(&format!("{} closed by {by}", ask.id), |stage| {
            let id = ask.id.clone();
            let seen: AskDetail = stage.door.request_as(Request::Show { id })?;
            match seen.row.closed.as_deref() {
                None => Ok(false),
                Some(how) if how == by => Ok(true),
                Some(how) => Err(missed(&format!("closed by {by}"), how)),
            }
        })
    }

    fn cart(&self) -> Result<String, ErrorView> {
        let path = self.scratch.repository().join("cart.sh");
        fs::read_to_string(&path)
            .map_err(|e| missed("cart.sh", &format!("{}: {e}", path.display())))
    }

    fn cart_is(&self, text: &str, when: &str) -> Result<(), ErrorView> {
        match self.cart()? == text {
            true => Ok(()),
            false => Err(missed("cart.sh unchanged", &format!("it changed {when}"))),
        }
    }

    /// The peers and asks in one line, for a failure.
    fn picture(&mut self) -> String {
        let peers: Vec<PeerRow> = self
            .door
            .request_as(Request::Ls { all: true })
            .unwrap_or_default();
        let peers = peers.iter().map(|p| {
            let name = p.name.as_deref().unwrap_or("-");
            format!("{name} {}", p.shown.word())
        });
        let asks: Vec<AskRow> = self
            .door
            .request_as(Request::Inbox { all: true })
            .unwrap_or_default();
        let asks = asks.iter().map(|a| format!("{} {:?}", a.peer, a.state));
        peers.chain(asks).collect::<Vec<_>>().join(", ")
    }
}

fn missed(what: &str, seen: &str) -> ErrorView {
    let what = format!("not seen: {what}; instead: {seen}");
    ErrorView::new(ErrorKind::Failed, what)
}
