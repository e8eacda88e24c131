//! What readers see: the durable world, the banner, and the count of changes.

use crate::core::world::World;
use crate::store::Store;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

/// Shared by the writer, which alone changes it, and all readers.
pub(super) struct Published {
    store: Store,
    world: RwLock<World>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    generation: u64,
    banner: Option<String>,
}

impl Published {
    pub(super) fn new(store: Store, world: World) -> Self {
        Self {
            store,
            world: RwLock::new(world),
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    pub(super) fn read<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.world.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the world at once for all readers.
    pub(super) fn publish(&self, change: impl FnOnce(&mut World)) {
        change(&mut self.world.write().unwrap_or_else(PoisonError::into_inner));
        self.tell(|_| ());
    }

    pub(super) fn banner(&self) -> Option<String> {
        self.state().banner.clone()
    }

    pub(super) fn set_banner(&self, banner: Option<String>) {
        if self.state().banner != banner {
            self.tell(|state| state.banner = banner);
        }
    }

    pub(super) fn look_again(&self) {
        self.tell(|_| ());
    }

    pub(super) fn generation(&self) -> u64 {
        self.state().generation
    }

    pub(super) fn wait_change(&self, seen: u64, longest: Duration) -> u64 {
        let until = Instant::now() + longest;
        let mut state = self.state();
        while state.generation <= seen {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.generation
    }

    fn tell(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state();
        change(&mut state);
        state.generation += 1;
        self.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
