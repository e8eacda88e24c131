//! Taking the operator's terminal and giving it back as it was, also after a panic.

use crate::platform::terminal;
use std::io::{self, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

/// Alternate screen, no cursor, bracketed paste, focus reports, own title kept.
const ENTER: &[u8] = b"\x1b[22;2t\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[?1004h\x1b]2;pult\x1b\\";
/// Everything of [`ENTER`] and more taken back, whatever was set in between.
const LEAVE: &[u8] =
    b"\x1b[?2026l\x1b[?2031l\x1b[?1006l\x1b[?1002l\x1b[?1004l\x1b[?2004l\x1b[0 q\x1b[0m\x1b[?25h\x1b[?1049l\x1b[23;2t";
const MOUSE_ON: &[u8] = b"\x1b[?1002h\x1b[?1006h";
const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1002l";

static TAKEN: AtomicBool = AtomicBool::new(false);
static HOOK: Once = Once::new();

/// The terminal while it is ours; dropping it gives it back.
#[derive(Debug)]
pub struct Taken {
    mouse: bool,
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
        Ok(Self { mouse: false })
    }

    /// Takes it again after [`Taken::give_back`].
    ///
    /// # Errors
    /// When it is gone.
    pub fn again(&mut self) -> io::Result<()> {
        terminal::raw_mode()?;
        TAKEN.store(true, Ordering::SeqCst);
        write(ENTER)?;
        self.mouse = false;
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
    pub fn mouse(&mut self, on: bool) -> io::Result<()> {
        if std::mem::replace(&mut self.mouse, on) == on {
            return Ok(());
        }
        write(if on { MOUSE_ON } else { MOUSE_OFF })
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
