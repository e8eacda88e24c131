//! What was said, what was used, and conversations that go on from others.

use super::stage::Stage;
use crate::model;
use crate::support::{PATIENCE, wait_for};
use serde_json::Value;

/// What was said is read back from what the CLI writes down, and what was used is counted.
pub fn transcript(stage: &Stage) {
    stage.start("please make-the-file");
    let ask = stage.request();
    stage
        .home
        .ok(&["approve", ask["id"].as_str().expect("an id")]);
    stage.settled();
    // What was used is what the server counted for this conversation, to the token.
    let id = stage.home.row("w")["native_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let served = stage.model.served();
    let scripted = served.iter().filter(|s| s.turn.is_some());
    let of_this = scripted
        .clone()
        .filter(|s| s.body.to_string().contains(&id));
    // Not every protocol names the conversation.
    let turns = match of_this.count() {
        0 => scripted.count() as u64,
        turns => turns as u64,
    };
    assert_eq!(turns, 2);
    stage.until("the tokens used", || {
        stage.home.row("w")["tokens"] == turns * model::TOKENS_OF_A_TURN
    });
    let read = stage.home.json(&["read", "w", "--transcript"]);
    let said = read["entries"].to_string();
    assert!(
        said.contains("make-the-file") && said.contains("That is done."),
        "{said}"
    );
    let found = stage.home.json(&["search", "make-the-file"]);
    assert_eq!(found["hits"][0]["name"], "w", "{found}");
}

/// Another session goes on from what was said: by the CLI's own fork, from a brief up to a line,
/// and from one that is no peer of ours any more. The first conversation stays as it is.
pub fn fork_and_import(stage: &Stage) {
    stage.start("please remember-42");
    stage.settled();
    let id = stage.home.row("w")["native_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let mut read = Value::Null;
    wait_for("what was said to be written down", PATIENCE, || {
        let now = stage.home.run(&["read", "w", "--transcript", "--json"]);
        read = serde_json::from_slice(&now.stdout).unwrap_or_default();
        let said = read["entries"].to_string();
        said.contains("I will remember").then_some(()).ok_or(said)
    });
    let path = read["path"].as_str().expect("a path").to_owned();
    stage.home.ok(&["stop", "w"]);
    let before = std::fs::read(&path).expect("the transcript");
    let asked = |name: &str, brief: bool| {
        stage.until(&format!("{name} to ask the model"), || {
            stage.model.served().iter().any(|s| {
                let body = s.body.to_string();
                let said = body.contains("remember-42") && body.contains(&format!("{name}-asks"));
                said && body.contains("the record of an earlier conversation") == brief
            })
        });
        let other = stage.home.row(name)["native_id"].clone();
        assert!(other.is_string() && other != id.as_str(), "{other}");
    };
    stage
        .home
        .ok(&["fork", "w", "forked", "--", "forked-asks: what-was-it"]);
    asked("forked", false);
    let last = read["entries"]
        .as_array()
        .and_then(|all| all.last())
        .expect("an entry");
    let line = last["line"].to_string();
    let at = [
        "fork",
        "w",
        "earlier",
        "--at",
        &line,
        "--",
        "earlier-asks: what-was-it",
    ];
    stage.home.ok(&at);
    asked("earlier", true);
    stage.home.ok(&["retire", "w"]);
    let import = [
        "import",
        &id[..13],
        "taken",
        "--",
        "taken-asks: what-was-it",
    ];
    stage.home.ok(&import);
    asked("taken", false);
    assert!(
        std::fs::read(&path).expect("the transcript") == before,
        "it was changed"
    );
    let log = String::from_utf8_lossy(&stage.home.run(&["log"]).stdout).into_owned();
    assert_eq!(log.matches("session.forked").count(), 3, "{log}");
    stage.home.ok(&["db", "verify"]);
}
