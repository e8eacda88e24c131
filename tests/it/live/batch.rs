//! Twelve agents ask at once, and the operator answers those that ask for exactly the same by two
//! keys in a real cockpit.

use super::agent::{self, log, start, take};
use crate::support::{PATIENCE, Terminal, wait_for, wait_until};
use std::collections::BTreeSet;

/// Asks for a command in a directory that all share: `same-…` for the same one, others for their own.
const ASKS: &str = r#"
case $name in same-*) what='touch shared' ;; *) what="touch $name" ;; esac
call=',"tool_name":"Bash","tool_input":{"command":"'$what'","description":"says '$name'"}'
shared() {
  printf '{"hook_event_name":"%s","session_id":"%s","cwd":"/shared"%s}' "$1" "$id" "$call" |
    sh -c "exec $hook"
}
shared PermissionRequest > answer.new
mv answer.new answer
shared PostToolUse
exec sleep 100000
"#;

const SAME: usize = 9;

#[test]
fn twelve_requests_and_nine_of_them_by_two_keys() {
    let home = agent::home(ASKS);
    let same = (1..=SAME).map(|n| format!("same-{n}"));
    let names: Vec<String> = same.chain(["x", "y", "z"].map(String::from)).collect();
    for name in &names {
        start(&home, name);
    }
    wait_for("twelve requests", PATIENCE, || {
        let inbox = home.json(&["inbox"]);
        let count = inbox.as_array().map_or(0, Vec::len);
        (count == 12).then_some(()).ok_or(inbox.to_string())
    });
    let inbox = home.json(&["inbox"]);
    let rows = inbox.as_array().expect("a list");
    let digests: BTreeSet<&str> = rows.iter().filter_map(|r| r["digest"].as_str()).collect();
    assert_eq!(
        digests.len(),
        4,
        "nine of one digest, and three of their own"
    );

    let cockpit = Terminal::start(&home, &[], 36, 120);
    cockpit.shows("Inbox 12");
    cockpit.types(b"2");
    cockpit.shows("for exactly ");
    cockpit.types(b"/shared\r");
    cockpit.shows("Inbox 9 of 12");
    cockpit.shows("allow all 9");
    // Until the row has stood long enough the key does nothing.
    let poll = |what: &str, key: &[u8], until: &str, there: bool| {
        wait_for(what, PATIENCE, || {
            let looks = cockpit.looks();
            if looks.contains(until) == there {
                return Ok(());
            }
            cockpit.types(key);
            Err(looks)
        });
    };
    poll("the question", b"=", "9 requests to run exactly this", true);
    let looks = cockpit.looks();
    for name in names.iter().take(SAME) {
        assert!(looks.contains(name), "{name} in\n{looks}");
    }
    poll("the answer", b"y", "Sure?", false);
    for name in names.iter().take(SAME) {
        let answer = take(&home, name, "answer");
        assert!(answer.contains("\"allow\""), "{name}: {answer}");
    }
    wait_until("three that are left", PATIENCE, || {
        let inbox = home.json(&["inbox"]);
        inbox.as_array().map_or(0, Vec::len) == 3
    });
    for name in ["x", "y", "z"] {
        assert!(!home.work().join(name).join("answer").exists());
    }
    let log = log(&home);
    let decided: BTreeSet<String> = log
        .iter()
        .filter(|line| line["kind"] == "ask.decided")
        .map(|line| line["body"]["ask"].to_string())
        .collect();
    assert_eq!(decided.len(), SAME, "each by its own id");
    cockpit.types(b"\x1b");
    cockpit.shows("Inbox 3");
    home.ok(&["db", "verify"]);
}
