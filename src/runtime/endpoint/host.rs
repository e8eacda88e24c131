//! Where a model server is. Only this machine is spoken with: what is not plainly it is refused
//! here, before anything is dialled or any name is resolved.

use super::Api;
use std::fmt;

/// The port of a server that does not name one.
const PORT: u16 = 11_434;

/// A server on 127.0.0.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Its port on 127.0.0.1.
    pub port: u16,
    /// What stands before every path, without a slash at its end.
    pub prefix: String,
    /// How it is spoken with.
    pub api: Api,
}

impl Host {
    /// Reads `HOST`, `HOST:PORT`, `:PORT` or `http://HOST:PORT/PATH`; a path that ends in `/v1` is
    /// one of Chat Completions.
    ///
    /// # Errors
    /// One line that says why it is refused, and what would do.
    pub fn parse(text: &str) -> Result<Self, String> {
        let given = crate::core::text::line(text.trim());
        let refuse = |why: &str| {
            Err(format!(
                "{given:?} {why}; say 127.0.0.1:{PORT} or http://localhost:PORT/v1"
            ))
        };
        let rest = match given.split_once("://") {
            Some(("http", rest)) => rest,
            Some(("https", _)) => return refuse("is https, which is not spoken on loopback"),
            Some(_) => return refuse("is no http"),
            None => given.as_str(),
        };
        let (place, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (name, port) = match place.rsplit_once(':') {
            Some((name, port)) if !name.ends_with(':') => (name, Some(port)),
            _ => (place, None),
        };
        let local = matches!(name, "" | "localhost" | "127.0.0.1");
        if !local {
            return refuse("is not this machine, and no other is spoken with");
        }
        let port = match port.map(str::parse) {
            None => PORT,
            Some(Ok(port)) if port > 0 => port,
            Some(_) => return refuse("has a port that is none"),
        };
        let path = path.trim_end_matches('/');
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
        if !path.chars().all(plain) {
            return refuse("has a path that is none");
        }
        let prefix = if path.is_empty() {
            String::new()
        } else {
            format!("/{path}")
        };
        let api = if prefix.ends_with("/v1") {
            Api::Completions
        } else {
            Api::Lines
        };
        Ok(Self { port, prefix, api })
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "127.0.0.1:{}{}", self.port, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_understood_however_it_is_spelled() {
        for (text, port, prefix, api) in [
            ("127.0.0.1", 11_434, "", Api::Lines),
            ("localhost:8080", 8_080, "", Api::Lines),
            (":9000", 9_000, "", Api::Lines),
            ("http://127.0.0.1:11434/", 11_434, "", Api::Lines),
            ("http://localhost:8080/v1", 8_080, "/v1", Api::Completions),
            (
                " http://127.0.0.1:1/llm/v1/ ",
                1,
                "/llm/v1",
                Api::Completions,
            ),
        ] {
            let prefix = prefix.to_owned();
            assert_eq!(Host::parse(text), Ok(Host { port, prefix, api }), "{text}");
        }
    }

    #[test]
    fn whatever_is_not_plainly_this_machine_is_refused() {
        for text in [
            "192.168.1.5",
            "0.0.0.0",
            "0.0.0.0:11434",
            "10.0.0.1:80",
            "http://example.com/v1",
            "localhost.example.com",
            "http://localhost@example.com",
            "http://user:x@localhost:1",
            "127.0.0.1.nip.io",
            "2130706433",
            "0x7f.1",
            "127.1",
            "127.0.0.2",
            "[::1]:1",
            "[::ffff:10.0.0.1]:1",
            "https://localhost:1",
            "ftp://localhost",
            "localhost:0",
            "localhost:99999",
            "localhost:x",
            "localhost/a b",
            "localhost/a?b",
            "LOCALHOST\n.example.com",
        ] {
            let refused = Host::parse(text);
            let why = refused.expect_err(text);
            assert!(!why.contains('\n') && why.contains("127.0.0.1"), "{why}");
        }
    }
}
