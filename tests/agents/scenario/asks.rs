//! Requests, and what becomes of them.

use super::stage::{COMMAND, FAILING, Stage, wait};
use crate::support::{PATIENCE, wait_until};
use std::time::Duration;

pub fn approve(stage: &Stage) {
    stage.start("please make-the-file");
    let ask = stage.request();
    let id = ask["id"].as_str().expect("an id");
    stage.home.ok(&["approve", id]);
    wait_until("the file", PATIENCE, || stage.made().exists());
    stage.closed(id, "effect");
    stage.settled();
    let again = stage.home.fails(1, &["approve", id]);
    assert!(again.contains(id), "{again}");
    // The conversation went on with the result, by the scripted turn.
    assert!(stage.model.has_said("That is done."));
    stage.home.ok(&["db", "verify"]);
}

pub fn approve_with_a_note(stage: &Stage) {
    stage.start("please make-the-file");
    with_a_note(stage, COMMAND);
}

pub fn approve_with_a_note_what_fails(stage: &Stage) {
    stage.start("please make-and-fail");
    with_a_note(stage, FAILING);
}

/// Approves the request with a note; the model is told both the result and the note.
fn with_a_note(stage: &Stage, command: &str) {
    let ask = stage.request_for(command);
    let id = ask["id"].as_str().expect("an id");
    let note = "and mention the zebra";
    stage.home.ok(&["approve", id, "--note", note]);
    wait_until("the file", PATIENCE, || stage.made().exists());
    stage.until("the note to reach the model", || stage.model_was_told(note));
    stage.closed(id, "effect");
    stage.settled();
    let log = String::from_utf8_lossy(&stage.home.run(&["log"]).stdout).into_owned();
    assert_eq!(log.matches("note.given").count(), 1, "{log}");
    assert!(!log.contains("note.dropped"), "{log}");
    stage.home.ok(&["db", "verify"]);
}

pub fn reject(stage: &Stage) {
    stage.start("please make-the-file");
    let ask = stage.request();
    let id = ask["id"].as_str().expect("an id");
    let note = "use the makefile instead";
    stage.home.ok(&["reject", id, "--note", note]);
    stage.until("the note to reach the model", || stage.model_was_told(note));
    stage.closed(id, "effect");
    stage.settled();
    assert!(!stage.made().exists(), "it ran though it was rejected");
}

pub fn reject_without_a_note(stage: &Stage) {
    stage.start("please make-the-file");
    let ask = stage.request();
    let id = ask["id"].as_str().expect("an id");
    if stage.cli.lacks.iter().any(|(name, _)| *name == "reject") {
        // A note that nobody would be told is not taken.
        let refused = stage.home.fails(1, &["reject", id, "--note", "use make"]);
        assert!(
            refused.contains("a note cannot go with this no"),
            "{refused}"
        );
    }
    stage.home.ok(&["reject", id]);
    stage.closed(id, "effect");
    stage.settled();
    assert!(!stage.made().exists(), "it ran though it was rejected");
}

pub fn answered_in_the_pane(stage: &Stage) {
    stage.start("please make-the-file");
    let ask = stage.request();
    let (keys, _) = stage.cli.in_the_pane;
    let refused = stage.home.fails(1, &["send", "--keys", "w", keys]);
    assert!(refused.contains("--force"), "{refused}");
    answer_in_the_pane(stage, ask["id"].as_str().expect("an id"));
}

/// Answers an open request by keys in the pane.
#[track_caller]
pub fn answer_in_the_pane(stage: &Stage, id: &str) {
    let (keys, allows) = stage.cli.in_the_pane;
    // The dialog may be drawn a moment after its request.
    stage.until("the answer in the pane to be taken", || {
        if stage.home.json(&["show", id])["closed"].is_null() {
            stage.home.run(&["send", "--keys", "--force", "w", keys]);
        }
        wait(Duration::from_millis(500));
        stage.inbox().is_empty()
    });
    stage.closed(id, "withdrawn");
    stage.settled();
    if allows {
        wait_until("the file", PATIENCE, || stage.made().exists());
    } else {
        assert!(!stage.made().exists(), "it ran though it was interrupted");
    }
    stage.home.fails(1, &["approve", id]);
}
