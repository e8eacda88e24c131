//! Notifications as escape sequences, so that they appear on the machine the operator sits at, also
//! over ssh.

use super::Alert;

/// Which sequence a terminal is told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Osc {
    /// OSC 9: a line of text. iTerm2, kitty, ghostty, WezTerm, foot and others.
    Line,
    /// OSC 777: a title and a line. urxvt, VTE, foot, ghostty, WezTerm.
    Titled,
    /// OSC 99: as kitty has it; it can be taken back.
    Kitty,
}

/// What stands between the cockpit and the terminal that can notify.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Between {
    /// Nothing.
    #[default]
    Nothing,
    /// tmux, which passes on what is wrapped for it where its `allow-passthrough` is on.
    Tmux,
    /// GNU screen, which passes on what is wrapped for it.
    Screen,
}

/// The sequence that tells.
pub fn tell(alert: &Alert, osc: Osc, between: Between) -> Vec<u8> {
    let line = alert.line();
    let body = match osc {
        Osc::Line => format!("9;{line}"),
        Osc::Titled => format!("777;notify;pult;{line}"),
        Osc::Kitty => {
            let Alert { id, .. } = alert;
            let title = format!("99;i=pult-{id}:d=0;pult");
            let text = format!("99;i=pult-{id}:p=body;{line}");
            return [wrapped(&title, between), wrapped(&text, between)].concat();
        }
    };
    wrapped(&body, between)
}

/// The sequence that takes it back, where there is one.
pub fn withdraw(id: &str, osc: Osc, between: Between) -> Option<Vec<u8>> {
    let body = format!("99;i=pult-{id}:p=close;");
    (osc == Osc::Kitty).then(|| wrapped(&body, between))
}

fn wrapped(body: &str, between: Between) -> Vec<u8> {
    let sequence = format!("\x1b]{body}\x07");
    match between {
        Between::Nothing => sequence,
        Between::Tmux => format!("\x1bPtmux;{}\x1b\\", sequence.replace('\x1b', "\x1b\x1b")),
        Between::Screen => format!("\x1bP{sequence}\x1b\\"),
    }
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_terminal_is_told_in_its_way_and_nothing_gets_out_of_the_text() {
        let alert = Alert::new("ak-1", "fixer", "asks to run", "a\x07b\x1b\\;c\u{9c}d");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        let line = "fixer asks to run: ab\\;cd";
        for (osc, between, want) in [
            (Osc::Line, Between::Nothing, format!("\x1b]9;{line}\x07")),
            (
                Osc::Titled,
                Between::Nothing,
                format!("\x1b]777;notify;pult;{line}\x07"),
            ),
            (
                Osc::Kitty,
                Between::Nothing,
                format!("\x1b]99;i=pult-ak-1:d=0;pult\x07\x1b]99;i=pult-ak-1:p=body;{line}\x07"),
            ),
            (
                Osc::Line,
                Between::Tmux,
                format!("\x1bPtmux;\x1b\x1b]9;{line}\x07\x1b\\"),
            ),
            (
                Osc::Line,
                Between::Screen,
                format!("\x1bP\x1b]9;{line}\x07\x1b\\"),
            ),
        ] {
            assert_eq!(text(tell(&alert, osc, between)), want);
        }
        assert_eq!(withdraw("ak-1", Osc::Line, Between::Nothing), None);
        let closed = withdraw("ak-1", Osc::Kitty, Between::Nothing).map(text);
        assert_eq!(closed.as_deref(), Some("\x1b]99;i=pult-ak-1:p=close;\x07"));
    }
}
