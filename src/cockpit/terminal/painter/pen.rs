//! The look of what is written next: the shortest sequence from one to another.

use super::cell::{BOLD, DIM, HIDDEN, ITALIC, Ink, Look, REVERSE, STRIKE};
use crate::cockpit::theme::colour::{self, Depth};
use crate::screen::Underline;

const ON: [(u8, &str); 6] = [
    (BOLD, "1"),
    (DIM, "2"),
    (ITALIC, "3"),
    (REVERSE, "7"),
    (STRIKE, "9"),
    (HIDDEN, "8"),
];

/// What ends attributes, one by one. Strike and hidden are left to the reset: who knows them need
/// not know their end.
const OFF: [(u8, &str); 3] = [(BOLD | DIM, "22"), (ITALIC, "23"), (REVERSE, "27")];

/// What the terminal can do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Able {
    /// How many colours it keeps.
    pub depth: Depth,
    /// It tells the kinds of underline apart (`4:3`); another might take them for something else.
    pub underlines: bool,
}

impl Able {
    /// The nearest that it can show.
    pub fn fit(self, look: Look) -> Look {
        let underline = match look.underline {
            Underline::None => Underline::None,
            kind if self.underlines => kind,
            _ => Underline::Single,
        };
        Look {
            fg: fit(look.fg, self.depth),
            bg: fit(look.bg, self.depth),
            underline,
            ..look
        }
    }

    /// `CSI … m` from one fitted look to another that is not the same.
    pub fn change(self, from: Look, to: Look) -> String {
        let reset = whole(to);
        // Terminals without colours may know nothing but the reset.
        match step(from, to).filter(|_| self.depth != Depth::Mono) {
            Some(step) if step.len() < reset.len() => step,
            _ => reset,
        }
    }
}

/// From whatever there was.
fn whole(to: Look) -> String {
    match body(Look::default(), to) {
        parts if parts.is_empty() => "\x1b[m".into(),
        parts => format!("\x1b[0;{}m", parts.join(";")),
    }
}

/// By what differs; `None` where something has no end of its own.
fn step(from: Look, to: Look) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut now = from;
    for (bits, code) in OFF {
        if now.bits & !to.bits & bits != 0 {
            parts.push(code.into());
            now.bits &= !bits;
        }
    }
    if now.bits & !to.bits != 0 {
        return None;
    }
    if now.underline != to.underline && to.underline == Underline::None {
        parts.push("24".into());
        now.underline = Underline::None;
    }
    parts.extend(body(now, to));
    Some(format!("\x1b[{}m", parts.join(";")))
}

/// The parameters that add what is missing.
fn body(from: Look, to: Look) -> Vec<String> {
    let missing = to.bits & !from.bits;
    let on = ON.iter().filter(|(bit, _)| missing & bit != 0);
    let mut parts: Vec<String> = on.map(|(_, code)| (*code).into()).collect();
    if from.underline != to.underline {
        let kind = match to.underline {
            Underline::None => "24",
            Underline::Single => "4",
            Underline::Double => "4:2",
            Underline::Curly => "4:3",
            Underline::Dotted => "4:4",
            Underline::Dashed => "4:5",
        };
        parts.push(kind.into());
    }
    if from.fg != to.fg {
        parts.push(ink(to.fg, 30));
    }
    if from.bg != to.bg {
        parts.push(ink(to.bg, 40));
    }
    parts
}

/// The nearest colour that a terminal of that depth keeps.
fn fit(ink: Ink, depth: Depth) -> Ink {
    let parts = match ink {
        _ if depth == Depth::True => return ink,
        Ink::Own => return ink,
        Ink::Index(n @ 16..) => colour::rgb(n),
        Ink::Index(_) if depth == Depth::Mono => return Ink::Own,
        Ink::Index(_) => return ink,
        Ink::Rgb(r, g, b) => (r, g, b),
    };
    match (depth, ink) {
        (Depth::Mono, _) => Ink::Own,
        (Depth::Sixteen, _) => Ink::Index(colour::sixteen(parts)),
        (_, Ink::Rgb(..)) => Ink::Index(colour::indexed(parts)),
        _ => ink,
    }
}

fn ink(ink: Ink, base: u8) -> String {
    match ink {
        Ink::Own => (base + 9).to_string(),
        Ink::Index(n @ 0..=7) => (base + n).to_string(),
        Ink::Index(n @ 8..=15) => (base + 60 + n - 8).to_string(),
        Ink::Index(n) => format!("{};5;{n}", base + 8),
        Ink::Rgb(r, g, b) => format!("{};2;{r};{g};{b}", base + 8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::Screen;

    /// Looks of every kind, numbered.
    fn look(n: usize) -> Look {
        let inks = [
            Ink::Own,
            Ink::Index(1),
            Ink::Index(12),
            Ink::Index(200),
            Ink::Rgb(1, 2, 3),
        ];
        let kinds = [
            Underline::None,
            Underline::Single,
            Underline::Double,
            Underline::Curly,
            Underline::Dotted,
            Underline::Dashed,
        ];
        Look {
            fg: inks[n % 5],
            bg: inks[n / 5 % 5],
            bits: (n / 25 % 64) as u8,
            underline: kinds[n / 1600 % 6],
        }
    }

    #[test]
    fn whatever_was_before_the_look_is_the_one_that_was_wanted() {
        for depth in [Depth::True, Depth::Mono] {
            let able = Able {
                depth,
                underlines: true,
            };
            let (mut n, mut pen) = (1_usize, Look::default());
            let mut screen = Screen::new(2, 4);
            for _ in 0..4000 {
                n = n.wrapping_mul(1_103_515_245).wrapping_add(12_345) & 0x7fff_ffff;
                // Mostly neighbours, as on a screen.
                let to = able.fit(match n >> 8 & 1 {
                    0 => look(n >> 9),
                    _ => Look {
                        bits: pen.bits ^ (1 << (n >> 9 & 3)),
                        ..pen
                    },
                });
                if to == pen {
                    continue;
                }
                let bytes = able.change(pen, to);
                screen.feed(format!("\x1b[H{bytes}x").as_bytes());
                let shown = Look::from(&screen.cells(0)[0].style);
                assert_eq!(shown, to, "{pen:?} by {bytes:?}");
                pen = to;
            }
        }
    }

    #[test]
    fn no_more_is_said_than_changes() {
        let able = Able {
            depth: Depth::True,
            underlines: true,
        };
        let plain = Look::default();
        let red = Look {
            fg: Ink::Index(1),
            ..plain
        };
        let bold = Look { bits: BOLD, ..red };
        let under = Look {
            underline: Underline::Single,
            ..bold
        };
        for (from, to, want) in [
            (plain, red, "\x1b[31m"),
            (red, plain, "\x1b[m"),
            (bold, red, "\x1b[22m"),
            (under, bold, "\x1b[24m"),
            (under, plain, "\x1b[m"),
            (
                Look {
                    bits: STRIKE,
                    ..red
                },
                red,
                "\x1b[0;31m",
            ),
        ] {
            assert_eq!(able.change(from, to), want);
        }
    }

    #[test]
    fn kinds_of_underline_go_where_they_are_known() {
        let curly = Look {
            underline: Underline::Curly,
            ..Look::default()
        };
        for (underlines, want) in [(true, "\x1b[4:3m"), (false, "\x1b[4m")] {
            let able = Able {
                depth: Depth::True,
                underlines,
            };
            let fitted = able.fit(curly);
            assert_eq!(able.change(Look::default(), fitted), want);
        }
    }
}
