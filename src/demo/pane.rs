//! The pane of a scripted agent: what it prints, and the keys that come in.

use std::io::{self, Read, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// What reaches a scripted agent.
pub enum Input {
    /// One byte that was typed or pasted.
    Key(u8),
    /// Nobody will type any more.
    Closed,
    /// The permission hook ended and wrote this.
    Answer(String),
}

/// What a stretch of time brought.
pub enum Beat {
    /// It passed.
    Over,
    /// Esc or ^C.
    Interrupted,
    /// The terminal is gone.
    Closed,
}

/// The agent's own terminal, in raw mode where it is one.
pub struct Pane {
    inputs: Receiver<Input>,
    sender: Sender<Input>,
    beat: Duration,
}

impl Pane {
    /// Takes the terminal over; `beat` is the length of one step.
    pub fn open(beat: Duration) -> Self {
        let _ = crossterm::terminal::enable_raw_mode();
        let (sender, inputs) = channel();
        let keys = sender.clone();
        std::thread::spawn(move || read_keys(&keys));
        Self {
            inputs,
            sender,
            beat,
        }
    }

    /// Where a helper thread sends what it found.
    pub fn sender(&self) -> Sender<Input> {
        self.sender.clone()
    }

    /// Prints a line.
    pub fn say(&self, line: &str) {
        self.write(&format!("{line}\r\n"));
    }

    /// Prints as it is.
    pub fn write(&self, text: &str) {
        let mut out = io::stdout().lock();
        // Whoever reads this may be gone; the next key read says so.
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// Reports the state as agents do: OSC 7501, and the title for people.
    pub fn state(&self, state: &str, title: &str) {
        self.write(&format!(
            "\x1b]7501;state={state}:app=demo\x1b\\\x1b]0;scripted agent: {title}\x07"
        ));
    }

    /// Lets so many beats pass; keys other than the interrupting ones are not for now.
    pub fn pass(&self, beats: u32) -> Beat {
        let end = Instant::now() + self.beat * beats;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.inputs.recv_timeout(left) {
                Err(RecvTimeoutError::Timeout) => return Beat::Over,
                Ok(Input::Key(0x1b | 0x03)) => return Beat::Interrupted,
                Ok(Input::Closed) | Err(RecvTimeoutError::Disconnected) => return Beat::Closed,
                Ok(Input::Key(_) | Input::Answer(_)) => {}
            }
        }
    }

    /// The next thing that comes in; `None` when nothing will.
    pub fn next(&self) -> Option<Input> {
        match self.inputs.recv() {
            Ok(Input::Closed) | Err(_) => None,
            Ok(input) => Some(input),
        }
    }

    /// A line typed at the prompt, echoed; `None` at ^D or when the terminal is gone.
    pub fn line(&self) -> Option<String> {
        self.write("\r\n> ");
        let mut typed = Vec::new();
        loop {
            match self.next()? {
                Input::Key(b'\r' | b'\n') => {
                    self.write("\r\n");
                    return Some(String::from_utf8_lossy(&typed).into_owned());
                }
                Input::Key(0x04) if typed.is_empty() => return None,
                Input::Key(0x7f | 0x08) => {
                    if typed.pop().is_some() {
                        self.write("\x08 \x08");
                    }
                }
                Input::Key(byte) if byte >= 0x20 => {
                    typed.push(byte);
                    let mut out = io::stdout().lock();
                    let _ = out.write_all(&[byte]).and_then(|()| out.flush());
                }
                Input::Key(_) | Input::Answer(_) | Input::Closed => {}
            }
        }
    }
}

impl Drop for Pane {
    fn drop(&mut self) {
        let _ = crossterm::terminal::disable_raw_mode();
    }
}

fn read_keys(keys: &Sender<Input>) {
    let mut input = io::stdin().lock();
    let mut bytes = [0_u8; 256];
    loop {
        match input.read(&mut bytes) {
            Ok(0) | Err(_) => {
                let _ = keys.send(Input::Closed);
                return;
            }
            Ok(n) => {
                for byte in &bytes[..n] {
                    if keys.send(Input::Key(*byte)).is_err() {
                        return;
                    }
                }
            }
        }
    }
}
