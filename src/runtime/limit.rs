//! What the agents say when a rate or usage limit is reached, read leniently.
//!
//! The words are those of the CLIs themselves, seen when a server answers with HTTP 429: Claude
//! Code 2.1.329 *You've hit your 5-hour limit · resets 4:45pm (UTC)*, Codex 0.169.0 *You’ve hit your
//! usage limit. … try again at 4:46 PM.* (another day with the date before it), Gemini CLI 0.61.0
//! *Usage limit reached for all Pro models. Access resets at 4:46 PM UTC.* and over its protocol
//! *… Suggested retry after 3600s.* (neither of a quota by the day, of which it names no end). Grok Build 1.0.41 tells
//! of a rate limit over its leader, without its end. Qwen Code 0.24.4 tries again by itself, ten times
//! in up to five minutes each, and shows only that it works.

use crate::core::limit::Ends;

/// Words of which one is in what speaks of a limit, lower case.
const LIMITS: [&str; 7] = [
    "usage limit",
    "rate limit",
    "ratelimit",
    "hit your",
    "limit reached",
    "quota",
    "too many requests",
];

/// Words before the time at which it ends, lower case.
const ENDS: [&str; 6] = [
    "resets",
    "reset at",
    "reset in",
    "try again",
    "retry in",
    "retry after",
];

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// When the limit ends that `text` speaks of; `None` when it speaks of none.
pub fn words(text: &str) -> Option<Ends> {
    let lower = text.to_lowercase();
    if !LIMITS.iter().any(|limit| lower.contains(limit)) {
        return None;
    }
    let found = ENDS.iter().filter_map(|mark| {
        let (_, rest) = lower.split_once(mark)?;
        time(rest)
    });
    Some(found.into_iter().next().unwrap_or(Ends::Unknown))
}

/// A time at the beginning of `text`, lower case: a time of day, perhaps with its date and zone,
/// or how long it is until then.
fn time(text: &str) -> Option<Ends> {
    let text: String = text.chars().take(60).collect();
    let zone = zone(&text);
    let blank = |c: char| !c.is_ascii_alphanumeric() && c != ':';
    let mut tokens = text.split(blank).filter(|token| !token.is_empty());
    let mut tokens = tokens.by_ref().peekable();
    let mut date = None;
    let mut wait = 0;
    let mut month = None;
    while let Some(token) = tokens.next() {
        let following = tokens.peek().copied().unwrap_or("");
        if token.contains(':') || is_clock(token) || matches!(following, "am" | "pm") {
            let clock = clock(token, following)?;
            return Some(Ends::Clock {
                time: clock,
                date,
                zone,
            });
        }
        let digits = token.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = &token[digits.len()..];
        if let Some(at) = MONTHS.iter().position(|name| token.starts_with(name)) {
            month = i8::try_from(at + 1).ok();
        } else if let (Some(of), Ok(day)) = (month, digits.parse::<i8>()) {
            date = Some((of, day));
            month = None;
        } else if let Ok(count) = digits.parse::<u64>()
            && let Some(ms) = length(if unit.is_empty() { following } else { unit })
        {
            wait = count.saturating_mul(ms).saturating_add(wait);
        } else if wait > 0 && length(token).is_none() && token != "and" {
            break;
        }
    }
    match date {
        _ if wait > 0 => Some(Ends::In(wait)),
        // A day without a time is over with its midnight before.
        Some(_) => Some(Ends::Clock {
            time: (0, 0),
            date,
            zone,
        }),
        None => None,
    }
}

fn is_clock(token: &str) -> bool {
    let hour = token.strip_suffix("am").or(token.strip_suffix("pm"));
    hour.is_some_and(|hour| hour.parse::<u8>().is_ok())
}

/// `4:45pm`, `3pm`, `16:45`; or `4:46` and then `pm`.
fn clock(token: &str, following: &str) -> Option<(i8, i8)> {
    let digits = token.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let half = match &token[digits.len()..] {
        "" => following,
        half => half,
    };
    let (hour, minute) = digits.split_once(':').unwrap_or((digits, "0"));
    let (hour, minute) = (hour.parse::<i8>().ok()?, minute.parse::<i8>().ok()?);
    let hour = match half {
        "pm" if hour < 12 => hour + 12,
        "am" if hour == 12 => 0,
        _ => hour,
    };
    ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some((hour, minute))
}

/// How many ms a unit has.
fn length(unit: &str) -> Option<u64> {
    Some(match unit {
        "s" | "sec" | "secs" | "second" | "seconds" => 1_000,
        "m" | "min" | "mins" | "minute" | "minutes" => 60_000,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600_000,
        "d" | "day" | "days" => 86_400_000,
        _ => return None,
    })
}

/// A zone in parentheses, or UTC.
fn zone(text: &str) -> Option<String> {
    let inside = text.split_once('(').and_then(|(_, rest)| {
        let (name, _) = rest.split_once(')')?;
        Some(name)
    });
    match inside {
        Some("utc" | "gmt") => Some("UTC".to_owned()),
        // The names of zones are found whatever the case.
        Some(name) if name.contains('/') => Some(name.to_owned()),
        _ => {
            let mut tokens =
                text.split(|c: char| !c.is_ascii_alphanumeric() && c != '+' && c != '-');
            tokens.any(|token| token == "utc").then(|| "UTC".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(hour: i8, minute: i8, date: Option<(i8, i8)>, zone: Option<&str>) -> Ends {
        Ends::Clock {
            time: (hour, minute),
            date,
            zone: zone.map(str::to_owned),
        }
    }

    #[test]
    fn what_the_clis_say_is_understood() {
        for (text, ends) in [
            (
                "You've hit your 5-hour limit · resets 4:45pm (UTC)",
                clock(16, 45, None, Some("UTC")),
            ),
            (
                "You've hit your weekly limit · resets Nov 25, 3am (Europe/Berlin)",
                clock(3, 0, Some((11, 25)), Some("europe/berlin")),
            ),
            (
                "You’ve hit your usage limit. Upgrade to Pro (https://chatgpt.com/explore/pro), visit \
                 https://chatgpt.com/settings/usage to purchase more credits or try again at 4:46 PM.",
                clock(16, 46, None, None),
            ),
            (
                "You’ve hit your usage limit. Try again at Nov 22nd, 2026 12:05 AM.",
                clock(0, 5, Some((11, 22)), None),
            ),
            (
                "Usage limit reached for all Pro models. Access resets at 4:46 PM UTC.",
                clock(16, 46, None, Some("UTC")),
            ),
            (
                "Usage limit reached for all Pro models. /stats model for usage details",
                Ends::Unknown,
            ),
            (
                "API Error: Request rejected (429) · This request would exceed your account's rate \
                 limit. Please try again later.",
                Ends::Unknown,
            ),
            (
                "Rate limit reached. Please try again in 1h 2m.",
                Ends::In(3_720_000),
            ),
            ("rate limit: retry in 20s", Ends::In(20_000)),
            (
                "spend limit reached · resets Aug 8",
                clock(0, 0, Some((8, 8)), None),
            ),
        ] {
            assert_eq!(words(text), Some(ends), "{text}");
        }
        let ages = "rate limit: retry in 18446744073709551615d 5d";
        assert_eq!(words(ages), Some(Ends::In(u64::MAX)));
        for other in ["it works", "overloaded, try again at 4:46 PM", "resets 3pm"] {
            assert_eq!(words(other), None, "{other}");
        }
    }

    #[test]
    fn nonsense_for_a_time_is_no_time() {
        for text in [
            "rate limit, resets 99:99",
            "rate limit, resets at",
            "quota resets (",
            "quota resets :pm",
            "quota, retry in x",
        ] {
            assert_eq!(words(text), Some(Ends::Unknown), "{text}");
        }
    }
}
