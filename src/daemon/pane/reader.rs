//! The thread that takes a keeper's stream.

use super::Pane;
use crate::core::command::Command;
use crate::core::state::Exit;
use crate::core::status::Says;
use crate::daemon::house::{House, lock};
use crate::daemon::link::{self, KeeperLink, KeeperReader};
use crate::platform::rest::{Rest, STEP};
use crate::screen::ScreenEvent;
use crate::wire::keeper::{Ended, ExitRecord, KeeperSays};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How far ahead of what is parsed a keeper may read, bytes: a flood is then slowed by the
/// terminal, and `^C` is felt at once.
const AHEAD: u64 = 256 * 1024;
/// Recorded bytes after which the keeper is told without waiting for a pause.
const TELL_EVERY: u64 = 64 * 1024;
/// Recorded bytes that a keeper may go on holding while nothing else comes.
const TELL_LATER: u64 = 16 * 1024;
/// How long after output the rows are read for what they say.
const ROWS_SETTLE: Duration = Duration::from_millis(150);
/// How often a keeper that lives is dialled again before it is given up.
const REDIALS: u32 = 20;
/// How long a recording on a full disk waits before it is tried again.
const DISK_PAUSE: Duration = Duration::from_secs(2);

/// Takes the stream until the program has ended, the keeper is gone or another daemon has it.
pub(super) fn run(house: &Arc<House>, pane: &Arc<Pane>, mut reader: KeeperReader) {
    let _ = pane.reader.set(std::thread::current());
    // What changed on it while nobody looked.
    read_rows_soon(house, pane);
    let mut redials = 0;
    loop {
        match take(house, pane, &mut reader) {
            Over::Ended => return,
            Over::Superseded => {
                tracing::warn!(session = %pane.session, "another daemon has this keeper");
                *lock(&pane.keeper) = None;
                return;
            }
            Over::Gone if house.stopping() => return,
            Over::Gone => {}
            // The keeper goes on holding what the disk refuses; it is asked for that again.
            Over::DiskFull => {
                if let Some(keeper) = pane.keeper() {
                    keeper.close();
                }
                std::thread::sleep(DISK_PAUSE);
                redials = 0;
            }
        }
        let from = pane.look(|fold| fold.durable());
        reader = loop {
            if !link::alive(&pane.dir) || redials >= REDIALS {
                return gone(house, pane);
            }
            redials += 1;
            match KeeperLink::connect(&pane.dir, house.generation, from) {
                Ok((reader, writer)) => {
                    *lock(&pane.keeper) = Some(writer);
                    house.ask_for_receipts_again(pane);
                    break reader;
                }
                Err(error) => {
                    tracing::debug!(session = %pane.session, %error, "a keeper does not answer");
                    std::thread::sleep(Duration::from_millis(50));
                }
            }
        };
    }
}

enum Over {
    Ended,
    DiskFull,
    Superseded,
    Gone,
}

fn take(house: &Arc<House>, pane: &Arc<Pane>, reader: &mut KeeperReader) -> Over {
    let mut told = 0;
    let mut rest = Rest::default();
    loop {
        if !reader.more() && rest.is_due() && pane.is_unseen() {
            std::thread::park_timeout(STEP);
        }
        match reader.next() {
            Ok(Some(KeeperSays::Out { offset, ms, bytes })) => {
                rest.came(Instant::now(), bytes.len());
                let durable = output(house, pane, offset, ms, &bytes);
                if pane.look(|fold| fold.faulty()) {
                    return Over::DiskFull;
                }
                let untold = durable.saturating_sub(told);
                if untold >= TELL_EVERY || (untold >= TELL_LATER && !reader.more()) {
                    told = durable;
                    tell(pane, durable);
                }
            }
            Ok(Some(KeeperSays::Resized {
                offset,
                ms,
                rows,
                cols,
            })) => {
                let mut state = lock(&pane.state);
                state.fold.resize(offset, ms, rows, cols);
                state.size = (rows, cols);
                pane.show_anew(&mut state);
            }
            Ok(Some(KeeperSays::Gap { from, to, ms })) => {
                tracing::warn!(session = %pane.session, from, to, "output was lost");
                let mut state = lock(&pane.state);
                state.fold.gap(from, to, ms);
                pane.show_anew(&mut state);
            }
            Ok(Some(KeeperSays::Exit(record))) => {
                let durable = pane.look(|fold| fold.durable());
                tell(pane, durable);
                end(house, pane, &record);
                return Over::Ended;
            }
            Ok(Some(KeeperSays::Superseded { .. })) => return Over::Superseded,
            Ok(Some(KeeperSays::InputAck { client, .. })) => house.receipt(pane, client),
            Ok(Some(KeeperSays::Hello(_))) => {}
            Ok(None) => return Over::Gone,
            Err(error) => {
                tracing::warn!(session = %pane.session, %error, "a keeper's stream broke");
                return Over::Gone;
            }
        }
    }
}

fn tell(pane: &Pane, durable: u64) {
    let parsed = pane.look(|fold| fold.parsed());
    if let Some(keeper) = pane.keeper() {
        let said = keeper
            .durable(durable)
            .and_then(|()| keeper.credit(parsed + AHEAD));
        if let Err(error) = said {
            tracing::debug!(session = %pane.session, %error, "a keeper does not listen");
        }
    }
}

/// Notifications and progress are shown so long after they came: they come in swarms.
const TOLD_SETTLE: Duration = Duration::from_millis(300);

/// One chunk: first to whoever looks, then into the recording and the screen, then its signs.
fn output(house: &Arc<House>, pane: &Arc<Pane>, offset: u64, ms: u64, bytes: &[u8]) -> u64 {
    let mut state = lock(&pane.state);
    pane.show(&state, offset, bytes);
    if pane.entered.swap(false, Ordering::AcqRel) {
        state.fold.entered();
    }
    let replies = state.fold.out(offset, ms, bytes);
    let events = state.fold.events();
    let durable = state.fold.durable();
    *lock(&pane.modes) = state.fold.screen.modes();
    drop(state);
    for (number, bytes) in replies {
        if let Err(error) = pane.input(0, number, &bytes) {
            tracing::debug!(session = %pane.session, %error, "an answer to a query was lost");
            break;
        }
    }
    signs(house, pane, events);
    read_rows_soon(house, pane);
    durable
}

fn signs(house: &Arc<House>, pane: &Arc<Pane>, events: Vec<ScreenEvent>) {
    let mut signals = Vec::new();
    let now = house.now();
    let mut news = false;
    for event in events {
        news |= lock(&pane.told).take(&event, now);
        match event {
            ScreenEvent::Title(title) => {
                signals.extend(pane.runtime.title(&title));
                *lock(&pane.title) = Some(title);
            }
            ScreenEvent::Osc { number, rest } => signals.extend(pane.runtime.osc(number, &rest)),
            ScreenEvent::Bell | ScreenEvent::Clipboard(_) => {}
        }
    }
    if !signals.is_empty() {
        house.signals(pane, signals, None);
    }
    if news && !pane.told_due.swap(true, Ordering::AcqRel) {
        let (house_later, weak) = (Arc::clone(house), Arc::downgrade(pane));
        house.ticker.after(TOLD_SETTLE, move || {
            if let Some(pane) = weak.upgrade() {
                pane.told_due.store(false, Ordering::Release);
                house_later.engine.look_again();
            }
        });
    }
}

/// Reads the rows once output has paused for a moment, or that long after it began.
pub(crate) fn read_rows_soon(house: &Arc<House>, pane: &Arc<Pane>) {
    if !pane.runtime.reads_screen() || pane.screen_due.swap(true, Ordering::AcqRel) {
        return;
    }
    let (house_later, weak) = (Arc::clone(house), Arc::downgrade(pane));
    house.ticker.after(ROWS_SETTLE, move || {
        if let Some(pane) = weak.upgrade() {
            pane.screen_due.store(false, Ordering::Release);
            if pane.has_side() {
                return;
            }
            let rows = pane.look(|fold| fold.screen.text_rows());
            let signals = pane.runtime.screen(&rows);
            house_later.signals(&pane, signals, None);
        }
    });
}

/// What it said on its start screen, where it ended before anybody read that.
fn read_last_rows(house: &Arc<House>, pane: &Arc<Pane>) {
    if !pane.runtime.reads_screen() || pane.has_side() {
        return;
    }
    let rows = pane.look(|fold| fold.screen.text_rows());
    let mut signals = pane.runtime.screen(&rows);
    signals.retain(|signal| matches!(signal.says, Says::StartScreen(_)));
    house.signals(pane, signals, None);
}

fn end(house: &Arc<House>, pane: &Arc<Pane>, record: &ExitRecord) {
    read_last_rows(house, pane);
    pane.look(|fold| fold.checkpoint());
    house.count_usage(&pane.session);
    let session = pane.session.clone();
    let attempt = pane.attempt;
    let command = match &record.ended {
        Ended::Code(code) => {
            let code = i32::try_from(*code).unwrap_or(i32::MAX);
            Command::AttemptExited {
                session,
                attempt,
                exit: Exit {
                    code: Some(code),
                    signal: None,
                },
            }
        }
        Ended::Signal(signal) => {
            let signal = i32::try_from(*signal).unwrap_or(i32::MAX);
            Command::AttemptExited {
                session,
                attempt,
                exit: Exit {
                    code: None,
                    signal: Some(signal),
                },
            }
        }
        Ended::NeverStarted(why) => Command::AttemptFailed {
            session,
            attempt,
            why: crate::core::text::line(why),
        },
    };
    house.record(command);
    if matches!(record.ended, Ended::Code(code) if code != 0) {
        house.watch_resume(pane);
    }
    if let Some(keeper) = lock(&pane.keeper).take() {
        // A keeper that does not hear it stays until the next daemon tells it.
        let _ = keeper.release();
    }
    if let Some(side) = pane.side.get() {
        side.end();
    }
    pane.tell_end();
}

/// The keeper is gone: it left word of an end, or the session is lost.
fn gone(house: &Arc<House>, pane: &Arc<Pane>) {
    match link::take_exit(&pane.dir) {
        Some(record) => end(house, pane, &record),
        None => {
            *lock(&pane.keeper) = None;
            house.record(Command::AttemptLost {
                session: pane.session.clone(),
                attempt: pane.attempt,
                why: "its keeper is gone and left no word of an end".to_owned(),
            });
            house.end_orphans(&pane.session);
            pane.tell_end();
        }
    }
}
