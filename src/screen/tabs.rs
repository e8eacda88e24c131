//! Tab stops: every eight columns until a program sets its own, which vt100 does not know.

use serde::{Deserialize, Serialize};

use super::LARGEST;

/// The tab stops of a screen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tabs {
    /// Columns with a stop, ascending; `None` while there is one every eight.
    own: Option<Vec<u16>>,
}

impl Tabs {
    /// Whether they are no longer the usual ones.
    pub fn changed(&self) -> bool {
        self.own.is_some()
    }

    fn own(&mut self) -> &mut Vec<u16> {
        self.own
            .get_or_insert_with(|| (0..LARGEST).step_by(8).collect())
    }

    /// Sets a stop.
    pub fn set(&mut self, col: u16) {
        let stops = self.own();
        if let Err(at) = stops.binary_search(&col) {
            stops.insert(at, col);
        }
    }

    /// Takes a stop away.
    pub fn clear(&mut self, col: u16) {
        let stops = self.own();
        if let Ok(at) = stops.binary_search(&col) {
            stops.remove(at);
        }
    }

    /// Takes them all away.
    pub fn clear_all(&mut self) {
        self.own = Some(Vec::new());
    }

    /// The column `count` stops behind `col`, at most `last`.
    pub fn forward(&self, col: u16, count: u16, last: u16) -> u16 {
        let far = usize::from(count.max(1)) - 1;
        match &self.own {
            None => {
                let col = u32::from(col / 8 + 1) * 8 + u32::from(count.max(1) - 1) * 8;
                u16::try_from(col).map_or(last, |col| col.min(last))
            }
            Some(stops) => {
                let next = stops.partition_point(|stop| *stop <= col);
                stops.get(next + far).map_or(last, |stop| (*stop).min(last))
            }
        }
    }

    /// The column `count` stops before `col`.
    pub fn backward(&self, col: u16, count: u16) -> u16 {
        let count = usize::from(count.max(1));
        match &self.own {
            None => (col.div_ceil(8)).saturating_sub(u16::try_from(count).unwrap_or(u16::MAX)) * 8,
            Some(stops) => {
                let before = stops.partition_point(|stop| *stop < col);
                before.checked_sub(count).map_or(0, |at| stops[at])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_eight_until_changed() {
        let mut tabs = Tabs::default();
        assert_eq!(tabs.forward(0, 1, 79), 8);
        assert_eq!(tabs.forward(8, 2, 79), 24);
        assert_eq!(tabs.forward(78, u16::MAX, 79), 79);
        assert_eq!(tabs.backward(17, 1), 16);
        assert_eq!(tabs.backward(16, 1), 8);
        assert_eq!(tabs.backward(16, u16::MAX), 0);
        tabs.set(3);
        assert_eq!(tabs.forward(0, 1, 79), 3);
        assert_eq!(tabs.forward(0, 2, 79), 8);
        assert_eq!(tabs.backward(8, 1), 3);
        tabs.clear(8);
        assert_eq!(tabs.forward(3, 1, 79), 16);
        tabs.clear_all();
        assert_eq!(tabs.forward(3, 1, 79), 79);
        assert_eq!(tabs.backward(30, 1), 0);
    }
}
