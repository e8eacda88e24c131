//! What the operator's terminal can show, by what its environment says.

use crate::alert::osc::Osc;
use crate::cockpit::theme::colour::Depth;
use crate::platform::terminfo;

/// How the terminal can be made to tell keys apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keys {
    /// It did not answer yet.
    #[default]
    Unknown,
    /// By the kitty keyboard protocol.
    Kitty,
    /// It does not know that protocol.
    Usual,
}

/// What is known of the terminal: by its environment before the first frame, later by its answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// How many colours it keeps.
    pub ability: Depth,
    /// How many the cockpit is to draw in: `NO_COLOR` says none.
    pub depth: Depth,
    /// Its font has letters and lines only, as the Linux console's.
    pub plain: bool,
    /// Whether its background is light; `None` while nobody said.
    pub light: Option<bool>,
    /// It may be asked for its background colour and its keyboard.
    pub answers: bool,
    /// How it tells keys apart.
    pub keys: Keys,
    /// By its name it may know modifyOtherKeys, or ignores it.
    pub other_keys: bool,
    /// The sequence by which it is likely to show a notification.
    pub notifies: Osc,
    /// By its name it tells the kinds of underline apart.
    pub underlines: bool,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            ability: Depth::True,
            depth: Depth::True,
            plain: false,
            light: None,
            answers: false,
            keys: Keys::Unknown,
            other_keys: false,
            notifies: Osc::Line,
            underlines: false,
        }
    }
}

impl Facts {
    /// From the environment.
    pub fn here() -> Self {
        Self::of(&|name| std::env::var(name).ok(), &terminfo::colours)
    }

    /// From what `get` says of a variable and `colours` of a terminal's description.
    pub fn of(get: &dyn Fn(&str) -> Option<String>, colours: &dyn Fn(&str) -> Option<u32>) -> Self {
        let said = |name: &str| get(name).filter(|v| !v.is_empty());
        let term = said("TERM").unwrap_or_default();
        let console = term == "linux" || term.starts_with("linux-");
        let ability = depth(&term, &said, colours);
        Self {
            ability,
            depth: match said("NO_COLOR") {
                Some(_) => Depth::Mono,
                None => ability,
            },
            plain: console,
            light: said("COLORFGBG").and_then(|v| light(&v)),
            answers: !console,
            keys: Keys::Unknown,
            other_keys: other_keys(&term, &said),
            notifies: notifies(&term),
            underlines: underlines(&term, &said),
        }
    }
}

/// Terminals whose names alone say that they take any colour; ssh hands on no more than the name.
const ANY: [&str; 6] = [
    "kitty",
    "ghostty",
    "alacritty",
    "foot",
    "wezterm",
    "contour",
];

/// Programs that call themselves xterm and tell the kinds of underline apart.
const CURLY: [&str; 4] = ["iTerm.app", "WezTerm", "ghostty", "vscode"];
/// The first VTE that does, 0.52 as VTE_VERSION has it.
const CURLY_VTE: u32 = 5200;

/// Whether `4:3` is a wave there; by <https://sw.kovidgoyal.net/kitty/underlines/>, and tmux makes
/// one line of it where it is shown on another.
fn underlines(term: &str, said: &dyn Fn(&str) -> Option<String>) -> bool {
    if said("STY").is_some() && term.starts_with("screen") {
        return false;
    }
    let program = said("TERM_PROGRAM").is_some_and(|name| CURLY.contains(&name.as_str()));
    let vte = said("VTE_VERSION").and_then(|v| v.parse().ok());
    let tmux = said("TMUX").is_some() || term.starts_with("tmux");
    let named = ANY.iter().any(|name| term.contains(name));
    tmux || named || program || vte.is_some_and(|vte: u32| vte >= CURLY_VTE)
}

fn notifies(term: &str) -> Osc {
    if term.contains("kitty") {
        Osc::Kitty
    } else if term.starts_with("rxvt") || term.starts_with("foot") {
        Osc::Titled
    } else {
        Osc::Line
    }
}

/// Terminals that are no xterm and call themselves so may take modifyOtherKeys for colours.
fn other_keys(term: &str, said: &dyn Fn(&str) -> Option<String>) -> bool {
    let apple = said("TERM_PROGRAM").is_some_and(|name| name == "Apple_Terminal");
    let tmux = said("TMUX").is_some() || term.starts_with("tmux");
    tmux || (term.starts_with("xterm") && !apple && said("STY").is_none())
}

fn depth(
    term: &str,
    said: &dyn Fn(&str) -> Option<String>,
    colours: &dyn Fn(&str) -> Option<u32>,
) -> Depth {
    // screen hands COLORTERM on from the terminal outside and cannot keep what it says.
    let screen = said("STY").is_some() && term.starts_with("screen");
    let any = matches!(said("COLORTERM").as_deref(), Some("truecolor" | "24bit"));
    // tmux takes any colour and fits it to the terminals it is shown on.
    let any = any || term.ends_with("-direct") || ANY.iter().any(|name| term.contains(name));
    if !screen && (any || said("TMUX").is_some()) {
        return Depth::True;
    }
    let named = term.contains("256color").then_some(256);
    match named.or_else(|| colours(term)) {
        Some(0..=7) => Depth::Mono,
        None | Some(8..=255) => Depth::Sixteen,
        Some(256..=0xff_ffff) => Depth::Indexed,
        Some(_) => Depth::True,
    }
}

/// Whether the background of `COLORFGBG`, such as `15;0` or `0;default;15`, is a light one.
fn light(value: &str) -> Option<bool> {
    let background: u8 = value.rsplit(';').next()?.parse().ok()?;
    (background < 16).then_some(matches!(background, 7 | 9..=15))
}

/// Whether a colour of 8 bits a part is a light background.
pub fn is_light((r, g, b): (u8, u8, u8)) -> bool {
    u32::from(r) * 299 + u32::from(g) * 587 + u32::from(b) * 114 > 128_000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(env: &[(&str, &str)]) -> Facts {
        let get = |name: &str| {
            let found = env.iter().find(|(n, _)| *n == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let colours = |term: &str| match term {
            "vt100" => Some(0),
            "linux" | "xterm" | "screen" => Some(8),
            "rich" => Some(256),
            _ => None,
        };
        Facts::of(&get, &colours)
    }

    #[test]
    fn the_depth_is_what_the_terminal_can_keep() {
        for (env, depth) in [
            (&[("TERM", "xterm-256color")][..], Depth::Indexed),
            (
                &[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")],
                Depth::True,
            ),
            (
                &[("TERM", "xterm-256color"), ("COLORTERM", "1")],
                Depth::Indexed,
            ),
            (&[("TERM", "xterm-direct")], Depth::True),
            (
                &[("TERM", "screen-256color"), ("TMUX", "/tmp/x,1,0")],
                Depth::True,
            ),
            (
                &[
                    ("TERM", "screen"),
                    ("STY", "1.x"),
                    ("COLORTERM", "truecolor"),
                ],
                Depth::Sixteen,
            ),
            (
                &[
                    ("TERM", "screen.xterm-256color"),
                    ("STY", "1.x"),
                    ("COLORTERM", "24bit"),
                ],
                Depth::Indexed,
            ),
            (&[("TERM", "xterm-kitty")], Depth::True),
            (&[("TERM", "rich")], Depth::Indexed),
            (&[("TERM", "xterm")], Depth::Sixteen),
            (&[("TERM", "linux")], Depth::Sixteen),
            (&[("TERM", "vt100")], Depth::Mono),
            (&[("TERM", "never-heard")], Depth::Sixteen),
            (&[("TERM", "xterm-direct"), ("NO_COLOR", "1")], Depth::Mono),
            (&[("TERM", "xterm-direct"), ("NO_COLOR", "")], Depth::True),
        ] {
            assert_eq!(facts(env).depth, depth, "{env:?}");
        }
        let without = facts(&[("TERM", "xterm-direct"), ("NO_COLOR", "1")]);
        assert_eq!(without.ability, Depth::True);
    }

    #[test]
    fn kinds_of_underline_are_told_to_those_that_know_them() {
        for (env, want) in [
            (&[("TERM", "xterm-256color")][..], false),
            (&[("TERM", "linux")], false),
            (
                &[("TERM", "screen"), ("STY", "x"), ("VTE_VERSION", "7000")],
                false,
            ),
            (&[("TERM", "xterm-kitty")], true),
            (&[("TERM", "screen-256color"), ("TMUX", "x")], true),
            (&[("TERM", "xterm-256color"), ("VTE_VERSION", "7002")], true),
            (
                &[("TERM", "xterm-256color"), ("VTE_VERSION", "4000")],
                false,
            ),
            (
                &[("TERM", "xterm-256color"), ("TERM_PROGRAM", "iTerm.app")],
                true,
            ),
            (
                &[
                    ("TERM", "xterm-256color"),
                    ("TERM_PROGRAM", "Apple_Terminal"),
                ],
                false,
            ),
        ] {
            assert_eq!(facts(env).underlines, want, "{env:?}");
        }
    }

    #[test]
    fn other_keys_are_wanted_of_terminals_that_know_them() {
        for (env, want) in [
            (&[("TERM", "xterm-256color")][..], true),
            (&[("TERM", "tmux-256color")], true),
            (&[("TERM", "screen-256color"), ("TMUX", "x")], true),
            (&[("TERM", "screen"), ("STY", "x")], false),
            (
                &[
                    ("TERM", "xterm-256color"),
                    ("TERM_PROGRAM", "Apple_Terminal"),
                ],
                false,
            ),
            (&[("TERM", "linux")], false),
        ] {
            assert_eq!(facts(env).other_keys, want, "{env:?}");
        }
    }

    #[test]
    fn no_more_is_asked_than_the_console_answers() {
        for term in ["linux", "linux-16color"] {
            assert!(!facts(&[("TERM", term)]).answers);
        }
    }

    #[test]
    fn the_console_has_letters_and_lines_and_is_asked_nothing() {
        let console = facts(&[("TERM", "linux")]);
        assert!(console.plain && !console.answers);
        let xterm = facts(&[("TERM", "xterm-256color")]);
        assert!(!xterm.plain && xterm.answers);
    }

    #[test]
    fn a_light_background_is_known_where_somebody_says_so() {
        for (value, want) in [
            ("15;0", Some(false)),
            ("0;15", Some(true)),
            ("0;default;7", Some(true)),
            ("7;8", Some(false)),
            ("default;default", None),
            ("", None),
        ] {
            assert_eq!(facts(&[("COLORFGBG", value)]).light, want, "{value}");
        }
        assert!(is_light((0xfd, 0xf6, 0xe3)) && !is_light((0x28, 0x2c, 0x34)));
    }
}
