//! What was used is what the server counted, to the token.

use super::Stage;
use crate::model::Served;
use serde_json::Value;

/// The price table of the home: a model there is, whatever its name.
const PRICES: &str = "[\"*\"]\ninput = 2\ncached = 1\noutput = 10\nwindow = 100000\n";

/// What a row says: read anew or into the cache, from the cache, written.
fn counted(row: &Value) -> (u64, u64, u64) {
    let n = |name: &str| row["tokens"][name].as_u64().expect("a count");
    (n("input") + n("stored"), n("cached"), n("output"))
}

/// What the server reported for its answers to `words`.
fn reported(served: &[Served], id: &str, words: &str) -> (u64, u64, u64) {
    let scripted = served.iter().filter(|s| s.turn.is_some());
    let bodies = scripted.map(|s| (s, s.body.to_string()));
    let bodies: Vec<_> = bodies.filter(|(_, body)| body.contains(words)).collect();
    // Not every protocol names the conversation; where it does, a side request is another's.
    let named = bodies.iter().any(|(_, body)| body.contains(id));
    let own = bodies
        .iter()
        .filter(|(_, body)| !named || body.contains(id));
    let mut sum = (0, 0, 0);
    for (answer, _) in own {
        let (input, cached, output) = answer.tokens;
        sum = (sum.0 + input - cached, sum.1 + cached, sum.2 + output);
    }
    sum
}

/// Two turns, counted by turn, session, peer and day; what was counted outlives the transcript,
/// the daemon and the peer.
pub fn usage(stage: &Stage) {
    let config = stage.home.path().join("config");
    std::fs::create_dir_all(&config).expect("a configuration directory");
    std::fs::write(config.join("prices.toml"), PRICES).expect("a price table");
    stage.start("please cost-me-one");
    stage.settled();
    stage.home.ok(&["send", "w", "and cost-me-two"]);
    stage.until("the second answer", || stage.model_was_told("cost-me-two"));
    stage.settled();
    let served = stage.model.served();
    let id = stage.home.row("w")["native_id"].clone();
    let id = id.as_str().expect("an id");
    let second = reported(&served, id, "cost-me-two");
    let all = reported(&served, id, "cost-me-");
    let first = (all.0 - second.0, all.1 - second.1, all.2 - second.2);
    let caches = !matches!(stage.cli.name, "ollama");
    assert_eq!(second, (904, 4_096, 300));
    let seen = |(input, cached, output)| match caches {
        true => (input, cached, output),
        false => (input + cached, 0, output),
    };
    let cost = |by: &str| stage.home.json(&["cost", "--by", by]);
    stage.until("both turns to be counted", || {
        counted(&cost("turn")["total"]) == seen(all)
    });
    let by_turn = cost("turn");
    let rows = by_turn["rows"].as_array().expect("rows");
    let turns: Vec<_> = rows
        .iter()
        .map(|row| (row["turn"].as_u64(), counted(row)))
        .collect();
    assert_eq!(turns, [(Some(1), seen(first)), (Some(2), seen(second))]);
    for by in ["peer", "session", "day"] {
        let view = cost(by);
        let rows = view["rows"].as_array().expect("rows");
        let sum = rows.iter().map(counted).fold((0, 0, 0), |sum, row| {
            (sum.0 + row.0, sum.1 + row.1, sum.2 + row.2)
        });
        assert_eq!(sum, seen(all), "{view}");
        assert!(by == "day" || rows.len() == 1, "{view}");
    }
    let row = stage.home.row("w");
    assert_eq!(row["tokens"], all.0 + all.1 + all.2, "{row}");
    assert!(row["cost"].as_f64().is_some_and(|cost| cost > 0.0), "{row}");
    stays(stage, &by_turn);
}

/// Everything that it was read from goes; what it came to stays.
fn stays(stage: &Stage, before: &Value) {
    stage.home.ok(&["stop", "w"]);
    let read = stage.home.json(&["read", "w", "--transcript"]);
    let path = read["path"].as_str().expect("its file");
    std::fs::remove_file(path).expect("the transcript goes");
    stage.kill_daemon();
    let after = stage.home.json(&["cost", "--by", "turn"]);
    let rows = |view: &Value| {
        let rows = view["rows"].as_array().expect("rows").clone();
        let row = rows
            .iter()
            .map(|row| (row["turn"].clone(), row["at"].clone(), counted(row)));
        row.collect::<Vec<_>>()
    };
    assert_eq!(rows(&after), rows(before));
    stage.home.ok(&["retire", "w"]);
    let peers = stage.home.json(&["cost"]);
    assert_eq!(peers["rows"][0]["peer"], "w@1", "{peers}");
    assert_eq!(peers["total"]["tokens"], before["total"]["tokens"]);
    stage.home.ok(&["db", "verify"]);
}
