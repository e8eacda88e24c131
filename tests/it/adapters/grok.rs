//! Grok Build.

use super::{Seen, check_screens, lines, told};
use pult::core::ask::{Answer, AskKind, Call, Verb};
use pult::core::state::{Source, Turn};
use pult::core::status::{Fusion, Says};
use pult::runtime::channel::{Channel, Heard, Incoming, Say};
use pult::runtime::grok::Grok;
use pult::runtime::transcript::{Tokens, Who};
use pult::runtime::{Approval, LaunchInput, Plan, Runtime};
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[test]
fn its_screens_say_what_it_does() {
    check_screens(
        &Grok,
        &[
            ("after_key_2", Seen::Rests),
            ("exit_ctrl_c", Seen::Nothing),
            ("fresh_login", Seen::Start("not logged in")),
            ("fresh_no_auth", Seen::Nothing),
            ("fresh_with_apikey", Seen::Nothing),
            ("hook_denied", Seen::Rests),
            ("hook_pending", Seen::Works),
            ("idle", Seen::Rests),
            ("interrupted", Seen::Rests),
            ("leader_tui", Seen::Rests),
            ("leader_tui_perm", Seen::Rests),
            ("leader_tui_rejected", Seen::Rests),
            ("permission_prompt", Seen::Asks),
            ("permission_prompt_mcp", Seen::Asks),
            ("start_prompt", Seen::Rests),
            ("trust_prompt", Seen::Start("trusted")),
            ("tui_resume", Seen::Rests),
            ("working", Seen::Works),
        ],
    );
}

#[test]
fn its_title_tells_a_whole_turn() {
    assert_eq!(
        told(&Grok, "turn_permission.osc"),
        ["Working", "DialogOpen", "DialogGone", "Settled"]
    );
}

pub(super) fn input() -> LaunchInput {
    LaunchInput {
        program: "/opt/grok".to_owned(),
        fresh_id: "11111111-2222-4333-8444-555555555555".to_owned(),
        prompt: Some("-fix".to_owned()),
        cwd: "/p".to_owned(),
        dir: "/state/1".to_owned(),
        ..LaunchInput::default()
    }
}

/// Its arguments after those of the leader.
pub(super) fn rest(plan: &Plan) -> String {
    assert_eq!(
        plan.argv[1..4].join("|"),
        "--leader|--leader-socket|/state/1/leader.sock"
    );
    plan.argv[4..].join("|")
}

#[test]
fn it_never_starts_with_everything_allowed() {
    let plan = Grok.launch(&input());
    let id = "11111111-2222-4333-8444-555555555555";
    assert_eq!(
        rest(&plan),
        format!("--permission-mode|default|-s|{id}|--|-fix")
    );
    let marked = (
        "GROK_DEFAULT_SELECTED_PERMISSION".to_owned(),
        "reject".to_owned(),
    );
    assert!(plan.env.contains(&marked));
    assert_eq!(plan.native_id.as_deref(), Some(id));
    assert_eq!(Grok.capabilities().approval, Approval::Channel);
    let with = |resume: Option<&str>, fork: Option<&str>| {
        let plan = Grok.launch(&LaunchInput {
            resume: resume.map(str::to_owned),
            fork: fork.map(str::to_owned),
            prompt: None,
            ..input()
        });
        (rest(&plan), plan.native_id.expect("an id"))
    };
    let (argv, resumed) = with(Some("abc"), None);
    assert_eq!(
        (&*argv, &*resumed),
        ("--permission-mode|default|-r|abc", "abc")
    );
    let (argv, forked) = with(None, Some("abc"));
    assert_eq!(
        argv,
        format!("--permission-mode|default|-r|abc|--fork-session|-s|{id}")
    );
    assert_eq!(forked, id);
    // Nobody asks it over a hook, and a hook that nobody asked for says nothing.
    assert_eq!(Grok.answer(None::<Answer>, None), "");
}

#[test]
fn the_second_client_cannot_start_a_leader_of_its_own() {
    let client = Grok.launch(&input()).way.expect("a way").client;
    let client = client.expect("a client");
    assert_eq!(
        client.argv.join("|"),
        "/opt/grok|agent|--leader|--leader-socket|/state/1/side/leader.sock|stdio"
    );
    assert_eq!(client.socket, "/state/1/leader.sock");
    assert_eq!(client.link, "/state/1/side/leader.sock");
    // It locks the path of the socket with another ending; a directory cannot be locked.
    assert_eq!(client.barred, "/state/1/side/leader.lock");
}

#[test]
fn without_a_leader_it_asks_in_its_pane_and_says_so() {
    let sandbox = |profile: &str| {
        let env = BTreeMap::from([("GROK_SANDBOX".to_owned(), profile.to_owned())]);
        Grok.launch(&LaunchInput { env, ..input() })
    };
    let long = Grok.launch(&LaunchInput {
        dir: format!("/{}", "d".repeat(100)),
        ..input()
    });
    for plan in [sandbox("workspace"), long] {
        assert_eq!(plan.argv[1], "--no-leader");
        assert_eq!(plan.way, None);
        assert!(plan.limits[0].contains("in its pane only"), "{plan:?}");
    }
    assert!(sandbox("off").way.is_some());
}

pub(super) fn channel(prompted: bool) -> Box<dyn Channel> {
    let prompt = prompted.then(|| "go".to_owned());
    let plan = Grok.launch(&LaunchInput { prompt, ..input() });
    let mut channel = Grok.channel(&plan.way.expect("a way")).expect("a channel");
    let first = channel.hear(Incoming::Open(Some(ID)));
    assert!(line(&first[0]).contains("initialize"), "{first:?}");
    channel
}

/// The conversation of `leader_approve.jsonl`.
pub(super) const ID: &str = "586440e0-dd5f-4958-b532-cd3285a5b046";

pub(super) fn line(heard: &Heard) -> &str {
    match heard {
        Heard::Say(Say::Line(line)) | Heard::Later(Say::Line(line)) => line,
        other => panic!("{other:?}"),
    }
}

pub(super) fn said(say: Option<Say>) -> Value {
    let Some(Say::Line(line)) = say else {
        panic!("{say:?}");
    };
    serde_json::from_str(&line).expect("JSON")
}

pub(super) fn hear(channel: &mut dyn Channel, message: &Value) -> Vec<Heard> {
    channel.hear(Incoming::Event(&message.to_string()))
}

pub(super) fn update(channel: &mut dyn Channel, update: Value) -> Vec<Heard> {
    let params = json!({"sessionId": ID, "update": update});
    let method = "_x.ai/session_notification";
    hear(channel, &json!({"method": method, "params": params}))
}

fn options() -> Value {
    let option = |id, name, kind| json!({"optionId": id, "name": name, "kind": kind});
    json!([
        option(
            "enable-always-approve",
            "Yes, and don't ask again",
            "allow_once"
        ),
        option("allow-once", "Yes, proceed", "allow_once"),
        option("reject-once", "No", "reject_once"),
    ])
}

fn asks(channel: &mut dyn Channel, id: u64, request: &str, options: &Value) -> (AskKind, Call) {
    let call = json!({"toolCallId": request, "kind": "execute", "title": "Execute",
        "rawInput": {"variant": "Bash", "command": "touch x"},
        "_meta": {"x.ai/tool": {"name": "run_terminal_command"}}});
    let params = json!({"sessionId": ID, "toolCall": call, "options": options});
    let method = "session/request_permission";
    let heard = hear(
        channel,
        &json!({"id": id, "method": method, "params": params}),
    );
    let [Heard::Asked(of, kind, call)] = &heard[..] else {
        panic!("{heard:?}");
    };
    assert_eq!(of, request);
    (*kind, call.clone())
}

/// What a recording comes to, each thing once; requests are answered as told.
fn story(name: &str, answer: Answer) -> Vec<String> {
    let mut channel = channel(false);
    let mut fusion = Fusion::new(0);
    let mut story: Vec<String> = Vec::new();
    for line in lines("grok", name) {
        for one in channel.hear(Incoming::Event(&line)) {
            let word = match one {
                Heard::Signals(signals) => {
                    for signal in signals {
                        fusion.observe(signal, 0);
                    }
                    format!("{:?}", fusion.turn())
                }
                Heard::Asked(request, kind, call) => {
                    let said = said(channel.answer(&request, answer, None));
                    let option = &said["result"]["outcome"]["optionId"];
                    format!("{kind:?} {:?} {} {option}", call.verb, call.object)
                }
                Heard::Settled(_, answer, _) => format!("{answer:?}"),
                Heard::Waiting(waiting) => format!("{waiting:?}"),
                Heard::Say(_) => continue,
                other => format!("{other:?}"),
            };
            if story.last() != Some(&word) {
                story.push(word);
            }
        }
    }
    story
}

#[test]
fn its_leader_tells_whole_turns_and_a_yes_is_good_once() {
    assert_eq!(
        story("leader_approve.jsonl", Answer::Allow),
        [
            "Settled",
            "Working",
            r#"Approval Run python3 -c "print(1)" > made_app.txt "allow-once""#,
            "Some(Allow)",
            "Settled",
        ]
    );
    assert_eq!(
        story("leader_reject.jsonl", Answer::Deny),
        [
            "Settled",
            "Working",
            r#"Approval Run python3 -c "print(1)" > made_rej.txt "reject-once""#,
            "Some(Deny)",
            "Settled",
        ]
    );
}

#[test]
fn a_load_never_brings_always_approve_with_it() {
    let mut channel = channel(true);
    assert!(!channel.speaks());
    hear(&mut *channel, &json!({"id": 1, "result": {}}));
    let heard = listed(&mut *channel, "working", Value::Null);
    let load: Value = serde_json::from_str(line(&heard[0])).expect("JSON");
    assert_eq!(load["method"], "session/load");
    assert_eq!(load["params"]["_meta"]["yoloMode"], false);
    assert_eq!(load["params"]["_meta"]["autoMode"], false);
    let heard = hear(&mut *channel, &json!({"id": 2, "error": {"message": "no"}}));
    assert!(looks_later(&heard), "{heard:?}");
    let changed = json!({"method": "_x.ai/sessions/changed", "params": {"upserted": [
        {"sessionId": ID, "yolo": true, "activity": "working"}]}});
    let heard = hear(&mut *channel, &changed);
    let told = |heard: &[Heard]| heard.iter().any(|one| matches!(one, Heard::Limit(_)));
    assert!(told(&heard), "{heard:?}");
    assert!(!told(&hear(&mut *channel, &changed)), "it is told twice");
}

/// What follows when the leader lists the conversation like this.
pub(super) fn listed(channel: &mut dyn Channel, activity: &str, title: Value) -> Vec<Heard> {
    let one = json!({"sessionId": ID, "activity": activity, "title": title, "resident": true});
    let sessions = json!({"result": {"sessions": [one]}});
    hear(channel, &json!({"id": 4, "result": sessions}))
}

fn looks_later(heard: &[Heard]) -> bool {
    matches!(heard, [later @ Heard::Later(_)] if line(later).contains("sessions/list"))
}

#[test]
fn a_load_does_not_take_the_prompt_from_a_pane_that_is_starting() {
    let loads = |heard: &[Heard]| matches!(heard, [say @ Heard::Say(_)] if line(say).contains("session/load"));
    for prompted in [true, false] {
        let mut channel = channel(prompted);
        let channel = &mut *channel;
        let heard = hear(channel, &json!({"id": 1, "result": {}}));
        assert!(line(&heard[0]).contains("sessions/list"), "{heard:?}");
        let none = json!({"id": 4, "result": {"result": {"sessions": []}}});
        assert!(looks_later(&hear(channel, &none)));
        // Its prompt, if it has one, comes next.
        for _ in 0..5 {
            assert!(looks_later(&listed(channel, "idle", Value::Null)));
        }
        let heard = listed(channel, "needs_input", Value::Null);
        assert!(loads(&heard), "{heard:?}");
    }
    // One that rests and goes on resting has none on its way; a first prompt gives it a title.
    for (prompted, title, loaded) in [
        (true, Value::Null, false),
        (true, json!("go"), true),
        (false, Value::Null, true),
    ] {
        let mut channel = channel(prompted);
        let looks = (0..50).map(|_| listed(&mut *channel, "idle", title.clone()));
        let looks: Vec<bool> = looks.map(|heard| loads(&heard)).collect();
        assert!(!looks[0], "{prompted} {title}");
        assert_eq!(looks.contains(&true), loaded, "{prompted} {title}");
    }
}

#[test]
fn a_first_turn_that_failed_at_once_is_over() {
    let mut channel = channel(true);
    let channel = &mut *channel;
    for _ in 0..50 {
        listed(channel, "idle", json!("go"));
    }
    let heard = hear(channel, &json!({"id": 2, "result": {}}));
    let [Heard::Signals(signals), Heard::Say(_)] = &heard[..] else {
        panic!("{heard:?}");
    };
    let last = signals.last().expect("a signal");
    assert_eq!(last.says, Says::Turn(Turn::Settled), "{signals:?}");
}

#[test]
fn what_works_while_it_is_loaded_is_not_at_rest() {
    let mut channel = channel(true);
    let channel = &mut *channel;
    let changed = json!({"method": "_x.ai/sessions/changed", "params": {"upserted": [
        {"sessionId": ID, "yolo": false, "activity": "working"}]}});
    hear(channel, &changed);
    // The prompt is not among what was said yet.
    let heard = hear(channel, &json!({"id": 2, "result": {}}));
    let [Heard::Signals(signals), Heard::Say(_)] = &heard[..] else {
        panic!("{heard:?}");
    };
    assert_eq!(signals[1].says, Says::TurnUntilTold(Turn::Working));
}

#[test]
fn after_a_gap_it_is_told_what_waits_and_what_works() {
    let mut channel = channel(true);
    let channel = &mut *channel;
    hear(channel, &json!({"id": 1, "result": {}}));
    let typed = json!({"sessionUpdate": "user_message_chunk", "content": {"text": "go"}});
    assert_eq!(update(channel, typed), []);
    let heard = hear(channel, &json!({"id": 2, "result": {}}));
    assert!(channel.speaks());
    let [Heard::Signals(signals), Heard::Say(_)] = &heard[..] else {
        panic!("{heard:?}");
    };
    assert_eq!(signals[1].says, Says::TurnUntilTold(Turn::Working));
    asks(channel, 0, "call_1", &options());
    let heard = hear(channel, &json!({"id": 3, "error": {"message": "unknown"}}));
    assert_eq!(heard, [Heard::Waiting(vec!["call_1".to_owned()])]);
    // A new connection has other ids for the same request.
    channel.hear(Incoming::Open(Some(ID)));
    assert_eq!(channel.answer("call_1", Answer::Allow, None), None);
    asks(channel, 7, "call_1", &options());
    let answer = said(channel.answer("call_1", Answer::Allow, None));
    assert_eq!(answer["id"], 7);
    assert_eq!(answer["result"]["outcome"]["optionId"], "allow-once");
}

#[test]
fn a_fresh_one_is_not_done_before_it_has_begun() {
    for (prompted, settled) in [(true, false), (false, true)] {
        let mut channel = channel(prompted);
        hear(&mut *channel, &json!({"id": 1, "result": {}}));
        let heard = hear(&mut *channel, &json!({"id": 2, "result": {}}));
        let Heard::Signals(signals) = &heard[0] else {
            panic!("{heard:?}");
        };
        let rests = signals
            .iter()
            .find(|one| one.says == Says::Turn(Turn::Settled));
        assert_eq!(rests.is_some(), settled);
        // A prompt may be on its way: weaker than an event.
        assert!(rests.is_none_or(|one| one.source == Source::File));
    }
}

#[test]
fn what_is_answered_in_the_pane_is_gone_at_once_and_its_answer_told_when_it_shows() {
    let mut channel = channel(false);
    let channel = &mut *channel;
    hear(channel, &json!({"id": 2, "result": {}}));
    for request in ["a", "b"] {
        asks(channel, 0, request, &options());
        let resolved = json!({"sessionUpdate": "interaction_resolved", "tool_call_id": request});
        let heard = update(channel, resolved);
        assert!(matches!(heard[..], [Heard::Gone(..)]), "{heard:?}");
    }
    let ran = |request: &str, status: &str| json!({"sessionUpdate": "tool_call_update", "toolCallId": request, "status": status});
    let answer = |heard: Vec<Heard>| match &heard[..] {
        [Heard::Settled(_, answer, _)] => *answer,
        other => panic!("{other:?}"),
    };
    let failed = update(channel, ran("b", "failed"));
    assert_eq!(answer(failed), Some(Answer::Deny));
    let began = update(channel, ran("a", "in_progress"));
    assert_eq!(answer(began), Some(Answer::Allow));
    assert_eq!(update(channel, ran("a", "completed")), []);
    // The end of the turn settles what is left, and it is not known how.
    asks(channel, 0, "c", &options());
    let end = json!({"sessionUpdate": "turn_completed", "stop_reason": "cancelled"});
    let heard = update(channel, end);
    assert!(matches!(heard[0], Heard::Settled(_, None, _)), "{heard:?}");
}

#[test]
fn what_cannot_be_decided_from_outside_is_asked_in_the_pane() {
    let mut channel = channel(false);
    let channel = &mut *channel;
    hear(channel, &json!({"id": 2, "result": {}}));
    let always = json!([options()[0], options()[2]]);
    let (kind, call) = asks(channel, 0, "a", &always);
    assert_eq!((kind, call.verb), (AskKind::Question, Verb::Run));
    assert!(call.object.contains("in the pane"), "{}", call.object);
    assert_eq!(channel.answer("a", Answer::Allow, None), None);
    let pending = json!({"sessionUpdate": "pending_interaction", "tool_call_id": "q",
        "kind": "question"});
    let heard = update(channel, pending);
    let [Heard::Asked(_, AskKind::Question, _)] = &heard[..] else {
        panic!("{heard:?}");
    };
    // Its own requests are for its own clients: an answer of ours would be one for the pane.
    let own = json!({"id": 9, "method": "_x.ai/ask", "params": {}});
    assert_eq!(hear(channel, &own), []);
}

#[test]
fn a_turn_is_interrupted_where_it_works() {
    let mut channel = channel(false);
    let cancels = |channel: &dyn Channel| {
        let steps = channel.interrupt().into_iter();
        let steps = steps.map(|say| said(Some(say)));
        let of = |step: Value| {
            assert_eq!(step["method"], "session/cancel");
            step["params"]["sessionId"]
                .as_str()
                .expect("an id")
                .to_owned()
        };
        steps.map(of).collect::<Vec<_>>()
    };
    assert_eq!(cancels(&*channel), [ID]);
    let other = json!({"method": "_x.ai/sessions/changed", "params": {"upserted": [
        {"sessionId": "other", "yolo": false, "activity": "working"}]}});
    hear(&mut *channel, &other);
    assert_eq!(cancels(&*channel), ["other"]);
}

#[test]
fn its_conversations_are_read_and_a_fork_counts_its_own_tokens() {
    let transcripts = Grok.transcripts().expect("conversations");
    let read = |from: &str, to: &str| {
        let lines = lines("grok", "updates.jsonl").into_iter();
        let lines = lines.map(|line| line.replacen(from, to, 1));
        let lines = lines.map(|line| transcripts.line(&serde_json::from_str(&line).expect("JSON")));
        lines.collect::<Vec<_>>()
    };
    let said = read("", "");
    let entries: Vec<_> = said.iter().flat_map(|said| &said.entries).collect();
    let first = entries[0];
    assert_eq!((first.who, &*first.text), (Who::Operator, "please py-app"));
    assert!(
        first
            .at
            .as_deref()
            .is_some_and(|at| at.starts_with("2026-11-20T19:04:15"))
    );
    assert_eq!(entries[1].who, Who::Agent);
    let call = entries[2];
    assert_eq!(call.who, Who::Tool);
    assert_eq!(call.text, "python3 -c \"print(1)\" > made_app.txt");
    let model = said.iter().find_map(|said| said.about.model.as_deref());
    assert_eq!(model, Some("mock-model"));
    let tokens: Vec<_> = said.iter().filter_map(|said| said.tokens.clone()).collect();
    let counted = Tokens {
        input: 500,
        cached: 1500,
        stored: 0,
        output: 80,
    };
    assert_eq!(tokens[0].1, counted);
    // In a fork's copy only the events keep the id of the other one.
    let id = r#""sessionId":"01a1fa58-54c7-7833-bdd2-725e6750d922""#;
    let copied = read(id, r#""sessionId":"11111111-2222-4333-8444-555555555555""#);
    assert!(copied.iter().all(|said| said.tokens.is_none()));
}

#[test]
fn its_recordings_tell_what_was_done() {
    super::raw::check(
        &Grok,
        &[
            // Its welcome page shows a prompt and no sign of rest.
            ("startup_basic.raw", ""),
            ("startup_full.raw", ""),
            ("startup_none.raw", ""),
            ("startup_offline_cfg.raw", ""),
            ("turn_permission.raw", "Started Working Dialog Settled Gone"),
        ],
    );
}
