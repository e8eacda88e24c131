//! When a runtime's limit ends, as the runtime says it.

use super::state::Millis;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// How far a time of day may lie back and still be of today: it is told rounded down, ms.
const JUST_NOW: Millis = 120_000;

/// When a limit ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ends {
    /// Then.
    At(Millis),
    /// So long after it was said, ms.
    In(u64),
    /// At the next such time of day, where the runtime runs.
    Clock {
        /// Hour and minute.
        time: (i8, i8),
        /// Month and day, when they are said.
        date: Option<(i8, i8)>,
        /// The IANA name of the time zone, when it is said.
        zone: Option<String>,
    },
    /// It is not said.
    Unknown,
}

impl Ends {
    /// When that is, said at `now` by a program in `zone`; `None` when it is not known.
    pub fn resolve(&self, now: Millis, zone: &TimeZone) -> Option<Millis> {
        match self {
            Ends::At(at) => Some(*at),
            Ends::In(ms) => now.checked_add(i64::try_from(*ms).ok()?),
            Ends::Clock {
                time,
                date,
                zone: said,
            } => {
                let said = said.as_deref().and_then(|name| TimeZone::get(name).ok());
                next(now, *time, *date, said.as_ref().unwrap_or(zone))
            }
            Ends::Unknown => None,
        }
    }

    /// What of it is still to come at `now`, of what was `said` before; `None` when it is over.
    pub fn ahead(&self, said: Millis, now: Millis, zone: &TimeZone) -> Option<Self> {
        match self.resolve(said, zone) {
            Some(at) => (at > now).then_some(Ends::At(at)),
            None => Some(Ends::Unknown),
        }
    }
}

fn next(
    now: Millis,
    (hour, minute): (i8, i8),
    date: Option<(i8, i8)>,
    zone: &TimeZone,
) -> Option<Millis> {
    let today = Timestamp::from_millisecond(now).ok()?;
    let today = today.to_zoned(zone.clone()).date();
    let time = Time::new(hour, minute, 0, 0).ok()?;
    let on = |day: Date| {
        let at = day.to_datetime(time).to_zoned(zone.clone()).ok()?;
        Some(at.timestamp().as_millisecond())
    };
    let is_over = |at: Option<Millis>| at.is_some_and(|at| at < now - JUST_NOW);
    match date {
        Some((month, day)) => {
            let this = Date::new(today.year(), month, day).ok().and_then(on);
            let next = Date::new(today.year() + 1, month, day);
            match is_over(this) {
                true => next.ok().and_then(on),
                false => this,
            }
        }
        None => {
            let this = on(today);
            match is_over(this) {
                true => on(today.checked_add(1.day()).ok()?),
                false => this,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> Millis {
        time.parse::<Timestamp>().expect("a time").as_millisecond()
    }

    #[test]
    fn what_was_said_long_ago_is_over() {
        let (said, clock) = (
            at("2026-11-21T15:46:00Z"),
            Ends::Clock {
                time: (16, 45),
                date: None,
                zone: None,
            },
        );
        let ahead = |ends: &Ends, now| ends.ahead(said, at(now), &TimeZone::UTC);
        let until = Ends::At(at("2026-11-21T16:45:00Z"));
        assert_eq!(ahead(&clock, "2026-11-21T16:00:00Z"), Some(until));
        assert_eq!(ahead(&clock, "2026-11-21T17:00:00Z"), None);
        assert_eq!(ahead(&clock, "2026-11-22T09:00:00Z"), None);
        assert_eq!(ahead(&Ends::In(20_000), "2026-11-21T15:47:00Z"), None);
        let unknown = ahead(&Ends::Unknown, "2026-11-22T09:00:00Z");
        assert_eq!(unknown, Some(Ends::Unknown));
    }

    #[test]
    fn a_time_of_day_is_the_next_one_there() {
        let now = at("2026-11-21T15:46:00Z");
        let clock = |time, date, zone: Option<&str>| Ends::Clock {
            time,
            date,
            zone: zone.map(str::to_owned),
        };
        for (ends, when) in [
            (clock((16, 45), None, None), "2026-11-21T16:45:00Z"),
            (clock((15, 45), None, None), "2026-11-21T15:45:00Z"),
            (clock((3, 0), None, None), "2026-11-22T03:00:00Z"),
            (clock((3, 0), Some((11, 25)), None), "2026-11-25T03:00:00Z"),
            (clock((3, 0), Some((1, 2)), None), "2027-01-02T03:00:00Z"),
            (
                clock((17, 0), None, Some("Nowhere/There")),
                "2026-11-21T17:00:00Z",
            ),
            (Ends::In(60_000), "2026-11-21T15:47:00Z"),
            (Ends::At(at("2026-11-21T18:00:00Z")), "2026-11-21T18:00:00Z"),
        ] {
            assert_eq!(
                ends.resolve(now, &TimeZone::UTC),
                Some(at(when)),
                "{ends:?}"
            );
        }
        let east = TimeZone::fixed(jiff::tz::offset(2));
        let five = clock((17, 0), None, None);
        assert_eq!(five.resolve(now, &east), Some(at("2026-11-22T15:00:00Z")));
        assert_eq!(Ends::Unknown.resolve(now, &east), None);
    }
}
