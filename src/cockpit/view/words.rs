//! Words, glyphs, ages and widths: how things are said.

use crate::cockpit::elsewhere;
use crate::cockpit::inbox::{EFFECT_MS, no_effect};
use crate::cockpit::model::{Ask, Model};
use crate::cockpit::world::millis;
use crate::core::ask::{Answer, AskState, Verb};
use crate::core::state::{Millis, Shown};
use crate::core::tag::Tag;
use crate::core::text::{line, strip};
use crate::wire::view::PeerRow;
use jiff::{Timestamp, Zoned};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How many cells `text` takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// `text` on one line, without control characters.
pub fn clean(text: &str) -> String {
    line(text)
}

/// `text` in at most `cells` cells, with an ellipsis where it was cut, without control characters.
pub fn cut(text: &str, cells: usize) -> String {
    let clean = line(text);
    if clean.width() <= cells {
        return clean;
    }
    let mut kept = String::new();
    let mut used = 0;
    for c in clean.chars() {
        let w = c.width().unwrap_or(0);
        if used + w + 1 > cells {
            break;
        }
        used += w;
        kept.push(c);
    }
    if cells > 0 {
        kept.push('…');
    }
    kept
}

/// The end of `text` in at most `cells` cells, with an ellipsis where its beginning was cut.
pub fn end(text: &str, cells: usize) -> String {
    let mut used = 1;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= cells
    };
    let kept = text.chars().rev().take_while(fits).map(char::len_utf8);
    let kept: usize = kept.sum();
    match text.len() - kept {
        0 => text.to_owned(),
        _ if text.width() <= cells => text.to_owned(),
        cut => format!("…{}", &text[cut..]),
    }
}

/// A name in at most `cells` cells. Where it is cut its end stays: names of many peers often begin
/// alike, and end with what tells them apart.
pub fn name(text: &str, cells: usize) -> String {
    const LEAST: usize = 6;
    let clean = line(text);
    if clean.width() <= cells || cells < LEAST {
        return cut(&clean, cells);
    }
    let (mut end, mut used) = (String::new(), 0);
    for c in clean.chars().rev() {
        used += c.width().unwrap_or(0);
        if used > cells / 2 - 1 {
            break;
        }
        end.insert(0, c);
    }
    let begin = cut(&clean, cells - end.width());
    begin + &end
}

/// `text` in lines of at most `cells` cells, broken at blanks where there are some; nothing is lost.
pub fn wrap(text: &str, cells: usize) -> Vec<String> {
    let cells = cells.max(1);
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let clean: Vec<char> = strip(line).chars().collect();
        let mut rest = &clean[..];
        loop {
            let (mut used, mut end, mut blank) = (0, 0, None);
            while let Some(c) = rest.get(end) {
                used += c.width().unwrap_or(0);
                if used > cells && end > 0 {
                    break;
                }
                end += 1;
                if *c == ' ' {
                    blank = Some(end);
                }
            }
            if end < rest.len() {
                end = blank.filter(|b| *b > cells / 2).unwrap_or(end);
            }
            lines.push(rest[..end].iter().collect());
            rest = &rest[end..];
            if rest.is_empty() {
                break;
            }
        }
    }
    lines
}

/// The glyph of a state.
pub fn glyph(shown: Shown) -> &'static str {
    match shown {
        Shown::Working => "●",
        Shown::Asks => "◆",
        Shown::Done => "✓",
        Shown::Idle => "○",
        Shown::Unknown => "?",
        Shown::Parked => "‖",
        Shown::Limited => "◷",
        Shown::Failed | Shown::Lost => "×",
        Shown::Exited => "–",
        Shown::Starting => "+",
    }
}

/// The word of a state.
pub fn word(shown: Shown) -> &'static str {
    match shown {
        Shown::Working => "working",
        Shown::Asks => "asks",
        Shown::Done => "done",
        Shown::Idle => "idle",
        Shown::Unknown => "unknown",
        Shown::Parked => "parked",
        Shown::Limited => "limited",
        Shown::Failed => "failed",
        Shown::Lost => "lost",
        Shown::Exited => "exited",
        Shown::Starting => "starting",
    }
}

/// The theme's role of a state.
pub fn role(shown: Shown) -> &'static str {
    match shown {
        Shown::Working => "status.working",
        Shown::Asks => "status.asks",
        Shown::Done => "status.done",
        Shown::Idle => "status.idle",
        Shown::Unknown => "status.unknown",
        Shown::Parked => "status.parked",
        Shown::Limited => "status.limited",
        Shown::Failed | Shown::Lost => "status.failed",
        Shown::Exited => "status.exited",
        Shown::Starting => "status.starting",
    }
}

/// The theme's role of a colour that the operator gave.
pub fn tag(tag: Tag) -> &'static str {
    match tag {
        Tag::Red => "tag.red",
        Tag::Yellow => "tag.yellow",
        Tag::Green => "tag.green",
        Tag::Cyan => "tag.cyan",
        Tag::Blue => "tag.blue",
        Tag::Magenta => "tag.magenta",
    }
}

/// The word of what is asked for.
pub fn verb(verb: Verb) -> &'static str {
    match verb {
        Verb::Run => "run",
        Verb::Write => "write",
        Verb::Read => "read",
        Verb::Fetch => "fetch",
        Verb::Mcp => "mcp",
        Verb::Merge => "merge",
        Verb::Answer => "answer",
        Verb::Other => "use",
    }
}

const SECOND: Millis = 1_000;
const MINUTE: Millis = 60 * SECOND;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;

/// How long ago: `14s`, `3m`, `5h`, `2d`; at most four cells under a hundred days.
pub fn age(now: Millis, since: Millis) -> String {
    match (now - since).max(0) {
        t if t < MINUTE => format!("{}s", t / SECOND),
        t if t < HOUR => format!("{}m", t / MINUTE),
        t if t < DAY => format!("{}h", t / HOUR),
        t => format!("{}d", t / DAY),
    }
}

/// When it was: so long ago within a day, the day and time of it after that.
pub fn when(model: &Model, at: Millis) -> String {
    if model.now - at < DAY {
        return format!("{} ago", coarse(model.now, at));
    }
    let (now, then) = (local(model, model.now), local(model, at));
    let (Some(now), Some(then)) = (now, then) else {
        return format!("{} ago", coarse(model.now, at));
    };
    let pattern = match now.year() == then.year() {
        true => "%-d %b %H:%M",
        false => "%-d %b %Y",
    };
    then.strftime(pattern).to_string()
}

/// The day of a time, as `YYYY-MM-DD`.
pub fn day(model: &Model, at: Millis) -> String {
    local(model, at).map_or_else(String::new, |then| then.strftime("%F").to_string())
}

/// The time of day of something that has just happened, the day of something older.
pub fn clock(model: &Model, at: Millis) -> String {
    let then = local(model, at);
    let today = model.now - at < DAY;
    let pattern = if today { "%H:%M:%S" } else { "%-d %b" };
    then.map_or_else(String::new, |then| then.strftime(pattern).to_string())
}

fn local(model: &Model, at: Millis) -> Option<Zoned> {
    let at = Timestamp::from_millisecond(at).ok()?;
    Some(at.to_zoned(model.zone.clone()))
}

/// When the limit of a runtime is over, as long as it is one: `resets in 12m`.
pub fn resets(now: Millis, row: &PeerRow) -> Option<String> {
    let until = row.limit_until.as_deref().map(millis)?;
    let limited = row.shown == Shown::Limited && until > now;
    limited.then(|| format!("resets in {}", age(until, now)))
}

/// A number in at most five cells: `731`, `12.4k`, `1.2M`.
pub fn count(n: u64) -> String {
    match n {
        0..1_000 => n.to_string(),
        1_000..1_000_000 => format!("{:.1}k", n as f64 / 1e3),
        _ => format!("{:.1}M", n as f64 / 1e6),
    }
}

/// How long ago in minutes at the least: what is only looked at need not count seconds.
pub fn coarse(now: Millis, since: Millis) -> String {
    match (now - since).max(0) {
        t if t < MINUTE => "<1m".to_owned(),
        _ => age(now, since),
    }
}

/// When an age that is on the screen will read differently; `None` with none there.
pub fn next_change(model: &Model) -> Option<Millis> {
    let peers = model.peers.iter().map(|p| p.since);
    let asks = model
        .asks
        .iter()
        .filter(|a| a.gone.is_none())
        .map(|a| a.asked);
    let effects = model
        .asks
        .iter()
        .filter_map(|a| Some(millis(a.row.delivered_at.as_deref()?) + EFFECT_MS))
        .filter(|due| *due > model.now);
    let down = model.down.iter().copied();
    // What is left of a limit reads differently when a whole unit of it has gone.
    let limits = model.peers.iter().filter(|p| p.row.shown == Shown::Limited);
    let limits = limits
        .filter_map(|p| Some(millis(p.row.limit_until.as_deref()?) - model.now))
        .filter(|left| *left > 0)
        .map(|left| {
            let unit = if left <= MINUTE { SECOND } else { MINUTE };
            model.now + (left - 1) % unit + 1
        });
    let found = elsewhere::listed(model).into_iter();
    let found = found
        .map(|p| (model.now - p.since).max(0))
        .map(|old| model.now + MINUTE - old % MINUTE);
    peers
        .chain(asks)
        .chain(down)
        .map(|since| {
            let old = (model.now - since).max(0);
            let unit = match old {
                t if t < MINUTE => SECOND,
                t if t < HOUR => MINUTE,
                t if t < DAY => HOUR,
                _ => DAY,
            };
            model.now + unit - old % unit
        })
        .chain(effects)
        .chain(found)
        .chain(limits)
        .min()
}

/// What has become of a request; `None` while it waits for an answer.
pub fn decided(now: Millis, ask: &Ask) -> Option<String> {
    let answer = ask.row.decided.as_ref().map(|d| match d.answer {
        Answer::Allow => "allowed",
        Answer::Deny => "rejected",
    });
    let at = match (ask.gone, ask.row.state, answer) {
        (Some(_), _, Some(answer)) => return Some(format!("{answer} ✓")),
        (Some(_), _, None) => return Some("settled elsewhere".into()),
        (None, AskState::Asked, _) if ask.sent => return Some("sending".into()),
        (None, AskState::Asked, _) => return None,
        (None, AskState::Decided, _) => "not delivered",
        (None, _, _) if no_effect(now, ask).is_some() => "no effect seen",
        (None, _, _) => "delivered",
    };
    Some(format!("{}, {at}", answer.unwrap_or("answered")))
}

/// The first of `len` rows to show in `height` lines so that row `at` is among them.
pub fn first_row(at: usize, len: usize, height: usize) -> usize {
    let last = len.saturating_sub(height);
    at.saturating_sub(height / 2).min(last)
}

/// A path with the home directory as `~`.
pub fn path(path: &str, home: &str) -> String {
    match path.strip_prefix(home) {
        Some("") if !home.is_empty() => "~".into(),
        Some(rest) if !home.is_empty() && rest.starts_with('/') => format!("~{rest}"),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_says_so() {
        for (text, cells, want) in [
            ("abc", 3, "abc"),
            ("abcd", 3, "ab…"),
            ("漢字漢字", 5, "漢字…"),
            ("漢字漢字", 4, "漢…"),
            ("a\x1b[31mb", 9, "a[31mb"),
            ("abc", 0, ""),
        ] {
            assert_eq!(cut(text, cells), want);
        }
    }

    #[test]
    fn the_end_of_what_is_typed_is_shown() {
        for (text, cells, want) in [
            ("abc", 3, "abc"),
            ("abcd", 3, "…cd"),
            ("漢字漢字", 5, "…漢字"),
            ("", 3, ""),
        ] {
            assert_eq!(end(text, cells), want);
        }
    }

    #[test]
    fn a_name_that_is_cut_keeps_its_end() {
        for (text, cells, want) in [
            ("worker-37", 9, "worker-37"),
            ("a-rather-long-worker-37", 10, "a-rat…r-37"),
            ("a-rather-long-worker-37", 11, "a-rath…r-37"),
            ("漢字漢字漢字漢字", 8, "漢字…字"),
            ("a-rather-long-worker-37", 7, "a-ra…37"),
            ("triager", 6, "tri…er"),
            ("worker-37", 5, "work…"),
        ] {
            let cut = name(text, cells);
            assert_eq!(cut, want);
            assert!(width(&cut) <= cells);
        }
    }

    #[test]
    fn what_is_wrapped_is_all_there() {
        assert_eq!(wrap("cargo test --all", 11), ["cargo test ", "--all"]);
        assert_eq!(wrap("aaaaaaaaaa", 4), ["aaaa", "aaaa", "aa"]);
        assert_eq!(wrap("漢字漢", 3), ["漢", "字", "漢"]);
        assert_eq!(wrap("a\n\nb", 4), ["a", "", "b"]);
        assert_eq!(wrap("漢", 1), ["漢"]);
    }

    #[test]
    fn ages_are_short() {
        let ages: Vec<String> = [0, 59_999, 60_000, 3_599_000, 3_600_000, 90_000_000]
            .iter()
            .map(|t| age(*t, 0))
            .collect();
        assert_eq!(ages, ["0s", "59s", "1m", "59m", "1h", "1d"]);
        assert_eq!(age(0, 5), "0s");
    }

    #[test]
    fn times_are_relative_under_a_day_and_absolute_after() {
        use crate::cockpit::keymap::Keymap;
        use crate::cockpit::model::Size;
        // 2026-11-20 12:00:00 UTC.
        let noon = 1_795_176_000_000;
        let size = Size { cols: 80, rows: 24 };
        let mut model = Model::new(size, noon, "/".into(), Keymap::shipped().0);
        model.zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(2));
        assert_eq!(when(&model, noon - 5 * MINUTE), "5m ago");
        assert_eq!(when(&model, noon - 2 * DAY), "18 Nov 14:00");
        assert_eq!(when(&model, noon - 400 * DAY), "16 Oct 2025");
        assert_eq!(clock(&model, noon - 5 * SECOND), "13:59:55");
        assert_eq!(clock(&model, noon - 2 * DAY), "18 Nov");
    }

    #[test]
    fn home_is_a_tilde() {
        assert_eq!(path("/home/o/x", "/home/o"), "~/x");
        assert_eq!(path("/home/other", "/home/o"), "/home/other");
        assert_eq!(path("/x", ""), "/x");
    }
}
