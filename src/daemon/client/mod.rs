//! One client: its frames come in on a thread of its own. Keys and views of panes are handled at
//! once; requests that may take a while run in order on a second thread, so that they never hold
//! up a key.

mod asks;
mod delivery;
mod fork;
mod hands;
mod history;
mod peers;
mod reading;
mod transcripts;
mod trust;
mod typing;
mod upkeep;
mod waiting;
mod watching;

use super::doors::{Client, Door};
use super::found::Part;
use super::hooks;
use super::house::House;
use super::outbox::Outbox;
use super::pane::Pane;
use crate::core::ask::{Surface, Who};
use crate::core::id::SessionId;
use crate::wire::frame::{self, Frame};
use crate::wire::hello::ClientKind;
use crate::wire::request::{FromDaemon, NewPeer, Request, ToDaemon};
use crate::wire::view::{ErrorKind, ErrorView};
use hands::Hands;
use serde_json::Value;
use std::collections::HashMap;
use std::io::BufReader;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};

/// What an answer is: a view, or why not.
type Answer = Result<Value, ErrorView>;

/// A client that is being served.
pub(super) struct Served {
    house: Arc<House>,
    id: u64,
    outbox: Arc<Outbox>,
    who: Who,
    may_not_decide: Option<String>,
    typed: AtomicU64,
    hands: Hands,
}

/// Serves a client until it goes.
pub(super) fn serve(house: &Arc<House>, client: Client) {
    let about = client.about.clone();
    let stream = client
        .stream
        .try_clone()
        .and_then(|s| Ok((s, client.stream.try_clone()?)));
    let (read, outbox) = match stream {
        Ok((read, write)) => (read, Outbox::new(write)),
        Err(error) => return tracing::warn!(about, %error, "a client could not be served"),
    };
    let mut who = client.who.clone();
    who.surface = match client.kind {
        ClientKind::Cockpit => Surface::Cockpit,
        ClientKind::Verb | ClientKind::Hook => Surface::Cli,
    };
    let served = Arc::new(Served {
        house: Arc::clone(house),
        id: house.next_client(),
        outbox: Arc::clone(&outbox),
        who,
        may_not_decide: client.may_not_decide.clone(),
        typed: AtomicU64::new(0),
        hands: Hands::default(),
    });
    let mut input = BufReader::with_capacity(16 * 1024, read);
    let done = match client.door {
        Door::Worker => served.worker(&mut input, client.session.as_ref()),
        Door::Operator => served.operator(&mut input),
    };
    if let Err(error) = done
        && !house.stopping()
    {
        tracing::warn!(about, %error, "a client broke off");
    }
    house.hook_gone(served.id);
    outbox.close();
}

impl Served {
    /// The worker door: hooks and nothing else.
    fn worker(
        &self,
        input: &mut BufReader<std::os::unix::net::UnixStream>,
        session: Option<&SessionId>,
    ) -> std::io::Result<()> {
        while let Some(frame) = frame::read(input)? {
            let Some(message) = parse(&frame)? else {
                continue;
            };
            let n = message.n;
            let mut moved = None;
            let answer = match (message.request, session) {
                (
                    Request::Hook {
                        runtime,
                        payload,
                        key,
                    },
                    Some(session),
                ) => {
                    let call = hooks::Call {
                        session,
                        runtime: &runtime,
                        payload: &payload,
                        key,
                    };
                    match self.house.hook_call(call, self.id, n, &self.outbox) {
                        Ok(None) => continue,
                        Ok(Some(answer)) => {
                            moved = Some(session);
                            view(&answer)
                        }
                        Err(error) => Err(error),
                    }
                }
                (Request::HookDone { id, note }, Some(session)) => {
                    self.hook_done(&id, note, session)
                }
                _ => Err(ErrorView::new(
                    ErrorKind::Refused,
                    "this door is for the hooks of a session's program",
                )),
            };
            self.reply(n, answer);
            // The agent does not wait while its transcript is read.
            if let Some(session) = moved {
                self.house.usage_moved(session);
            }
        }
        Ok(())
    }

    /// The operator door.
    fn operator(
        self: &Arc<Self>,
        input: &mut BufReader<std::os::unix::net::UnixStream>,
    ) -> std::io::Result<()> {
        let mut panes = HashMap::new();
        let done = self.frames(input, &mut panes);
        for (number, pane) in panes {
            pane.close(self.id, number);
            self.hands.give(&self.house, number);
        }
        done
    }

    fn frames(
        self: &Arc<Self>,
        input: &mut BufReader<std::os::unix::net::UnixStream>,
        panes: &mut HashMap<u32, Arc<Pane>>,
    ) -> std::io::Result<()> {
        let mut slow: Option<Sender<ToDaemon>> = None;
        while let Some(frame) = frame::read(input)? {
            if frame.kind == frame::PANE_INPUT {
                self.keys(&frame.payload, panes);
                continue;
            }
            let Some(message) = parse(&frame)? else {
                continue;
            };
            let n = message.n;
            match message.request {
                Request::Open {
                    name,
                    pane,
                    rows,
                    cols,
                } => {
                    self.reply(n, self.open(&name, pane, (rows, cols), panes));
                }
                Request::WatchPeer { name } => self.reply(n, self.watch_peer(name)),
                Request::Close { pane } => {
                    if let Some(old) = panes.remove(&pane) {
                        old.close(self.id, pane);
                        self.hands.give(&self.house, pane);
                    }
                    self.reply(n, Ok(Value::Null));
                }
                Request::Resize { pane, rows, cols } => {
                    if let Some(open) = panes.get_mut(&pane) {
                        self.present(open);
                        open.resize_view(self.id, pane, (rows, cols));
                    }
                    self.reply(n, Ok(Value::Null));
                }
                Request::Fit { pane } => {
                    if let Some(open) = panes.get_mut(&pane) {
                        self.present(open);
                        open.typed_by(self.id, pane);
                    }
                    self.reply(n, Ok(Value::Null));
                }
                // A checkout may take minutes, and decisions do not wait for it.
                request @ (Request::New(NewPeer {
                    worktree: Some(_), ..
                })
                | Request::Fork {
                    new:
                        NewPeer {
                            worktree: Some(_), ..
                        },
                    ..
                }
                | Request::Wait { .. }
                | Request::Send { .. }
                | Request::Watch
                | Request::Log { .. }
                | Request::Search { .. }
                | Request::Cost(_)
                | Request::Frame { .. }
                | Request::Transcript { .. }
                | Request::Elsewhere
                | Request::Branches { .. }
                | Request::FindTurns { .. }
                | Request::DbVerify) => {
                    let waiter = Arc::clone(self);
                    std::thread::Builder::new()
                        .name("client-wait".into())
                        .spawn(move || {
                            let answer = waiter.answer(request);
                            waiter.reply(n, answer);
                        })?;
                }
                request => {
                    let slow = match &slow {
                        Some(slow) => slow,
                        None => slow.insert(self.slow_thread()?),
                    };
                    // The other thread ends only after this one.
                    let _ = slow.send(ToDaemon { n, request });
                }
            }
        }
        Ok(())
    }

    /// Starts the thread for requests that take a while, when the first of them comes.
    fn slow_thread(self: &Arc<Self>) -> std::io::Result<Sender<ToDaemon>> {
        let (slow, queue) = mpsc::channel();
        let worker = Arc::clone(self);
        std::thread::Builder::new()
            .name("client-slow".into())
            .spawn(move || worker.slow(&queue))?;
        Ok(slow)
    }

    fn slow(&self, queue: &Receiver<ToDaemon>) {
        for ToDaemon { n, request } in queue {
            let ends = matches!(request, Request::DaemonStop | Request::Shutdown);
            let answer = self.answer(request);
            let stops = ends && answer.is_ok();
            self.reply(n, answer);
            if stops {
                self.outbox.wait_drained();
                self.house.request_stop();
            }
        }
    }

    fn answer(&self, request: Request) -> Answer {
        match request {
            Request::New(wish) => self.new_peer(wish),
            Request::Ls { all } => self.ls(all),
            Request::Send {
                name,
                text,
                enter,
                keys,
                force,
            } => self.send(&name, &text, typing::How { enter, keys, force }),
            Request::Read {
                name,
                lines,
                history,
            } => self.read(&name, lines, history),
            Request::Wait {
                name,
                until,
                timeout_ms,
            } => self.wait(&name, until, timeout_ms),
            Request::Interrupt { name } => self.interrupt(&name),
            Request::Stop { name } => self.stop(&name),
            Request::Resume { name, prompt } => self.resume(&name, prompt),
            Request::Replay { name } => self.replay(&name),
            Request::Retire { name } => self.retire(&name),
            Request::Snooze { name, for_ms } => self.snooze(&name, for_ms),
            Request::Seen { name } => self.seen(&name),
            Request::Inbox { all } => self.inbox(all),
            Request::Show { id } => self.show(&id),
            Request::Decide {
                id,
                digest,
                answer,
                note,
            } => self.decide(&id, digest, answer, note),
            Request::Retry { id } => self.retry(&id),
            Request::Tag { name, tag } => self.tag(&name, tag),
            Request::Trust { directory, trusted } => self.trust(&directory, trusted),
            Request::Trusted => self.trusted(),
            Request::Fork { of, new, at } => self.fork(&of, new, at),
            Request::Transcript {
                name,
                from,
                before,
                last,
            } => self.transcript(&name, Part { from, before, last }),
            Request::Elsewhere => self.elsewhere(),
            Request::Branches { cwd, env } => view(&self.house.branches(&cwd, &env)?),
            Request::Changes { name, from } => self.changes(&name, from),
            Request::FindTurns { text, most } => self.find_turns(&text, most),
            Request::Cost(wish) => self.cost(&wish),
            Request::Export { name } => self.export(&name),
            Request::Log { last, follow } => self.log(last, follow),
            Request::Why { reference } => self.why(&reference),
            Request::DaemonStatus | Request::DaemonStop => view(&self.status()),
            Request::Shutdown => self.shutdown(),
            Request::DbVerify => self.verify(),
            Request::DbExport { from } => self.db_export(from),
            Request::Watch => self.watch(),
            Request::History { name, from, count } => self.history(&name, from, count),
            Request::Search {
                name,
                text,
                until,
                near,
                most,
            } => self.search(&name, &text, until, near, most),
            Request::Prompts { name } => self.prompts(&name),
            Request::Frame {
                name,
                from,
                back,
                text,
            } => self.frame(&name, from, back, text.as_deref()),
            Request::Open { .. }
            | Request::WatchPeer { .. }
            | Request::Close { .. }
            | Request::Resize { .. }
            // These are answered as they come in, on the thread of the keys.
            | Request::Fit { .. } => Ok(Value::Null),
            Request::Hook { .. } | Request::HookDone { .. } => Err(ErrorView::new(
                ErrorKind::Refused,
                "hooks speak on the worker door",
            )),
        }
    }

    fn reply(&self, n: u64, answer: Answer) {
        self.outbox.say(&match answer {
            Ok(body) => FromDaemon::Reply { n, body },
            Err(error) => FromDaemon::Error { n, error },
        });
    }

    fn next_seq(&self) -> u64 {
        self.typed.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// A message, or `None` for a frame of a kind that is not known here.
fn parse(frame: &Frame) -> std::io::Result<Option<ToDaemon>> {
    if frame.kind != frame::JSON {
        return Ok(None);
    }
    let message = serde_json::from_slice(&frame.payload).map_err(|error| {
        let what = format!("a request does not read: {error}");
        std::io::Error::new(std::io::ErrorKind::InvalidData, what)
    })?;
    Ok(Some(message))
}

/// A view as JSON.
fn view(view: &impl serde::Serialize) -> Answer {
    serde_json::to_value(view).map_err(|error| {
        ErrorView::new(
            ErrorKind::Failed,
            format!("a view does not encode: {error}"),
        )
    })
}
