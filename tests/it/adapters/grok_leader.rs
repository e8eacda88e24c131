//! Grok Build: the servers of a launch, and limits, as its leader tells of them.

use super::grok::{ID, channel, hear, input, line, listed, rest, said, update};
use pult::core::limit::Ends;
use pult::core::mcp::McpServer;
use pult::core::state::Turn;
use pult::core::status::Says;
use pult::runtime::channel::{Heard, Incoming};
use pult::runtime::grok::Grok;
use pult::runtime::{LaunchInput, Runtime};
use serde_json::{Value, json};

#[test]
fn its_mcp_servers_come_with_each_load_and_its_prompt_after_them() {
    let mcp = ["notes=/opt/notes --all", "other=/opt/other"].map(McpServer::parse);
    let mcp = mcp.into_iter().collect::<Result<Vec<_>, _>>();
    let plan = Grok.launch(&LaunchInput {
        mcp: mcp.expect("servers"),
        ..input()
    });
    let id = "11111111-2222-4333-8444-555555555555";
    assert_eq!(rest(&plan), format!("--permission-mode|default|-s|{id}"));
    let way = plan.way.expect("a way");
    let prompt = said(way.first.first().cloned());
    assert_eq!(prompt["method"], "session/prompt");
    assert_eq!(prompt["params"]["prompt"][0]["text"], "-fix");
    let mut channel = Grok.channel(&way).expect("a channel");
    let channel = &mut *channel;
    channel.hear(Incoming::Open(Some(ID)));
    // Its pane rests until it has its prompt, and that is not done.
    let looks: Vec<_> = (0..50)
        .map(|_| listed(channel, "idle", Value::Null))
        .collect();
    let last = line(&looks.last().expect("a look")[0]).to_owned();
    let load: Value = serde_json::from_str(&last).expect("JSON");
    let servers = &load["params"]["mcpServers"];
    assert_eq!(servers[0]["name"], "notes");
    assert_eq!(servers[0]["command"], "/opt/notes");
    assert_eq!(servers[0]["args"], json!(["--all"]));
    let heard = hear(channel, &json!({"id": 2, "result": {}}));
    let settled = |heard: &[Heard]| format!("{heard:?}").contains("Settled");
    assert!(!settled(&heard), "{heard:?}");
    assert!(line(heard.last().expect("it asks")).contains("_x.ai/mcp/list"));
    let mut tells = |status: &str, resolved: bool| {
        let one = |name: &str, status: &str| json!({"name": name, "session": {"status": status}});
        let servers = json!([one("notes", status), one("theirs", "initializing")]);
        let listed = json!({"servers": servers, "sessionMcpResolved": resolved});
        hear(channel, &json!({"id": 6, "result": {"result": listed}}))
    };
    let heard = tells("initializing", false);
    assert!(matches!(heard[..], [Heard::Later(_)]), "{heard:?}");
    let heard = tells("ready", false);
    let [Heard::Limit(what), Heard::First] = &heard[..] else {
        panic!("{heard:?}");
    };
    assert!(what.contains("other"), "{what}");
}

#[test]
fn a_limit_stands_while_it_tries_again_and_when_it_gives_up() {
    let says = |heard: &[Heard]| {
        let signals = heard.iter().filter_map(|one| match one {
            Heard::Signals(signals) => Some(signals),
            _ => None,
        });
        signals
            .flatten()
            .map(|one| one.says.clone())
            .collect::<Vec<_>>()
    };
    let limited = Says::Limited(Ends::Unknown);
    let mut channel = channel(false);
    let channel = &mut *channel;
    hear(channel, &json!({"id": 2, "result": {}}));
    update(channel, json!({"sessionUpdate": "user_message_chunk"}));
    // As it came for a 429.
    let reason = "API error (status 429 Too Many Requests): rate_limit_error: Rate limit reached";
    let retry = json!({"sessionUpdate": "retry_state", "type": "retrying", "attempt": 1,
        "max_retries": 15, "reason": reason, "error_type": "rate_limited"});
    let heard = says(&update(channel, retry));
    assert_eq!(heard, std::slice::from_ref(&limited));
    let chunk = json!({"sessionUpdate": "agent_message_chunk"});
    let works = Says::TurnUntilTold(Turn::Working);
    assert_eq!(says(&update(channel, chunk.clone())), [works]);
    assert_eq!(says(&update(channel, chunk)), []);
    let ended = json!({"sessionUpdate": "turn_completed", "stop_reason": "rate_limit"});
    let heard = says(&update(channel, ended));
    assert_eq!(heard, [Says::Turn(Turn::Settled), limited]);
    let other = json!({"sessionUpdate": "retry_state", "type": "retrying", "error_type": "server"});
    assert_eq!(says(&update(channel, other)), []);
}
