//! The words after `pult chat`.

use crate::runtime::endpoint::{HOST_VARIABLE, Host};
use serde_json::Value;
use std::ffi::OsString;

/// What `--help` prints.
pub const USAGE: &str = "\
pult chat [--host URL] [--model M] [--session ID] [--system TEXT] [--schema FILE] [PROMPT…]

A conversation with a model server on this machine. URL is 127.0.0.1:PORT, or
http://localhost:PORT/v1 for any server that speaks Chat Completions; an address that is not this
machine is refused. --session names the conversation and goes on with it where it is there.
--schema FILE holds each answer to a JSON schema. Where standard output is no terminal it answers
once (PROMPT, or standard input) and ends.
";

/// What they ask for.
#[derive(Debug)]
pub struct Args {
    /// Where the server is.
    pub host: Host,
    /// The model; else the conversation's last, else the first that is there.
    pub model: Option<String>,
    /// The conversation's id.
    pub session: Option<String>,
    /// Instructions before everything.
    pub system: Option<String>,
    /// The schema of each answer.
    pub schema: Option<Value>,
    /// The first prompt.
    pub prompt: Option<String>,
}

impl Args {
    /// Reads them; `None` when help is wanted.
    ///
    /// # Errors
    /// One line: the word that is wrong, the address that is refused, the schema that does not read.
    pub fn read(words: &[OsString]) -> Result<Option<Self>, String> {
        let words: Option<Vec<&str>> = words.iter().map(|word| word.to_str()).collect();
        let words = words.ok_or("a word is not UTF-8")?;
        let mut given = words.iter();
        let (mut host, mut model, mut session) = (None, None, None);
        let (mut system, mut schema) = (None, None);
        let mut prompt: Vec<&str> = Vec::new();
        while let Some(word) = given.next() {
            let place = match *word {
                "--help" | "-h" => return Ok(None),
                "--" => {
                    prompt.extend(given.by_ref());
                    continue;
                }
                "--host" => &mut host,
                "--model" | "-m" => &mut model,
                "--session" => &mut session,
                "--system" => &mut system,
                "--schema" => &mut schema,
                flag if flag.starts_with("--") => {
                    return Err(format!(
                        "there is no {flag}; `pult chat --help` says what there is"
                    ));
                }
                word => {
                    prompt.push(word);
                    continue;
                }
            };
            let value = given
                .next()
                .ok_or_else(|| format!("{word} needs a value"))?;
            *place = Some((*value).to_owned());
        }
        if session.as_deref().is_some_and(|id| !plain(id)) {
            return Err("--session is letters, digits and dashes".to_owned());
        }
        let set = host
            .or_else(|| std::env::var(HOST_VARIABLE).ok())
            .unwrap_or_default();
        Ok(Some(Self {
            host: Host::parse(&set)?,
            model,
            session,
            system,
            schema: schema.as_deref().map(read_schema).transpose()?,
            prompt: (!prompt.is_empty()).then(|| prompt.join(" ")),
        }))
    }
}

fn plain(id: &str) -> bool {
    !id.is_empty() && id.len() <= 64 && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

fn read_schema(path: &str) -> Result<Value, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let schema: Value = serde_json::from_str(&text).map_err(|error| format!("{path}: {error}"))?;
    if !schema.is_object() {
        return Err(format!("{path} is no JSON schema: it has to be an object"));
    }
    Ok(schema)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &[&str]) -> Result<Args, String> {
        let words: Vec<OsString> = line.iter().map(OsString::from).collect();
        Args::read(&words).map(|args| args.expect("no help"))
    }

    #[test]
    fn words_that_are_no_flags_are_the_prompt() {
        let args = read(&[
            "--host",
            "localhost:1",
            "--model",
            "m",
            "say",
            "--",
            "--this",
        ])
        .unwrap();
        assert_eq!(args.prompt.as_deref(), Some("say --this"));
        assert_eq!((args.host.port, args.model.as_deref()), (1, Some("m")));
    }

    #[test]
    fn what_is_wrong_is_one_line() {
        let dir = tempfile::tempdir().unwrap();
        let list = dir.path().join("list.json");
        std::fs::write(&list, "[]").unwrap();
        let list = list.to_string_lossy().into_owned();
        for (line, words) in [
            (
                vec!["--host", "192.168.1.5:11434", "hi"],
                "not this machine",
            ),
            (vec!["--host", "localhost:1", "--schemer", "x"], "--schemer"),
            (vec!["--host"], "needs a value"),
            (
                vec!["--host", "localhost:1", "--session", "../x"],
                "--session",
            ),
            (
                vec!["--host", "localhost:1", "--schema", "/no/such/file"],
                "/no/such/file",
            ),
            (
                vec!["--host", "localhost:1", "--schema", &list],
                "an object",
            ),
        ] {
            let why = read(&line).expect_err(words);
            assert!(why.contains(words) && !why.contains('\n'), "{why}");
        }
    }
}
