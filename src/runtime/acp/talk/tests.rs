use super::*;

fn id(line: &str) -> u64 {
    let line: Value = serde_json::from_str(line).expect("JSON");
    line["id"].as_u64().expect("an id")
}

fn result(id: u64, result: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": id, "result": result}).to_string()
}

/// A conversation that is open, and a turn of it that goes on.
fn working() -> (Talk, u64) {
    let mut talk = Talk::new("/p", &[], "default");
    let greeting = id(&talk.greet());
    let heard = talk.hear(&result(greeting, &json!({"protocolVersion": 1})));
    let [Heard::Say(opening)] = &heard[..] else {
        panic!("{heard:?}");
    };
    let opened = json!({"sessionId": "s", "modes": {"currentModeId": "default"}});
    let heard = talk.hear(&result(id(opening), &opened));
    assert_eq!(heard, [Heard::Open("s".to_owned(), None)]);
    let turn = id(&talk.prompt("go on").expect("a prompt"));
    assert_eq!(talk.prompt("twice"), None);
    (talk, turn)
}

fn request(n: u64, call: &str, options: &Value) -> String {
    let params = json!({"sessionId": "s", "options": options,
                        "toolCall": {"toolCallId": call, "kind": "execute", "title": "make"}});
    json!({"id": n, "method": "session/request_permission", "params": params}).to_string()
}

fn options() -> Value {
    json!([{"optionId": "proceed_always", "name": "Allow for this session", "kind": "allow_always"},
           {"optionId": "proceed_once", "name": "Allow", "kind": "allow_once"},
           {"optionId": "cancel", "name": "Reject", "kind": "reject_once"}])
}

#[test]
fn a_cli_that_starts_in_another_mode_is_given_no_prompt_before_it_has_left_it() {
    let mut talk = Talk::new("/p", &[], "default");
    let greeting = id(&talk.greet());
    let heard = talk.hear(&result(greeting, &json!({})));
    let [Heard::Say(opening)] = &heard[..] else {
        panic!("{heard:?}");
    };
    let opened = json!({"sessionId": "s", "modes": {"currentModeId": "yolo"}});
    let heard = talk.hear(&result(id(opening), &opened));
    let [Heard::Say(mode)] = &heard[..] else {
        panic!("{heard:?}");
    };
    assert!(mode.contains("session/set_mode") && mode.contains("\"modeId\":\"default\""));
    assert_eq!(talk.prompt("go on"), None);
    let refused = json!({"id": id(mode), "error": {"message": "no"}}).to_string();
    let heard = talk.hear(&refused);
    assert!(matches!(&heard[..], [Heard::Closed(why)] if why.contains("default")));
    assert_eq!(talk.prompt("go on"), None);
}

#[test]
fn a_mode_that_it_goes_into_is_left_again() {
    let (mut talk, turn) = working();
    let update = json!({"sessionUpdate": "current_mode_update", "currentModeId": "yolo"});
    let told = message::tell(
        "session/update",
        &json!({"sessionId": "s", "update": update}),
    );
    let heard = talk.hear(&told);
    let [Heard::Say(mode), Heard::Odd(_)] = &heard[..] else {
        panic!("{heard:?}");
    };
    assert!(mode.contains("set_mode"));
    // Its answer is none to the turn.
    assert_eq!(talk.hear(&result(id(mode), &json!({}))), []);
    assert!(talk.works());
    let heard = talk.hear(&result(turn, &json!({"stopReason": "end_turn"})));
    assert!(matches!(&heard[..], [Heard::Over(over)] if over.reason == "end_turn"));
}

#[test]
fn a_decision_answers_its_request_once_and_only_for_once() {
    let (mut talk, _) = working();
    let heard = talk.hear(&request(7, "c", &options()));
    assert!(matches!(&heard[..], [Heard::Asks(one)] if one.request == "c"));
    let line = talk.answer("c", Answer::Allow).expect("a line");
    assert!(
        line.contains("proceed_once") && line.contains("\"id\":7"),
        "{line}"
    );
    assert_eq!(talk.answer("c", Answer::Allow), None);
    assert_eq!(talk.answer("other", Answer::Deny), None);
}

#[test]
fn what_cannot_be_allowed_just_once_is_not_allowed() {
    let (mut talk, turn) = working();
    let always = json!([{"optionId": "a", "name": "Always", "kind": "allow_always"}]);
    for line in [
        request(1, "c", &always),
        json!({"id": 2, "method": "session/request_permission", "params": {}}).to_string(),
    ] {
        let heard = talk.hear(&line);
        let [Heard::Say(said), Heard::Odd(_)] = &heard[..] else {
            panic!("{heard:?}");
        };
        assert!(
            said.contains("cancelled") || said.contains("error"),
            "{said}"
        );
        assert!(!said.contains("selected"), "{said}");
    }
    // Nor is a call of a turn that is over.
    talk.hear(&result(turn, &json!({"stopReason": "end_turn"})));
    let heard = talk.hear(&request(3, "d", &options()));
    assert!(matches!(&heard[..], [Heard::Say(said), _] if said.contains("cancelled")));
}

#[test]
fn a_cancelled_turn_takes_its_requests_back() {
    let (mut talk, turn) = working();
    talk.hear(&request(7, "c", &options()));
    talk.hear(&request(8, "d", &options()));
    let back = json!({"method": "$/cancel_request", "params": {"requestId": 8}}).to_string();
    assert_eq!(talk.hear(&back), [Heard::TakenBack("d".to_owned())]);
    let said = talk.cancel();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains("session/cancel") && said[1].contains("cancelled"));
    assert_eq!(talk.answer("c", Answer::Allow), None);
    let heard = talk.hear(&result(turn, &json!({"stopReason": "cancelled"})));
    assert!(matches!(&heard[..], [Heard::Over(over)] if over.reason == "cancelled"));
    assert_eq!(talk.cancel(), Vec::<String>::new());
    // A turn may end with a request open.
    talk.prompt("again");
    talk.hear(&request(9, "e", &options()));
    let failed = json!({"id": talk.last, "error": {"message": "429"}}).to_string();
    let heard = talk.hear(&failed);
    assert!(matches!(&heard[..], [Heard::Over(over)] if over.error.as_deref() == Some("429")));
    assert_eq!(talk.answer("e", Answer::Allow), None);
}

#[test]
fn garbage_is_passed_over_and_requests_of_files_are_refused() {
    let (mut talk, _) = working();
    for garbage in [
        "{",
        "null",
        "[1]",
        "\u{1b}[31mred",
        "{\"id\":99,\"result\":{}}",
    ] {
        let heard = talk.hear(garbage);
        assert!(matches!(&heard[..], [] | [Heard::Odd(_)]), "{heard:?}");
    }
    assert_eq!(talk.hear(""), []);
    let read = json!({"id": "x", "method": "fs/read_text_file", "params": {"path": "/etc/passwd"}});
    let heard = talk.hear(&read.to_string());
    assert!(matches!(&heard[..], [Heard::Say(said)] if said.contains("\"error\"")));
    let odd = json!({"method": "session/update", "params": {"update": {"sessionUpdate": "new"}}});
    assert_eq!(talk.hear(&odd.to_string()), []);
    assert!(talk.works());
}

#[test]
fn servers_are_attached_with_the_conversation() {
    let server = McpServer {
        name: "notes".to_owned(),
        command: vec!["/opt/notes".to_owned(), "--all".to_owned()],
    };
    let line = Talk::new("/p", &[server], "default").open();
    let line: Value = serde_json::from_str(&line).expect("JSON");
    let server = &line["params"]["mcpServers"][0];
    assert_eq!(
        *server,
        json!({"name": "notes", "command": "/opt/notes", "args": ["--all"], "env": []})
    );
}
