//! A history that no single answer holds.

use super::told;
use crate::support::Home;
use pult::wire::frame::MAX_PAYLOAD;
use std::fs;

/// Prints long lines, each with its number.
const LONG: &str = r#"
stty -opost
f=$(head -c 100 /dev/zero | tr '\0' x)
seq -f "$f %.0f$(printf '\r')" 170000
printf 'all said\r\n'
exec sleep 100000
"#;

#[test]
fn a_history_longer_than_a_frame_is_read_whole() {
    let home = Home::new();
    let config = home.path().join("config");
    fs::create_dir_all(&config).expect("a directory");
    fs::write(config.join("daemon.toml"), "recording-mib = 256\n").expect("a file");
    fs::write(home.work().join("long.sh"), LONG).expect("a file");
    home.ok(&["new", "w", "--", "sh", "long.sh"]);
    told(&home, "w", "all said");
    let text = home.ok(&["read", "w", "--history"]);
    assert!(text.len() > MAX_PAYLOAD, "{}", text.len());
    let fill = "x".repeat(100);
    let mut lines = text.lines();
    for number in 1.. {
        let Some(line) = lines.next() else {
            // The rest is on the screen.
            assert!(number > 170_000 - 40, "it ends before {number}");
            break;
        };
        assert_eq!(line, format!("{fill} {number}"));
    }
    let seen = home.json(&["read", "w"]);
    assert_eq!(seen["history_lines"], text.lines().count());
    // As many lines as anybody may ask for, and some from the middle of it.
    let all = home.ok(&["read", "w", "--lines", "4000000000"]);
    assert!(all.starts_with(&text) && all.contains("all said"));
    let some = home.json(&["read", "w", "--lines", "150000"]);
    let lines = some["lines"].as_array().expect("lines");
    let first = some["first_line"].as_u64().expect("a number") as usize;
    assert_eq!(lines.len(), 150_000);
    assert_eq!(lines[0].as_str(), text.lines().nth(first));
    assert_eq!(all.lines().count() - 150_000, first);
}
