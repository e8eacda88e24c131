//! Telling the daemon what it does not have, in stream order.

use super::serve::{Server, wall_ms};
use crate::wire::keeper::KeeperSays;
use std::time::{Duration, Instant};

/// The longest out frame's bytes.
const CHUNK: usize = 64 * 1024;
/// No more than this waits for a slow daemon, in bytes; the rest stays where it is kept.
const WAITING: usize = 128 * 1024;
/// How long a jiggled terminal has its other size: long enough for a program to look at it.
const JIGGLE: Duration = Duration::from_millis(60);

impl Server {
    /// Says and writes what goes out; answers to those who are not attached go out, too.
    pub fn pump(&mut self) {
        loop {
            let said = self.say_next();
            if !said {
                break;
            }
        }
        for at in 0..self.connections.len() {
            let Some(connection) = &mut self.connections[at] else {
                continue;
            };
            match connection.flush() {
                Ok(()) => connection.rest(),
                Err(_) => self.drop_connection(at),
            }
        }
    }

    /// Says one more thing; false when there is none or the daemon is slow.
    fn say_next(&mut self) -> bool {
        let Some(attached) = &mut self.attached else {
            return false;
        };
        let Some(connection) = &mut self.connections[attached.at] else {
            return false;
        };
        if connection.waiting() >= WAITING && connection.flush().is_err() {
            let at = attached.at;
            self.drop_connection(at);
            return false;
        }
        if connection.waiting() >= WAITING {
            return false;
        }
        let first = self.retained.first();
        if attached.cursor < first {
            let gap = KeeperSays::Gap {
                from: attached.cursor,
                to: first,
                ms: wall_ms(),
            };
            connection.say(&gap.encode());
            attached.cursor = first;
            self.repaint();
            return true;
        }
        let end = self.retained.end();
        let resize = self
            .retained
            .resize_after(attached.from, attached.resized_ms);
        if let Some(resize) = resize.filter(|r| r.offset <= attached.cursor) {
            let resized = KeeperSays::Resized {
                offset: attached.cursor,
                ms: resize.ms,
                rows: resize.rows,
                cols: resize.cols,
            };
            connection.say(&resized.encode());
            attached.resized_ms = resize.ms;
            return true;
        }
        if attached.cursor < end {
            let (from, to) = (attached.cursor, resize.map_or(end, |r| r.offset));
            let most = CHUNK.min(usize::try_from(to - from).unwrap_or(CHUNK));
            let retained = &mut self.retained;
            let said = connection.say_out(from, most, |into| retained.read(from, to, into));
            attached.cursor += said.unwrap_or(0) as u64;
            // What could not be read is a gap in the next round.
            return said.is_some() || self.retained.first() > from;
        }
        match &self.exit {
            Some(record) if !attached.told_exit => {
                connection.say(&KeeperSays::Exit(record.clone()).encode());
                attached.told_exit = true;
                true
            }
            _ => false,
        }
    }

    /// After a loss the screen is wrong until the program paints it anew: another size and back.
    fn repaint(&mut self) {
        if self.exit.is_none() {
            let (rows, cols) = self.size;
            let other = if rows > 2 { rows - 1 } else { rows + 1 };
            self.resize(other, cols);
            self.jiggle = Some(Instant::now() + JIGGLE);
        }
    }
}
