//! What the daemon asks for.

use super::serve::{Attached, Server, wall_ms};
use super::tree;
use crate::platform::process;
use crate::wire::keeper::{FIRST_CREDIT, Hello, KeeperSays, PROTOCOL, Target, ToKeeper};
use std::time::{Duration, Instant};

/// How long an acknowledgement of input waits for something to go with.
const ACK: Duration = Duration::from_millis(20);

impl Server {
    /// One frame from connection `at`.
    pub fn handle(&mut self, at: usize, frame: ToKeeper) {
        if let ToKeeper::Attach {
            generation,
            from,
            key,
            ..
        } = frame
        {
            return self.attach(at, generation, from, key);
        }
        let Some(attached) = self.attached.as_mut().filter(|a| a.at == at) else {
            // Nobody speaks before attaching.
            return self.drop_connection(at);
        };
        match frame {
            ToKeeper::Attach { .. } => {}
            ToKeeper::Input { client, seq, bytes } => {
                let taken = self.typed.take(client, seq, &bytes);
                let ack = KeeperSays::InputAck { client, seq, taken };
                match &mut self.connections[at] {
                    // The echo is on its way: one frame need not wake the daemon before it.
                    Some(connection) if taken => {
                        connection.say_later(&ack.encode());
                        self.ack_due.get_or_insert_with(|| Instant::now() + ACK);
                    }
                    _ => self.say(at, &ack),
                }
            }
            ToKeeper::Resize { rows, cols } => {
                self.jiggle = None;
                self.size = (rows.max(2), cols.max(2));
                self.resize(self.size.0, self.size.1);
            }
            ToKeeper::Durable { offset } => {
                // What was never said cannot be recorded.
                let offset = offset.min(attached.cursor);
                self.durable = self.durable.max(offset);
                self.retained.forget(offset);
            }
            ToKeeper::Credit { offset } => attached.credit = attached.credit.max(offset),
            ToKeeper::Signal { signal, target } => self.signal(signal, target),
            ToKeeper::End { grace_ms } => {
                if !self.alone {
                    self.ending.begin(Duration::from_millis(grace_ms));
                }
            }
            ToKeeper::Release => self.released |= self.exit.is_some(),
        }
    }

    fn attach(&mut self, at: usize, generation: u64, from: u64, key: [u8; 16]) {
        if key != self.key {
            return self.drop_connection(at);
        }
        if generation < self.generation {
            return self.supersede(at);
        }
        self.generation = generation;
        if let Some(before) = self.attached.take().filter(|a| a.at != at) {
            self.supersede(before.at);
        }
        let end = self.retained.end();
        let from = from.min(end);
        self.attached = Some(Attached {
            at,
            from,
            cursor: from,
            resized_ms: 0,
            credit: from.saturating_add(FIRST_CREDIT),
            told_exit: false,
        });
        let hello = KeeperSays::Hello(Hello {
            protocol: PROTOCOL,
            boot: self.registry.boot,
            started_ms: self.started_ms,
            instance: self.registry.instance,
            retained_from: self.retained.first(),
            stream_len: end,
            child: self.registry.child.0,
            rows: self.size.0,
            cols: self.size.1,
            exited: self.exit.is_some(),
        });
        self.say(at, &hello);
    }

    /// Tells a connection who has the keeper, and ends it.
    fn supersede(&mut self, at: usize) {
        let generation = self.generation;
        self.say(at, &KeeperSays::Superseded { generation });
        if let Some(connection) = &mut self.connections[at] {
            // One that does not take it finds out by the end of the connection.
            let _ = connection.flush();
        }
        self.drop_connection(at);
    }

    fn say(&mut self, at: usize, what: &KeeperSays) {
        if let Some(connection) = &mut self.connections[at] {
            connection.say(&what.encode());
        }
    }

    /// Gives the terminal a size, and stamps that.
    pub fn resize(&mut self, rows: u16, cols: u16) {
        if self.exit.is_some() {
            return;
        }
        let open = self.open.as_ref();
        if open.is_some_and(|o| o.terminal.resize(rows, cols).is_ok()) {
            self.retained.resize(wall_ms(), rows, cols);
        }
    }

    fn signal(&self, signal: u8, target: Target) {
        match target {
            Target::Foreground => {
                let group = self.open.as_ref().and_then(|o| o.terminal.foreground());
                if let Some(group) = group {
                    process::send(signal, group, true);
                }
            }
            // A reaped child's number may be somebody else's by now.
            Target::Child if self.reaped.is_some() => {}
            Target::Child => process::send(signal, self.registry.child.0, true),
            Target::Tree => tree::signal(signal),
        }
    }
}
