//! The keeper's words: the frames on its socket and the files in its directory.
//!
//! **Frozen.** A keeper outlives upgrades of everything else, so every byte here is written by
//! hand, described below and pinned by golden tests. The rules of growth: a kind that is not known
//! is skipped by its length; bytes after the known fields of a frame without a tail are skipped;
//! nothing is ever reordered, removed or given another meaning.
//!
//! The envelope is [`super::frame`]'s: `[u8 kind][u32 length][payload]`. All numbers are little
//! endian; times are ms since the Unix epoch; offsets count bytes of the terminal's output from its
//! birth. `bytes` at the end of a payload reaches to the end of the frame.
//!
//! | kind | keeper → daemon | payload |
//! |---|---|---|
//! | 32 | hello | u32 protocol · 16 boot id · u64 started · u64 instance · u64 retained from · u64 stream length · u32 child's pid · u16 rows · u16 cols · u8 exited (0, 1) |
//! | 33 | out | u64 offset · u64 ms · bytes |
//! | 34 | resized | u64 offset · u64 ms · u16 rows · u16 cols |
//! | 35 | gap | u64 from · u64 to · u64 ms |
//! | 36 | input ack | u64 client · u64 sequence · u8 taken (1; 0 = the queue is full, say it again) |
//! | 37 | exit | u8 how (1 code, 2 signal, 3 never started) · u32 value · u64 ms · u64 stream end · bytes: why it never started |
//! | 38 | superseded | u64 the generation that holds the keeper |
//!
//! | kind | daemon → keeper | payload |
//! |---|---|---|
//! | 64 | attach | u32 protocol · u64 generation · u64 resume from · 16 key |
//! | 65 | input | u64 client · u64 sequence · bytes |
//! | 66 | resize | u16 rows · u16 cols |
//! | 67 | durable | u64 offset |
//! | 68 | credit | u64 offset |
//! | 69 | signal | u8 signal number · u8 target (1 foreground group, 2 the child's group, 3 the whole tree) |
//! | 70 | end | u64 grace in ms |
//! | 71 | release | nothing |
//!
//! The order: the daemon attaches, the keeper says hello and then everything from the offset to
//! resume from, in stream order. Every resize carries a time later than that of the one before it,
//! so one that is said twice (after a reconnect) is known by its time. The first record of every
//! stream is the resize of its birth, at offset 0.

mod bytes;
mod files;
mod from;
mod to;

pub use files::{Ended, ExitRecord, Flags, LaunchSpec, Registry};
pub use from::{Hello, KeeperSays};
pub use to::{Target, ToKeeper};

/// The version of these words that this program speaks.
pub const PROTOCOL: u32 = 1;

/// Longest payload that a keeper reads, in bytes; a longer one ends the connection.
pub const MAX_TO_KEEPER: usize = 1024 * 1024;

/// How far past the offset to resume from a keeper reads before the first credit, in bytes.
pub const FIRST_CREDIT: u64 = 256 * 1024;

/// The file in the attempt's directory that says what to start: [`LaunchSpec`].
pub const LAUNCH: &str = "launch";
/// The lock that the keeper holds for life.
pub const LOCK: &str = "lock";
/// The keeper's socket.
pub const SOCKET: &str = "keeper.sock";
/// Who the keeper and its child are: [`Registry`].
pub const REGISTRY: &str = "pid";
/// How the child ended: [`ExitRecord`].
pub const EXIT: &str = "exit";
/// What did not fit into the keeper's memory.
pub const SPILL: &str = "spill";
