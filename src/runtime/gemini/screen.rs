//! What Gemini CLI's screen and title say. The dialog stands below everything, where otherwise the
//! prompt is.

use crate::core::ask::{Answer, AskKind, Call, Risk, Verb};
use crate::core::limit::Ends;
use crate::core::state::{Source, Turn};
use crate::core::status::{Says, Signal};
use crate::runtime::call::digest;
use crate::runtime::hooks::one_line;
use crate::runtime::limit;
use crate::runtime::risk::risk;
use crate::runtime::rows::{Seen, shows, tail};
use serde_json::{Value, json};

/// How many of the last rows are looked at, blank ones not counted.
const TAIL: usize = 24;

/// Start screens: a phrase of each, and what it is, in words.
const START: [(&str, &str); 5] = [
    (
        "Do you trust the files in this folder?",
        "asks whether this folder is trusted; answer it in the pane; it starts again with the answer",
    ),
    (
        "How would you like to authenticate for this project?",
        "asks how to log in; choose in the pane",
    ),
    (
        "Enter Gemini API Key",
        "wants an API key; type it in the pane, or set GEMINI_API_KEY",
    ),
    (
        "Waiting for auth",
        "waits for a login in the browser; finish it there, or choose another way in the pane",
    ),
    (
        "New Agents Discovered",
        "found agents in this project and asks whether to enable them; answer it in the pane",
    ),
];

/// What stands below the question for trust when it was answered (0.61.0): it starts again, and works
/// on its first prompt once more.
const AGAIN: &str = "Gemini CLI is restarting to apply the trust changes";

/// How the dialog of a limit begins, in its box.
const LIMIT: &str = "│ Usage limit reached for ";

/// The dialog about a limit (0.61.0): its words, then what can be done, numbered.
fn limited(rows: &[&str]) -> Option<Vec<Signal>> {
    let first = rows.iter().rposition(|row| row.starts_with(LIMIT))?;
    let options = rows[first..]
        .iter()
        .filter(|row| row.contains("1. ") || row.contains("2. "));
    if options.count() < 2 {
        return None;
    }
    let said = rows[first..].iter().take_while(|row| !row.contains("1. "));
    let said: Vec<&str> = said.map(|row| row.trim_matches(['│', ' '])).collect();
    let said = one_line(&format!("the screen says \"{}\"", said.join(" ").trim()));
    let ends = limit::words(&said).unwrap_or(Ends::Unknown);
    Some(vec![
        shows(Says::Started, &said),
        shows(Says::DialogOpen, &said),
        shows(Says::Limited(ends), &said),
    ])
}

/// The first option of every permission dialog, with the cursor on it or not.
const ONCE: &str = "1. Allow once";

/// What the rows say.
pub fn read(rows: &[String]) -> Vec<Signal> {
    if let Some(dialog) = Dialog::find(rows) {
        let words = "the screen shows a permission dialog";
        let (kind, call) = dialog.asks();
        return vec![
            shows(Says::Started, words),
            shows(Says::DialogAsks(kind, Box::new(call)), words),
            shows(Says::Turn(Turn::Working), words),
        ];
    }
    let tail = tail(rows, TAIL);
    let has = |phrase: &str| tail.iter().any(|row| row.contains(phrase));
    if let Some((phrase, what)) = START.iter().find(|(phrase, _)| has(phrase)) {
        let words = format!("the screen says \"{phrase}\"");
        let mut signals = vec![shows(Says::StartScreen(format!("gemini {what}")), &words)];
        if has(AGAIN) {
            let words = format!("the screen says \"{AGAIN}\"");
            signals.push(shows(Says::StartsAnew, &words));
        }
        return signals;
    }
    if let Some(signals) = limited(&tail) {
        return signals;
    }
    // The prompt stands right above the status line; one further up was sent before. The second
    // mark is that of the mode that runs everything.
    let status = tail.iter().rposition(|row| row.starts_with("workspace ("));
    let Some(status) = status.filter(|at| at + 3 >= tail.len()) else {
        return Vec::new();
    };
    let mut above = tail[..status].iter().rev().take(2);
    if !above.any(|row| row.starts_with("> ") || row.starts_with("*   ")) {
        return Vec::new();
    }
    let foot = &tail[status.saturating_sub(8)..];
    let (seen, words) = if foot.iter().any(|row| row.contains("(esc to cancel")) {
        (Seen::Works, "the screen says \"esc to cancel\"")
    } else {
        (Seen::Rests, "the screen shows an empty prompt")
    };
    seen.signals(Source::Screen, words)
}

/// What a title says. `Ready` is also shown over a start screen, so it is no sign of being past it.
pub fn title(title: &str) -> Vec<Signal> {
    let says = |says| Signal {
        source: Source::Title,
        says,
        text: format!("title {}", one_line(title)),
    };
    match title.chars().next() {
        // A first prompt is worked on behind the question for trust.
        Some('✦' | '✋') => vec![says(Says::Turn(Turn::Working))],
        Some('◇') => vec![says(Says::Turn(Turn::Settled))],
        _ => Vec::new(),
    }
}

/// The key that answers the dialog on the screen, if that is still the one that `call` is of.
pub fn key(rows: &[String], call: &Call, answer: Answer) -> Option<&'static str> {
    let dialog = Dialog::find(rows)?;
    let (kind, shown) = dialog.asks();
    let same = kind == AskKind::Approval && shown.digest == call.digest;
    same.then_some(match answer {
        Answer::Allow => "1",
        Answer::Deny => "esc",
    })
}

/// A permission dialog: the rows inside its frame, above the options.
struct Dialog<'a> {
    head: &'a str,
    body: Vec<&'a str>,
    question: &'a str,
    whole: bool,
}

impl<'a> Dialog<'a> {
    fn find(rows: &'a [String]) -> Option<Self> {
        let inside = |row: &'a str| {
            let row = row.trim_end().strip_prefix('│')?;
            Some(row.strip_suffix('│').unwrap_or(row).trim())
        };
        let option = rows.iter().rposition(|row| {
            let text = inside(row).map(|text| text.trim_start_matches('●').trim());
            text == Some(ONCE)
        })?;
        // Below it are its other options and at most a warning, never the prompt.
        let below = &rows[option + 1..];
        if below.iter().any(|row| row.trim_start().starts_with("> ")) {
            return None;
        }
        let top = rows[..option].iter().rposition(|row| row.starts_with('╭'));
        let all = rows[top.map_or(0, |top| top + 1)..option].iter();
        let all = all
            .map_while(|row| inside(row))
            .filter(|row| !row.is_empty());
        let mut all: Vec<&str> = all.collect();
        let asks = |row: &&str| {
            (row.starts_with("Allow ") || row.starts_with("Apply ")) && row.ends_with('?')
        };
        let question = all.iter().rposition(asks)?;
        let question = all.split_off(question)[0];
        let hidden = |row: &&str| row.contains("hidden (") || row.contains("(press Ctrl+O");
        let whole = top.is_some() && !all.iter().any(hidden);
        let head = all.iter().position(|row| row.starts_with('?'))?;
        let body = all.split_off(head + 1);
        let head = all[head];
        Some(Self {
            head: head.trim_start_matches('?').trim(),
            body,
            question,
            whole,
        })
    }

    /// What it asks for: an approval where everything that is asked for is shown.
    fn asks(&self) -> (AskKind, Call) {
        // The command or the change stands in a frame of its own.
        let framed = |row: &&&str| row.starts_with('│');
        let plain = |row: &&str| {
            let row = row.trim_start_matches('│').trim_end_matches('│');
            row.trim().to_owned()
        };
        let inner: Vec<String> = self.body.iter().filter(framed).map(plain).collect();
        let shell = self.head.starts_with("Shell");
        let object = match inner.join("\n") {
            text if text.is_empty() => self.head.to_owned(),
            text if shell => text,
            _ => self.head.to_owned(),
        };
        let verb = match self.head.split_whitespace().next().unwrap_or("") {
            "Shell" => Verb::Run,
            "WriteFile" | "Edit" => Verb::Write,
            "WebFetch" | "GoogleSearch" => Verb::Fetch,
            _ if self.question.contains("MCP tool") => Verb::Mcp,
            _ => Verb::Other,
        };
        let input = json!({"dialog": self.head, "shows": self.body, "asks": self.question});
        let whole = self.whole && !inner.is_empty();
        let call = Call {
            verb,
            risk: match risk(verb, &object) {
                Risk::Low => Risk::Normal,
                other => other,
            },
            object: match whole {
                true => object,
                false => format!("{object} (not shown whole; answer it in the pane)"),
            },
            cwd: None,
            tool: self
                .head
                .split_whitespace()
                .next()
                .unwrap_or("tool")
                .to_owned(),
            digest: digest("dialog", &input, None),
            input: Value::to_string(&input),
            reason: None,
        };
        let kind = match whole {
            true => AskKind::Approval,
            false => AskKind::Question,
        };
        (kind, call)
    }
}
