//! Conversations: read, looked through, and what they have used.

use super::{Answer, Served, view};
use crate::daemon::found::{Part, changes};
use crate::daemon::house::error;
use crate::wire::cost::Wish;
use std::collections::HashMap;

/// The most places that one search gives.
const MOST: u32 = 1_000;

impl Served {
    pub(super) fn transcript(&self, name: &str, part: Part) -> Answer {
        self.house.forget_copies();
        let known = self.house.engine.read(|world| {
            let peer = world.find_peer(name).ok()?;
            world.session(&peer.session)?.native_id.clone()
        });
        let asked = name.to_owned();
        let more = self.house.patiently(name, move |house, pulse| {
            Ok(house.read_on_from(&asked, known.as_deref(), part, pulse))
        })?;
        if let Some(more) = more {
            return view(&more);
        }
        let ours = self.peer(name).map(|(peer, row)| (peer.address(), row));
        let asked = name.to_owned();
        let read = self.house.patiently(name, move |house, pulse| {
            let source = house.transcript_source(&asked, ours)?;
            house.read_part(&asked, source, part, pulse)
        });
        view(&read?)
    }

    pub(super) fn changes(&self, name: &str, from: u64) -> Answer {
        self.house.forget_copies();
        let ours = self.peer(name).map(|(peer, row)| (peer.address(), row));
        let asked = name.to_owned();
        let read = self.house.patiently(name, move |house, pulse| {
            let source = house.transcript_source(&asked, ours)?;
            changes(&house.library, &source, from, pulse)
        });
        view(&read?)
    }

    pub(super) fn elsewhere(&self) -> Answer {
        self.house.forget_copies();
        let pairs = self.house.engine.peers_ever().map_err(error)?;
        let ours = pairs.into_iter().filter_map(|(_, row)| row.native_id);
        let survey = self.house.surveyor.survey();
        view(&self.house.elsewhere(&ours.collect(), survey))
    }

    pub(super) fn cost(&self, wish: &Wish) -> Answer {
        let of = match &wish.name {
            Some(name) => Some(self.session_row(name)?.id),
            None => None,
        };
        view(&self.house.cost(wish, of.as_ref())?)
    }

    pub(super) fn find_turns(&self, text: &str, most: u32) -> Answer {
        self.house.forget_copies();
        let pairs = self.house.engine.peers_ever().map_err(error)?;
        let ours = pairs.into_iter().filter_map(|(peer, row)| {
            let name = match peer.retired_at {
                None => peer.address(),
                Some(_) => peer.at_incarnation(),
            };
            Some((row.native_id?, name))
        });
        let names: HashMap<String, String> = ours.collect();
        view(&self.house.search(text, most.min(MOST) as usize, &names))
    }
}
