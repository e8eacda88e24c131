//! The frame of every socket of ours: `[u8 kind][u32 LE length][payload]`.
//!
//! Kinds 1–15 belong to the client wire, which is JSON for what is said and raw bytes for panes.
//! The keeper's frames share the envelope and nothing else.

use std::io::{self, Read, Write};

/// Longest payload that is read, in bytes. A longer one ends the connection.
pub const MAX_PAYLOAD: usize = 16 * 1024 * 1024;

/// So much room is made at once for what is announced and has not come, in bytes.
const AT_ONCE: usize = 64 * 1024;

/// A JSON value: hello, [`super::request::ToDaemon`], [`super::request::FromDaemon`].
pub const JSON: u8 = 1;
/// Daemon to client: `[u32 LE pane][u64 LE offset of the first byte][raw bytes]`.
pub const PANE_BYTES: u8 = 2;
/// Daemon to client: `[u32 LE pane][u64 LE offset][checkpoint bytes]`: start again from here.
pub const PANE_STATE: u8 = 3;
/// Client to daemon: `[u32 LE pane][bytes to write to the terminal]`.
pub const PANE_INPUT: u8 = 4;

/// One frame as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What the payload is.
    pub kind: u8,
    /// The payload.
    pub payload: Vec<u8>,
}

/// Writes one frame in a single write.
pub fn write(out: &mut impl Write, kind: u8, payload: &[u8]) -> io::Result<()> {
    out.write_all(&encode(kind, payload))
}

/// One frame as bytes.
pub fn encode(kind: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(5 + payload.len());
    bytes.push(kind);
    bytes.extend_from_slice(&(payload.len() as u32).to_le_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

/// Reads one frame; `None` at a clean end between two frames.
///
/// # Errors
/// `InvalidData` for a payload over [`MAX_PAYLOAD`], `UnexpectedEof` for half a frame.
pub fn read(input: &mut impl Read) -> io::Result<Option<Frame>> {
    let mut head = [0_u8; 5];
    loop {
        match input.read(&mut head[..1]) {
            Ok(0) => return Ok(None),
            Ok(_) => break,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    input.read_exact(&mut head[1..])?;
    let len = u32::from_le_bytes([head[1], head[2], head[3], head[4]]) as usize;
    if len > MAX_PAYLOAD {
        let what = format!("a frame of {len} bytes is longer than {MAX_PAYLOAD}");
        return Err(io::Error::new(io::ErrorKind::InvalidData, what));
    }
    let mut payload = Vec::new();
    while payload.len() < len {
        let at = payload.len();
        payload.resize(len.min(at + AT_ONCE), 0);
        input.read_exact(&mut payload[at..])?;
    }
    Ok(Some(Frame {
        kind: head[0],
        payload,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_kind_length_payload() {
        let bytes = encode(PANE_INPUT, b"ab");
        assert_eq!(bytes, [4, 2, 0, 0, 0, b'a', b'b']);
        let frame = read(&mut bytes.as_slice()).unwrap().unwrap();
        assert_eq!((frame.kind, frame.payload), (PANE_INPUT, b"ab".to_vec()));
    }

    #[test]
    fn half_a_frame_and_an_oversized_one_are_errors() {
        assert!(read(&mut [].as_slice()).unwrap().is_none());
        for cut in 1..7 {
            let error = read(&mut &encode(JSON, b"ab")[..cut]).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        }
        let long = encode(JSON, &vec![7; 3 * AT_ONCE + 1]);
        let frame = read(&mut long.as_slice()).unwrap().unwrap();
        assert_eq!(frame.payload, long[5..]);
        let error = read(&mut &long[..long.len() - 1]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        let error = read(&mut [1, 255, 255, 255, 255].as_slice()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
