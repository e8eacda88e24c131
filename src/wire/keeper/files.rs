//! The files in an attempt's directory, as frozen as the frames.
//!
//! | file | bytes |
//! |---|---|
//! | `launch` | `PLTL` · u32 version 1 · 16 key · u16 rows · u16 cols · u32 ring bytes · u64 spill limit · u32 flags · string cwd · u32 n, n strings argv · u32 n, n × (string name · string value) env |
//! | `pid` | `PLTP` · u32 protocol · u64 instance · 16 boot id · u32 keeper's pid · u64 its start · u32 child's pid · u64 its start |
//! | `exit` | `PLTX` · the payload of an exit frame |
//!
//! A string is `[u32 length][bytes]`. A start is the process's start time in clock ticks since
//! boot, as `/proc/PID/stat` has it. More may follow in later versions.

use super::bytes::{Fields, Out};
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

/// What a keeper starts and how it keeps what that prints.
#[derive(Clone, PartialEq, Eq)]
pub struct LaunchSpec {
    /// Random; who attaches must know it.
    pub key: [u8; 16],
    /// The program and its arguments.
    pub argv: Vec<OsString>,
    /// The whole environment.
    pub env: Vec<(OsString, OsString)>,
    /// Where it starts; refused when it is not there.
    pub cwd: PathBuf,
    /// The size of the terminal at birth; made at least 2x2.
    pub rows: u16,
    /// The size of the terminal at birth.
    pub cols: u16,
    /// How much output is kept in memory, in bytes.
    pub ring: u32,
    /// How much is kept in the spill file, in bytes.
    pub spill_limit: u64,
    /// Switches.
    pub flags: Flags,
}

// The environment holds secrets: it is never printed.
impl std::fmt::Debug for LaunchSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LaunchSpec")
            .field("argv", &self.argv)
            .field("cwd", &self.cwd)
            .finish_non_exhaustive()
    }
}

/// Switches of a launch, by bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(pub u32);

impl Flags {
    /// Bit 0: what the child leaves running is not ended after it.
    pub const KEEP_TREE: Self = Self(1);

    /// Whether all of `other` are set.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl LaunchSpec {
    /// The ring unless said otherwise, in bytes.
    pub const RING: u32 = 1024 * 1024;
    /// The spill limit unless said otherwise, in bytes.
    pub const SPILL_LIMIT: u64 = 64 * 1024 * 1024;

    /// With the usual ring and limits at 40x120.
    pub fn new(key: [u8; 16], argv: Vec<OsString>, cwd: PathBuf) -> Self {
        Self {
            key,
            argv,
            env: Vec::new(),
            cwd,
            rows: 40,
            cols: 120,
            ring: Self::RING,
            spill_limit: Self::SPILL_LIMIT,
            flags: Flags::default(),
        }
    }

    /// As it lies in the file.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Out::default()
            .raw(b"PLTL")
            .u32(1)
            .raw(&self.key)
            .u16(self.rows)
            .u16(self.cols)
            .u32(self.ring)
            .u64(self.spill_limit)
            .u32(self.flags.0)
            .string(self.cwd.as_os_str().as_bytes())
            .u32(self.argv.len() as u32);
        for word in &self.argv {
            out = out.string(word.as_bytes());
        }
        out = out.u32(self.env.len() as u32);
        for (name, value) in &self.env {
            out = out.string(name.as_bytes()).string(value.as_bytes());
        }
        out.0
    }

    /// From the file; `None` when it is not one.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut f = Fields(bytes);
        if f.array()? != *b"PLTL" || f.u32()? == 0 {
            return None;
        }
        let os = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
        let mut spec = Self::new(f.array()?, Vec::new(), PathBuf::new());
        spec.rows = f.u16()?;
        spec.cols = f.u16()?;
        spec.ring = f.u32()?;
        spec.spill_limit = f.u64()?;
        spec.flags = Flags(f.u32()?);
        spec.cwd = os(f.string()?).into();
        for _ in 0..f.u32()? {
            spec.argv.push(os(f.string()?));
        }
        for _ in 0..f.u32()? {
            spec.env.push((os(f.string()?), os(f.string()?)));
        }
        Some(spec)
    }
}

/// Who a keeper and its child are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registry {
    /// The keeper's [`super::PROTOCOL`].
    pub protocol: u32,
    /// As in its hello.
    pub instance: u64,
    /// The boot that it lives in.
    pub boot: [u8; 16],
    /// Process id and start of the keeper.
    pub keeper: (u32, u64),
    /// Process id and start of its child; zeros when it was never started.
    pub child: (u32, u64),
}

impl Registry {
    /// As it lies in the file.
    pub fn encode(&self) -> Vec<u8> {
        let out = Out::default().raw(b"PLTP").u32(self.protocol);
        let out = out.u64(self.instance).raw(&self.boot);
        let out = out.u32(self.keeper.0).u64(self.keeper.1);
        out.u32(self.child.0).u64(self.child.1).0
    }

    /// From the file; `None` when it is not one.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut f = Fields(bytes);
        if f.array()? != *b"PLTP" {
            return None;
        }
        Some(Self {
            protocol: f.u32()?,
            instance: f.u64()?,
            boot: f.array()?,
            keeper: (f.u32()?, f.u64()?),
            child: (f.u32()?, f.u64()?),
        })
    }
}

/// How a child ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By itself, with this code.
    Code(u32),
    /// By this signal.
    Signal(u32),
    /// It could not be started; why, in one line.
    NeverStarted(String),
}

/// The end of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExitRecord {
    /// How.
    pub ended: Ended,
    /// When, ms since the Unix epoch.
    pub ms: u64,
    /// The length of the stream.
    pub stream_end: u64,
}

impl ExitRecord {
    /// The payload of an exit frame.
    pub(super) fn encode(&self) -> Vec<u8> {
        let (how, value, why) = match &self.ended {
            Ended::Code(code) => (1, *code, ""),
            Ended::Signal(signal) => (2, *signal, ""),
            Ended::NeverStarted(why) => (3, 0, why.as_str()),
        };
        let out = Out::default().u8(how).u32(value);
        out.u64(self.ms).u64(self.stream_end).raw(why.as_bytes()).0
    }

    /// From the payload of an exit frame.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut f = Fields(bytes);
        let (how, value) = (f.u8()?, f.u32()?);
        let (ms, stream_end) = (f.u64()?, f.u64()?);
        let ended = match how {
            1 => Ended::Code(value),
            2 => Ended::Signal(value),
            3 => Ended::NeverStarted(String::from_utf8_lossy(f.0).into_owned()),
            _ => return None,
        };
        Some(Self {
            ended,
            ms,
            stream_end,
        })
    }

    /// As it lies in the file.
    pub fn to_file(&self) -> Vec<u8> {
        Out::default().raw(b"PLTX").raw(&self.encode()).0
    }

    /// From the file; `None` when it is not one.
    pub fn from_file(bytes: &[u8]) -> Option<Self> {
        Self::decode(bytes.strip_prefix(b"PLTX")?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_launch_has_its_frozen_bytes() {
        let mut spec = LaunchSpec::new(*b"0123456789abcdef", vec!["sh".into()], "/w".into());
        spec.env = vec![("A".into(), "b".into())];
        spec.flags = Flags::KEEP_TREE;
        let bytes = [
            b"PLTL\x01\0\0\x000123456789abcdef".as_slice(),
            &[40, 0, 120, 0],
            &[0, 0, 16, 0],
            &[0, 0, 0, 4, 0, 0, 0, 0],
            &[1, 0, 0, 0],
            b"\x02\0\0\0/w",
            b"\x01\0\0\0\x02\0\0\0sh",
            b"\x01\0\0\0\x01\0\0\0A\x01\0\0\0b",
        ]
        .concat();
        assert_eq!(spec.encode(), bytes);
        assert_eq!(LaunchSpec::decode(&bytes), Some(spec.clone()));
        for cut in 0..bytes.len() {
            assert_eq!(LaunchSpec::decode(&bytes[..cut]), None, "cut at {cut}");
        }
        let shown = format!("{spec:?}");
        assert!(!shown.contains("env"), "secrets are not printed: {shown}");
    }

    #[test]
    fn a_hostile_count_allocates_nothing() {
        let mut bytes = LaunchSpec::new([0; 16], Vec::new(), "/".into()).encode();
        let at = bytes.len() - 8;
        bytes[at..].fill(0xff);
        assert_eq!(LaunchSpec::decode(&bytes), None);
    }

    #[test]
    fn a_registry_has_its_frozen_bytes() {
        let registry = Registry {
            protocol: 1,
            instance: 2,
            boot: *b"0123456789abcdef",
            keeper: (3, 4),
            child: (5, 6),
        };
        let bytes = [
            b"PLTP\x01\0\0\0\x02\0\0\0\0\0\0\x000123456789abcdef".as_slice(),
            b"\x03\0\0\0\x04\0\0\0\0\0\0\0\x05\0\0\0\x06\0\0\0\0\0\0\0",
        ]
        .concat();
        assert_eq!(registry.encode(), bytes);
        assert_eq!(Registry::decode(&bytes), Some(registry));
        assert_eq!(Registry::decode(&bytes[..55]), None);
    }

    #[test]
    fn an_exit_has_its_frozen_bytes() {
        let record = ExitRecord {
            ended: Ended::NeverStarted("no".into()),
            ms: 1,
            stream_end: 2,
        };
        let bytes = b"PLTX\x03\0\0\0\0\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0no";
        assert_eq!(record.to_file(), bytes);
        assert_eq!(ExitRecord::from_file(bytes), Some(record));
        assert_eq!(ExitRecord::from_file(b"PLTX\x04\0\0\0\0"), None);
    }
}
