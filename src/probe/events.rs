//! Server-sent events: the data of each, in order.

use std::io::{self, BufRead};

/// Longest event that is taken, bytes; a longer one is left out.
const LONGEST: u64 = 32 * 1024 * 1024;

/// The next event's data; `None` at the end of the stream. Comments and names are left out.
///
/// # Errors
/// Nothing came in time, or the stream broke.
pub fn next(stream: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut data: Option<String> = None;
    let mut size = 0;
    loop {
        let mut line = Vec::new();
        let room = LONGEST.saturating_sub(size).max(1);
        let read = io::Read::take(&mut *stream, room).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(None);
        }
        size += read as u64;
        if !line.ends_with(b"\n") && size >= LONGEST {
            skip_line(stream)?;
            (data, size) = (None, 0);
            continue;
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end_matches(['\n', '\r']);
        if let Some(more) = line.strip_prefix("data:") {
            let more = more.strip_prefix(' ').unwrap_or(more);
            match &mut data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(more);
                }
                None => data = Some(more.to_owned()),
            }
        } else if line.is_empty() {
            match data.take() {
                Some(data) => return Ok(Some(data)),
                None => size = 0,
            }
        }
    }
}

fn skip_line(stream: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = stream.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let end = buffer.iter().position(|b| *b == b'\n');
        let used = end.map_or(buffer.len(), |at| at + 1);
        stream.consume(used);
        if end.is_some() {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_one_by_one_whatever_else_is_in_the_stream() {
        let text = ": hello\n\nevent: x\r\ndata: {\"a\":\r\ndata: 1}\r\n\r\nid: 7\n\ndata:second\n\ndata: cut off";
        let mut stream = text.as_bytes();
        assert_eq!(next(&mut stream).unwrap().as_deref(), Some("{\"a\":\n1}"));
        assert_eq!(next(&mut stream).unwrap().as_deref(), Some("second"));
        assert_eq!(next(&mut stream).unwrap(), None);
    }
}
