//! The modes a program has set, kept by ourselves: the emulator knows only some of them.

use serde::{Deserialize, Serialize};

/// Which mouse events a program wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum MouseProtocol {
    /// None.
    #[default]
    None,
    /// Presses only (mode 9).
    X10,
    /// Presses and releases (mode 1000).
    Normal,
    /// Those and motion with a button held (mode 1002).
    Button,
    /// Those and all motion (mode 1003).
    Any,
}

/// How mouse events are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum MouseEncoding {
    /// One byte a coordinate; nothing beyond column 223.
    #[default]
    Default,
    /// One character a coordinate (mode 1005).
    Utf8,
    /// `CSI < … M` and `m` (mode 1006).
    Sgr,
    /// `CSI … M` with decimal numbers (mode 1015).
    Urxvt,
}

/// The modes of one screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Modes {
    /// Cursor keys send `ESC O` (mode 1).
    pub application_cursor: bool,
    /// The keypad sends `ESC O` (`ESC =`).
    pub application_keypad: bool,
    /// A paste is bracketed (mode 2004).
    pub bracketed_paste: bool,
    /// Which mouse events are wanted.
    pub mouse: MouseProtocol,
    /// How they are written.
    pub mouse_encoding: MouseEncoding,
    /// Focus changes are wanted (mode 1004).
    pub focus_events: bool,
    /// Inside a synchronized update: what is on the screen is half a frame (mode 2026).
    pub synchronized: bool,
    /// The alternate screen is shown.
    pub alternate_screen: bool,
    /// The wheel sends cursor keys on the alternate screen (mode 1007).
    pub alternate_scroll: bool,
    /// Changes of the colour scheme are wanted (mode 2031).
    pub color_scheme_events: bool,
    /// The cursor is shown (mode 25).
    pub cursor_visible: bool,
    /// The cursor's shape as DECSCUSR counts it: 0 the terminal's own, 1–6.
    pub cursor_shape: u8,
    /// xterm's modifyOtherKeys: 0, 1 or 2.
    pub modify_other_keys: u8,
    /// The flags of the kitty keyboard protocol, 0 when the program has not asked for it.
    pub kitty: u8,
    /// Rows are counted from the top margin (mode 6), as last set.
    pub origin: bool,
    /// Text goes on in the next row at the edge (mode 7).
    pub autowrap: bool,
    /// Text pushes what is behind it aside (ANSI mode 4).
    pub insert: bool,
}

impl Default for Modes {
    fn default() -> Modes {
        Modes {
            application_cursor: false,
            application_keypad: false,
            bracketed_paste: false,
            mouse: MouseProtocol::None,
            mouse_encoding: MouseEncoding::Default,
            focus_events: false,
            synchronized: false,
            alternate_screen: false,
            alternate_scroll: false,
            color_scheme_events: false,
            cursor_visible: true,
            cursor_shape: 0,
            modify_other_keys: 0,
            kitty: 0,
            origin: false,
            autowrap: true,
            insert: false,
        }
    }
}

impl Modes {
    /// Sets or clears DEC private mode `number`. The screens (47, 1047, 1049) are not set here.
    pub(super) fn set(&mut self, number: u16, on: bool) {
        match number {
            1 => self.application_cursor = on,
            6 => self.origin = on,
            7 => self.autowrap = on,
            25 => self.cursor_visible = on,
            1004 => self.focus_events = on,
            1007 => self.alternate_scroll = on,
            2004 => self.bracketed_paste = on,
            2026 => self.synchronized = on,
            2031 => self.color_scheme_events = on,
            _ => {}
        }
        if let Some(protocol) = protocol(number) {
            if on {
                self.mouse = protocol;
            } else if self.mouse == protocol {
                self.mouse = MouseProtocol::None;
            }
        }
        if let Some(encoding) = encoding(number) {
            if on {
                self.mouse_encoding = encoding;
            } else if self.mouse_encoding == encoding {
                self.mouse_encoding = MouseEncoding::Default;
            }
        }
    }

    /// What DECRQM answers for DEC private mode `number`: 0 unknown, 1 set, 2 reset.
    pub(super) fn report(&self, number: u16) -> u8 {
        let on = match number {
            1 => self.application_cursor,
            6 => self.origin,
            7 => self.autowrap,
            25 => self.cursor_visible,
            47 | 1047 | 1049 => self.alternate_screen,
            1004 => self.focus_events,
            1007 => self.alternate_scroll,
            2004 => self.bracketed_paste,
            2026 => self.synchronized,
            2031 => self.color_scheme_events,
            n => match (protocol(n), encoding(n)) {
                (Some(p), _) => self.mouse == p,
                (_, Some(e)) => self.mouse_encoding == e,
                _ => return 0,
            },
        };
        if on { 1 } else { 2 }
    }
}

fn protocol(number: u16) -> Option<MouseProtocol> {
    Some(match number {
        9 => MouseProtocol::X10,
        1000 => MouseProtocol::Normal,
        1002 => MouseProtocol::Button,
        1003 => MouseProtocol::Any,
        _ => return None,
    })
}

fn encoding(number: u16) -> Option<MouseEncoding> {
    match number {
        1005 => Some(MouseEncoding::Utf8),
        1006 => Some(MouseEncoding::Sgr),
        1015 => Some(MouseEncoding::Urxvt),
        _ => None,
    }
}
