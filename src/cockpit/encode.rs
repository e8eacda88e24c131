//! What the operator does, as the program in a pane has asked to be told of it.

use super::key::{Code, Key};
use super::terminal::input::{Input, Mouse, MouseKind};
use crate::screen::{self, KeyCode, Modes, MouseEvent, MouseProtocol};

/// So many rows one step of the wheel moves.
const WHEEL: usize = 3;

/// The bytes of `input` for a program in `modes`; empty when it does not want them. Its screen's
/// first `above` rows are out of sight.
pub fn encode(input: &Input, modes: &Modes, above: u16) -> Vec<u8> {
    match input {
        // Alt came as an Esc before the key and may have been one: a program that can tell the two
        // apart gets what was typed.
        Input::Key(key) if key.alt && modes.kitty == 0 => {
            let modes = Modes {
                modify_other_keys: 0,
                ..*modes
            };
            screen::encode_key(&to_screen(*key), &modes)
        }
        Input::Key(key) => screen::encode_key(&to_screen(*key), modes),
        Input::Stroke(stroke) => screen::encode_stroke(stroke, modes),
        Input::Paste(bytes) => screen::encode_paste(&String::from_utf8_lossy(bytes), modes),
        Input::Focus(on) => screen::encode_focus(*on, modes),
        Input::Light(_) | Input::Kitty | Input::Terminal => Vec::new(),
        Input::Mouse(mouse) => screen::encode_mouse(event(*mouse, above), modes)
            .unwrap_or_else(|| wheel(mouse.kind, modes)),
    }
}

/// A full-screen program that takes no mouse gets the wheel as cursor keys.
fn wheel(kind: MouseKind, modes: &Modes) -> Vec<u8> {
    let code = match kind {
        MouseKind::WheelUp => KeyCode::Up,
        MouseKind::WheelDown => KeyCode::Down,
        _ => return Vec::new(),
    };
    if modes.mouse != MouseProtocol::None || !modes.alternate_screen {
        return Vec::new();
    }
    screen::encode_key(&screen::Key::plain(code), modes).repeat(WHEEL)
}

/// Pairs of the same key in the cockpit's words and in the screen's.
const SAME: [(Code, KeyCode); 14] = [
    (Code::Enter, KeyCode::Enter),
    (Code::Esc, KeyCode::Esc),
    (Code::Tab, KeyCode::Tab),
    (Code::Backspace, KeyCode::Backspace),
    (Code::Delete, KeyCode::Delete),
    (Code::Insert, KeyCode::Insert),
    (Code::Up, KeyCode::Up),
    (Code::Down, KeyCode::Down),
    (Code::Left, KeyCode::Left),
    (Code::Right, KeyCode::Right),
    (Code::Home, KeyCode::Home),
    (Code::End, KeyCode::End),
    (Code::PageUp, KeyCode::PageUp),
    (Code::PageDown, KeyCode::PageDown),
];

/// A key of the cockpit as the screen has it.
pub fn to_screen(key: Key) -> screen::Key {
    let code = match key.code {
        Code::Char(c) => KeyCode::Char(c),
        Code::F(n) => KeyCode::F(n),
        Code::Tab if key.shift => KeyCode::BackTab,
        code => {
            let same = SAME.iter().find(|(ours, _)| *ours == code);
            same.map_or(KeyCode::Enter, |(_, theirs)| *theirs)
        }
    };
    screen::Key {
        code,
        ctrl: key.ctrl,
        alt: key.alt,
        shift: key.shift,
    }
}

/// A key of the screen as the cockpit has it; `None` for one that it has no word for.
pub fn from_screen(key: &screen::Key) -> Option<Key> {
    let (code, shift) = match key.code {
        KeyCode::Char(c) => (Code::Char(c), false),
        KeyCode::F(n) => (Code::F(n), key.shift),
        KeyCode::BackTab => (Code::Tab, true),
        KeyCode::Other(_) => return None,
        code => {
            let same = SAME.iter().find(|(_, theirs)| *theirs == code)?;
            (same.0, key.shift)
        }
    };
    Some(Key {
        code,
        ctrl: key.ctrl,
        alt: key.alt,
        shift,
    })
}

fn event(mouse: Mouse, above: u16) -> MouseEvent {
    let kind = match mouse.kind {
        MouseKind::Press => screen::MouseKind::Press,
        MouseKind::Release => screen::MouseKind::Release,
        MouseKind::Move => screen::MouseKind::Move,
        MouseKind::WheelUp => screen::MouseKind::WheelUp,
        MouseKind::WheelDown => screen::MouseKind::WheelDown,
        MouseKind::WheelLeft => screen::MouseKind::WheelLeft,
        MouseKind::WheelRight => screen::MouseKind::WheelRight,
    };
    MouseEvent {
        kind,
        button: mouse.button,
        col: mouse.col,
        row: mouse.row.saturating_add(above),
        shift: mouse.modifiers & 4 != 0,
        alt: mouse.modifiers & 8 != 0,
        ctrl: mouse.modifiers & 16 != 0,
    }
}
