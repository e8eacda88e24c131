//! How the allocator of the system behaves.

/// At most `most` heaps for all threads together. Left alone, glibc makes one for each of the first
/// eight threads of every processor, and what a burst of output has freed stays in each of them.
/// Elsewhere this does nothing.
pub fn share_heaps(most: i32) {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: mallopt has no preconditions; what it does not know it refuses.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, most);
    }
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    let _ = most;
}
