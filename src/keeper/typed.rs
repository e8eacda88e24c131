//! Input: applied once, queued while the terminal is full.

use crate::platform::pty::Terminal;

/// More than this is not queued, in bytes.
const MOST: usize = 4 * 1024 * 1024;
/// So many clients are remembered; the one that was silent longest is forgotten first.
const CLIENTS: usize = 64;

/// What was typed and is not in the terminal yet.
#[derive(Default)]
pub(super) struct Typed {
    queue: Vec<u8>,
    written: usize,
    /// Clients with the last sequence that was applied, the last to type at the end.
    applied: Vec<(u64, u64)>,
}

impl Typed {
    /// Takes input unless it was applied before; false when there is no room for it.
    pub fn take(&mut self, client: u64, seq: u64, bytes: &[u8]) -> bool {
        let known = self.applied.iter().position(|(c, _)| *c == client);
        if known.is_some_and(|n| seq <= self.applied[n].1) {
            return true;
        }
        if self.queue.len() - self.written + bytes.len() > MOST {
            return false;
        }
        match known {
            Some(n) => drop(self.applied.remove(n)),
            None if self.applied.len() == CLIENTS => drop(self.applied.remove(0)),
            None => {}
        }
        self.applied.push((client, seq));
        self.queue.extend_from_slice(bytes);
        true
    }

    pub fn is_empty(&self) -> bool {
        self.written == self.queue.len()
    }

    /// Writes what goes in.
    pub fn write(&mut self, terminal: &Terminal) {
        while !self.is_empty() {
            match terminal.write(&self.queue[self.written..]) {
                Ok(0) => return,
                Ok(n) => self.written += n,
                // Nobody will ever read it.
                Err(_) => self.written = self.queue.len(),
            }
        }
        self.queue = Vec::new();
        self.written = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_is_taken_once_a_client() {
        let mut typed = Typed::default();
        assert!(typed.take(1, 5, b"a"));
        assert!(typed.take(1, 5, b"a"));
        assert!(typed.take(1, 4, b"a"));
        assert!(typed.take(2, 1, b"b"));
        assert!(typed.take(1, 6, b"c"));
        assert_eq!(typed.queue, b"abc");
    }

    #[test]
    fn what_does_not_fit_is_refused_and_may_come_again() {
        let mut typed = Typed::default();
        assert!(typed.take(1, 1, &vec![0; MOST - 1]));
        assert!(!typed.take(1, 2, b"ab"));
        assert!(typed.take(1, 2, b"a"), "the same one, smaller, fits");
    }

    #[test]
    fn clients_are_bounded() {
        let mut typed = Typed::default();
        for client in 0..1000 {
            assert!(typed.take(client, 1, b""));
            assert!(typed.take(0, client + 2, b""), "0 is never silent");
        }
        assert_eq!(typed.applied.len(), CLIENTS);
        assert!(typed.applied.iter().any(|(client, _)| *client == 0));
    }
}
