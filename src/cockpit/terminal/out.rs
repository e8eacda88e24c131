//! Taking the operator's terminal and giving it back as it was, also after a panic.

use crate::platform::terminal;
use std::io::{self, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Alternate screen, no cursor, bracketed paste, focus reports, own title kept.
const ENTER: &[u8] = b"\x1b[22;2t\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[?1004h\x1b]2;pult\x1b\\";
/// Everything of [`ENTER`] and more taken back, whatever was set in between.
const LEAVE: &[u8] =
    b"\x1b[?2026l\x1b[?2031l\x1b[?1006l\x1b[?1003l\x1b[?1002l\x1b[?1004l\x1b[?2004l\x1b[0 q\x1b[0m\x1b[?25h\x1b[?1049l\x1b[23;2t";
const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1003l\x1b[?1002l";
/// Clicks, the wheel and drags.
const MOUSE_DRAGS: &[u8] = b"\x1b[?1003l\x1b[?1002h\x1b[?1006h";
/// Every motion as well.
const MOUSE_MOVES: &[u8] = b"\x1b[?1003h\x1b[?1006h";
const KITTY_OFF: &[u8] = b"\x1b[<u";
const OTHER_KEYS_ON: &[u8] = b"\x1b[>4;2m";
const OTHER_KEYS_OFF: &[u8] = b"\x1b[>4m";

/// How much of the mouse is ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MouseLevel {
    /// None: the terminal selects text.
    #[default]
    Off,
    /// Clicks, the wheel and drags.
    Drags,
    /// Every motion as well: a program wants it.
    Moves,
}

/// How the terminal tells keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keyboard {
    /// As it does for everybody.
    #[default]
    Usual,
    /// By the kitty protocol, with these flags.
    Kitty(u8),
    /// With modifyOtherKeys.
    Other,
}

impl Keyboard {
    /// Its place in [`GIVE_BACK`].
    fn number(self) -> usize {
        match self {
            Keyboard::Usual => 0,
            Keyboard::Kitty(_) => 1,
            Keyboard::Other => 2,
        }
    }

    fn on(self) -> Vec<u8> {
        match self {
            Keyboard::Usual => Vec::new(),
            Keyboard::Kitty(flags) => format!("\x1b[>{flags}u").into_bytes(),
            Keyboard::Other => OTHER_KEYS_ON.to_vec(),
        }
    }
}

/// What gives the keyboard back: an index into [`GIVE_BACK`].
static KEYBOARD: AtomicUsize = AtomicUsize::new(0);
const GIVE_BACK: [&[u8]; 3] = [b"", KITTY_OFF, OTHER_KEYS_OFF];
static TAKEN: AtomicBool = AtomicBool::new(false);
static HOOK: Once = Once::new();

/// The terminal while it is ours; dropping it gives it back.
#[derive(Debug)]
pub struct Taken {
    mouse: MouseLevel,
    keyboard: Keyboard,
}

impl Taken {
    /// Takes it.
    ///
    /// # Errors
    /// When standard input is not a terminal.
    pub fn take() -> io::Result<Self> {
        HOOK.call_once(|| {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |info| {
                give_back();
                before(info);
            }));
        });
        terminal::raw_mode()?;
        TAKEN.store(true, Ordering::SeqCst);
        write(ENTER)?;
        Ok(Self {
            mouse: MouseLevel::Off,
            keyboard: Keyboard::Usual,
        })
    }

    /// Takes it again after [`Taken::give_back`].
    ///
    /// # Errors
    /// When it is gone.
    pub fn again(&mut self) -> io::Result<()> {
        terminal::raw_mode()?;
        TAKEN.store(true, Ordering::SeqCst);
        write(ENTER)?;
        self.mouse = MouseLevel::Off;
        self.keyboard = Keyboard::Usual;
        Ok(())
    }

    /// Asks for the background's colour, now and whenever it changes; the answer comes as input.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn ask_background(&self) -> io::Result<()> {
        write(b"\x1b]11;?\x1b\\\x1b[?2031h")
    }

    /// Gives it back for a while.
    pub fn give_back(&self) {
        give_back();
    }

    /// Takes the mouse, or leaves it to the terminal.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn mouse(&mut self, level: MouseLevel) -> io::Result<()> {
        if std::mem::replace(&mut self.mouse, level) == level {
            return Ok(());
        }
        write(match level {
            MouseLevel::Off => MOUSE_OFF,
            MouseLevel::Drags => MOUSE_DRAGS,
            MouseLevel::Moves => MOUSE_MOVES,
        })
    }

    /// Asks whether the terminal knows the kitty keyboard protocol, and then what every terminal
    /// answers; both answers come as input, and nothing waits for them.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn ask_keyboard(&self) -> io::Result<()> {
        write(b"\x1b[?u\x1b[c")
    }

    /// Makes the terminal tell keys so.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn keyboard(&mut self, want: Keyboard) -> io::Result<()> {
        let before = std::mem::replace(&mut self.keyboard, want);
        let set = match (before, want) {
            (before, want) if before == want => return Ok(()),
            (Keyboard::Kitty(_), Keyboard::Kitty(flags)) => format!("\x1b[={flags}u").into_bytes(),
            (before, want) => [GIVE_BACK[before.number()], &want.on()].concat(),
        };
        KEYBOARD.store(want.number(), Ordering::SeqCst);
        write(&set)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        give_back();
    }
}

/// Gives the terminal back; a second time does nothing.
fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let keyboard = KEYBOARD.swap(0, Ordering::SeqCst);
        let _ = write(GIVE_BACK[keyboard.min(2)]);
        let _ = write(LEAVE);
        terminal::cooked_mode();
    }
}

/// Writes to the terminal.
///
/// # Errors
/// When it is gone.
pub fn write(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}
