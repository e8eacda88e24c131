//! OSC sequences that report status and are not one CLI's own.

use super::hooks::one_line;
use crate::core::state::{Source, Turn};
use crate::core::status::{Says, Signal};

/// OSC 7501, the status protocol: colon-separated `key=value`, of which `state` is read.
pub fn status(number: u32, rest: &str) -> Vec<Signal> {
    if number != 7501 {
        return Vec::new();
    }
    let mut pairs = rest
        .split([':', ';'])
        .filter_map(|pair| pair.split_once('='));
    let Some((_, state)) = pairs.find(|(key, _)| *key == "state") else {
        return Vec::new();
    };
    let signal = |says| Signal {
        source: Source::Osc,
        says,
        text: format!("OSC 7501 {}", one_line(rest)),
    };
    match state {
        "working" => vec![
            signal(Says::Started),
            signal(Says::DialogGone),
            signal(Says::Turn(Turn::Working)),
        ],
        "blocked" => vec![
            signal(Says::Started),
            signal(Says::DialogOpen),
            signal(Says::Turn(Turn::Working)),
        ],
        // What went wrong is said elsewhere; the turn is over.
        "idle" | "error" => vec![
            signal(Says::Started),
            signal(Says::DialogGone),
            signal(Says::Turn(Turn::Settled)),
        ],
        _ => Vec::new(),
    }
}

/// OSC 133, a shell's own marks: a command runs, or the prompt waits.
pub fn prompt_marks(number: u32, rest: &str) -> Vec<Signal> {
    if number != 133 {
        return Vec::new();
    }
    let signal = |turn, what: &str| Signal {
        source: Source::Osc,
        says: Says::TurnUntilTold(turn),
        text: format!("OSC 133: {what}"),
    };
    match rest.bytes().next() {
        Some(b'C') => vec![signal(Turn::Working, "a command runs")],
        Some(b'A' | b'B') => vec![signal(Turn::Settled, "the prompt waits")],
        Some(b'D') => vec![signal(Turn::Settled, "the command ended")],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(signals: &[Signal]) -> Option<Turn> {
        signals.iter().find_map(|s| match s.says {
            Says::Turn(turn) | Says::TurnUntilTold(turn) => Some(turn),
            _ => None,
        })
    }

    #[test]
    fn the_status_protocol_is_read_leniently() {
        assert_eq!(
            turn(&status(7501, "state=idle:app=codex")),
            Some(Turn::Settled)
        );
        assert_eq!(
            turn(&status(7501, "app=x:state=working:new=1")),
            Some(Turn::Working)
        );
        let blocked = status(7501, "state=blocked:app=codex:kind=permission");
        assert!(blocked.iter().any(|s| s.says == Says::DialogOpen));
        for nothing in ["state=clear:app=codex", "?", "", "state", "state=", ":::="] {
            assert_eq!(status(7501, nothing), [], "{nothing}");
        }
        assert_eq!(status(0, "state=idle"), []);
    }

    #[test]
    fn a_shell_says_when_a_command_runs() {
        assert_eq!(turn(&prompt_marks(133, "C")), Some(Turn::Working));
        assert_eq!(turn(&prompt_marks(133, "D;1")), Some(Turn::Settled));
        assert_eq!(turn(&prompt_marks(133, "A;k=s")), Some(Turn::Settled));
        assert_eq!(prompt_marks(133, ""), []);
        assert_eq!(prompt_marks(7501, "C"), []);
    }
}
