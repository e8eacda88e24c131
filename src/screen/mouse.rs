//! Mouse events as a program asked for them.

use super::modes::{Modes, MouseEncoding, MouseProtocol};

/// What the mouse did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MouseKind {
    /// A button went down.
    Press,
    /// A button went up.
    Release,
    /// It moved; with a button held it is a drag.
    Move,
    /// One step up with the wheel.
    WheelUp,
    /// One step down with the wheel.
    WheelDown,
    /// One step to the left with the wheel.
    WheelLeft,
    /// One step to the right with the wheel.
    WheelRight,
}

/// One mouse event. Cells count from 0, the pane's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MouseEvent {
    /// What happened.
    pub kind: MouseKind,
    /// 0 left, 1 middle, 2 right, 3 none.
    pub button: u8,
    /// Column.
    pub col: u16,
    /// Row.
    pub row: u16,
    /// With shift.
    pub shift: bool,
    /// With alt.
    pub alt: bool,
    /// With control.
    pub ctrl: bool,
}

/// The bytes of a mouse event; `None` when the program does not want it or cannot be told of it.
pub fn encode_mouse(event: MouseEvent, modes: &Modes) -> Option<Vec<u8>> {
    let button = event.button.min(3);
    let wanted = match (modes.mouse, event.kind) {
        (MouseProtocol::None, _) => false,
        (MouseProtocol::X10, kind) => kind == MouseKind::Press,
        (MouseProtocol::Normal, kind) => kind != MouseKind::Move,
        (MouseProtocol::Button, MouseKind::Move) => button < 3,
        (MouseProtocol::Button | MouseProtocol::Any, _) => true,
    };
    if !wanted {
        return None;
    }
    let mut code = match event.kind {
        MouseKind::Press | MouseKind::Release => button,
        MouseKind::Move => button + 32,
        MouseKind::WheelUp => 64,
        MouseKind::WheelDown => 65,
        MouseKind::WheelLeft => 66,
        MouseKind::WheelRight => 67,
    };
    let release = event.kind == MouseKind::Release;
    if release && modes.mouse_encoding != MouseEncoding::Sgr {
        code = 3;
    }
    if modes.mouse != MouseProtocol::X10 {
        code += 4 * u8::from(event.shift) + 8 * u8::from(event.alt) + 16 * u8::from(event.ctrl);
    }
    let (col, row) = (u32::from(event.col) + 1, u32::from(event.row) + 1);
    if modes.mouse_encoding == MouseEncoding::Sgr {
        let last = if release { 'm' } else { 'M' };
        return Some(format!("\x1b[<{code};{col};{row}{last}").into_bytes());
    }
    if modes.mouse_encoding == MouseEncoding::Urxvt {
        return Some(format!("\x1b[{};{col};{row}M", code + 32).into_bytes());
    }
    let mut out = b"\x1b[M".to_vec();
    for number in [u32::from(code), col, row] {
        match modes.mouse_encoding {
            MouseEncoding::Utf8 => {
                let c = char::from_u32(number + 32).filter(|c| u32::from(*c) < 0x800)?;
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
            _ => out.push(u8::try_from(number + 32).ok()?),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: MouseEvent = MouseEvent {
        kind: MouseKind::Press,
        button: 0,
        col: 4,
        row: 2,
        shift: false,
        alt: false,
        ctrl: false,
    };

    fn modes(mouse: MouseProtocol, mouse_encoding: MouseEncoding) -> Modes {
        Modes {
            mouse,
            mouse_encoding,
            ..Modes::default()
        }
    }

    #[test]
    fn a_program_gets_the_events_it_asked_for() {
        let moved = MouseEvent {
            kind: MouseKind::Move,
            button: 3,
            ..AT
        };
        let dragged = MouseEvent {
            kind: MouseKind::Move,
            ..AT
        };
        let released = MouseEvent {
            kind: MouseKind::Release,
            ..AT
        };
        for (protocol, wanted) in [
            (MouseProtocol::None, [false, false, false, false]),
            (MouseProtocol::X10, [true, false, false, false]),
            (MouseProtocol::Normal, [true, true, false, false]),
            (MouseProtocol::Button, [true, true, true, false]),
            (MouseProtocol::Any, [true, true, true, true]),
        ] {
            for encoding in [
                MouseEncoding::Default,
                MouseEncoding::Utf8,
                MouseEncoding::Sgr,
                MouseEncoding::Urxvt,
            ] {
                let got = [AT, released, dragged, moved]
                    .map(|event| encode_mouse(event, &modes(protocol, encoding)).is_some());
                assert_eq!(got, wanted, "{protocol:?} {encoding:?}");
            }
        }
    }

    #[test]
    fn the_encodings_write_the_same_event_differently() {
        let far = MouseEvent {
            col: 300,
            ctrl: true,
            ..AT
        };
        let get = |event, encoding| encode_mouse(event, &modes(MouseProtocol::Normal, encoding));
        assert_eq!(get(AT, MouseEncoding::Default), Some(b"\x1b[M %#".to_vec()));
        assert_eq!(get(far, MouseEncoding::Default), None);
        assert_eq!(
            get(far, MouseEncoding::Utf8),
            Some("\x1b[M0\u{14d}#".into())
        );
        assert_eq!(
            get(far, MouseEncoding::Sgr),
            Some(b"\x1b[<16;301;3M".to_vec())
        );
        assert_eq!(
            get(far, MouseEncoding::Urxvt),
            Some(b"\x1b[48;301;3M".to_vec())
        );
        let released = MouseEvent {
            kind: MouseKind::Release,
            ..AT
        };
        assert_eq!(
            get(released, MouseEncoding::Urxvt),
            Some(b"\x1b[35;5;3M".to_vec())
        );
        assert_eq!(
            get(released, MouseEncoding::Sgr),
            Some(b"\x1b[<0;5;3m".to_vec())
        );
        assert_eq!(
            get(released, MouseEncoding::Default),
            Some(b"\x1b[M#%#".to_vec())
        );
    }
}
