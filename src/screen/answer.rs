//! What a program asks its terminal and what it tells it: replies and events.

use super::ScreenEvent;
use super::csi::Csi;
use super::fold::Fold;

/// A cell in pixels, for programs that ask: height, width.
const CELL_PIXELS: (u32, u32) = (20, 10);

/// The longest title kept, in characters.
const LONGEST_TITLE: usize = 1024;

/// What cannot be answered at once is dropped beyond this many bytes.
const MOST_REPLIES: usize = 64 * 1024;

/// Events nobody took are dropped beyond this many.
const MOST_EVENTS: usize = 4096;

fn reply(fold: &mut Fold, text: &str) {
    if fold.replies.len() + text.len() <= MOST_REPLIES {
        fold.replies.extend_from_slice(text.as_bytes());
    }
}

fn event(fold: &mut Fold, event: ScreenEvent) {
    if fold.events.len() < MOST_EVENTS {
        fold.events.push(event);
    }
}

/// A control sequence that changes nothing on the screen.
pub(super) fn csi(fold: &mut Fold, csi: &Csi) {
    let first = csi.arg(0, 0);
    let (rows, cols) = fold.parser.screen().size();
    let (rows, cols) = (u32::from(rows.get()), u32::from(cols.get()));
    let (row, col) = fold.cursor();
    let text = match (csi.prefix, csi.intermediate, csi.last, first) {
        (0, 0, b'c', 0) => "\x1b[?62;22c".to_owned(),
        (b'>', 0, b'c', 0) => "\x1b[>1;100;0c".to_owned(),
        (0, 0, b'n', 5) => "\x1b[0n".to_owned(),
        (0, 0, b'n', 6) => format!("\x1b[{};{}R", row + 1, col + 1),
        (b'?', 0, b'n', 6) => format!("\x1b[?{};{}R", row + 1, col + 1),
        (b'?', 0, b'n', 996) => "\x1b[?997;1n".to_owned(),
        (b'>', 0, b'q', 0) => format!("\x1bP>|pult({})\x1b\\", env!("CARGO_PKG_VERSION")),
        (b'?', 0, b'u', _) => format!("\x1b[?{}u", fold.own.modes.kitty),
        (b'?', 0, b'm', 4) => format!("\x1b[>4;{}m", fold.own.modes.modify_other_keys),
        (b'?', b'$', b'p', mode) => format!("\x1b[?{mode};{}$y", fold.own.modes.report(mode)),
        (0, b'$', b'p', mode) => format!("\x1b[{mode};0$y"),
        (0, 0, b't', 14) => format!("\x1b[4;{};{}t", rows * CELL_PIXELS.0, cols * CELL_PIXELS.1),
        (0, 0, b't', 16) => format!("\x1b[6;{};{}t", CELL_PIXELS.0, CELL_PIXELS.1),
        (0, 0, b't', 18) => format!("\x1b[8;{rows};{cols}t"),
        _ => return,
    };
    reply(fold, &text);
}

/// Whether an operating system command is about titles and the like, whatever is on the screen.
pub(super) fn is_of_no_cell(body: &[u8]) -> bool {
    matches!(body, [b'0' | b'1' | b'2' | b'7' | b'9', b';', ..])
}

/// An operating system command.
pub(super) fn osc(fold: &mut Fold, body: &[u8], bell: bool) {
    let end = memchr::memchr(b';', body).unwrap_or(body.len());
    let digits = &body[..end];
    if digits.is_empty() || digits.len() > 9 || !digits.iter().all(u8::is_ascii_digit) {
        return;
    }
    let number = digits
        .iter()
        .fold(0u32, |n, d| n * 10 + u32::from(d - b'0'));
    let rest = String::from_utf8_lossy(body.get(end + 1..).unwrap_or_default());
    let close = if bell { "\x07" } else { "\x1b\\" };
    match (number, &*rest) {
        (0 | 2, title) => {
            let title: String = title
                .chars()
                .filter(|c| !c.is_control())
                .take(LONGEST_TITLE)
                .collect();
            fold.own.title = Some(title.clone());
            event(fold, ScreenEvent::Title(title));
        }
        (10 | 12, "?") => reply(fold, &format!("\x1b]{number};rgb:d8d8/d8d8/d8d8{close}")),
        (11, "?") => reply(fold, &format!("\x1b]11;rgb:1818/1818/1818{close}")),
        (52, request) => {
            let data = request.split_once(';').map_or("", |(_, data)| data);
            if !data.is_empty()
                && data
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b))
            {
                event(fold, ScreenEvent::Clipboard(data.to_owned()));
            }
        }
        // Icon names, colours, links, text sizes: nobody waits for them.
        (1 | 4 | 5 | 8 | 10..=19 | 66 | 104 | 105 | 110..=119, _) => {}
        (133, rest) if rest.starts_with('A') => {
            fold.prompt();
            let rest = rest.to_owned();
            event(fold, ScreenEvent::Osc { number, rest });
        }
        (_, rest) => event(
            fold,
            ScreenEvent::Osc {
                number,
                rest: rest.to_owned(),
            },
        ),
    }
}

/// A device control string.
pub(super) fn dcs(fold: &mut Fold, body: &[u8]) {
    if body.starts_with(b"+q") {
        reply(fold, "\x1bP0+r\x1b\\");
    } else if body.starts_with(b"$q") {
        reply(fold, "\x1bP0$r\x1b\\");
    }
}
