//! As much HTTP/1.1 as is spoken with a program on loopback: one request on a connection, and its
//! answer whole or as a stream of lines.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

/// Largest answer that is taken whole, bytes.
const LARGEST: u64 = 32 * 1024 * 1024;
/// Longest line of a head, bytes.
const LINE: u64 = 16 * 1024;
/// Most header lines.
const HEADERS: usize = 100;
/// How long a connection on loopback may take.
const CONNECT: Duration = Duration::from_secs(2);

/// One request.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// The path, with its query.
    pub path: &'a str,
    /// Headers beyond those that every request has.
    pub headers: &'a [(String, String)],
    /// A body of JSON.
    pub body: Option<&'a str>,
}

/// The beginning of an answer; its body is still to be read.
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The content type, lower case, without parameters.
    pub kind: String,
    body: BufReader<Body>,
}

impl Response {
    /// The whole body.
    ///
    /// # Errors
    /// It breaks off, is too long or no UTF-8.
    pub fn text(self) -> io::Result<String> {
        let mut text = String::new();
        self.body.take(LARGEST).read_to_string(&mut text)?;
        Ok(text)
    }

    /// The body as it comes; `silence` is how long it may say nothing.
    ///
    /// # Errors
    /// What the system said.
    pub fn stream(self, silence: Duration) -> io::Result<impl BufRead> {
        let stream = self.body.get_ref().input.get_ref();
        stream.set_read_timeout(Some(silence))?;
        Ok(self.body)
    }
}

/// Asks `port` on 127.0.0.1; `silence` is how long it may say nothing.
///
/// # Errors
/// Nobody listens, nothing comes in time, or the answer is no HTTP.
pub fn ask(port: u16, request: Request<'_>, silence: Duration) -> io::Result<Response> {
    checked(&request)?;
    dial(port)?.ask(request, silence)
}

/// No word of a request may become another header.
fn checked(request: &Request<'_>) -> io::Result<()> {
    let plain = |text: &str| !text.bytes().any(|b| b.is_ascii_control() || b == b' ');
    if plain(request.path) && plain(request.method) {
        Ok(())
    } else {
        Err(io::ErrorKind::InvalidInput.into())
    }
}

/// A connection on which nothing was asked yet.
pub struct Dialled {
    stream: TcpStream,
    port: u16,
}

/// Connects to `port` on 127.0.0.1.
///
/// # Errors
/// Nobody listens there.
pub fn dial(port: u16) -> io::Result<Dialled> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let stream = TcpStream::connect_timeout(&address, CONNECT)?;
    Ok(Dialled { stream, port })
}

/// Ends a request from another thread than the one that reads its answer.
pub struct Closer(TcpStream);

impl Closer {
    /// Closes the connection; whoever reads from it finds its end.
    pub fn close(&self) {
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

impl Dialled {
    /// What ends this request early.
    ///
    /// # Errors
    /// No descriptor is left.
    pub fn closer(&self) -> io::Result<Closer> {
        Ok(Closer(self.stream.try_clone()?))
    }

    /// Asks; `silence` is how long it may say nothing.
    ///
    /// # Errors
    /// As [`ask`].
    pub fn ask(self, request: Request<'_>, silence: Duration) -> io::Result<Response> {
        let Self { mut stream, port } = self;
        checked(&request)?;
        stream.set_read_timeout(Some(silence))?;
        stream.set_write_timeout(Some(silence))?;
        stream.set_nodelay(true)?;
        let mut head = format!(
            "{} {} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n",
            request.method, request.path
        );
        for (name, value) in request.headers {
            let value: String = value.chars().filter(|c| !c.is_control()).collect();
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if let Some(body) = request.body {
            head.push_str(&format!(
                "Content-Type: application/json\r\nContent-Length: {}\r\n",
                body.len()
            ));
        }
        head.push_str("\r\n");
        head.push_str(request.body.unwrap_or(""));
        stream.write_all(head.as_bytes())?;
        answer(stream)
    }
}

fn answer(stream: TcpStream) -> io::Result<Response> {
    let odd = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let mut input = BufReader::new(stream);
    let first = line(&mut input)?;
    let status = first
        .strip_prefix("HTTP/1.")
        .and_then(|rest| rest.split(' ').nth(1)?.parse().ok());
    let status: u16 = status.ok_or_else(|| odd("the answer is not HTTP"))?;
    let mut kind = String::new();
    let mut extent = Extent::ToTheEnd;
    for _ in 0..HEADERS {
        let header = line(&mut input)?;
        let Some((name, value)) = header.split_once(':') else {
            if status == 204 || status == 304 {
                extent = Extent::Left(0);
            }
            let body = BufReader::new(Body { input, extent });
            return Ok(Response { status, kind, body });
        };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-type" => {
                let plain = value.split(';').next().unwrap_or("");
                kind = plain.trim().to_ascii_lowercase();
            }
            "content-length" if !matches!(extent, Extent::Chunk(_)) => {
                let length = value.parse().map_err(|_| odd("a length that is none"))?;
                extent = Extent::Left(length);
            }
            "transfer-encoding" if value.to_ascii_lowercase().contains("chunked") => {
                extent = Extent::Chunk(None);
            }
            _ => {}
        }
    }
    Err(odd("the answer's head does not end"))
}

fn line(input: &mut impl BufRead) -> io::Result<String> {
    let mut line = Vec::new();
    input.by_ref().take(LINE).read_until(b'\n', &mut line)?;
    if !line.ends_with(b"\n") {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}

/// How far a body goes.
enum Extent {
    /// So many bytes more.
    Left(u64),
    /// In chunks: what is left of the present one, absent before the first.
    Chunk(Option<u64>),
    /// Until the other side closes.
    ToTheEnd,
}

struct Body {
    input: BufReader<TcpStream>,
    extent: Extent,
}

impl Body {
    /// What may be read now; 0 at the end.
    fn allowed(&mut self) -> io::Result<u64> {
        match self.extent {
            Extent::Left(left) => Ok(left),
            Extent::ToTheEnd => Ok(u64::MAX),
            Extent::Chunk(Some(left)) if left > 0 => Ok(left),
            Extent::Chunk(before) => {
                if before.is_some() {
                    line(&mut self.input)?;
                }
                let size = line(&mut self.input)?;
                let size = size.split(';').next().unwrap_or("").trim();
                let size = u64::from_str_radix(size, 16).map_err(io::Error::other)?;
                self.extent = match size {
                    0 => Extent::Left(0),
                    size => Extent::Chunk(Some(size)),
                };
                Ok(size)
            }
        }
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let allowed = self.allowed()?;
        let most = buffer
            .len()
            .min(usize::try_from(allowed).unwrap_or(usize::MAX));
        // At its end the body is whole, whether or not the connection is kept.
        if most == 0 {
            return Ok(0);
        }
        let read = self.input.read(&mut buffer[..most])?;
        let whole = matches!(self.extent, Extent::ToTheEnd);
        if read == 0 && !whole {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match &mut self.extent {
            Extent::Left(left) | Extent::Chunk(Some(left)) => *left -= read as u64,
            _ => {}
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    const LONG: Duration = Duration::from_secs(60);

    /// A server that answers one request with these bytes; what it was asked comes back.
    fn serve(answer: &'static str) -> (u16, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = [0; 4096];
            let read = stream.read(&mut asked).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8_lossy(&asked[..read]).into_owned()
        });
        (port, asked)
    }

    fn get<'a>(path: &'a str, headers: &'a [(String, String)]) -> Request<'a> {
        Request {
            method: "GET",
            path,
            headers,
            body: None,
        }
    }

    #[test]
    fn an_answer_is_read_however_long_it_says_it_is() {
        for (answer, kind, text) in [
            (
                "HTTP/1.1 200 OK\r\nContent-Type: Application/JSON; charset=x\r\nContent-Length: 2\r\n\r\n{}beyond",
                "application/json",
                "{}",
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
                "",
                "abcde",
            ),
            ("HTTP/1.0 200 OK\r\n\r\nto the end", "", "to the end"),
        ] {
            let (port, _) = serve(answer);
            let got = ask(port, get("/", &[]), LONG).unwrap();
            assert_eq!((got.status, got.kind.as_str()), (200, kind));
            assert_eq!(got.text().unwrap(), text);
        }
    }

    #[test]
    fn an_answer_that_is_whole_is_not_waited_for() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let kept = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
                .unwrap();
            // Kept open until the client has gone.
            stream.read_to_end(&mut Vec::new()).map(drop)
        });
        let got = ask(port, get("/", &[]), LONG).unwrap();
        assert_eq!(got.text().unwrap(), "{}");
        kept.join().unwrap().unwrap();
    }

    #[test]
    fn what_breaks_off_or_is_no_http_is_an_error() {
        for answer in [
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nshort",
            "HTTP/1.1 200 OK\r\nContent-Le",
            "SSH-2.0-x\r\n\r\n",
        ] {
            let (port, _) = serve(answer);
            let got = ask(port, get("/", &[]), LONG).and_then(Response::text);
            assert!(got.is_err(), "{answer}");
        }
    }

    #[test]
    fn no_word_from_outside_becomes_another_header() {
        let (port, asked) = serve("HTTP/1.1 204 No\r\n\r\n");
        let headers = [("A".to_owned(), "b\r\nEvil: c".to_owned())];
        assert_eq!(ask(port, get("/x", &headers), LONG).unwrap().status, 204);
        let asked = asked.join().unwrap();
        assert!(asked.starts_with("GET /x HTTP/1.1\r\n"), "{asked}");
        assert!(asked.contains("A: bEvil: c\r\n"), "{asked}");
        let path = "/x HTTP/1.1\r\nEvil: c\r\n\r\n";
        let refused = ask(port, get(path, &[]), LONG).map(|answer| answer.status);
        assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }
}
