//! What is wrong with a command line, in one line with what to type instead.

use crate::wire::view::{ErrorKind, ErrorView};
use clap::error::{ContextKind, ContextValue, ErrorKind as Clap};
use std::ffi::OsString;

/// Verbs that the surface names and this version does not have.
const LATER: &[&str] = &[
    "answer", "chat", "intent", "job", "ledger", "mcp", "packet", "profile", "revise", "rule",
    "web", "workflow",
];

/// Whether the caller asked for JSON, found before the line is known to parse.
pub fn wants_json(words: &[OsString]) -> bool {
    let ours = words.iter().take_while(|word| *word != "--");
    ours.into_iter().any(|word| word == "--json")
}

/// The parser's complaint as our one line.
pub fn one_line(error: &clap::Error, words: &[OsString]) -> ErrorView {
    let verb = words.get(1).map(|word| word.to_string_lossy());
    if error.kind() == Clap::InvalidSubcommand
        && let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand)
    {
        if LATER.contains(&word.as_str()) {
            let what = format!("`{word}` is not there yet");
            return ErrorView::new(ErrorKind::Usage, what).hint("`pult --help` lists what is");
        }
        let near = match error.get(ContextKind::SuggestedSubcommand) {
            Some(ContextValue::Strings(near)) => near.first().cloned(),
            _ => None,
        };
        let hint = match near {
            Some(near) => format!("did you mean `{near}`? `pult --help` lists the verbs"),
            None => "`pult --help` lists the verbs".to_owned(),
        };
        return ErrorView::new(ErrorKind::Usage, format!("no verb `{word}`")).hint(hint);
    }
    let text = error.render().to_string();
    let complaint: Vec<&str> = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.is_empty() && !line.starts_with("Usage:"))
        .collect();
    let what = complaint.join(" ");
    let what = what.strip_prefix("error: ").unwrap_or(&what);
    let known = verb.filter(|verb| {
        super::command()
            .get_subcommands()
            .any(|sub| sub.get_name() == verb)
    });
    let hint = match known {
        Some(verb) => format!("`pult {verb} --help` says how"),
        None => "`pult --help` lists the verbs".to_owned(),
    };
    ErrorView::new(ErrorKind::Usage, what).hint(hint)
}

/// A length of time as people write it: `90`, `90s`, `30m`, `2h`, `1d`; in ms.
///
/// # Errors
/// One line that says what would be understood.
pub fn duration_ms(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit: u64 = match &text[digits.len()..] {
        "" | "s" => 1_000,
        "ms" => 1,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        other => return Err(format!("no unit `{other}`: use s, m, h or d, as in 30m")),
    };
    let number: u64 = digits
        .parse()
        .map_err(|_| "a length of time is a number and s, m, h or d, as in 30m".to_owned())?;
    number
        .checked_mul(unit)
        .filter(|ms| *ms <= 366 * 86_400_000)
        .ok_or_else(|| "longer than a year".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(line: &str) -> String {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let error = super::super::command().try_get_matches_from(&words);
        one_line(&error.unwrap_err(), &words).to_string()
    }

    #[test]
    fn a_bad_line_is_one_line_that_says_what_to_type() {
        assert_eq!(
            complaint("pult web ."),
            "`web` is not there yet; `pult --help` lists what is"
        );
        assert_eq!(
            complaint("pult snoze fixer"),
            "no verb `snoze`; did you mean `snooze`? `pult --help` lists the verbs"
        );
        assert_eq!(
            complaint("pult send"),
            "the following required arguments were not provided: <NAME> <TEXT>...; \
             `pult send --help` says how"
        );
        assert!(complaint("pult wait fixer --until dawn").contains("[possible values: asks"));
        assert!(!complaint("pult ls --colour").contains('\n'));
    }

    #[test]
    fn json_is_asked_for_before_the_dashes_only() {
        let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert!(wants_json(&words("pult nonsense --json")));
        assert!(!wants_json(&words("pult new a -- jq --json")));
    }

    #[test]
    fn lengths_of_time_have_units() {
        assert_eq!(duration_ms("30m"), Ok(1_800_000));
        assert_eq!(duration_ms("5"), Ok(5_000));
        assert_eq!(duration_ms("250ms"), Ok(250));
        for bad in ["", "m", "1w", "-3s", "99999999999999999999d", "400d"] {
            assert!(duration_ms(bad).is_err(), "{bad}");
        }
    }
}
