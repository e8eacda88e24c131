//! Styles: what a sequence makes of one, and the shortest sequence from one to another.

use crate::screen::cell::{Color, Style, Underline};

/// What `CSI parameters m` makes of a style; `None` for what the emulator should see itself.
pub(super) fn after(mut style: Style, body: &[u8]) -> Option<Style> {
    let (b'm', params) = body.split_last()? else {
        return None;
    };
    if params.is_empty() {
        return Some(Style::default());
    }
    // More than the emulator takes at once is its own affair.
    if params.len() > 48 {
        return None;
    }
    let mut numbers = params.split(|b| *b == b';').map(number);
    while let Some(number) = numbers.next() {
        match number? {
            0 => style = Style::default(),
            // Both at once are more than the emulator knows.
            1 if !style.dim => style.bold = true,
            2 if !style.bold => style.dim = true,
            3 => style.italic = true,
            4 => style.underline = Underline::Single,
            7 => style.inverse = true,
            22 => (style.bold, style.dim) = (false, false),
            23 => style.italic = false,
            24 => style.underline = Underline::None,
            27 => style.inverse = false,
            n @ 30..=37 => style.fg = Color::Indexed(n - 30),
            38 => style.fg = color(&mut numbers)?,
            39 => style.fg = Color::Default,
            n @ 40..=47 => style.bg = Color::Indexed(n - 40),
            48 => style.bg = color(&mut numbers)?,
            49 => style.bg = Color::Default,
            n @ 90..=97 => style.fg = Color::Indexed(n - 82),
            n @ 100..=107 => style.bg = Color::Indexed(n - 92),
            _ => return None,
        }
    }
    Some(style)
}

/// What erasing and scrolling leave with a style: its background.
pub(super) fn bare(style: Style) -> Style {
    Style {
        bg: style.bg,
        ..Style::default()
    }
}

fn color(numbers: &mut impl Iterator<Item = Option<u8>>) -> Option<Color> {
    let mut next = || numbers.next()?;
    match next()? {
        5 => Some(Color::Indexed(next()?)),
        2 => Some(Color::Rgb(next()?, next()?, next()?)),
        _ => None,
    }
}

/// One to three digits, at most 255.
fn number(digits: &[u8]) -> Option<u8> {
    if digits.is_empty() || digits.len() > 3 {
        return None;
    }
    let value = digits.iter().try_fold(0_u16, |n, digit| {
        digit
            .is_ascii_digit()
            .then(|| n * 10 + u16::from(digit - b'0'))
    })?;
    u8::try_from(value).ok()
}

/// Appends the sequence that leads from one style to another, as history rows have it.
pub(super) fn change(out: &mut String, from: Style, to: Style) {
    if from == to {
        return;
    }
    if to == Style::default() {
        return out.push_str("\x1b[m");
    }
    let mut codes = Codes { out, some: false };
    if from.fg != to.fg {
        codes.color(to.fg, 30);
    }
    if from.bg != to.bg {
        codes.color(to.bg, 40);
    }
    if (from.bold, from.dim) != (to.bold, to.dim) {
        codes.add(match (to.bold, to.dim) {
            (true, _) => 1,
            (_, true) => 2,
            _ => 22,
        });
    }
    let line = |style: Style| style.underline != Underline::None;
    for (was, is, code) in [
        (from.italic, to.italic, 3),
        (line(from), line(to), 4),
        (from.inverse, to.inverse, 7),
    ] {
        if was != is {
            codes.add(if is { code } else { code + 20 });
        }
    }
    out.push('m');
}

struct Codes<'a> {
    out: &'a mut String,
    some: bool,
}

impl Codes<'_> {
    fn add(&mut self, code: u8) {
        self.out.push_str(if self.some { ";" } else { "\x1b[" });
        self.some = true;
        let digits = [code / 100, code / 10 % 10, code % 10];
        let zeros = usize::from(code < 100) + usize::from(code < 10);
        let digits = digits.iter().skip(zeros);
        self.out
            .extend(digits.map(|digit| char::from(b'0' + digit)));
    }

    fn color(&mut self, color: Color, base: u8) {
        match color {
            Color::Default => self.add(base + 9),
            Color::Indexed(n @ 0..=7) => self.add(base + n),
            Color::Indexed(n @ 8..=15) => self.add(base + 52 + n),
            Color::Indexed(n) => [base + 8, 5, n].iter().for_each(|code| self.add(*code)),
            Color::Rgb(r, g, b) => {
                [base + 8, 2, r, g, b]
                    .iter()
                    .for_each(|code| self.add(*code));
            }
        }
    }
}
