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

/// Decimal digits; at most the largest number there is.
pub(super) fn number(digits: &[u8]) -> Option<u16> {
    if digits.is_empty() {
        return None;
    }
    let value = digits.iter().fold(0u32, |n, d| {
        (n * 10 + u32::from(d.saturating_sub(b'0'))).min(u32::from(u16::MAX))
    });
    u16::try_from(value).ok()
}

/// Whether `CSI body` sets modes that have nothing to do with cells or the cursor's place.
pub(super) fn is_of_no_cell(body: &[u8]) -> bool {
    let Some((b'h' | b'l', body)) = body.split_last() else {
        return false;
    };
    let Some((b'?', numbers)) = body.split_first() else {
        return false;
    };
    let of_none: [&[u8]; 11] = [
        b"1", b"12", b"25", b"1000", b"1002", b"1003", b"1004", b"1006", b"2004", b"2026", b"2031",
    ];
    numbers.split(|b| *b == b';').all(|n| of_none.contains(&n))
}
