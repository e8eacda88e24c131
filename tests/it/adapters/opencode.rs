//! opencode.

use super::{Seen, check_screens, lines};
use pult::core::ask::{Answer, AskKind, Call, Risk, Verb};
use pult::core::state::{Source, Turn};
use pult::core::status::{Fusion, Says};
use pult::runtime::Runtime;
use pult::runtime::channel::{Channel, Heard, Incoming, Request, Say, Way};
use pult::runtime::opencode::Opencode;
use serde_json::{Value, json};

#[test]
fn its_screens_say_what_it_does() {
    check_screens(
        &Opencode,
        &[
            ("after_http_approve", Seen::Rests),
            // The turn is over, and its request still waits: a late yes would run it.
            ("attach_aborted", Seen::Asks),
            // Nothing was drawn yet.
            ("attach_idle", Seen::Nothing),
            ("attach_permission", Seen::Asks),
            ("attach_sigterm", Seen::Nothing),
            ("attach_tuiapi", Seen::Asks),
            ("esc_once", Seen::Works),
            ("exit_ctrl_c", Seen::Nothing),
            ("fresh_start", Seen::Rests),
            ("idle", Seen::Rests),
            ("interrupted", Seen::Rests),
            // Its dialog was not drawn yet.
            ("permission_edit", Seen::Works),
            ("permission_prompt", Seen::Asks),
            ("start_prompt", Seen::Nothing),
            ("tui_resume", Seen::Rests),
            ("working", Seen::Works),
        ],
    );
}

fn channel(prompted: bool) -> Box<dyn Channel> {
    let way = Way {
        port: 1,
        secret: "s".to_owned(),
        prompted,
        first: Vec::new(),
        client: None,
    };
    Opencode.channel(&way).expect("a channel")
}

fn event(channel: &mut dyn Channel, kind: &str, about: Value) -> Vec<Heard> {
    let event = json!({"id": "evt_1", "type": kind, "properties": about});
    channel.hear(Incoming::Event(&event.to_string()))
}

fn turns(fusion: &mut Fusion, heard: &[Heard]) -> Turn {
    for one in heard {
        if let Heard::Signals(signals) = one {
            for signal in signals {
                fusion.observe(signal.clone(), 0);
            }
        }
    }
    fusion.turn()
}

fn asks(heard: &[Heard]) -> Vec<(&str, AskKind, &Call)> {
    let ask = |one| match one {
        &Heard::Asked(ref request, kind, ref call) => Some((request.as_str(), kind, call)),
        _ => None,
    };
    heard.iter().filter_map(ask).collect()
}

fn request(say: &Say) -> &Request {
    match say {
        Say::Http(request) => request,
        Say::Line(line) => panic!("{line}"),
    }
}

fn says(heard: &[Heard]) -> Vec<&Request> {
    fn say(one: &Heard) -> Option<&Request> {
        match one {
            Heard::Say(Say::Http(request)) => Some(request),
            _ => None,
        }
    }
    let heard = heard.iter();
    heard.filter_map(say).collect()
}

#[test]
fn its_events_tell_whole_turns() {
    let mut channel = channel(true);
    let mut fusion = Fusion::new(0);
    let mut story: Vec<String> = Vec::new();
    let mut tell = |word: String| {
        if story.last() != Some(&word) {
            story.push(word);
        }
    };
    for line in lines("opencode", "events.jsonl") {
        let mut heard = channel.hear(Incoming::Event(&line));
        // The call of a request that came before its tool was seen is looked up; here in vain.
        for say in says(&heard.clone()) {
            heard.extend(channel.hear(Incoming::Reply(say, 404, "")));
        }
        for (_, kind, call) in asks(&heard) {
            tell(format!("{kind:?} {:?} {}", call.verb, call.object));
        }
        for one in &heard {
            if let Heard::Settled(_, answer, _) = one {
                tell(format!("{answer:?}"));
            }
        }
        tell(format!("{:?}", turns(&mut fusion, &heard)));
    }
    assert_eq!(
        story,
        [
            "Unknown",
            "Working",
            "Approval Run echo made > made_approve.txt",
            "Working",
            "Some(Allow)",
            "Working",
            "Settled",
            "Working",
            "Approval Run echo made > made_reject.txt",
            "Working",
            "Some(Deny)",
            "Working",
            "Settled",
            "Working",
            "Approval Write HOME/proj/written.txt",
            "Working",
            "Some(Allow)",
            "Working",
            "Settled",
        ]
    );
}

#[test]
fn after_a_gap_it_is_asked_what_waits_and_what_works() {
    let mut channel = channel(true);
    let heard = channel.hear(Incoming::Open(Some("ses_1")));
    let paths: Vec<_> = says(&heard).iter().map(|say| say.path.clone()).collect();
    assert_eq!(paths, ["/session/status", "/permission", "/question"]);
    let reply = |channel: &mut dyn Channel, path: &str, body: &str| {
        channel.hear(Incoming::Reply(&Request::get(path), 200, body))
    };
    let idle = reply(&mut *channel, "/session/status", "{}");
    let [Heard::Signals(signals)] = &idle[..] else {
        panic!("{idle:?}");
    };
    assert_eq!(signals[0].says, Says::Turn(Turn::Settled));
    // It may be that a prompt is on its way: weaker than an event.
    assert_eq!(signals[0].source, Source::File);

    let asked = json!([{"id": "per_1", "sessionID": "ses_1", "permission": "srv_echo",
        "patterns": ["*"], "metadata": {}, "tool": {"messageID": "msg_1", "callID": "c1"}}]);
    let heard = reply(&mut *channel, "/permission", &asked.to_string());
    assert_eq!(heard[0], Heard::Waiting(vec!["per_1".to_owned()]));
    assert_eq!(says(&heard)[0].path, "/session/ses_1/message/msg_1");
    let message = json!({"parts": [{"type": "tool", "callID": "c1", "tool": "srv_echo",
        "state": {"status": "running", "input": {"text": "ping"}}}]});
    let path = "/session/ses_1/message/msg_1";
    let heard = reply(&mut *channel, path, &message.to_string());
    let (request, _, call) = asks(&heard)[0];
    assert_eq!((request, call.verb), ("per_1", Verb::Mcp));
    assert_eq!(call.object, r#"srv_echo {"text":"ping"}"#);
    // A list that fails says nothing about what waits.
    let failed = channel.hear(Incoming::Reply(&Request::get("/permission"), 400, "{}"));
    assert_eq!(failed, []);
}

#[test]
fn before_its_first_prompt_is_taken_rest_is_not_the_end_of_a_turn() {
    let reply = |prompted: bool| {
        let mut channel = channel(prompted);
        channel.hear(Incoming::Open(None));
        channel.hear(Incoming::Reply(&Request::get("/session/status"), 200, "{}"))
    };
    assert_eq!(reply(true), []);
    assert_eq!(reply(false).len(), 1);
}

#[test]
fn what_an_interrupted_turn_leaves_is_rejected() {
    let mut channel = channel(true);
    let channel = &mut *channel;
    event(
        channel,
        "session.status",
        json!({"sessionID": "ses_1", "status": {"type": "busy"}}),
    );
    let asked = json!({"id": "per_1", "sessionID": "ses_1", "permission": "bash",
        "patterns": ["rm -rf x"], "metadata": {"command": "rm -rf x"}});
    let heard = event(channel, "permission.asked", asked.clone());
    assert_eq!(asks(&heard)[0].2.risk, Risk::High);
    let steps = channel.interrupt();
    let steps: Vec<_> = steps.iter().map(request).map(|say| &*say.path).collect();
    assert_eq!(steps, ["/permission/per_1/reply", "/session/ses_1/abort"]);
    let heard = event(channel, "session.idle", json!({"sessionID": "ses_1"}));
    let reject = says(&heard)[0];
    assert_eq!(reject.path, "/permission/per_1/reply");
    assert_eq!(reject.body.as_deref(), Some(r#"{"reply":"reject"}"#));
    assert!(matches!(&heard[1], Heard::Settled(request, None, _) if request == "per_1"));
}

#[test]
fn the_work_of_a_helper_is_work_and_its_conversation_is_not_ours() {
    let mut channel = channel(true);
    let channel = &mut *channel;
    let mut fusion = Fusion::new(0);
    let mut hear = |kind: &str, about: Value| {
        let heard = event(channel, kind, about);
        let turn = turns(&mut fusion, &heard);
        let id = heard.iter().find_map(|one| match one {
            Heard::Signals(all) => all.iter().find_map(|signal| match &signal.says {
                Says::NativeId(id) => Some(id.clone()),
                _ => None,
            }),
            _ => None,
        });
        (turn, id)
    };
    let status = |id: &str, kind: &str| json!({"sessionID": id, "status": {"type": kind}});
    let session =
        |id: &str, parent: Value| json!({"sessionID": id, "info": {"id": id, "parentID": parent}});
    let (_, id) = hear("session.created", session("ses_1", Value::Null));
    assert_eq!(id.as_deref(), Some("ses_1"));
    hear("session.status", status("ses_1", "busy"));
    assert_eq!(
        hear("session.created", session("ses_2", json!("ses_1"))).1,
        None
    );
    hear("session.status", status("ses_2", "busy"));
    assert_eq!(
        hear("session.status", status("ses_1", "idle")).0,
        Turn::Working
    );
    let user = json!({"sessionID": "ses_2", "info": {"role": "user"}});
    assert_eq!(hear("message.updated", user).1, None);
    assert_eq!(
        hear("session.status", status("ses_2", "idle")).0,
        Turn::Settled
    );
    // The operator begins another one in the same screen.
    hear("session.created", session("ses_3", Value::Null));
    let user = json!({"sessionID": "ses_3", "info": {"role": "user"}});
    assert_eq!(hear("message.updated", user).1.as_deref(), Some("ses_3"));
    let limit = json!({"sessionID": "ses_3",
        "status": {"type": "retry", "attempt": 2, "message": "Rate limit exceeded"}});
    assert_eq!(hear("session.status", limit).0, Turn::Limited);
}

#[test]
fn an_answer_is_once_or_a_rejection_with_words() {
    let mut channel = channel(true);
    let mut body = |answer, note| {
        let say = channel.answer("per_1", answer, note).expect("an answer");
        request(&say).body.clone().expect("a body")
    };
    assert_eq!(body(Answer::Allow, Some("x")), r#"{"reply":"once"}"#);
    let no = body(Answer::Deny, Some("use make"));
    assert!(no.contains("The operator said no: use make"), "{no}");
    // Without words the turn would end.
    assert!(body(Answer::Deny, None).contains("message"));
}

#[test]
fn no_event_makes_it_panic() {
    for text in [
        "",
        "{",
        "null",
        "[]",
        "{\"type\":7}",
        "{\"type\":\"permission.asked\"}",
        "🦀",
    ] {
        let long = text.repeat(300);
        for text in [text, &long] {
            let mut channel = channel(true);
            channel.hear(Incoming::Event(text));
            for path in [
                "/session/status",
                "/permission",
                "/question",
                "/session/a/message/b",
            ] {
                channel.hear(Incoming::Reply(&Request::get(path), 200, text));
            }
            channel.interrupt();
        }
    }
}

#[test]
fn its_recordings_tell_what_was_done() {
    super::raw::check(
        &Opencode,
        &[
            // One blank frame.
            ("startup_basic.raw", ""),
            ("startup_full.raw", ""),
            ("startup_none.raw", "Started Settled"),
            (
                "turn_permission.raw",
                "Started Settled Working Dialog Gone Settled",
            ),
        ],
    );
}
