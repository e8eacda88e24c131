//! `pult chat` against a scripted model server on loopback.

use crate::support::{Home, PATIENCE, Terminal, wait_until};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};

/// One request that came in: its first line, its body, and where the answer goes.
struct Asked {
    line: String,
    body: String,
    stream: TcpStream,
}

impl Asked {
    fn answer(mut self, status: u16, body: &str) {
        let head = format!(
            "HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        self.stream
            .write_all((head + body).as_bytes())
            .expect("the chat reads");
    }
}

/// A server that hands each request over.
fn serve() -> (u16, Receiver<Asked>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (send, asked) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            take(stream, &send);
        }
    });
    (port, asked)
}

fn take(stream: TcpStream, send: &Sender<Asked>) {
    let mut input = BufReader::new(stream.try_clone().expect("a descriptor"));
    let (mut first, mut length) = (String::new(), 0);
    input.read_line(&mut first).expect("a request");
    loop {
        let mut header = String::new();
        input.read_line(&mut header).expect("a header");
        if header.trim().is_empty() {
            break;
        }
        if let Some(value) = header.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
    }
    let mut body = vec![0; length];
    input.read_exact(&mut body).expect("a body");
    let line = first.trim().to_owned();
    let body = String::from_utf8(body).expect("UTF-8");
    let _ = send.send(Asked { line, body, stream });
}

fn chat(home: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pult"));
    command
        .arg("chat")
        .args(words)
        .env_clear()
        .env("HOME", home);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs it to its end, with answers to what it asks: paths and what they answer.
fn play(
    command: &mut Command,
    asked: &Receiver<Asked>,
    script: &[(&str, u16, &str)],
) -> (Output, Vec<String>) {
    let child = command.spawn().expect("it starts");
    let mut bodies = Vec::new();
    for (path, status, answer) in script {
        let request = asked.recv_timeout(PATIENCE).expect("a request");
        assert!(
            request.line.contains(path),
            "{} and not {path}",
            request.line
        );
        bodies.push(request.body.clone());
        request.answer(*status, answer);
    }
    (child.wait_with_output().expect("it ends"), bodies)
}

const TAGS: &str = r#"{"models":[{"name":"small:latest"}]}"#;

#[test]
fn a_conversation_goes_on_where_it_ended() {
    let home = tempfile::tempdir().expect("a directory");
    let (port, asked) = serve();
    let host = format!("127.0.0.1:{port}");
    let answer = "{\"message\":{\"content\":\"It is \\u001b[31m42.\"},\"done\":false}\n\
                  {\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":5,\"eval_count\":3}\n";
    let script = [
        ("GET /api/tags", 200, TAGS),
        ("POST /api/chat", 200, answer),
    ];
    let words = ["--host", &host, "--session", "s-1", "what is it?"];
    let (output, bodies) = play(&mut chat(home.path(), &words), &asked, &script);
    // What the model writes never reaches the terminal as it is.
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "It is [31m42.\n",
        "{output:?}"
    );
    assert!(output.status.success());
    assert!(
        bodies[1].contains(r#""model":"small:latest""#),
        "{}",
        bodies[1]
    );
    let again = ["--host", &host, "--session", "s-1", "and now?"];
    let (_, bodies) = play(&mut chat(home.path(), &again), &asked, &script);
    for words in ["what is it?", "42.", "and now?"] {
        assert!(bodies[1].contains(words), "{}", bodies[1]);
    }
}

#[test]
fn an_answer_that_a_limit_cut_off_is_no_whole_one() {
    let home = tempfile::tempdir().expect("a directory");
    let (port, asked) = serve();
    let own = "{\"message\":{\"content\":\"half of\"},\"done\":true,\"done_reason\":\"length\"}\n";
    let other = "data: {\"choices\":[{\"delta\":{\"content\":\"half of\"},\"finish_reason\":\"length\"}]}\n\n\
                 data: [DONE]\n\n";
    for (prefix, paths, list, answer) in [
        ("", ["GET /api/tags", "POST /api/chat"], TAGS, own),
        (
            "/v1",
            ["GET /v1/models", "POST /v1/chat/completions"],
            r#"{"data":[{"id":"small"}]}"#,
            other,
        ),
    ] {
        let host = format!("http://127.0.0.1:{port}{prefix}");
        let script = [(paths[0], 200, list), (paths[1], 200, answer)];
        let words = ["--host", &host, "hi"];
        let (output, _) = play(&mut chat(home.path(), &words), &asked, &script);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "half of\n");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("the answer was cut off: length"), "{said}");
    }
}

#[test]
fn an_address_that_is_not_this_machine_is_refused_before_it_is_dialled() {
    let home = tempfile::tempdir().expect("a directory");
    // It would be answered, were it dialled: every address of this machine is.
    let listener = TcpListener::bind(("0.0.0.0", 0)).expect("a port");
    listener.set_nonblocking(true).expect("a socket");
    let port = listener.local_addr().expect("an address").port();
    for host in ["0.0.0.0", "127.0.0.2", "[::1]", "localhost.localdomain"] {
        let host = format!("{host}:{port}");
        let refused = chat(home.path(), &["hi"])
            .env("OLLAMA_HOST", &host)
            .output()
            .expect("it starts");
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(2), "{said}");
        assert!(
            said.contains("not this machine") && said.lines().count() == 1,
            "{said}"
        );
    }
    let dialled = listener.accept().map(|(_, from)| from);
    assert_eq!(
        dialled.expect_err("nobody").kind(),
        std::io::ErrorKind::WouldBlock
    );
}

#[test]
fn what_is_missing_is_said_with_what_to_do() {
    let home = tempfile::tempdir().expect("a directory");
    let (port, asked) = serve();
    let host = format!("127.0.0.1:{port}");
    let said = |words: &[&str], script: &[(&str, u16, &str)]| {
        let mut all = vec!["--host", &host];
        all.extend(words);
        let (output, _) = play(&mut chat(home.path(), &all), &asked, script);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let none = said(&["hi"], &[("/api/tags", 200, r#"{"models":[]}"#)]);
    assert!(none.contains("ollama pull"), "{none}");
    let absent = said(&["--model", "big", "hi"], &[("/api/tags", 200, TAGS)]);
    assert!(
        absent.contains("ollama pull big") && absent.contains("small:latest"),
        "{absent}"
    );
    let failed = r#"{"error":"out of memory"}"#;
    let failed = said(
        &["hi"],
        &[("/api/tags", 200, TAGS), ("/api/chat", 500, failed)],
    );
    assert!(failed.contains("out of memory"), "{failed}");
    let broken = "{\"message\":{\"content\":\"Half\"},\"done\":false}\n";
    let broken = said(
        &["hi"],
        &[("/api/tags", 200, TAGS), ("/api/chat", 200, broken)],
    );
    assert!(broken.contains("broke off"), "{broken}");
    drop(asked);
    let free = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let nobody = format!(
        "127.0.0.1:{}",
        free.local_addr().expect("an address").port()
    );
    drop(free);
    let silent = chat(home.path(), &["--host", &nobody, "hi"])
        .output()
        .expect("it starts");
    let silent = String::from_utf8_lossy(&silent.stderr).into_owned();
    assert!(
        silent.contains("ollama serve") && silent.lines().count() == 1,
        "{silent}"
    );
}

#[test]
fn an_answer_is_held_to_a_schema_over_chat_completions() {
    let home = tempfile::tempdir().expect("a directory");
    let (port, asked) = serve();
    let host = format!("http://localhost:{port}/v1");
    let schema = home.path().join("schema.json");
    std::fs::write(&schema, r#"{"type":"object","required":["n"]}"#).expect("a file");
    let words = [
        "--host",
        &host,
        "--model",
        "m",
        "--schema",
        schema.to_str().expect("UTF-8"),
        "count",
    ];
    let stream = |text: &str| {
        let delta = serde_json::json!({"choices": [{"delta": {"content": text}}]});
        format!(
            "data: {delta}\n\ndata: {{\"choices\":[],\"usage\":{{\"prompt_tokens\":9,\"completion_tokens\":2}}}}\n\ndata: [DONE]\n\n"
        )
    };
    for (text, code) in [(r#"{"n":1}"#, 0), ("one", 1)] {
        let answer = stream(text);
        let script = [
            ("GET /v1/models", 404, "{}"),
            ("POST /v1/chat/completions", 200, answer.as_str()),
        ];
        let (output, bodies) = play(&mut chat(home.path(), &words), &asked, &script);
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{text}\n"));
        let body: serde_json::Value = serde_json::from_str(&bodies[1]).expect("JSON");
        assert_eq!(
            body["response_format"]["json_schema"]["schema"]["required"][0],
            "n"
        );
    }
}

#[test]
fn an_end_of_the_chat_ends_the_request() {
    let home = tempfile::tempdir().expect("a directory");
    let (port, asked) = serve();
    let host = format!("127.0.0.1:{port}");
    let mut child = chat(home.path(), &["--host", &host, "hi"])
        .spawn()
        .expect("it starts");
    asked
        .recv_timeout(PATIENCE)
        .expect("the list")
        .answer(200, TAGS);
    let mut turn = asked.recv_timeout(PATIENCE).expect("the turn");
    turn.stream
        .write_all(b"HTTP/1.1 200 X\r\n\r\n")
        .expect("the chat reads");
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    wait_until("the end of the request", PATIENCE, || {
        turn.stream.write_all(b"{}\n").is_err()
    });
}

#[test]
fn escape_ends_the_answer_and_keeps_the_chat() {
    let (port, asked) = serve();
    let mut home = Home::new();
    home.env("OLLAMA_HOST", &format!("127.0.0.1:{port}"));
    let terminal = Terminal::start(&home, &["chat", "--session", "s-2", "begin"], 20, 60);
    asked
        .recv_timeout(PATIENCE)
        .expect("the list")
        .answer(200, TAGS);
    let mut turn = asked.recv_timeout(PATIENCE).expect("the turn");
    let words =
        "{\"message\":{\"content\":\"One thing leads to another and another\"},\"done\":false}\n";
    let head = "HTTP/1.1 200 X\r\n\r\n";
    turn.stream
        .write_all([head, words].concat().as_bytes())
        .expect("the chat reads");
    terminal.shows("One thing leads");
    // Written meanwhile, with a line of its own, and not sent by itself.
    terminal.types(b"and\nthen?");
    terminal.types(b"\x1b");
    terminal.shows("interrupted");
    terminal.shows("> and");
    // What was printed for more columns would be cut.
    terminal.resize(20, 24);
    terminal.shows("\nanother and another");
    terminal.shows("> and");
    wait_until("the end of the request", PATIENCE, || {
        turn.stream.write_all(b"{}\n").is_err()
    });
    terminal.types(b"\r");
    let next = asked.recv_timeout(PATIENCE).expect("the next turn");
    for words in ["begin", "One thing leads to", r"and\nthen?"] {
        assert!(next.body.contains(words), "{}", next.body);
    }
    next.answer(
        200,
        "{\"message\":{\"content\":\"Done.\"},\"done\":true,\"eval_count\":1}\n",
    );
    terminal.shows("Done.");
    terminal.shows("> ask small:latest");
    terminal.types(b"\x04");
    terminal.ended();
    let told = String::from_utf8_lossy(&terminal.written()).into_owned();
    let states: Vec<&str> = told
        .split("\x1b]7501;state=")
        .skip(1)
        .filter_map(|s| s.split(':').next())
        .collect();
    assert_eq!(
        states,
        ["idle", "working", "idle", "working", "idle", "clear"]
    );
}
