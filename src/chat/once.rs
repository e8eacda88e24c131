//! One answer on standard output, for scripts.

use super::request::{self, Event};
use super::talk::Talk;
use crate::core::text::strip;
use crate::runtime::endpoint::Heard;
use std::io::{self, Read, Write};
use std::sync::mpsc;

/// Longest prompt that is read from standard input, bytes.
const LONGEST: u64 = 8 * 1024 * 1024;

/// Asks the prompt, or what standard input says; returns the exit code.
pub fn run(talk: Talk, prompt: Option<String>) -> i32 {
    match answer(talk, prompt) {
        Ok(()) => 0,
        Err(why) => super::fail(1, &why),
    }
}

fn answer(mut talk: Talk, prompt: Option<String>) -> Result<(), String> {
    let prompt = match prompt {
        Some(prompt) => prompt,
        None => {
            let mut text = String::new();
            let read = io::stdin().take(LONGEST).read_to_string(&mut text);
            read.map_err(|error| format!("standard input: {error}"))?;
            text
        }
    };
    if prompt.trim().is_empty() {
        return Err("there is no prompt".to_owned());
    }
    let model = talk.choose()?;
    let (send, events) = mpsc::channel();
    let tell = move |event| {
        let _ = send.send(event);
    };
    let _running = request::start(&talk.host, talk.turn(&model, &prompt), tell)?;
    let (mut text, mut tokens, mut out) = (String::new(), None, io::stdout().lock());
    for event in events {
        match event {
            Event::Taken => talk.asked(&prompt)?,
            Event::Heard(Heard::Text(more)) => {
                let written = out.write_all(strip(&more).as_bytes());
                written
                    .and_then(|()| out.flush())
                    .map_err(|error| error.to_string())?;
                text.push_str(&more);
            }
            Event::Heard(Heard::Tokens(counted)) => tokens = Some(counted),
            Event::Heard(_) => {}
            Event::Over(why) => {
                let _ = writeln!(out);
                talk.answered(&text, tokens, why.is_none())?;
                return match why.or_else(|| talk.misfit(&text)) {
                    None => Ok(()),
                    Some(why) => Err(why),
                };
            }
        }
    }
    Err("the request ended without a word".to_owned())
}
