//! What the system's own description of a terminal says: how many colours it has.

use std::path::{Path, PathBuf};

/// The colours of the terminal called `term` by the compiled descriptions in the usual places;
/// `None` when there is no description of it.
pub fn colours(term: &str) -> Option<u32> {
    let first = term.chars().next().filter(|_| !term.contains('/'))?;
    let home = std::env::home_dir().map(|home| home.join(".terminfo"));
    let own = std::env::var_os("TERMINFO").map(PathBuf::from);
    let usual = [
        "/etc/terminfo",
        "/lib/terminfo",
        "/usr/share/terminfo",
        "/usr/local/share/terminfo",
    ];
    let places = own.into_iter().chain(home).chain(usual.map(PathBuf::from));
    let read = |dir: PathBuf| {
        let by_letter = dir.join(first.to_string()).join(term);
        let by_number = dir.join(format!("{:x}", u32::from(first))).join(term);
        read(&by_letter).or_else(|| read(&by_number))
    };
    places.into_iter().find_map(read)
}

fn read(path: &Path) -> Option<u32> {
    parse(&std::fs::read(path).ok()?)
}

/// The number `max_colors` of a compiled description, 0 when it has none.
fn parse(bytes: &[u8]) -> Option<u32> {
    const MAX_COLORS: usize = 13;
    let short = |at: usize| {
        let pair = bytes.get(at..at + 2)?;
        Some(u16::from_le_bytes([pair[0], pair[1]]))
    };
    let width = match short(0)? {
        0o432 => 2,
        0o1036 => 4,
        _ => return None,
    };
    let (names, flags, numbers) = (short(2)?, short(4)?, short(6)?);
    if usize::from(numbers) <= MAX_COLORS {
        return Some(0);
    }
    let flags_end = 12 + usize::from(names) + usize::from(flags);
    let at = flags_end + flags_end % 2 + MAX_COLORS * width;
    let field = bytes.get(at..at + width)?;
    let number = match field {
        [a, b] => i32::from(i16::from_le_bytes([*a, *b])),
        [a, b, c, d] => i32::from_le_bytes([*a, *b, *c, *d]),
        _ => return None,
    };
    Some(u32::try_from(number).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A description with these numbers, as `tic` writes it: `width` bytes each.
    fn compiled(numbers: &[i32], width: usize) -> Vec<u8> {
        let magic: u16 = if width == 2 { 0o432 } else { 0o1036 };
        let names = b"x|some terminal\0";
        let header = [magic, names.len() as u16, 3, numbers.len() as u16, 0, 0];
        let mut bytes: Vec<u8> = header.iter().flat_map(|n| n.to_le_bytes()).collect();
        bytes.extend(names);
        bytes.extend([1, 0, 1]);
        bytes.extend((bytes.len() % 2 == 1).then_some(0));
        for n in numbers {
            bytes.extend(&n.to_le_bytes()[..width]);
        }
        bytes
    }

    #[test]
    fn the_number_of_colours_is_found_in_both_formats() {
        let mut numbers = vec![-1; 14];
        assert_eq!(parse(&compiled(&numbers, 2)), Some(0));
        numbers[13] = 256;
        assert_eq!(parse(&compiled(&numbers, 2)), Some(256));
        numbers[13] = 0x0100_0000;
        assert_eq!(parse(&compiled(&numbers, 4)), Some(0x0100_0000));
        assert_eq!(parse(&compiled(&[80, 8], 2)), Some(0));
    }

    #[test]
    fn what_is_no_description_says_nothing() {
        let whole = compiled(&[8; 14], 2);
        for end in 0..whole.len() {
            assert_eq!(parse(&whole[..end]), None, "{end}");
        }
        assert_eq!(parse(b"#!/bin/sh\n"), None);
        assert_eq!(colours("../x"), None);
        assert_eq!(colours(""), None);
    }
}
