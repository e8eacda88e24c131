//! The time zone that the operator lives in.

use jiff::tz::TimeZone;
use std::path::Path;
use std::sync::OnceLock;

/// Where Linux and macOS keep the rules of the zone that is set.
const LOCAL: &str = "/etc/localtime";

/// The operator's time zone, read once: what `TZ` says, else the system's.
///
/// The file of the system's is read as it is. To know its name too, as `TimeZone::system` does, takes
/// a walk over the whole zone database: half a millisecond that nobody should wait for at a start.
pub fn here() -> TimeZone {
    static HERE: OnceLock<TimeZone> = OnceLock::new();
    HERE.get_or_init(|| {
        let said = std::env::var_os("TZ").is_some();
        let read = (!said).then(|| read(Path::new(LOCAL))).flatten();
        read.unwrap_or_else(TimeZone::system)
    })
    .clone()
}

fn read(file: &Path) -> Option<TimeZone> {
    TimeZone::tzif("local", &std::fs::read(file).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn the_file_says_the_same_as_the_name() {
        let at: Timestamp = "2026-07-01T12:00:00Z".parse().expect("a time");
        let by_name = at.to_zoned(TimeZone::system()).datetime();
        assert_eq!(at.to_zoned(here()).datetime(), by_name);
    }

    #[test]
    fn rules_are_read_and_rubbish_is_not() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("localtime");
        assert!(read(&file).is_none());
        std::fs::write(&file, b"no rules").expect("written");
        assert!(read(&file).is_none());
        // Version 1, one zone of two hours east that is called `X`.
        let mut rules = b"TZif\0".to_vec();
        rules.resize(20, 0);
        for count in [0_u32, 0, 0, 0, 1, 2] {
            rules.extend(count.to_be_bytes());
        }
        rules.extend(7200_i32.to_be_bytes());
        rules.extend([0, 0]);
        rules.extend(b"X\0");
        std::fs::write(&file, rules).expect("written");
        let zone = read(&file).expect("a zone");
        let at = Timestamp::UNIX_EPOCH.to_zoned(zone);
        assert_eq!(at.hour(), 2);
    }
}
