//! Colours: how a theme writes them, and the nearest ones a poorer terminal has.

use ratatui::style::Color;

/// How many colours a terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// None: attributes only.
    Mono,
    /// The sixteen that the terminal's own settings define.
    Sixteen,
    /// The 256 of xterm.
    Indexed,
    /// Any.
    True,
}

const NAMES: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "white",
    "bright-black",
    "bright-red",
    "bright-green",
    "bright-yellow",
    "bright-blue",
    "bright-magenta",
    "bright-cyan",
    "bright-white",
];

/// The first sixteen as xterm draws them; others draw them much alike.
const SIXTEEN: [(u8, u8, u8); 16] = [
    (0, 0, 0),
    (205, 0, 0),
    (0, 205, 0),
    (205, 205, 0),
    (0, 0, 238),
    (205, 0, 205),
    (0, 205, 205),
    (229, 229, 229),
    (127, 127, 127),
    (255, 0, 0),
    (0, 255, 0),
    (255, 255, 0),
    (92, 92, 255),
    (255, 0, 255),
    (0, 255, 255),
    (255, 255, 255),
];

/// The steps of the 6x6x6 cube.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// Reads a colour as a theme writes it: `#8aadf4`, `bright-red`, `238`, `default`.
pub fn parse(text: &str) -> Option<Color> {
    if let Some(hex) = text.strip_prefix('#') {
        let good = hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit());
        let value = u32::from_str_radix(hex, 16).ok().filter(|_| good)?;
        let [_, r, g, b] = value.to_be_bytes();
        return Some(Color::Rgb(r, g, b));
    }
    if text == "default" {
        return Some(Color::Reset);
    }
    let named = NAMES.iter().position(|name| *name == text);
    let index = named.map_or_else(|| text.parse().ok(), |n| u8::try_from(n).ok())?;
    Some(Color::Indexed(index))
}

/// The nearest colour that a terminal of that depth has.
pub fn fit(colour: Color, depth: Depth) -> Color {
    match (depth, colour) {
        (Depth::True, _) | (_, Color::Reset) => colour,
        (Depth::Mono, _) => Color::Reset,
        (Depth::Indexed, Color::Rgb(r, g, b)) => Color::Indexed(indexed((r, g, b))),
        (Depth::Sixteen, Color::Rgb(r, g, b)) => Color::Indexed(sixteen((r, g, b))),
        (Depth::Sixteen, Color::Indexed(n @ 16..)) => Color::Indexed(sixteen(rgb(n))),
        (_, other) => other,
    }
}

/// What one of the 256 looks like.
pub fn rgb(index: u8) -> (u8, u8, u8) {
    match index {
        n @ 0..=15 => SIXTEEN[usize::from(n)],
        n @ 16..=231 => {
            let n = usize::from(n - 16);
            (STEPS[n / 36], STEPS[n / 6 % 6], STEPS[n % 6])
        }
        n => {
            let grey = 8 + 10 * (n - 232);
            (grey, grey, grey)
        }
    }
}

/// The nearest of the cube and the greys; the first sixteen are never taken, since they may look
/// like anything.
pub fn indexed(wanted: (u8, u8, u8)) -> u8 {
    nearest(wanted, 16..=255)
}

/// The nearest of the first sixteen.
pub fn sixteen(wanted: (u8, u8, u8)) -> u8 {
    nearest(wanted, 0..=15)
}

fn nearest(wanted: (u8, u8, u8), among: std::ops::RangeInclusive<u8>) -> u8 {
    among
        .min_by_key(|n| distance(wanted, rgb(*n)))
        .unwrap_or_default()
}

/// How far two colours are apart to the eye: green counts most, blue least.
fn distance(a: (u8, u8, u8), b: (u8, u8, u8)) -> u32 {
    let part = |a: u8, b: u8, weight: u32| u32::from(a.abs_diff(b)).pow(2) * weight;
    part(a.0, b.0, 3) + part(a.1, b.1, 4) + part(a.2, b.2, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_read_as_it_is_written() {
        assert_eq!(parse("#8aadf4"), Some(Color::Rgb(0x8a, 0xad, 0xf4)));
        assert_eq!(parse("bright-red"), Some(Color::Indexed(9)));
        assert_eq!(parse("238"), Some(Color::Indexed(238)));
        assert_eq!(parse("default"), Some(Color::Reset));
        for bad in ["", "#12345", "#1234567", "#+12345", "purple", "256", "-1"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_poorer_terminal_gets_the_nearest() {
        for (wanted, index, of_sixteen) in [
            ((255, 255, 255), 231, 15),
            ((0, 0, 0), 16, 0),
            ((255, 0, 0), 196, 9),
            ((8, 8, 8), 232, 0),
            ((0x82, 0xaa, 0xff), 111, 12),
            ((0xf0, 0xb4, 0x5a), 215, 3),
        ] {
            assert_eq!(
                (indexed(wanted), sixteen(wanted)),
                (index, of_sixteen),
                "{wanted:?}"
            );
        }
        for n in 16..=255 {
            let again = indexed(rgb(n));
            assert_eq!(rgb(again), rgb(n));
        }
        assert_eq!(fit(Color::Indexed(196), Depth::Sixteen), Color::Indexed(9));
        assert_eq!(fit(Color::Rgb(1, 2, 3), Depth::Mono), Color::Reset);
        assert_eq!(
            fit(Color::Indexed(200), Depth::Indexed),
            Color::Indexed(200)
        );
    }
}
