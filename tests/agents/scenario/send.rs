//! What is sent is what was typed.

use super::Stage;
use serde_json::Value;

/// A prompt that is interrupted before anything was answered may be put back to where it was typed.
pub fn send_after_an_interrupt(stage: &Stage) {
    stage.start("please wait-for-me\nand then for longer");
    stage.until("the model to be asked", || {
        stage.model.answers("wait-for-me")
    });
    stage.until("the turn to be worked on", || {
        stage.home.row("w")["turn"] == "working"
    });
    stage.home.ok(&["interrupt", "w"]);
    stage.settled();
    stage.home.ok(&["send", "w", "please cost-me-one"]);
    let told = || {
        let served = stage.model.served();
        let mut texts = Vec::new();
        served.iter().for_each(|one| all(&one.body, &mut texts));
        texts.retain(|text| text.contains("cost-me-one"));
        texts
    };
    stage.until("the model to be told", || !told().is_empty());
    stage.settled();
    for text in told() {
        assert!(
            !text.contains("for-me") && !text.contains("for longer"),
            "{text}"
        );
    }
}

/// Every text in it.
fn all(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| all(value, texts)),
        Value::Object(map) => map.values().for_each(|value| all(value, texts)),
        _ => {}
    }
}
