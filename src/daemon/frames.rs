//! Earlier screens of a program that has the whole terminal: such a screen has no rows above it, so
//! looking back means folding the recording again up to a moment at which it stood still.

use crate::core::find::Needle;
use crate::screen::Screen;
use crate::store::recording::{Record, Recording};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;

/// Output that pauses for so long has made a picture, in ms; so has what stood so long before it was
/// wiped, however much was added to it meanwhile: somebody types, or a line counts.
const PAUSE: u64 = 250;
/// While it does not pause, a picture is taken so often, in ms.
const LONGEST: u64 = 2_000;

/// A screen as it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The bytes of the stream that are in it.
    pub(crate) offset: u64,
    /// When the last of them came, ms since the Unix epoch.
    pub(crate) ms: u64,
    /// Its rows, as text with SGR.
    pub(crate) rows: Vec<String>,
}

/// What is looked for.
pub(crate) struct Wanted<'a> {
    /// From the screen after so many bytes of the stream.
    pub(crate) from: u64,
    /// Earlier ones instead of later ones.
    pub(crate) back: bool,
    /// One that shows this text.
    pub(crate) text: Option<&'a Needle>,
    /// The size of a terminal that was never given one, rows and columns.
    pub(crate) size: (u16, u16),
}

/// The nearest screen of a full-screen program that looks different from the one it is looked for
/// from.
///
/// # Errors
/// What the system said of the recording.
pub(crate) fn find(recording: &Recording, wanted: &Wanted<'_>) -> io::Result<Option<Frame>> {
    let starts = recording.exact()?;
    let known = starts.partition_point(|start| *start <= wanted.from);
    let Some(mut n) = known.checked_sub(1) else {
        return Ok(None);
    };
    // The stretch with the screen itself comes first: it tells what it looks like.
    let mut stretch = Stretch {
        recording,
        wanted,
        mine: None,
        best: None,
    };
    stretch.fold(starts[n], wanted.from)?;
    if !wanted.back {
        stretch.best = None;
        stretch.fold(starts[n], u64::MAX)?;
        return Ok(stretch.best);
    }
    while stretch.best.is_none() && n > 0 {
        n -= 1;
        stretch.fold(starts[n], starts[n + 1])?;
    }
    Ok(stretch.best)
}

struct Stretch<'a> {
    recording: &'a Recording,
    wanted: &'a Wanted<'a>,
    /// What the screen looks like that is looked from.
    mine: Option<u64>,
    best: Option<Frame>,
}

impl Stretch<'_> {
    /// Folds from one offset to another and takes the pictures in between.
    fn fold(&mut self, start: u64, end: u64) -> io::Result<()> {
        let checkpoint = self.recording.checkpoint(start);
        let restored = checkpoint.as_ref().map(|c| Screen::restore(&c.bytes));
        let mut screen = match (restored, start) {
            (Some(Ok(screen)), _) => screen,
            (None, 0) => Screen::new(self.wanted.size.0, self.wanted.size.1),
            // Damaged: nothing is known of this stretch.
            _ => return Ok(()),
        };
        screen.forget_history();
        screen.set_replay(true);
        let mut pictures: Vec<Frame> = Vec::new();
        let (mut at, mut last, mut taken) = (start, 0, u64::MAX);
        let mut stands_since = u64::MAX;
        for record in self.recording.records(checkpoint.as_ref()) {
            match record? {
                Record::Out { offset, ms, bytes } => {
                    taken = taken.min(ms);
                    let paused = ms.saturating_sub(last) >= PAUSE;
                    let wiped = wipes(&bytes);
                    let stood = wiped && ms.saturating_sub(stands_since) >= PAUSE;
                    let due = paused || stood || last.saturating_sub(taken) >= LONGEST;
                    if due && at > start {
                        pictures.extend(picture(&screen, at, last));
                        taken = last;
                        if self.choose(&mut pictures) {
                            return Ok(());
                        }
                    }
                    let room = usize::try_from(end.saturating_sub(offset)).unwrap_or(usize::MAX);
                    let bytes = &bytes[..bytes.len().min(room)];
                    screen.feed(bytes);
                    screen.take_events();
                    (at, last) = (offset + bytes.len() as u64, ms);
                    if wiped {
                        stands_since = ms;
                    }
                }
                Record::Resize { rows, cols, .. } => screen.resize(rows, cols),
                Record::Gap { to, .. } => at = to,
            }
            if at >= end {
                break;
            }
        }
        pictures.extend(picture(&screen, at, last));
        if end == self.wanted.from && self.mine.is_none() {
            self.mine = Some(pictures.pop().map_or(0, |p| look(&p.rows)));
        }
        self.choose(&mut pictures);
        Ok(())
    }

    /// Chooses among the pictures so far; whether no other will do better.
    fn choose(&mut self, pictures: &mut Vec<Frame>) -> bool {
        let Some(mine) = self.mine else {
            // Not known before the end of the first stretch.
            return false;
        };
        let wanted = self.wanted;
        for picture in pictures.drain(..) {
            let elsewhere = wanted.back || picture.offset > wanted.from;
            if elsewhere && look(&picture.rows) != mine && shows(&picture, wanted.text) {
                self.best = Some(picture);
                if !wanted.back {
                    return true;
                }
            }
        }
        false
    }
}

/// Whether output erases the whole screen.
fn wipes(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"\x1b[2J").is_some()
}

/// The screen as it stands, if a full-screen program has it.
fn picture(screen: &Screen, offset: u64, ms: u64) -> Option<Frame> {
    let rows = 0..screen.size().0;
    screen.modes().alternate_screen.then(|| Frame {
        offset,
        ms,
        rows: rows.map(|row| screen.row_sgr(row)).collect(),
    })
}

/// What rows say, whatever their colours.
fn look(rows: &[String]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for row in rows {
        crate::screen::plain(row).trim_end().hash(&mut hasher);
    }
    hasher.finish()
}

fn shows(picture: &Frame, text: Option<&Needle>) -> bool {
    let finds = |needle: &Needle| {
        let rows = picture.rows.iter().map(|row| crate::screen::plain(row));
        rows.into_iter().any(|row| !needle.within(&row).is_empty())
    };
    text.is_none_or(finds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::pane::fold::Fold;
    use std::path::Path;

    const SIZE: (u16, u16) = (5, 20);

    /// A full-screen program that shows one page after another, a second each, its last byte last.
    fn record(dir: &Path, pages: &[String]) -> u64 {
        let (mut fold, _) = Fold::open(dir, 1 << 30, SIZE).unwrap();
        let mut end = 0;
        let mut say = |ms: u64, text: &str| {
            fold.out(end, ms, text.as_bytes());
            end += text.len() as u64;
        };
        say(1_000, "$ program\r\n");
        for (page, n) in pages.iter().zip(2..) {
            // Drawn in two pieces: half a picture is none.
            say(n * 1_000, "\x1b[?1049h\x1b[2J\x1b[Hhalf");
            say(n * 1_000 + 100, &format!("\x1b[H{page}\x1b[0K"));
        }
        end
    }

    fn shown(dir: &Path, from: u64, back: bool, text: Option<&str>) -> Option<(u64, u64, String)> {
        let text = text.map(|text| Needle::new(text).unwrap());
        let wanted = Wanted {
            from,
            back,
            text: text.as_ref(),
            size: SIZE,
        };
        let recording = Recording::open(dir).unwrap();
        let found = find(&recording, &wanted).unwrap()?;
        Some((found.offset, found.ms, found.rows.first()?.clone()))
    }

    #[test]
    fn pages_are_gone_through_backwards_and_on_again() {
        let dir = tempfile::tempdir().unwrap();
        let pages = ["one", "two", "two", "three"].map(str::to_owned);
        let end = record(dir.path(), &pages);
        let (at, ms, row) = shown(dir.path(), end, true, None).unwrap();
        assert_eq!((ms, row.as_str()), (4_100, "two"));
        let (first, ms, row) = shown(dir.path(), at, true, None).unwrap();
        assert_eq!(
            (ms, row.as_str()),
            (2_100, "one"),
            "what looks the same is one"
        );
        assert_eq!(shown(dir.path(), first, true, None), None);
        let on = shown(dir.path(), first, false, None).unwrap();
        assert_eq!((on.1, on.2.as_str()), (3_100, "two"));
        assert_eq!(shown(dir.path(), at, false, None).unwrap().2, "three");
        assert_eq!(shown(dir.path(), end, false, None), None);
    }

    #[test]
    fn a_page_that_is_typed_into_while_it_stands_is_one_all_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let (mut fold, _) = Fold::open(dir.path(), 1 << 30, SIZE).unwrap();
        let mut end = 0;
        let mut say = |ms: u64, text: &str| {
            fold.out(end, ms, text.as_bytes());
            end += text.len() as u64;
        };
        say(1_000, "\x1b[?1049h\x1b[2J\x1b[Hone");
        say(2_000, "\x1b[2J\x1b[Htwo");
        // It never pauses for long, and stands for half a second.
        say(2_200, " a");
        say(2_350, "b");
        say(2_500, "\x1b[2J\x1b[Hflicker");
        say(2_600, "\x1b[2J\x1b[Hthree");
        let (at, ms, row) = shown(dir.path(), end, true, None).unwrap();
        assert_eq!((ms, row.as_str()), (2_350, "two ab"));
        assert_eq!(shown(dir.path(), at, true, None).unwrap().2, "one");
    }

    #[test]
    fn a_text_is_found_far_back_through_many_stretches() {
        let dir = tempfile::tempdir().unwrap();
        let page = |n: usize| {
            let noise: String = (0..2_000).map(|i| format!("\x1b[2;1H{}", n * i)).collect();
            format!("page {n} of it{noise}")
        };
        let pages: Vec<String> = (0..150).map(page).collect();
        let end = record(dir.path(), &pages);
        assert!(Recording::open(dir.path()).unwrap().exact().unwrap().len() >= 3);
        let found = shown(dir.path(), end, true, Some("page 7 of")).unwrap();
        assert_eq!(found.2, "page 7 of it");
        assert_eq!(shown(dir.path(), end, true, Some("half")), None);
        let on = shown(dir.path(), found.0, false, Some("page 9 ")).unwrap();
        assert_eq!(on.2, "page 9 of it");
    }
}
