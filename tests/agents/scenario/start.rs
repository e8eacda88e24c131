//! What stands before the first prompt.

use super::stage::Stage;
use crate::support::Home;
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;

/// The one that starts in an empty home, as on the day when the CLI was installed.
pub const FRESH: &str = "in_a_fresh_home";

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

/// A stand-in for the CLI, which writes nothing anywhere.
const STUB: &str = "#!/bin/sh
case $1 in
--version) echo 99.9.9 ;;
app-server) ;;
*) exec sleep 1000 ;;
esac
";

/// What the CLI shows at its very first start is said in words, and nothing is written for it that
/// it does not write itself.
pub fn in_a_fresh_home(stage: &Stage) {
    let program = stage.home.path().join("bin").join(stage.cli.program_name());
    let theirs = || {
        let dirs = ["home", "code/shop"].map(|dir| stage.home.path().join(dir));
        dirs.map(|dir| std::fs::read_dir(dir).expect("a directory").count())
    };
    if stage.program != Home::binary() {
        std::fs::remove_file(&program).expect("the link");
        std::fs::write(&program, STUB).expect("a stand-in");
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&program, mode).expect("a mode");
        stage.start("please remember-42");
        stage.until("its start", || stage.home.row("w")["process"] == "alive");
        assert_eq!(theirs(), [0, 0], "something was written for the CLI");
        stage.home.ok(&["retire", "w"]);
        std::fs::remove_file(&program).expect("the stand-in");
        std::os::unix::fs::symlink(stage.program, &program).expect("a link to the CLI");
    }
    stage.start("please remember-42");
    stage.until("word of what it waits for", || {
        let why = stage.home.ok(&["why", "w"]);
        let inbox = Value::from(stage.inbox()).to_string();
        why.contains(stage.cli.fresh.1) || inbox.contains(stage.cli.fresh.1)
    });
    // It may say so and end a moment later.
    stage.until("its state", || {
        stage.home.row("w")["shown"] == stage.cli.fresh.0
    });
}
