//! Which sessions are shown side by side, in which places, and which of them is open at the daemon.
//!
//! The focused pane is the selected peer's. A pane never changes its place while it is shown: a
//! session that is selected and not shown takes the place of the one that was focused longest ago.

use super::model::{Model, Size};
use serde::{Deserialize, Serialize};

/// How many panes are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrange {
    /// The selected peer's.
    #[default]
    One,
    /// That and one more.
    Two,
    /// As many as there are peers whose program runs, and room.
    Grid,
}

impl Arrange {
    /// What comes after it.
    pub fn next(self) -> Self {
        match self {
            Self::One => Self::Two,
            Self::Two => Self::Grid,
            Self::Grid => Self::One,
        }
    }
}

/// A session that the daemon shows us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pane {
    /// The number by which the daemon knows the pane; a new one for each session shown.
    pub number: u32,
    /// The session.
    pub session: String,
    /// How the daemon is asked about it.
    pub address: String,
    /// The size that the daemon was told.
    pub size: Size,
    /// How far it is.
    pub state: PaneState,
    /// Its program was seen ended; when it runs again the pane is opened anew.
    pub gone: bool,
}

/// How far a pane is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaneState {
    /// Asked for.
    Opening,
    /// Its screen is here.
    Live,
    /// Its program has ended; the last screen stands.
    Ended,
    /// The daemon would not show it.
    Refused(String),
}

/// A session with a place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    session: String,
    /// When it was focused last, by the count of such moments; 0 for never.
    used: u64,
}

/// The places, in the order of the screen, and what is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Panes {
    /// How many are wanted.
    pub arrange: Arrange,
    /// Those that the daemon shows us.
    pub open: Vec<Pane>,
    /// The last number given out.
    pub made: u32,
    /// Whose pane the keys go to in pane mode.
    pub into: Option<String>,
    /// How the daemon is asked about the peer to begin with.
    pub begin_with: Option<String>,
    /// The pane whose program was told in pane mode that it has the size of its place.
    pub fitted: Option<u32>,
    /// The request under the cursor that the selected peer was taken from.
    pub asked: Option<String>,
    /// More than are shown when there was more room: they come back when there is again.
    places: Vec<Place>,
    focused: u64,
}

impl Panes {
    /// How many places there are at most when `room` have room.
    pub fn count(&self, room: usize) -> usize {
        match self.arrange {
            Arrange::One => 1,
            Arrange::Two => room.min(2),
            Arrange::Grid => room,
        }
    }

    /// Goes on to the next arrangement, with what has a place among `count` now.
    pub fn turn(&mut self, count: usize) {
        let shown: Vec<String> = self.shown(count).into_iter().map(str::to_owned).collect();
        self.retain(|session| shown.iter().any(|s| s == session));
        self.arrange = self.arrange.next();
    }

    /// The sessions that have a place when there are `count` of them, in the order of the screen.
    pub fn shown(&self, count: usize) -> Vec<&str> {
        let mut latest: Vec<usize> = (0..self.places.len()).collect();
        latest.sort_by_key(|i| std::cmp::Reverse(self.places[*i].used));
        latest.truncate(count);
        latest.sort_unstable();
        let session = |i: usize| self.places[i].session.as_str();
        latest.into_iter().map(session).collect()
    }

    /// The pane of that session, while the daemon shows it.
    pub fn of(&self, session: &str) -> Option<&Pane> {
        self.open.iter().find(|p| p.session == session)
    }

    /// The pane of that number, while the daemon shows it.
    pub fn numbered(&mut self, number: u32) -> Option<&mut Pane> {
        self.open.iter_mut().find(|p| p.number == number)
    }

    /// Gives `session` the focus, and a place among `count` if it has none. `over` says whose place
    /// is given away first.
    pub fn select(&mut self, session: &str, count: usize, over: impl Fn(&str) -> bool) {
        let shown: Vec<String> = self.shown(count).into_iter().map(str::to_owned).collect();
        let at = self.places.iter().position(|p| p.session == session);
        if let Some(at) = at.filter(|_| shown.iter().any(|s| s == session)) {
            if self.places[at].used != self.focused || self.focused == 0 {
                self.focused += 1;
                self.places[at].used = self.focused;
            }
            return;
        }
        self.focused += 1;
        let place = Place {
            session: session.to_owned(),
            used: self.focused,
        };
        let given = self.places.iter().enumerate();
        let victim = given
            .filter(|(_, p)| shown.contains(&p.session))
            .min_by_key(|(_, p)| (!over(&p.session), p.used))
            .map(|(i, _)| i)
            .filter(|_| shown.len() >= count);
        match (victim, at) {
            // What loses its place keeps the other's, out of sight.
            (Some(victim), Some(at)) if count > 1 => {
                self.places.swap(victim, at);
                self.places[victim] = place;
            }
            (Some(victim), None) => self.places[victim] = place,
            (_, Some(at)) => self.places[at] = place,
            (None, None) => self.places.push(place),
        }
    }

    /// Whether all of `count` places are given.
    pub fn full(&self, count: usize) -> bool {
        self.places.len() >= count
    }

    /// Gives places that are free among `count` to those of `sessions` that have none, in turn.
    pub fn fill<'a>(&mut self, count: usize, sessions: impl Iterator<Item = &'a str>) {
        for session in sessions {
            if self.places.len() >= count {
                return;
            }
            if !self.places.iter().any(|p| p.session == session) {
                let session = session.to_owned();
                self.places.push(Place { session, used: 0 });
            }
        }
    }

    /// Takes the places of those away that `stays` is not true of.
    pub fn retain(&mut self, stays: impl Fn(&str) -> bool) {
        self.places.retain(|p| stays(&p.session));
    }
}

impl Model {
    /// The selected peer's pane.
    pub fn pane(&self) -> Option<&Pane> {
        self.panes.of(self.peer_at.as_deref()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panes(places: &[&str]) -> Panes {
        let mut panes = Panes::default();
        panes.fill(9, places.iter().copied());
        panes
    }

    fn never(_: &str) -> bool {
        false
    }

    #[test]
    fn selecting_what_is_shown_moves_nothing() {
        let mut panes = panes(&["a", "b", "c"]);
        for session in ["c", "a", "b", "c"] {
            panes.select(session, 3, never);
            assert_eq!(panes.shown(3), ["a", "b", "c"]);
        }
    }

    #[test]
    fn a_newcomer_takes_the_place_that_was_focused_longest_ago() {
        let mut panes = panes(&["a", "b", "c"]);
        for session in ["b", "c", "a"] {
            panes.select(session, 3, never);
        }
        panes.select("d", 3, never);
        assert_eq!(panes.shown(3), ["a", "d", "c"]);
        panes.select("e", 3, |s| s == "a");
        assert_eq!(panes.shown(3), ["e", "d", "c"], "what is over goes first");
    }

    #[test]
    fn with_less_room_the_latest_stay_in_their_order_and_the_rest_come_back() {
        let mut panes = panes(&["a", "b", "c", "d"]);
        for session in ["d", "c"] {
            panes.select(session, 4, never);
        }
        assert_eq!(panes.shown(2), ["c", "d"]);
        panes.select("a", 2, never);
        assert_eq!(panes.shown(2), ["c", "a"], "only the other one gave way");
        assert_eq!(panes.shown(4), ["d", "b", "c", "a"]);
    }

    #[test]
    fn a_free_place_is_taken_at_the_end() {
        let mut panes = panes(&["a"]);
        panes.select("b", 2, never);
        assert_eq!(panes.shown(2), ["a", "b"]);
        panes.retain(|s| s != "a");
        panes.fill(2, ["b", "c", "d"].into_iter());
        assert_eq!(panes.shown(2), ["b", "c"]);
    }
}
