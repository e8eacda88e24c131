//! A control sequence taken apart.

/// One parameter: its number and the sub-parameters behind colons. What was left out is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Param {
    pub parts: Vec<Option<u16>>,
}

impl Param {
    /// The number, 0 when left out.
    pub fn number(&self) -> u16 {
        self.parts.first().copied().flatten().unwrap_or(0)
    }
}

/// The most parameters looked at; more are dropped.
const MOST: usize = 64;

/// `CSI` prefix parameters intermediates final.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Csi {
    /// One of `<=>?`, or 0.
    pub prefix: u8,
    pub params: Vec<Param>,
    /// The intermediate byte, or 0.
    pub intermediate: u8,
    pub last: u8,
}

impl Csi {
    /// Takes a body apart; `None` when it is not well formed.
    pub fn parse(body: &[u8]) -> Option<Csi> {
        let (&last, mut body) = body.split_last()?;
        let mut prefix = 0;
        if let Some((&first @ b'<'..=b'?', rest)) = body.split_first() {
            prefix = first;
            body = rest;
        }
        let end = body
            .iter()
            .position(|b| (0x20..=0x2f).contains(b))
            .unwrap_or(body.len());
        let (params, intermediates) = body.split_at(end);
        let intermediate = match intermediates {
            [] => 0,
            [one] => *one,
            _ => return None,
        };
        if !params
            .iter()
            .all(|b| matches!(b, b'0'..=b'9' | b';' | b':'))
        {
            return None;
        }
        let params = match params {
            [] => Vec::new(),
            some => some.split(|b| *b == b';').take(MOST).map(param).collect(),
        };
        Some(Csi {
            prefix,
            params,
            intermediate,
            last,
        })
    }

    /// Parameter `index`, `default` when left out or 0.
    pub fn arg(&self, index: usize, default: u16) -> u16 {
        match self.params.get(index).map_or(0, Param::number) {
            0 => default,
            n => n,
        }
    }
}

fn param(bytes: &[u8]) -> Param {
    Param {
        parts: bytes.split(|b| *b == b':').map(number).collect(),
    }
}

fn number(digits: &[u8]) -> Option<u16> {
    if digits.is_empty() {
        return None;
    }
    let value = digits.iter().fold(0u32, |n, d| {
        (n * 10 + u32::from(d.saturating_sub(b'0'))).min(u32::from(u16::MAX))
    });
    u16::try_from(value).ok()
}

/// The longest SGR parameters that may go through as they are: fewer than the emulator takes.
const LONGEST_PLAIN: usize = 48;

/// SGR parameters as the emulator reads them: every kind of underline is one, colours in the short
/// form with semicolons, underline colours left out. One string of parameters for each attribute.
pub(super) fn sgr(params: &[Param]) -> Vec<String> {
    if params.is_empty() {
        return vec!["0".into()];
    }
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(param) = params.get(at) {
        at += 1;
        match (param.number(), param.parts.len()) {
            (4, 2..) => out.push(if param.parts[1] == Some(0) { "24" } else { "4" }.into()),
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
                    out.push(format!("{which};{color}"));
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
                out.extend(color.map(|c| format!("{which};{c}")));
            }
            (58, _) => {}
            (21, 1) => out.push("4".into()),
            (n, 1) => out.push(n.to_string()),
            _ => {}
        }
    }
    out
}

/// Whether the emulator reads these SGR parameters, `m` included, as [`sgr`] would give them to it.
pub(super) fn is_plain_sgr(body: &[u8]) -> bool {
    let Some((b'm', params)) = body.split_last() else {
        return false;
    };
    if params.is_empty() {
        return true;
    }
    if params.len() > LONGEST_PLAIN {
        return false;
    }
    let mut numbers = params.split(|b| *b == b';').map(small);
    while let Some(number) = numbers.next() {
        let byte = |n: Option<Option<u16>>| n.flatten().is_some_and(|n| n <= 255);
        let plain = match number {
            None | Some(21 | 58) => false,
            Some(38 | 48) => match numbers.next().flatten() {
                Some(5) => byte(numbers.next()),
                Some(2) => (0..3).all(|_| byte(numbers.next())),
                _ => false,
            },
            Some(_) => true,
        };
        if !plain {
            return false;
        }
    }
    true
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
    Some(
        parts
            .iter()
            .map(u16::to_string)
            .collect::<Vec<_>>()
            .join(";"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert!(is_plain_sgr(plain.as_bytes()), "{plain}");
            let body = Csi::parse(plain.as_bytes()).unwrap();
            let whole = plain.trim_end_matches('m');
            let whole = if whole.is_empty() { "0" } else { whole };
            assert_eq!(sgr(&body.params).join(";"), whole);
        }
        for other in [
            "",
            "1",
            "4:3m",
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
            assert!(!is_plain_sgr(other.as_bytes()), "{other}");
        }
    }
}
