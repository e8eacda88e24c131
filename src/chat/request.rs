//! One turn at the server, in a thread of its own.

use crate::probe::http::{self, Closer, Request};
use crate::runtime::endpoint::{self, Api, Heard, Host};
use std::io::{self, BufRead, Read};
use std::time::Duration;

/// How long a server may say nothing: a large model takes its time to load.
const PATIENCE: Duration = Duration::from_secs(1_800);
/// How long the list of its models may take.
const SHORT: Duration = Duration::from_secs(10);
/// Longest line of a stream, bytes.
const LINE: u64 = 4 * 1024 * 1024;

/// What a turn brings.
#[derive(Debug)]
pub enum Event {
    /// The server took the prompt.
    Taken,
    /// Something of the answer.
    Heard(Heard),
    /// It is over; with the reason in words where it did not end well.
    Over(Option<String>),
}

/// A turn that goes on.
pub struct Running(Closer);

impl Running {
    /// Ends the request; the server notices and stops.
    pub fn cancel(&self) {
        self.0.close();
    }
}

/// Begins a turn; `tell` gets what comes of it, ending with one [`Event::Over`].
///
/// # Errors
/// Nobody listens, in words.
pub fn start(
    host: &Host,
    (path, body): (String, String),
    tell: impl Fn(Event) + Send + 'static,
) -> Result<Running, String> {
    let silent = |error: io::Error| endpoint::silent(host, &words(&error));
    let dialled = http::dial(host.port).map_err(silent)?;
    let closer = dialled.closer().map_err(silent)?;
    let host = host.clone();
    std::thread::spawn(move || {
        let request = Request {
            method: "POST",
            path: &path,
            headers: &[],
            body: Some(&body),
        };
        let over = match dialled.ask(request, PATIENCE) {
            Ok(response) => read(&host, response, &tell),
            Err(error) => Some(endpoint::silent(&host, &words(&error))),
        };
        tell(Event::Over(over));
    });
    Ok(Running(closer))
}

fn read(host: &Host, response: http::Response, tell: &impl Fn(Event)) -> Option<String> {
    let status = response.status;
    if status != 200 {
        let body = response.text().unwrap_or_default();
        return Some(endpoint::refused(host, status, &body));
    }
    let mut stream = match response.stream(PATIENCE) {
        Ok(stream) => stream,
        Err(error) => return Some(error.to_string()),
    };
    tell(Event::Taken);
    let mut cut = None;
    let mut line = Vec::new();
    loop {
        line.clear();
        match stream.by_ref().take(LINE).read_until(b'\n', &mut line) {
            Ok(0) => return cut.or_else(|| Some("the answer broke off".to_owned())),
            Ok(_) => {}
            Err(error) => return Some(format!("the answer broke off: {error}")),
        }
        for heard in endpoint::read(host.api, String::from_utf8_lossy(&line).trim()) {
            match heard {
                Heard::End => return cut,
                Heard::Cut(limit) => cut = Some(format!("the answer was cut off: {limit}")),
                Heard::Failed(words) => return Some(crate::core::text::line(&words)),
                heard => tell(Event::Heard(heard)),
            }
        }
    }
}

/// The system's word for it, without its number.
fn words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => "it says nothing".to_owned(),
        io::ErrorKind::ConnectionRefused => "connection refused".to_owned(),
        _ => error.to_string(),
    }
}

/// The names of the models that are there.
///
/// # Errors
/// Nobody answers, or not as a model server does; in words.
pub fn models(host: &Host) -> Result<Vec<String>, String> {
    let request = Request {
        method: "GET",
        path: &endpoint::models_path(host),
        headers: &[],
        body: None,
    };
    let silent = |error: io::Error| endpoint::silent(host, &words(&error));
    let response = http::ask(host.port, request, SHORT).map_err(silent)?;
    let status = response.status;
    let body = response.text().map_err(silent)?;
    match status {
        200 => Ok(endpoint::models(host.api, &body)),
        // Not every server has a list; the model that is named will do.
        404 if host.api == Api::Completions => Ok(Vec::new()),
        status => Err(endpoint::refused(host, status, &body)),
    }
}
