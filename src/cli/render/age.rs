//! Times for people: relative under a day, absolute after.

use crate::platform::zone;
use jiff::{Timestamp, tz::TimeZone};

/// How long ago a time of the wire was: `12s`, `4m`, `3h`, then the local date and time.
pub fn since(time: &str) -> String {
    relative(time, Timestamp::now(), &zone::here())
}

/// The local date and time of a time of the wire.
pub fn clock(time: &str) -> String {
    let zone = zone::here();
    match time.parse::<Timestamp>() {
        Ok(at) => at.to_zoned(zone).strftime("%m-%d %H:%M:%S").to_string(),
        Err(_) => time.to_owned(),
    }
}

/// The local time of a time of the wire that lies ahead: `16:45`, with its date when that is not
/// today's.
pub fn until(time: &str) -> String {
    ahead(time, Timestamp::now(), &zone::here())
}

fn ahead(time: &str, now: Timestamp, zone: &TimeZone) -> String {
    let Ok(at) = time.parse::<Timestamp>() else {
        return time.to_owned();
    };
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let format = if at.date() == now.date() {
        "%H:%M"
    } else {
        "%m-%d %H:%M"
    };
    at.strftime(format).to_string()
}

fn relative(time: &str, now: Timestamp, zone: &TimeZone) -> String {
    let Ok(at) = time.parse::<Timestamp>() else {
        return time.to_owned();
    };
    let seconds = now.as_second() - at.as_second();
    match seconds {
        ..0 => "now".to_owned(),
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h", seconds / 3_600),
        _ => {
            let local = at.to_zoned(zone.clone());
            local.strftime("%Y-%m-%d %H:%M").to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_ahead_is_a_time_of_today_or_has_its_date() {
        let now: Timestamp = "2026-03-02T12:00:00.000Z".parse().unwrap();
        let until = |time: &str| ahead(time, now, &TimeZone::UTC);
        assert_eq!(until("2026-03-02T16:45:00.000Z"), "16:45");
        assert_eq!(until("2026-03-03T03:00:00.000Z"), "03-03 03:00");
    }

    #[test]
    fn ages_are_relative_under_a_day() {
        let now: Timestamp = "2026-03-02T12:00:00.000Z".parse().unwrap();
        let age = |time: &str| relative(time, now, &TimeZone::UTC);
        assert_eq!(age("2026-03-02T11:59:48.500Z"), "12s");
        assert_eq!(age("2026-03-02T11:56:00.000Z"), "4m");
        assert_eq!(age("2026-03-02T09:00:00.000Z"), "3h");
        assert_eq!(age("2026-02-27T09:05:00.000Z"), "2026-02-27 09:05");
        assert_eq!(age("2026-03-02T12:00:09.000Z"), "now");
        assert_eq!(age("not a time"), "not a time");
    }
}
