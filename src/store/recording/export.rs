//! A recording in the formats of others.

use super::read::{Record, Recording};
use serde_json::json;
use std::io::{self, Write};

impl Recording {
    /// Writes the bytes of the stream as they are, without what is lost.
    ///
    /// # Errors
    /// What the system or the writer said.
    pub fn export_raw(&self, to: &mut impl Write) -> io::Result<()> {
        for record in self.records(None) {
            if let Record::Out { bytes, .. } = record? {
                to.write_all(&bytes)?;
            }
        }
        to.flush()
    }

    /// Writes it as an asciicast, version 2: a header line, then a line an event, times in seconds
    /// from the first record. `rows` and `cols` count where the recording does not begin with a
    /// size. Bytes that are not UTF-8 become U+FFFD; a loss is a marker.
    ///
    /// # Errors
    /// What the system or the writer said.
    pub fn export_cast(
        &self,
        to: &mut impl Write,
        title: &str,
        rows: u16,
        cols: u16,
    ) -> io::Result<()> {
        let mut size = (rows, cols);
        let mut cast: Option<Cast<'_, _>> = None;
        let mut to = Some(to);
        for record in self.records(None) {
            let record = record?;
            if let (None, Record::Resize { rows, cols, .. }) = (&cast, &record) {
                size = (*rows, *cols);
            }
            if let Some(to) = to.take_if(|_| started(&record)) {
                let cast = cast.insert(Cast::begin(to, title, size, time(&record))?);
                if matches!(record, Record::Resize { .. }) {
                    continue;
                }
                cast.event(&record)?;
            } else if let Some(cast) = &mut cast {
                cast.event(&record)?;
            }
        }
        match (cast, to) {
            (Some(cast), _) => cast.end(),
            (None, Some(to)) => Cast::begin(to, title, size, 0)?.end(),
            (None, None) => Ok(()),
        }
    }
}

/// Whether a cast begins with this record: what was dropped before it is not shown.
fn started(record: &Record) -> bool {
    !matches!(record, Record::Gap { from: 0, .. })
}

fn time(record: &Record) -> u64 {
    match record {
        Record::Out { ms, .. } | Record::Resize { ms, .. } | Record::Gap { ms, .. } => *ms,
    }
}

struct Cast<'a, W> {
    to: &'a mut W,
    started_ms: u64,
    /// The last event's time: they never go back, whatever the wall clock did.
    ms: u64,
    /// The beginning of a character whose end is in the next record.
    cut: Vec<u8>,
}

impl<'a, W: Write> Cast<'a, W> {
    fn begin(to: &'a mut W, title: &str, size: (u16, u16), ms: u64) -> io::Result<Self> {
        let header = json!({
            "version": 2, "width": size.1, "height": size.0, "timestamp": ms / 1000,
            "title": title, "env": {"TERM": "xterm-256color"},
        });
        writeln!(to, "{header}")?;
        Ok(Self {
            to,
            started_ms: ms,
            ms,
            cut: Vec::new(),
        })
    }

    fn event(&mut self, record: &Record) -> io::Result<()> {
        self.ms = self.ms.max(time(record));
        match record {
            Record::Out { bytes, .. } => {
                self.cut.extend_from_slice(bytes);
                let whole = self.cut.len() - unfinished(&self.cut);
                let rest = self.cut.split_off(whole);
                let text =
                    String::from_utf8_lossy(&std::mem::replace(&mut self.cut, rest)).into_owned();
                match text.is_empty() {
                    true => Ok(()),
                    false => self.line("o", &text),
                }
            }
            Record::Resize { rows, cols, .. } => self.line("r", &format!("{cols}x{rows}")),
            Record::Gap { from, to, .. } => {
                self.cut.clear();
                self.line("m", &format!("{} bytes are lost", to - from))
            }
        }
    }

    fn line(&mut self, code: &str, data: &str) -> io::Result<()> {
        let ms = self.ms - self.started_ms;
        let data = serde_json::Value::from(data);
        writeln!(
            self.to,
            "[{}.{:03}, \"{code}\", {data}]",
            ms / 1000,
            ms % 1000
        )
    }

    fn end(mut self) -> io::Result<()> {
        if !self.cut.is_empty() {
            let text = String::from_utf8_lossy(&self.cut).into_owned();
            self.line("o", &text)?;
        }
        self.to.flush()
    }
}

/// How many bytes at the end begin a character that may still be finished.
fn unfinished(bytes: &[u8]) -> usize {
    let tail = &bytes[bytes.len().saturating_sub(3)..];
    (1..=tail.len())
        .rev()
        .find(|n| {
            let end = &tail[tail.len() - n..];
            matches!(std::str::from_utf8(end), Err(e) if e.valid_up_to() == 0 && e.error_len().is_none())
        })
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::Recorder;
    use super::*;

    fn cast(fill: impl FnOnce(&mut Recorder)) -> String {
        let dir = tempfile::tempdir().unwrap();
        let mut recorder = Recorder::open(dir.path(), 0).unwrap();
        fill(&mut recorder);
        let mut bytes = Vec::new();
        let recording = Recording::open(dir.path()).unwrap();
        recording
            .export_cast(&mut bytes, "a \"title\"", 24, 80)
            .unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_cast_has_a_header_and_a_line_an_event() {
        let text = cast(|recorder| {
            let euro = "€".as_bytes();
            recorder.resize(0, 1_700_000_000_500, 30, 100).unwrap();
            recorder.out(0, 1_700_000_000_500, b"a\x1b[1m").unwrap();
            recorder.out(5, 1_700_000_001_501, &euro[..2]).unwrap();
            recorder.out(7, 1_700_000_001_502, &euro[2..]).unwrap();
            recorder.resize(8, 1_700_000_062_000, 24, 80).unwrap();
            // A clock that was set back.
            recorder.out(8, 1_700_000_000_000, b"\xff").unwrap();
            recorder.gap(9, 20, 1_700_000_063_000).unwrap();
            recorder.out(20, 1_700_000_063_000, &euro[..1]).unwrap();
        });
        let expected = [
            r#"{"env":{"TERM":"xterm-256color"},"height":30,"timestamp":1700000000,"title":"a \"title\"","version":2,"width":100}"#,
            r#"[0.000, "o", "a\u001b[1m"]"#,
            r#"[1.002, "o", "€"]"#,
            r#"[61.500, "r", "80x24"]"#,
            "[61.500, \"o\", \"\u{fffd}\"]",
            r#"[62.500, "m", "11 bytes are lost"]"#,
            "[62.500, \"o\", \"\u{fffd}\"]",
        ];
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn an_empty_recording_is_a_header_alone() {
        let text = cast(|_| {});
        assert_eq!(text.lines().count(), 1);
        assert!(text.contains(r#""height":24"#), "{text}");
        assert!(text.contains(r#""width":80"#), "{text}");
    }

    #[test]
    fn a_character_that_is_cut_waits_for_its_end() {
        let euro = "€".as_bytes();
        assert_eq!(unfinished(b"abc"), 0);
        assert_eq!(unfinished(&euro[..1]), 1);
        assert_eq!(unfinished(&[b"a", &euro[..2]].concat()), 2);
        assert_eq!(unfinished(euro), 0);
        assert_eq!(unfinished(&[0xff]), 0);
        assert_eq!(unfinished(&"😀".as_bytes()[..3]), 3);
        assert_eq!(unfinished(&[]), 0);
    }
}
