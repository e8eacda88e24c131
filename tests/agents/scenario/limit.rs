//! An account whose limit is used up: a state with its end, which ends by itself.

use super::Stage;
use crate::cli::Cli;
use crate::support::Home;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

/// The scenario's name.
pub const NAME: &str = "limit";

/// How long the limit lasts, s.
const LASTS: u64 = 3_600;

/// When it ends, s since the epoch.
pub static UNTIL: LazyLock<u64> = LazyLock::new(|| {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| now.as_secs()) + LASTS
});

/// An account that has such limits, and a clock that can be set.
pub fn prepare(cli: &Cli, home: &mut Home) {
    if cli.name == "claude" {
        home.env("ANTHROPIC_API_KEY", "");
        home.env("CLAUDE_CODE_OAUTH_TOKEN", "sk-ant-oat01-not-a-real-token");
    }
    let clock = home.path().join("clock");
    std::fs::write(&clock, "0").expect("a clock");
    home.env("PULT_CLOCK", clock.to_str().expect("a path"));
}

/// One that does not say when it ends: it stands until something is tried.
fn until_it_is_tried(stage: &Stage) {
    assert!(stage.home.row("w")["limit_until"].is_null());
    stage.kill_daemon();
    assert_eq!(stage.home.row("w")["turn"], "limited");
    stage.home.ok(&["interrupt", "w"]);
    stage.home.ok(&["send", "w", "please cost-me-one"]);
    stage.until("what is tried to be answered", || {
        let row = stage.home.row("w");
        stage.model_was_told("cost-me-one") && row["turn"] == "settled"
    });
    stage.home.ok(&["db", "verify"]);
}

pub fn limit(stage: &Stage) {
    stage.start("please hit-the-limit");
    stage.until("the limit", || stage.home.row("w")["turn"] == "limited");
    if stage.cli.name == "grok" {
        return until_it_is_tried(stage);
    }
    // At first it may be known to the minute, from the words in the pane, and of Gemini for good;
    // what opencode tells is its next try, and over its protocol Gemini says how long that is.
    let within = match stage.cli.name {
        "opencode" | "gemini" => 60,
        "gemini-acp" => 5,
        _ => 0,
    };
    let told = || {
        let told = stage.home.row("w")["limit_until"]
            .as_str()
            .map(str::to_owned)?;
        let at: jiff::Timestamp = told.parse().expect("a time");
        let off = at.as_second().abs_diff(*UNTIL as i64);
        (off <= within).then_some(told)
    };
    stage.until("its end", || told().is_some());
    let exact = told().expect("its end");
    let why = stage.home.ok(&["why", "w"]);
    assert!(why.contains(&format!("limited until {exact}")), "{why}");
    // A daemon that comes later knows it too.
    stage.kill_daemon();
    assert_eq!(stage.home.row("w")["limit_until"], exact.as_str());
    assert_eq!(stage.home.row("w")["turn"], "limited");
    // Its time comes while nobody looks.
    stage.kill_daemon();
    std::fs::write(stage.home.path().join("clock"), (LASTS + 60).to_string()).expect("a clock");
    stage.until("the end of the limit", || {
        let row = stage.home.row("w");
        row["turn"] != "limited" && row["limit_until"].is_null()
    });
    stage.home.ok(&["db", "verify"]);
}
