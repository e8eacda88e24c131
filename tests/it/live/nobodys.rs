//! A call that ran though nobody decided: told as tampering, and the turn is interrupted.

use super::agent::{self, asked, id, log, put, start, take};
use crate::support::{Home, PATIENCE, kill9, wait_for};

/// Asks; then, when it is told to, says that the call has run, whoever may have answered.
const RUNS: &str = r#"
stty -icanon -echo
call=',"tool_name":"Bash","tool_input":{"command":"make"}'
say PermissionRequest "$call" > answer &
await go
say PostToolUse "$call"
: > ran
until [ "$(dd bs=1 count=1 2> dd)" = "$(printf '\033')" ]; do :; done
: > interrupted
exec sleep 100000
"#;

fn tampers(home: &Home, ask: &str) -> usize {
    let log = log(home);
    let of_ask = log
        .iter()
        .filter(|line| line["kind"] == "tamper.refused" && line["body"].to_string().contains(ask));
    of_ask.count()
}

fn closed(home: &Home, ask: &str) {
    wait_for("the ask's end", PATIENCE, || {
        let row = home.json(&["show", ask]);
        let closed = row["state"] == "closed";
        closed.then_some(()).ok_or(row.to_string())
    });
}

/// The only process that is its hook.
fn hook(home: &Home) -> u32 {
    wait_for("a hook", PATIENCE, || {
        let hooks = home.processes("hook demo");
        let [hook] = hooks[..] else {
            return Err(format!("{hooks:?}"));
        };
        Ok(hook)
    })
}

#[test]
fn a_call_that_ran_while_it_was_asked_is_told_and_interrupted() {
    let home = agent::home(RUNS);
    start(&home, "a");
    let ask = id(&asked(&home, "a")).to_owned();
    put(&home, "a", "go", "");
    take(&home, "a", "interrupted");
    assert_eq!(tampers(&home, &ask), 1, "{:#?}", log(&home));
    closed(&home, &ask);
    let refused = home.fails(1, &["approve", &ask]);
    assert!(refused.contains("by neither the inbox nor"), "{refused}");
    home.ok(&["db", "verify"]);
}

#[test]
fn a_call_whose_hook_was_killed_is_told_when_it_runs_all_the_same() {
    let home = agent::home(RUNS);
    start(&home, "a");
    let ask = id(&asked(&home, "a")).to_owned();
    kill9(hook(&home));
    closed(&home, &ask);
    assert_eq!(tampers(&home, &ask), 0);
    put(&home, "a", "go", "");
    take(&home, "a", "interrupted");
    assert_eq!(tampers(&home, &ask), 1, "{:#?}", log(&home));
}

#[test]
fn a_key_in_the_pane_is_an_answer() {
    for hook_dies in [false, true] {
        let home = agent::home(RUNS);
        start(&home, "a");
        let ask = id(&asked(&home, "a")).to_owned();
        home.ok(&["send", "a", "--keys", "y", "--force"]);
        if hook_dies {
            kill9(hook(&home));
        }
        put(&home, "a", "go", "");
        take(&home, "a", "ran");
        closed(&home, &ask);
        assert_eq!(tampers(&home, &ask), 0, "{:#?}", log(&home));
        assert!(!home.work().join("a/interrupted").exists());
    }
}
