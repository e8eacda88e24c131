//! Notifications by a command of the operator's, such as `notify-send`. No shell reads it.

use super::Alert;
use std::io;
use std::process::{Command, Stdio};

/// The words of `command` with what they stand for filled in: `{line}`, `{peer}`, `{verb}`,
/// `{object}`, `{id}`. A filled in word stays one word.
pub fn words(command: &[String], alert: &Alert) -> Vec<String> {
    let line = alert.line();
    let fill = |word: &String| {
        let mut out = String::new();
        let mut rest = word.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let value = after.split_once('}').and_then(|(name, behind)| {
                let value = match name {
                    "line" => &line,
                    "peer" => &alert.peer,
                    "verb" => &alert.verb,
                    "object" => &alert.object,
                    "id" => &alert.id,
                    _ => return None,
                };
                Some((value, behind))
            });
            match value {
                Some((value, behind)) => {
                    out.push_str(value);
                    rest = behind;
                }
                None => {
                    out.push('{');
                    rest = after;
                }
            }
        }
        out.push_str(rest);
        out
    };
    command.iter().map(fill).collect()
}

/// Starts the command and does not wait for it.
///
/// # Errors
/// When it cannot be started.
pub fn run(words: &[String]) -> io::Result<()> {
    let Some((program, arguments)) = words.split_first() else {
        return Ok(());
    };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    // Somebody has to take its end.
    std::thread::Builder::new()
        .name("alert".into())
        .spawn(move || child.wait())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_filled_in_once_and_stays_one_word() {
        let alert = Alert::new("ak-1", "fixer", "asks to run", "echo '{peer}'; $(id)");
        let command = [
            "notify-send",
            "--",
            "{peer} {verb}",
            "x{object}",
            "{nobody} {id} {",
        ];
        let command: Vec<String> = command.iter().map(ToString::to_string).collect();
        assert_eq!(
            words(&command, &alert),
            [
                "notify-send",
                "--",
                "fixer asks to run",
                "xecho '{peer}'; $(id)",
                "{nobody} ak-1 {",
            ]
        );
        assert!(run(&["/nowhere/at/all".to_owned()]).is_err());
        assert!(run(&[]).is_ok());
    }
}
