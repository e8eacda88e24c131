//! Text from outside is hostile: what is drawn of it, and how times are said.

use super::state::Millis;
use std::cmp::Ordering;
use std::fmt::Display;

/// Whether a character does something to a terminal or hides what is there, instead of showing.
fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// Takes control characters, and invisible ones that reorder or hide text, out of `text`. Line
/// feeds stay, a tab becomes a blank.
pub fn strip(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\n' => Some('\n'),
            '\t' => Some(' '),
            c if is_hostile(c) => None,
            c => Some(c),
        })
        .collect()
}

/// Whether something in `text` would not be seen where [`strip`] is drawn.
pub fn hides(text: &str) -> bool {
    text.chars()
        .any(|c| is_hostile(c) && !matches!(c, '\n' | '\t'))
}

/// What is decided on: nothing is taken out, what [`strip`] takes out is written as `\r` or
/// `\u{200b}`. Line feeds stay, a tab becomes a blank.
pub fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => shown.push(c),
            '\t' => shown.push(' '),
            '\r' => shown.push_str("\\r"),
            c if is_hostile(c) => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
    shown
}

/// [`shown`] for one line: a line feed is written as `\n`.
pub fn shown_line(text: &str) -> String {
    shown(text).replace('\n', "\\n")
}

/// [`strip`] for one line: a line feed becomes a blank too.
pub fn line(text: &str) -> String {
    strip(text).replace('\n', " ")
}

/// So much of a runtime's own id as tells it from the others: eight letters, behind the kind that
/// some ids begin with.
pub fn short_id(id: &str) -> String {
    id_proper(id).chars().take(8).collect()
}

/// An id without the kind that it begins with, as in `ses_1a2b`.
pub fn id_proper(id: &str) -> &str {
    id.rsplit_once('_').map_or(id, |(_, proper)| proper)
}

/// How many there are, in words: `1 session`, `2 sessions`.
pub fn counted<N: Display + PartialEq + From<u8>>(n: N, one: &str, more: &str) -> String {
    let what = if n == N::from(1) { one } else { more };
    format!("{n} {what}")
}

/// The order in which people count: `p2` before `p10`. Texts that differ are never equal.
pub fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (one, other) = match (piece(&mut left), piece(&mut right)) {
            (Some(one), Some(other)) => (one, other),
            (None, None) => return a.cmp(b),
            (one, other) => return one.is_some().cmp(&other.is_some()),
        };
        let order = match (number(one), number(other)) {
            // Without zeros in front, the longer of two numbers is the larger one.
            (Some(one), Some(other)) => one.len().cmp(&other.len()).then(one.cmp(other)),
            _ => one.cmp(other),
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// Takes digits, or what stands before the next one, off the front of a text.
fn piece<'t>(text: &mut &'t str) -> Option<&'t str> {
    let digit = text.chars().next()?.is_ascii_digit();
    let end = text.find(|c: char| c.is_ascii_digit() != digit);
    let (piece, rest) = text.split_at(end.unwrap_or(text.len()));
    *text = rest;
    Some(piece)
}

fn number(piece: &str) -> Option<&str> {
    let digits = piece.starts_with(|c: char| c.is_ascii_digit());
    digits.then(|| piece.trim_start_matches('0'))
}

/// A time as RFC 3339 with milliseconds, UTC; one outside the calendar becomes its number.
pub fn time(at: Millis) -> String {
    match jiff::Timestamp::from_millisecond(at) {
        Ok(stamp) => format!("{stamp:.3}"),
        Err(_) => at.to_string(),
    }
}

/// A time in a sentence, UTC: `at 12:03 UTC`, with the date when it is half a day or more away.
pub fn clock(at: Millis, now: Millis) -> String {
    let Ok(time) = jiff::Timestamp::from_millisecond(at) else {
        return "at an unknown time".to_owned();
    };
    let near = at.abs_diff(now) < 12 * 3600 * 1000;
    let format = if near {
        "at %H:%M UTC"
    } else {
        "on %Y-%m-%d at %H:%M UTC"
    };
    time.strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_decided_on_hides_nothing() {
        let text = "rm a\u{200b}b\r\n\tls \u{202e}x\u{1b}[2K";
        assert_eq!(shown(text), "rm a\\u{200b}b\\r\n ls \\u{202e}x\\u{1b}[2K");
        assert_eq!(shown_line("a\nb"), "a\\nb");
        assert!(hides(text) && hides("a\rb"));
        let plain = "cd /tmp && ls\n\tprintf 'größer 👩 한'";
        assert!(!hides(plain));
        assert_eq!(shown(plain), plain.replace('\t', " "));
    }

    #[test]
    fn one_is_no_plural() {
        assert_eq!(counted(1_u64, "session", "sessions"), "1 session");
        assert_eq!(counted(0_u64, "session", "sessions"), "0 sessions");
        assert_eq!(counted(2_usize, "entry", "entries"), "2 entries");
    }

    #[test]
    fn names_with_numbers_are_in_the_order_in_which_people_count() {
        let ordered = [
            "",
            "7",
            "a",
            "p",
            "p1",
            "p01",
            "p2",
            "p2-a",
            "p2-b1",
            "p2-b10",
            "p10",
            "p99999999999999999999998",
            "p99999999999999999999999",
            "pa",
            "q1",
        ];
        for (n, a) in ordered.iter().enumerate() {
            for (m, b) in ordered.iter().enumerate() {
                if (*a, *b) != ("p1", "p01") && (*a, *b) != ("p01", "p1") {
                    assert_eq!(natural(a, b), n.cmp(&m), "{a} and {b}");
                }
            }
        }
        assert_ne!(natural("p1", "p01"), Ordering::Equal);
    }

    #[test]
    fn the_kind_of_an_id_tells_it_from_no_other() {
        assert_eq!(short_id("ses_e0136442bffe63ifl9"), "e0136442");
        assert_eq!(short_id("b017b728-b061-4330-8aa7"), "b017b728");
        assert_eq!(short_id("x"), "x");
    }

    #[test]
    fn what_acts_on_a_terminal_or_hides_is_taken_out() {
        let cases = [
            ("plain", "plain"),
            ("a\tb\nc", "a b\nc"),
            ("\u{1b}]52;c;aGk=\u{7}x", "]52;c;aGk=x"),
            ("\u{9b}31mred\r", "31mred"),
            ("rm a\u{202e}b\u{200b}c\u{feff}", "rm abc"),
            ("über 日本 🎉", "über 日本 🎉"),
        ];
        for (dirty, clean) in cases {
            assert_eq!(strip(dirty), clean);
        }
        assert_eq!(line("a\r\nb"), "a b");
    }

    #[test]
    fn a_far_time_has_its_date() {
        assert_eq!(clock(43_380_000, 43_380_000), "at 12:03 UTC");
        assert_eq!(clock(43_380_000, 143_380_000), "on 1970-01-01 at 12:03 UTC");
        assert_eq!(clock(i64::MAX, 0), "at an unknown time");
    }
}
