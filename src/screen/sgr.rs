//! SGR: translated to what the emulator reads, and the rest kept in the pen.

use super::csi::{Param, number};
use super::fold::Fold;

/// The longest SGR parameters that may go through as they are: fewer than the emulator takes.
const LONGEST_PLAIN: usize = 48;

/// One attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// An attribute without parameters.
    Number(u16),
    /// A kind of underline; 0 is none.
    Underline(u16),
    /// A colour in the short form with semicolons.
    Color(String),
}

/// SGR parameters one by one; underline colours and what is no attribute are left out.
pub(super) fn parts(params: &[Param]) -> Vec<Part> {
    if params.is_empty() {
        return vec![Part::Number(0)];
    }
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(param) = params.get(at) {
        at += 1;
        match (param.number(), param.parts.len()) {
            (4, 2..) => out.push(Part::Underline(param.parts[1].unwrap_or(1))),
            (which @ (38 | 48 | 58), 1) => {
                let number = |i: usize| params.get(i).map_or(0, Param::number);
                let (used, color) = match number(at) {
                    5 => (2, short(&[5, number(at + 1)])),
                    2 => (
                        4,
                        short(&[2, number(at + 1), number(at + 2), number(at + 3)]),
                    ),
                    // Not a colour: what follows cannot be told apart.
                    _ => return out,
                };
                if let Some(color) = color
                    && which != 58
                    && at + used <= params.len()
                {
                    out.push(Part::Color(format!("{which};{color}")));
                }
                at += used;
            }
            (which @ (38 | 48), _) => {
                let parts: Vec<u16> = param.parts.iter().map(|p| p.unwrap_or(0)).collect();
                let color = match parts[1..] {
                    [5, index, ..] => short(&[5, index]),
                    [2, r, g, b] => short(&[2, r, g, b]),
                    [2, _space, r, g, b, ..] => short(&[2, r, g, b]),
                    _ => None,
                };
                out.extend(color.map(|c| Part::Color(format!("{which};{c}"))));
            }
            (58, _) => {}
            (21, 1) => out.push(Part::Underline(2)),
            (4, 1) => out.push(Part::Underline(1)),
            (24, 1) => out.push(Part::Underline(0)),
            (n, 1) => out.push(Part::Number(n)),
            _ => {}
        }
    }
    out
}

impl Fold {
    /// Whether SGR `body`, `m` included, may go to the emulator as it is: it knows all of it.
    pub(super) fn is_plain_sgr(&self, body: &[u8]) -> bool {
        let screen = self.parser.screen();
        self.own.pen.is_plain()
            && match weights(body) {
                Some((true, true)) | None => false,
                Some((bold, dim)) => !(bold && screen.dim() || dim && screen.bold()),
            }
    }

    /// Takes one attribute.
    pub(super) fn sgr(&mut self, part: &Part) {
        let pen = &mut self.own.pen;
        let number = match part {
            Part::Color(color) => return self.put_csi(&format!("{color}m")),
            Part::Underline(kind) => {
                pen.underline(*kind);
                if *kind == 0 { 24 } else { 4 }
            }
            Part::Number(number) => *number,
        };
        match number {
            0 => *pen = Default::default(),
            // To the emulator bold and dim are one or the other.
            1 if self.parser.screen().dim() => pen.dim_too(true),
            2 if self.parser.screen().bold() => return pen.dim_too(true),
            22 => pen.dim_too(false),
            8 | 28 => return pen.hidden(number == 8),
            9 | 29 => return pen.strike(number == 9),
            _ => {}
        }
        self.put_csi(&format!("{number}m"));
    }
}

/// Whether these SGR parameters, `m` included, set bold and set dim; `None` when the emulator would
/// not read all of them, or not as [`parts`] does.
fn weights(body: &[u8]) -> Option<(bool, bool)> {
    let (b'm', params) = body.split_last()? else {
        return None;
    };
    if params.len() > LONGEST_PLAIN {
        return None;
    }
    let (mut bold, mut dim) = (false, false);
    if params.is_empty() {
        return Some((bold, dim));
    }
    let mut numbers = params.split(|b| *b == b';').map(small);
    while let Some(number) = numbers.next() {
        let byte = |n: Option<Option<u16>>| n.flatten().is_some_and(|n| n <= 255);
        match number? {
            8 | 9 | 21 | 58 => return None,
            38 | 48 => match numbers.next().flatten()? {
                5 if byte(numbers.next()) => {}
                2 if (0..3).all(|_| byte(numbers.next())) => {}
                _ => return None,
            },
            1 => bold = true,
            2 => dim = true,
            _ => {}
        }
    }
    Some((bold, dim))
}

/// One to three digits.
fn small(digits: &[u8]) -> Option<u16> {
    match digits {
        [a] if a.is_ascii_digit() => Some(u16::from(a - b'0')),
        [_, ..] if digits.len() <= 3 && digits.iter().all(u8::is_ascii_digit) => number(digits),
        _ => None,
    }
}

fn short(parts: &[u16]) -> Option<String> {
    if parts.iter().any(|p| *p > 255) {
        return None;
    }
    let parts: Vec<String> = parts.iter().map(u16::to_string).collect();
    Some(parts.join(";"))
}

#[cfg(test)]
mod tests {
    use super::super::csi::Csi;
    use super::*;

    fn text(part: &Part) -> String {
        match part {
            Part::Number(number) => number.to_string(),
            Part::Underline(kind) => if *kind == 0 { "24" } else { "4" }.to_owned(),
            Part::Color(color) => color.clone(),
        }
    }

    #[test]
    fn only_parameters_that_mean_the_same_to_the_emulator_are_plain() {
        for plain in [
            "m",
            "0m",
            "1;31m",
            "38;5;200m",
            "48;2;1;2;255;7m",
            "999m",
            "1;38;5;9;4;48;5;0m",
        ] {
            assert!(weights(plain.as_bytes()).is_some(), "{plain}");
            let body = Csi::parse(plain.as_bytes()).unwrap();
            let whole = plain.trim_end_matches('m');
            let whole = if whole.is_empty() { "0" } else { whole };
            let parts: Vec<String> = parts(&body.params).iter().map(text).collect();
            assert_eq!(parts.join(";"), whole);
        }
        for other in [
            "",
            "1",
            "4:3m",
            "8m",
            "1;9m",
            "21m",
            "58;2;0;0;0m",
            "38;5;256m",
            "38;5m",
            "48;2;1;2m",
            "38;7;1m",
            ";m",
            "1;;3m",
            "1000m",
            "?1m",
            ">4;2m",
            "1 m",
            "1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1m",
        ] {
            assert_eq!(weights(other.as_bytes()), None, "{other}");
        }
        assert_eq!(weights(b"0;1;2m"), Some((true, true)));
        assert_eq!(weights(b"38;5;1;48;2;2;2;2m"), Some((false, false)));
    }
}
