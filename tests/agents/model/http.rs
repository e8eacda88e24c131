//! As much HTTP/1.1 as the agents speak: requests with a length or in chunks, answers as JSON or
//! as a stream of events, on a connection that is kept.

use super::Active;
use serde_json::Value;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// Longest body that is read, in bytes.
const MAX_BODY: u64 = 64 * 1024 * 1024;

/// One request.
pub struct Request {
    pub method: String,
    pub path: String,
    pub body: Vec<u8>,
}

/// One connection.
pub struct Stream {
    input: BufReader<TcpStream>,
    output: TcpStream,
    /// The answer that it carries, until its last bytes.
    pub(super) answering: Option<Active>,
}

impl Stream {
    pub fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        let output = stream.try_clone()?;
        Ok(Self {
            input: BufReader::new(stream),
            output,
            answering: None,
        })
    }

    /// The next request; `None` when the client is done.
    pub fn request(&mut self) -> io::Result<Option<Request>> {
        let first = self.line()?;
        let mut words = first.split_whitespace();
        let (Some(method), Some(path)) = (words.next(), words.next()) else {
            return Ok(None);
        };
        let mut length = 0;
        let mut chunked = false;
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().unwrap_or(0),
                "transfer-encoding" => chunked = value.contains("chunked"),
                "expect" => self.output.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?,
                _ => {}
            }
        }
        let mut body = Vec::new();
        if chunked {
            loop {
                let size = self.line()?;
                let size = u64::from_str_radix(size.split(';').next().unwrap_or("").trim(), 16);
                let size = size.unwrap_or(0);
                self.take(size, &mut body)?;
                self.line()?;
                if size == 0 {
                    break;
                }
            }
        }
        self.take(length, &mut body)?;
        Ok(Some(Request {
            method: method.to_owned(),
            path: path.to_owned(),
            body,
        }))
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        (&mut self.input)
            .take(64 * 1024)
            .read_until(b'\n', &mut line)?;
        Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    fn take(&mut self, size: u64, body: &mut Vec<u8>) -> io::Result<()> {
        (&mut self.input)
            .take(size.min(MAX_BODY))
            .read_to_end(body)?;
        Ok(())
    }

    /// A whole answer.
    pub fn json(&mut self, status: u16, body: &Value) -> io::Result<()> {
        self.json_with(status, &[], body)
    }

    /// A whole answer with headers of its own.
    pub fn json_with(
        &mut self,
        status: u16,
        headers: &[(String, String)],
        body: &Value,
    ) -> io::Result<()> {
        self.last();
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let more: String = headers
            .iter()
            .map(|(k, v)| format!("{k}: {v}\r\n"))
            .collect();
        let head = format!(
            "HTTP/1.1 {status} Scripted\r\ncontent-type: application/json\r\n{more}content-length: {}\r\n\r\n",
            body.len()
        );
        self.output.write_all(format!("{head}{body}").as_bytes())
    }

    /// Begins a stream of events.
    pub fn events(&mut self) -> io::Result<()> {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n";
        self.output.write_all(head.as_bytes())
    }

    /// One event, named by its `type`.
    pub fn event(&mut self, data: &Value) -> io::Result<()> {
        let name = data["type"].as_str().unwrap_or("message");
        let event = format!("event: {name}\ndata: {data}\n\n");
        let chunk = format!("{:x}\r\n{event}\r\n", event.len());
        self.output.write_all(chunk.as_bytes())
    }

    /// One event without a name.
    pub fn data(&mut self, data: &str) -> io::Result<()> {
        let event = format!("data: {data}\n\n");
        let chunk = format!("{:x}\r\n{event}\r\n", event.len());
        self.output.write_all(chunk.as_bytes())
    }

    /// One line of a stream of JSON.
    pub fn line_of(&mut self, value: &Value) -> io::Result<()> {
        let line = format!("{value}\n");
        let chunk = format!("{:x}\r\n{line}\r\n", line.len());
        self.output.write_all(chunk.as_bytes())
    }

    /// What is written from here on ends the answer: whoever reads it may be done before this
    /// program runs again.
    pub fn last(&mut self) {
        self.answering = None;
    }

    /// Ends the stream of events.
    pub fn end(&mut self) -> io::Result<()> {
        self.output.write_all(b"0\r\n\r\n")
    }
}

/// Sends one request and returns everything that comes back, for the check of the server itself.
pub fn post(port: u16, path: &str, body: &Value) -> String {
    let body = body.to_string();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the server listens");
    let head = format!(
        "POST {path} HTTP/1.1\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream
        .write_all(format!("{head}{body}").as_bytes())
        .expect("it reads");
    stream
        .shutdown(std::net::Shutdown::Write)
        .expect("a connection");
    let mut answer = String::new();
    stream
        .read_to_string(&mut answer)
        .expect("it answers in text");
    answer
}
