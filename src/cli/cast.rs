//! asciicast v2: a header line, then `[seconds, kind, data]` a line, for output, resizes and gaps.

use serde_json::json;
use std::io::{self, Write};

/// Writes one cast.
pub struct Cast<W: Write> {
    out: W,
    /// The time of the first record, in ms; everything is counted from it.
    begun: i64,
    /// The beginning of a character whose rest has not come.
    unfinished: Vec<u8>,
}

impl<W: Write> Cast<W> {
    /// Writes the header: the first size, the time of the first record in ms, and a title.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(
        mut out: W,
        (rows, cols): (u16, u16),
        at: i64,
        title: Option<&str>,
    ) -> io::Result<Self> {
        let mut header = json!({
            "version": 2,
            "width": cols,
            "height": rows,
            "timestamp": at / 1000,
            "env": {"TERM": "xterm-256color"},
        });
        if let Some(title) = title {
            header["title"] = json!(title);
        }
        writeln!(out, "{header}")?;
        Ok(Self {
            out,
            begun: at,
            unfinished: Vec::new(),
        })
    }

    /// What the program printed at a time in ms. A character that is cut waits for its rest.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn output(&mut self, at: i64, bytes: &[u8]) -> io::Result<()> {
        let mut all = std::mem::take(&mut self.unfinished);
        all.extend_from_slice(bytes);
        let keep = unfinished(&all);
        self.unfinished = all.split_off(all.len() - keep);
        if all.is_empty() {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&all).into_owned();
        self.event(at, "o", &text)
    }

    /// The terminal has a new size.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn resize(&mut self, at: i64, rows: u16, cols: u16) -> io::Result<()> {
        self.event(at, "r", &format!("{cols}x{rows}"))
    }

    /// Something is missing here; players show it as a marker.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn marker(&mut self, at: i64, text: &str) -> io::Result<()> {
        self.unfinished.clear();
        self.event(at, "m", text)
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end(mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn event(&mut self, at: i64, kind: &str, data: &str) -> io::Result<()> {
        let seconds = (at - self.begun).max(0) as f64 / 1000.0;
        writeln!(self.out, "{}", json!([seconds, kind, data]))
    }
}

/// How many bytes at the end are the beginning of a character, at most three.
fn unfinished(bytes: &[u8]) -> usize {
    for back in 1..=bytes.len().min(3) {
        let byte = bytes[bytes.len() - back];
        let needs = match byte {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            0x80..=0xbf => continue,
            _ => return 0,
        };
        return if needs > back { back } else { 0 };
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cast_has_times_from_its_beginning_and_whole_characters() {
        let mut out = Vec::new();
        let mut cast = Cast::begin(&mut out, (24, 80), 5_000, Some("fixer")).unwrap();
        let text = "a日".as_bytes();
        cast.output(5_250, &text[..2]).unwrap();
        cast.resize(5_300, 30, 100).unwrap();
        cast.output(5_500, &text[2..]).unwrap();
        cast.marker(6_000, "gap").unwrap();
        cast.output(6_500, b"\xff\x1b[0m").unwrap();
        cast.end().unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<serde_json::Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines[0]["width"], 80);
        assert_eq!(lines[0]["timestamp"], 5);
        assert_eq!(lines[1], json!([0.25, "o", "a"]));
        assert_eq!(lines[2], json!([0.3, "r", "100x30"]));
        assert_eq!(lines[3], json!([0.5, "o", "日"]));
        assert_eq!(lines[4], json!([1.0, "m", "gap"]));
        assert_eq!(lines[5], json!([1.5, "o", "\u{fffd}\u{1b}[0m"]));
    }

    #[test]
    fn only_the_beginning_of_a_character_waits() {
        assert_eq!(unfinished(b""), 0);
        assert_eq!(unfinished(b"abc"), 0);
        assert_eq!(unfinished("é".as_bytes()), 0);
        assert_eq!(unfinished(&"é".as_bytes()[..1]), 1);
        assert_eq!(unfinished(&"😀".as_bytes()[..3]), 3);
        assert_eq!(unfinished(b"\x80\x80\x80\x80"), 0);
    }
}
