//! Keys by name, for a command line: `esc ctrl-c enter`.

use super::input::{Key, KeyCode};

/// Reads key names separated by blanks: `enter`, `esc`, `tab`, `up`, `f5`, `space`, one character,
/// each behind any of `ctrl-`, `alt-`, `shift-` (`c-`, `m-`, `s-` for short).
///
/// # Errors
/// A sentence that names the first word that is no key.
pub fn parse_key_names(names: &str) -> Result<Vec<Key>, String> {
    names
        .split_whitespace()
        .map(|word| {
            parse(word).ok_or_else(|| {
                format!("{word:?} is not a key: say esc, enter, ctrl-c, up, f5 or one character")
            })
        })
        .collect()
}

fn parse(word: &str) -> Option<Key> {
    let mut key = Key::plain(KeyCode::Enter);
    let mut rest = word;
    while let Some((modifier, after)) = rest
        .split_once('-')
        .filter(|(m, after)| !m.is_empty() && !after.is_empty())
    {
        match modifier.to_ascii_lowercase().as_str() {
            "ctrl" | "c" => key.ctrl = true,
            "alt" | "m" => key.alt = true,
            "shift" | "s" => key.shift = true,
            _ => return None,
        }
        rest = after;
    }
    let mut chars = rest.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        let c = if key.shift {
            c.to_uppercase().next().unwrap_or(c)
        } else {
            c
        };
        return (!c.is_control()).then_some(Key {
            code: KeyCode::Char(c),
            ..key
        });
    }
    key.code = match rest.to_ascii_lowercase().as_str() {
        "enter" | "return" => KeyCode::Enter,
        "esc" | "escape" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "backtab" => KeyCode::BackTab,
        "backspace" => KeyCode::Backspace,
        "delete" | "del" => KeyCode::Delete,
        "insert" | "ins" => KeyCode::Insert,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pageup" | "pgup" => KeyCode::PageUp,
        "pagedown" | "pgdn" => KeyCode::PageDown,
        "space" => KeyCode::Char(' '),
        name => {
            let number = name.strip_prefix('f')?.parse().ok()?;
            KeyCode::F(Some(number).filter(|n| (1..=20).contains(n))?)
        }
    };
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_keys_and_a_bad_word_is_named() {
        let keys = parse_key_names("esc ctrl-c Alt-Shift-up f12 - ctrl-- space");
        let plain = Key::plain;
        assert_eq!(
            keys,
            Ok(vec![
                plain(KeyCode::Esc),
                Key {
                    ctrl: true,
                    ..plain(KeyCode::Char('c'))
                },
                Key {
                    alt: true,
                    shift: true,
                    ..plain(KeyCode::Up)
                },
                plain(KeyCode::F(12)),
                plain(KeyCode::Char('-')),
                Key {
                    ctrl: true,
                    ..plain(KeyCode::Char('-'))
                },
                plain(KeyCode::Char(' ')),
            ])
        );
        for bad in ["bogus", "f21", "hyper-x", "fé"] {
            let error = parse_key_names(&format!("esc {bad} up")).expect_err(bad);
            assert!(error.contains(bad), "{error}");
        }
    }
}
