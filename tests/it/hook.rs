//! `pult hook` against a door of the test's own: what reaches the daemon, what reaches the agent,
//! and that everything which goes wrong is no decision.

use crate::support::{Home, PATIENCE, wait_until};
use pult::wire::frame;
use pult::wire::hello::{Caller, Hello, VERSION, Welcome};
use pult::wire::request::{FromDaemon, Request, ToDaemon};
use pult::wire::view::{ErrorKind, ErrorView, HookAnswer};
use serde_json::{Value, json};
use std::io::Write;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::process::{Child, Output, Stdio};

const REQUEST: &str = r#"{"hook_event_name":"PermissionRequest","session_id":"s","tool_name":"Bash",
    "tool_input":{"command":"touch x"},"cwd":"/p"}"#;
const EVENT: &str = r#"{"hook_event_name":"PostToolUse","session_id":"s","tool_name":"Bash",
    "tool_input":{"command":"touch x"},"cwd":"/p","tool_response":{"stdout":"secret"}}"#;

/// A place for a door, and hooks that dial it.
struct Stage {
    home: Home,
    door: PathBuf,
}

impl Stage {
    fn new() -> Self {
        let home = Home::new();
        let door = home.path().join("door.sock");
        Self { home, door }
    }

    fn listen(&self) -> UnixListener {
        UnixListener::bind(&self.door).expect("a socket")
    }

    /// Starts `pult hook RUNTIME…` with `payload` on its standard input.
    fn start(&self, runtime: &str, payload: &[u8], env: &[(&str, &str)]) -> Child {
        let words: Vec<&str> = ["hook"].into_iter().chain(runtime.split(' ')).collect();
        let mut command = self.home.command(&words);
        command
            .env("PULT_DOOR", &self.door)
            .env("PULT_TOKEN", "t0ken");
        command.envs(env.iter().copied());
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the built binary starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(payload).expect("the hook reads");
        child
    }
}

fn ended(child: Child) -> Output {
    child.wait_with_output().expect("the hook ends")
}

#[track_caller]
fn silent(child: Child) {
    let output = ended(child);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(
        output.stdout.is_empty() && output.stderr.is_empty(),
        "{output:?}"
    );
}

fn send(stream: &mut UnixStream, value: &impl serde::Serialize) {
    let json = serde_json::to_vec(value).expect("JSON");
    frame::write(stream, frame::JSON, &json).expect("the hook reads");
}

/// Takes one call up to its welcome; the token it came with.
fn welcomed(listener: &UnixListener, refused: Option<&str>) -> (UnixStream, String) {
    let (mut stream, _) = listener.accept().expect("a hook dials");
    let hello = frame::read(&mut stream).expect("a frame").expect("a hello");
    let hello: Hello = serde_json::from_slice(&hello.payload).expect("a hello");
    let caller = match refused {
        None => Caller::Worker("w".to_owned()),
        Some(_) => Caller::NotAWorker,
    };
    let welcome = Welcome {
        wire: VERSION,
        version: "0".to_owned(),
        caller,
        refused: refused.map(str::to_owned),
    };
    send(&mut stream, &welcome);
    (stream, hello.key)
}

fn asked(stream: &mut UnixStream) -> Option<ToDaemon> {
    let frame = frame::read(stream).ok()??;
    Some(serde_json::from_slice(&frame.payload).expect("a request"))
}

/// The payload and key of a hook request.
#[track_caller]
fn hook_call(asked: &ToDaemon) -> (Value, String) {
    let Request::Hook {
        runtime,
        payload,
        key,
    } = &asked.request
    else {
        panic!("{asked:?}");
    };
    assert_eq!(runtime, "claude");
    (serde_json::from_str(payload).expect("JSON"), key.clone())
}

fn answer(stream: &mut UnixStream, n: u64, stdout: &str, ask: Option<&str>) {
    let answer = HookAnswer {
        stdout: stdout.to_owned(),
        exit: 0,
        ask: ask.map(str::to_owned),
        note: false,
    };
    let body = serde_json::to_value(answer).expect("JSON");
    send(stream, &FromDaemon::Reply { n, body });
}

#[test]
fn a_decision_reaches_the_agent_and_its_delivery_the_daemon() {
    let stage = Stage::new();
    let listener = stage.listen();
    let hook = stage.start("claude", REQUEST.as_bytes(), &[]);
    let (mut stream, token) = welcomed(&listener, None);
    assert_eq!(token, "t0ken");
    let request = asked(&mut stream).expect("a request");
    let (payload, key) = hook_call(&request);
    assert_eq!(payload["tool_input"], json!({"command": "touch x"}));
    assert_eq!(key.len(), 32);
    answer(&mut stream, request.n, r#"{"yes":1}"#, Some("ak-23456789"));
    let done = asked(&mut stream).expect("a receipt");
    assert!(matches!(&done.request, Request::HookDone { id, note: false } if id == "ak-23456789"));
    send(
        &mut stream,
        &FromDaemon::Reply {
            n: done.n,
            body: Value::Null,
        },
    );
    let output = ended(hook);
    assert_eq!(output.stdout, br#"{"yes":1}"#);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn an_event_is_carried_without_what_the_tool_returned() {
    let stage = Stage::new();
    let listener = stage.listen();
    let hook = stage.start("claude", EVENT.as_bytes(), &[]);
    let (mut stream, _) = welcomed(&listener, None);
    let request = asked(&mut stream).expect("a request");
    let (payload, _) = hook_call(&request);
    assert_eq!(payload["tool_response"], Value::Null);
    assert_eq!(payload["hook_event_name"], "PostToolUse");
    answer(&mut stream, request.n, "", None);
    silent(hook);
}

#[test]
fn a_request_outlives_the_daemon_and_keeps_its_key() {
    let stage = Stage::new();
    // Nobody is there at first.
    let hook = stage.start("claude", REQUEST.as_bytes(), &[]);
    let listener = stage.listen();
    let (mut stream, _) = welcomed(&listener, None);
    let (_, first) = hook_call(&asked(&mut stream).expect("a request"));
    drop(stream);
    drop(listener);
    std::fs::remove_file(&stage.door).expect("the socket goes with its daemon");
    let listener = stage.listen();
    let (mut stream, _) = welcomed(&listener, None);
    let again = asked(&mut stream).expect("the same request");
    let (_, second) = hook_call(&again);
    assert_eq!(first, second);
    answer(&mut stream, again.n, "no", None);
    assert_eq!(ended(hook).stdout, b"no");
}

#[test]
fn what_goes_wrong_is_no_decision() {
    let stage = Stage::new();
    // Nobody comes before the deadline.
    silent(stage.start("claude", REQUEST.as_bytes(), &[("PULT_HOOK_DEADLINE", "1")]));
    silent(stage.start("qwen declared 1", REQUEST.as_bytes(), &[]));
    silent(stage.start("claude", EVENT.as_bytes(), &[]));
    let listener = stage.listen();
    // Not started by us, another runtime, or not a payload: nobody is dialled.
    silent(stage.start("claude", REQUEST.as_bytes(), &[("PULT_DOOR", "")]));
    silent(stage.start("nonesuch", REQUEST.as_bytes(), &[]));
    silent(stage.start("claude", b"", &[]));
    silent(stage.start("claude", b"\xff\x00{", &[]));
    silent(stage.start("claude", br#"{"hook_event_name":"PreCompact"}"#, &[]));
    listener.set_nonblocking(true).expect("a socket");
    assert!(listener.accept().is_err());
    listener.set_nonblocking(false).expect("a socket");
    // The daemon says no, at the door or to the call, or talks nonsense.
    let refused = stage.start("claude", REQUEST.as_bytes(), &[]);
    welcomed(&listener, Some("no such session"));
    silent(refused);
    let failed = stage.start("claude", REQUEST.as_bytes(), &[]);
    let (mut stream, _) = welcomed(&listener, None);
    let n = asked(&mut stream).expect("a request").n;
    let error = ErrorView::new(ErrorKind::Failed, "the disk is full");
    send(&mut stream, &FromDaemon::Error { n, error });
    silent(failed);
    let confused = stage.start("claude", REQUEST.as_bytes(), &[]);
    let (mut stream, _) = welcomed(&listener, None);
    let n = asked(&mut stream).expect("a request").n;
    let body = json!({"stdout": 7});
    send(&mut stream, &FromDaemon::Reply { n, body });
    silent(confused);
}

#[test]
fn a_hook_that_its_agent_kills_takes_its_request_along() {
    let stage = Stage::new();
    let listener = stage.listen();
    let mut hook = stage.start("claude", REQUEST.as_bytes(), &[]);
    let (mut stream, _) = welcomed(&listener, None);
    asked(&mut stream).expect("a request");
    hook.kill().expect("a running hook");
    hook.wait().expect("a dead hook");
    wait_until("the end of the connection", PATIENCE, || {
        asked(&mut stream).is_none()
    });
}
