//! Who stands at the doors and has not said hello. When it is full, the one that has stood there
//! longest is sent away: whoever means it speaks at once, so that a worker which only holds places
//! keeps nobody out.

use std::collections::VecDeque;
use std::io;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, PoisonError};

/// How many may stand there.
const PLACES: usize = 128;

/// The places, in order of arrival.
#[derive(Default)]
pub(super) struct WaitingRoom {
    standing: Mutex<VecDeque<(u64, UnixStream)>>,
}

/// A place in it; given back when it is dropped.
pub(super) struct Place {
    room: Arc<WaitingRoom>,
    number: u64,
}

impl WaitingRoom {
    /// Takes the next place; whether somebody was sent away for it.
    ///
    /// # Errors
    /// What the system said when the connection could not be held a second time.
    pub(super) fn enter(self: &Arc<Self>, stream: &UnixStream) -> io::Result<(Place, bool)> {
        let held = stream.try_clone()?;
        let mut standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        let full = standing.len() >= PLACES;
        if full && let Some((_, oldest)) = standing.pop_front() {
            // Its thread reads the end of it and goes.
            let _ = oldest.shutdown(Shutdown::Both);
        }
        let number = standing.back().map_or(0, |(last, _)| last + 1);
        standing.push_back((number, held));
        let room = Arc::clone(self);
        Ok((Place { room, number }, full))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let standing = self.room.standing.lock();
        let mut standing = standing.unwrap_or_else(PoisonError::into_inner);
        standing.retain(|(number, _)| *number != self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    fn standing(room: &WaitingRoom) -> usize {
        room.standing.lock().unwrap().len()
    }

    #[test]
    fn the_one_who_stood_longest_makes_room() {
        let room = Arc::new(WaitingRoom::default());
        let pairs: Vec<_> = (0..=PLACES).map(|_| UnixStream::pair().unwrap()).collect();
        let mut places: Vec<_> = pairs
            .iter()
            .map(|(here, _)| room.enter(here).unwrap())
            .collect();
        let sent: Vec<bool> = places.iter().map(|(_, sent)| *sent).collect();
        assert_eq!(sent.iter().filter(|sent| **sent).count(), 1);
        assert!(sent[PLACES]);
        assert_eq!((&pairs[0].1).read(&mut [0]).unwrap(), 0);
        (&pairs[1].1).write_all(b"x").unwrap();
        assert_eq!((&pairs[1].0).read(&mut [0]).unwrap(), 1);

        // Who was sent away holds no place that it could give back.
        places.remove(0);
        assert_eq!(standing(&room), PLACES);
        drop(places);
        assert_eq!(standing(&room), 0);
    }
}
