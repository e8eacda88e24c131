//! What stands before the first prompt.

use super::stage::Stage;
use serde_json::Value;

/// The one that starts in a folder which the CLI does not trust yet.
pub const UNTRUSTED: &str = "at_its_trust_screen";

pub fn at_its_trust_screen(stage: &Stage) {
    stage.start("please remember-42");
    stage.until("the start screen in the inbox", || {
        !stage.inbox().is_empty()
    });
    let ask = stage.inbox()[0].clone();
    assert_eq!(ask["kind"], "start", "{ask}");
    let words = ask["object"].as_str().expect("what it says");
    assert!(words.contains("trusted"), "{ask}");
    assert_eq!(stage.home.row("w")["shown"], "asks");
    // The write into the CLI's own settings is the CLI's own, by the operator's keys.
    let trust = ["send", "--keys", "--force", "w", stage.cli.trust];
    stage.home.ok(&trust);
    stage.until("the prompt to reach the model", || {
        stage.model_was_told("remember-42")
    });
    stage.settled();
    let id = ask["id"].as_str().expect("an id");
    stage.until("the ask to be closed", || {
        !stage.home.json(&["show", id])["closed"].is_null()
    });
    assert_eq!(stage.inbox(), Vec::<Value>::new());
    stage.until("its conversation to be known", || {
        stage.home.row("w")["native_id"].is_string()
    });
}
