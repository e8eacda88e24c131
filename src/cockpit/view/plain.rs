//! The signs of the cockpit in letters and lines that the oldest fonts have.

use std::borrow::Cow;

/// Sign and stand-in. The signs of states stay different from each other.
const SIGNS: &[(char, &str)] = &[
    ('●', "*"),
    ('◆', "!"),
    ('✓', "v"),
    ('○', "o"),
    ('‖', "="),
    ('◷', "@"),
    ('×', "x"),
    ('–', "-"),
    ('▸', ">"),
    ('‹', "<"),
    ('›', ">"),
    ('…', "~"),
    ('≈', "~"),
    ('⏎', "enter"),
    ('⌫', "bksp"),
    ('⇧', "S-"),
    ('←', "left"),
    ('→', "right"),
    ('↑', "up"),
    ('↓', "down"),
    ('↳', "+"),
    ('“', "\""),
    ('”', "\""),
    ('╭', "┌"),
    ('╮', "┐"),
    ('╰', "└"),
    ('╯', "┘"),
];

/// `text` with stand-ins for the signs that an old font has not.
pub fn plain(text: &str) -> Cow<'_, str> {
    let stand_in = |c: char| SIGNS.iter().find(|(sign, _)| *sign == c).map(|(_, s)| *s);
    if text.is_ascii() || !text.chars().any(|c| stand_in(c).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match stand_in(c) {
            Some(instead) => out.push_str(instead),
            None => out.push(c),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cockpit::view::words::glyph;
    use crate::core::state::Shown;
    use std::collections::BTreeSet;

    #[test]
    fn every_state_keeps_a_shape_of_its_own() {
        use Shown::*;
        let all = [
            Working, Asks, Done, Idle, Unknown, Parked, Limited, Failed, Exited, Starting,
        ];
        let shapes: BTreeSet<String> = all.iter().map(|s| plain(glyph(*s)).into()).collect();
        assert_eq!(shapes.len(), all.len(), "{shapes:?}");
        assert!(shapes.iter().all(|s| s.is_ascii() && s.len() == 1));
    }

    #[test]
    fn words_stay_as_they_are() {
        assert_eq!(plain("naïve"), "naïve");
        assert_eq!(plain("╭─ ⏎ opens …"), "┌─ enter opens ~");
    }

    /// The signs that the oldest fonts have too.
    const EVERYWHERE: &str = "·─│┌┐└┘├┤┬┴┼";

    #[test]
    fn every_sign_that_the_cockpit_draws_has_a_stand_in() {
        let mut missing = BTreeSet::new();
        let mut folders =
            vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cockpit")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                if path.ends_with("tests.rs") {
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap_or(&text);
                let lines = code.lines().map(str::trim).filter(|l| !l.starts_with("//"));
                let signs = lines.flat_map(str::chars).filter(|c| !c.is_ascii());
                let lost = signs
                    .filter(|c| !EVERYWHERE.contains(*c) && plain(&c.to_string()) == c.to_string());
                missing.extend(lost.map(|c| format!("{c} in {}", path.display())));
            }
        }
        assert_eq!(missing, BTreeSet::new());
    }
}
