//! What was said, what was used, and conversations that go on from others.

use super::stage::Stage;
use crate::model;
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

/// Another session goes on from what was said: by the CLI's own fork where it has one, from a brief
/// up to a line, and from one that is no peer of ours any more. The first conversation stays as it
/// is.
pub fn fork_and_import(stage: &Stage) {
    stage.start("please remember-42");
    let id = stage.known("w");
    let said = |words: &str| {
        let read = || {
            let now = stage.home.run(&["read", "w", "--transcript", "--json"]);
            serde_json::from_slice::<Value>(&now.stdout).unwrap_or_default()
        };
        stage.until("what was said to be written down", || {
            read()["entries"].to_string().contains(words)
        });
        stage.settled();
        read()
    };
    let read = said("I will remember");
    let entries = read["entries"].as_array().expect("entries");
    let line = entries.last().expect("an entry")["line"].to_string();
    stage.home.ok(&["send", "w", "please cost-me-one"]);
    let read = said("That is cheap.");
    stage.home.ok(&["stop", "w"]);
    let path = read["path"].as_str().expect("a path").to_owned();
    let before = std::fs::read(&path).expect("the transcript");
    let forks = stage.runtime().capabilities().fork;
    let asked = |name: &str, brief: bool, later: bool| {
        stage.until(&format!("{name} to ask the model"), || {
            stage.model.served().iter().any(|s| {
                let body = s.body.to_string();
                let said = body.contains("remember-42") && body.contains(&format!("{name}-asks"));
                said && body.contains("the record of an earlier conversation") == brief
                    && body.contains("cost-me-one") == later
            })
        });
        assert_ne!(stage.known(name), id);
    };
    let forked = ["fork", "w", "forked", "--", "forked-asks: what-was-it"];
    stage.home.ok(&forked);
    asked("forked", !forks, true);
    let prompt = "earlier-asks: what-was-it";
    let earlier = ["fork", "w", "earlier", "--at", &line, "--", prompt];
    stage.home.ok(&earlier);
    asked("earlier", true, false);
    stage.home.ok(&["retire", "w"]);
    let import = ["import", &id, "taken", "--", "taken-asks: what-was-it"];
    stage.home.ok(&import);
    asked("taken", !forks, true);
    let after = stage.home.json(&["read", &id, "--transcript"]);
    assert_eq!(after["entries"], read["entries"], "it was changed");
    // A database is written to by the others, too.
    if !path.ends_with(".db") {
        let now = std::fs::read(&path).expect("the transcript");
        let more = now.strip_prefix(&before[..]).expect("what was there");
        let more = String::from_utf8_lossy(more);
        let titles = stage.cli.program_name() == "gemini" && more.lines().all(is_title);
        assert!(more.is_empty() || titles, "it was changed: {more}");
    }
    let log = String::from_utf8_lossy(&stage.home.run(&["log"]).stdout).into_owned();
    assert_eq!(log.matches("session.forked").count(), 3, "{log}");
    stage.home.ok(&["db", "verify"]);
}

/// Gemini CLI gives the conversation before it a title at each start in a directory, and writes that
/// into its file, whoever started it (0.61.0, `generateAndSaveSummary`).
pub fn is_title(line: &str) -> bool {
    let line: Value = serde_json::from_str(line).unwrap_or_default();
    let set = line["$set"].as_object();
    let title = |name: &String| ["summary", "memoryScratchpad"].contains(&name.as_str());
    line.as_object().is_some_and(|line| line.len() == 1)
        && set.is_some_and(|set| set.keys().all(title))
}
