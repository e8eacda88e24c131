//! An open ask when the daemon, the hook or both are gone for a while, or for good.

use super::agent::{self, asked, id, log, start, take};
use crate::support::{PATIENCE, kill9, lives, signal, wait_for, wait_until};
use rustix::process::Signal;

/// Asks once and stays; `done` when it has gone on from there.
const ASKS: &str = "
ask 'touch effect'
: > done
exec sleep 100000
";

/// The hook that waits in a pane of this home.
fn hook(home: &crate::support::Home) -> u32 {
    wait_for(
        "a hook",
        PATIENCE,
        || match home.processes("hook demo")[..] {
            [hook] => Ok(hook),
            ref other => Err(format!("{other:?}")),
        },
    )
}

#[test]
fn an_ask_outlives_the_daemon_and_is_decided_once() {
    let home = agent::home(ASKS);
    start(&home, "a");
    let before = asked(&home, "a");
    let ask = id(&before);
    let waits = hook(&home);
    home.kill_daemon();
    let after = asked(&home, "a");
    for field in ["id", "object", "digest", "asked_at", "session", "risk"] {
        assert_eq!(after[field], before[field], "{field}");
    }
    let refused = home.fails(1, &["approve", ask, "--note", "go on"]);
    assert!(refused.contains("pult send"), "{refused}");
    home.ok(&["approve", ask]);
    take(&home, "a", "effect");
    take(&home, "a", "done");
    assert!(
        !lives(waits),
        "the hook that was there all the time took it"
    );
    wait_for("the effect", PATIENCE, || {
        let row = home.json(&["show", ask]);
        (row["closed"] == "effect")
            .then_some(())
            .ok_or(row.to_string())
    });
    let decided = home.json(&["show", ask])["decided"].clone();
    for verb in ["approve", "reject"] {
        let refused = home.fails(1, &[verb, ask]);
        assert_eq!(refused.trim_end().lines().count(), 1, "{refused}");
        // By whom and when, to the minute.
        let at = decided["at"].as_str().expect("a time");
        assert!(refused.contains("approved by uid "), "{refused}");
        assert!(refused.contains(&at[11..16]), "{refused}");
    }
    assert_eq!(home.json(&["show", ask])["decided"], decided);
    let decisions = log(&home)
        .iter()
        .filter(|l| l["kind"] == "ask.decided")
        .count();
    assert_eq!(decisions, 1);
    home.ok(&["db", "verify"]);
}

#[test]
fn a_decision_waits_for_a_hook_that_was_away() {
    let home = agent::home(ASKS);
    start(&home, "a");
    let ask = asked(&home, "a");
    let ask = id(&ask);
    let waits = hook(&home);
    signal(waits, Signal::STOP);
    home.kill_daemon();
    home.ok(&["approve", ask]);
    assert!(!home.work().join("a/effect").exists());
    home.kill_daemon();
    signal(waits, Signal::CONT);
    home.ok(&["ls"]);
    take(&home, "a", "effect");
    wait_for("the effect", PATIENCE, || {
        let row = home.json(&["show", ask]);
        (row["closed"] == "effect")
            .then_some(())
            .ok_or(row.to_string())
    });
    home.ok(&["db", "verify"]);
}

#[test]
fn a_retry_reaches_a_hook_that_is_still_there_and_says_when_none_is() {
    let home = agent::home(
        "
say PermissionRequest ',\"tool_name\":\"Bash\",\"tool_input\":{\"command\":\"ls\"}' > answer
: > done
exec sleep 100000
",
    );
    start(&home, "a");
    let ask = asked(&home, "a");
    let ask = id(&ask);
    let refused = home.fails(1, &["retry", ask]);
    assert!(refused.contains("is not decided yet"), "{refused}");
    let waits = hook(&home);
    signal(waits, Signal::STOP);
    home.ok(&["approve", ask]);
    assert_eq!(home.json(&["show", ask])["state"], "decided");
    assert_eq!(home.json(&["retry", ask])["state"], "decided");
    signal(waits, Signal::CONT);
    take(&home, "a", "done");
    assert!(take(&home, "a", "answer").contains("\"allow\""));
    // Nothing shows that the agent took it, and its hook is gone.
    wait_until("the receipt", PATIENCE, || {
        home.json(&["show", ask])["state"] == "delivered"
    });
    assert!(home.json(&["show", ask])["delivered_at"].is_string());
    wait_until("the end of the hook", PATIENCE, || !lives(waits));
    wait_for("a refusal", PATIENCE, || {
        let refused = home.fails(1, &["retry", ask]);
        let said = refused.contains("was given to the agent") && refused.contains("pult attach a");
        said.then_some(()).ok_or(refused)
    });
    let log = log(&home);
    let kinds = |kind: &str| log.iter().filter(|line| line["kind"] == kind).count();
    assert_eq!((kinds("ask.decided"), kinds("ask.retried")), (1, 1));
    home.ok(&["db", "verify"]);
}

#[test]
fn a_killed_hook_takes_its_ask_along() {
    let home = agent::home(ASKS);
    start(&home, "a");
    let ask = asked(&home, "a");
    let ask = id(&ask);
    kill9(hook(&home));
    take(&home, "a", "done");
    assert_eq!(take(&home, "a", "answer"), "", "no decision");
    wait_for("a withdrawn ask", PATIENCE, || {
        let row = home.json(&["show", ask]);
        (row["closed"] == "withdrawn")
            .then_some(())
            .ok_or(row.to_string())
    });
    let refused = home.fails(1, &["approve", ask]);
    assert_eq!(refused.trim_end().lines().count(), 1, "{refused}");
    assert!(!home.work().join("a/effect").exists());
    home.ok(&["db", "verify"]);
}

#[test]
fn an_agent_whose_hook_was_killed_is_decided_in_its_pane() {
    let home = agent::home(
        "
ask 'touch effect'
printf '\\033]7501;state=blocked\\033\\\\'
read -r line
printf '\\033]7501;state=working\\033\\\\'
: > done
exec sleep 100000
",
    );
    start(&home, "a");
    let first = asked(&home, "a");
    kill9(hook(&home));
    let second = wait_for("what to do", PATIENCE, || {
        let row = asked(&home, "a");
        (row["id"] != first["id"])
            .then(|| row.clone())
            .ok_or(row.to_string())
    });
    assert_eq!(second["kind"], "question", "{second}");
    let what = second["object"].as_str().expect("words");
    assert!(what.contains("decide in the pane: touch effect"), "{what}");
    assert_eq!(home.row("a")["shown"], "asks");
    let refused = home.fails(1, &["approve", id(&second)]);
    assert_eq!(refused.trim_end().lines().count(), 1, "{refused}");
    home.ok(&["send", "--force", "a", "yes"]);
    take(&home, "a", "done");
    wait_for("the end of the dialog", PATIENCE, || {
        let row = home.json(&["show", id(&second)]);
        (row["closed"] == "withdrawn")
            .then_some(())
            .ok_or(row.to_string())
    });
    assert_eq!(home.row("a")["shown"], "working");
    home.ok(&["db", "verify"]);
}

#[test]
fn without_a_daemon_there_is_no_decision() {
    let script = format!("export PULT_HOOK_DEADLINE=10\n{ASKS}");
    let home = agent::home(&script);
    start(&home, "a");
    let ask = asked(&home, "a");
    let ask = id(&ask);
    home.kill_daemon();
    take(&home, "a", "done");
    assert_eq!(take(&home, "a", "answer"), "", "no decision");
    assert!(!home.work().join("a/effect").exists());
    // It is said later that nobody waits for it any more, and nothing can be made of it.
    wait_until("a withdrawn ask", PATIENCE * 2, || {
        home.json(&["show", ask])["closed"] == "withdrawn"
    });
    home.fails(1, &["approve", ask]);
    assert!(!home.work().join("a/effect").exists());
}
