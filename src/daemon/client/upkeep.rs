//! The daemon and the store themselves.

use super::{Answer, Served, view};
use crate::core::command::Command;
use crate::daemon::house::{error, lock};
use crate::daemon::rows::log_line;
use crate::wire::hello;
use crate::wire::view::{DaemonView, VerifyView, time};
use std::time::{Duration, Instant};

/// How long a program may take to end at a shutdown before it is killed, ms.
const GRACE_MS: u64 = 5_000;
/// How long a shutdown waits for all of them.
const SHUTDOWN: Duration = Duration::from_secs(20);
/// Log lines of one page of `db export`.
const PAGE: usize = 1_000;

impl Served {
    pub(super) fn status(&self) -> DaemonView {
        let house = &self.house;
        let live = house
            .engine
            .read(|world| world.sessions().filter(|row| row.is_live()).count());
        DaemonView {
            pid: std::process::id(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            wire: hello::VERSION,
            started_at: time(house.started_at),
            sessions: u32::try_from(live).unwrap_or(u32::MAX),
            home: house.paths.state.to_string_lossy().into_owned(),
            door: (*lock(&house.door)).to_owned(),
            enforcement: house.enforcement.words(),
        }
    }

    /// Ends every program and waits until they are gone; the caller then ends the daemon.
    pub(super) fn shutdown(&self) -> Answer {
        let seen = self.status();
        let house = &self.house;
        let live = || -> Vec<_> {
            house.engine.read(|world| {
                world
                    .sessions()
                    .filter(|row| row.is_live())
                    .map(|row| row.id.clone())
                    .collect()
            })
        };
        for session in live() {
            let stopped = house.operate(Command::Stop {
                session,
                grace_ms: GRACE_MS,
            });
            if let Err(error) = stopped {
                tracing::debug!(%error, "a session was already ending");
            }
        }
        let end = Instant::now() + SHUTDOWN;
        let mut generation = house.engine.generation();
        while !live().is_empty() && Instant::now() < end {
            generation = house.engine.wait_change(generation, end - Instant::now());
        }
        view(&seen)
    }

    pub(super) fn verify(&self) -> Answer {
        let verdict = self.house.engine.verify().map_err(error)?;
        view(&VerifyView {
            events: verdict.events,
            differences: verdict.differences,
        })
    }

    pub(super) fn db_export(&self, from: u64) -> Answer {
        let lines = self.house.engine.log_from(from, PAGE).map_err(error)?;
        view(&lines.iter().map(log_line).collect::<Vec<_>>())
    }
}
