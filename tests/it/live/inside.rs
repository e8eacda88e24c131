//! A worker that tries to decide: its own request, its neighbour's, however it calls.

use super::agent::{self, asked, id, log, put, start, take};
use super::{number, told};
use crate::support::{PATIENCE, kill9, lives, parent, wait_until};
use serde_json::Value;

/// The ways out of a process tree that a shell has, each around `pult $deed`.
const WAYS: [&str; 8] = [
    "direct", "setsid", "nohup", "fork", "cleared", "all", "reject", "json",
];

/// Asks, and while that is open tries `way` after `way` on the asks that it is told of.
const HOSTILE: &str = r#"
ask 'touch effect' &
approve() { for ak in $targets; do "$@" "$BIN" approve "$ak"; said $?; done; }
said() { [ "$1" = 1 ] || echo "exit $1" >> wrong; echo "$1" >> codes; }
export PULT_HOME="$PLACE"
await targets
targets=$(cat targets)
exec 2>> words
approve env
approve setsid -w
approve nohup
( ( approve env; : > forked ) & )
await forked
approve env -i "PULT_HOME=$PLACE"
( ( approve env -i "PULT_HOME=$PLACE" nohup setsid -w; : > out.of.all ) & )
await out.of.all
for ak in $targets; do "$BIN" reject "$ak" --note no; said $?; done
for ak in $targets; do "$BIN" --json approve "$ak" > json; said $?; done
: > tried
wait
exec sleep 100000
"#;

fn tampers(log: &[Value], ask: &str) -> usize {
    let of_ask =
        |line: &&Value| line["kind"] == "tamper.refused" && line["body"].to_string().contains(ask);
    log.iter().filter(of_ask).count()
}

#[test]
fn a_worker_decides_neither_its_own_request_nor_its_neighbours() {
    let home = agent::home(HOSTILE);
    start(&home, "a");
    start(&home, "b");
    let [own, other] = ["a", "b"].map(|name| id(&asked(&home, name)).to_owned());
    put(&home, "a", "targets", &format!("{own} {other}"));
    take(&home, "a", "tried");
    let wrong = home.work().join("a/wrong");
    let words = take(&home, "a", "words");
    assert!(!wrong.exists(), "{}\n{words}", take(&home, "a", "wrong"));
    let codes = take(&home, "a", "codes");
    assert_eq!(codes.lines().count(), 2 * WAYS.len(), "{codes}\n{words}");
    let log = log(&home);
    for ask in [&own, &other] {
        assert_eq!(tampers(&log, ask), WAYS.len(), "{words}\n{log:#?}");
        let row = home.json(&["show", ask]);
        assert_eq!(row["state"], "asked", "{row}");
        assert_eq!(row["decided"], Value::Null, "{row}");
    }
    let refused = take(&home, "a", "json");
    let refused: Value = serde_json::from_str(&refused).expect("JSON");
    assert_eq!(refused["error"]["kind"], "refused", "{refused}");
    assert!(!home.work().join("a/effect").exists());

    // The same call from the operator is a decision.
    home.ok(&["approve", &own]);
    take(&home, "a", "effect");
    assert!(!home.work().join("b/effect").exists());
    home.ok(&["db", "verify"]);
}

/// Leaves a process behind that outlives its session, since nothing in its environment names that,
/// and tells its pid; and one that is found by its environment.
const ORPHAN: &str = r#"
ask 'touch effect' &
( ( nohup setsid sh -c 'echo $$ > named.new; mv named.new named; exec sleep 100000' \
  > /dev/null 2>&1 < /dev/null & ) )
( ( nohup setsid env -i "PATH=$PATH" "PLACE=$PLACE" "BIN=$BIN" sh -c '
  echo $$ > orphan.new; mv orphan.new orphan
  until [ -e target ]; do sleep 0.02; done
  PULT_HOME="$PLACE" "$BIN" approve "$(cat target)" > said 2>&1
  echo $? > code.new; mv code.new code
  env -i PULT_HOME="$PLACE" "$BIN" approve "$(cat target)" >> said 2>&1
  echo $? > again.new; mv again.new again
' > /dev/null 2>&1 < /dev/null & ) )
echo running
exec sleep 100000
"#;

#[test]
fn an_orphan_of_a_session_that_is_gone_is_refused() {
    let home = agent::home(ORPHAN);
    start(&home, "gone");
    start(&home, "stays");
    let ask = id(&asked(&home, "stays")).to_owned();
    asked(&home, "gone");
    let orphan: u32 = take(&home, "gone", "orphan").trim().parse().expect("a pid");
    let program = number(&home.row("gone")["pid"]);
    kill9(parent(program));
    wait_until("a lost session", PATIENCE, || {
        home.row("gone")["shown"] == "lost"
    });
    let named: u32 = take(&home, "gone", "named").trim().parse().expect("a pid");
    wait_until("the end of the orphan that has a name", PATIENCE, || {
        !lives(named)
    });
    assert!(lives(orphan), "it has outlived its session");
    let before = tampers(&log(&home), &ask);
    put(&home, "gone", "target", &ask);
    for file in ["code", "again"] {
        let code = take(&home, "gone", file);
        assert_eq!(code.trim(), "1", "{}", take(&home, "gone", "said"));
    }
    assert_eq!(tampers(&log(&home), &ask), before + 2);
    assert_eq!(home.json(&["show", &ask])["state"], "asked");
    home.ok(&["db", "verify"]);
}

#[test]
fn what_a_stopped_session_left_behind_is_ended() {
    let home = agent::home(ORPHAN);
    start(&home, "gone");
    told(&home, "gone", "running");
    let orphan: u32 = take(&home, "gone", "orphan").trim().parse().expect("a pid");
    home.ok(&["stop", "gone"]);
    wait_until("the end of the orphan", PATIENCE, || !lives(orphan));
}
