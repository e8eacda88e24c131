//! A real terminal around the built binary: a PTY, read through an emulator that is not ours.

use crate::support::{Home, PATIENCE, wait_for, wait_until};
use alacritty_terminal::Term;
use alacritty_terminal::event::VoidListener;
use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::Config;
use alacritty_terminal::vte::ansi::{Processor, StdSyncHandler};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::sync::{Arc, Mutex};

struct Cells(usize, usize);

impl Dimensions for Cells {
    fn total_lines(&self) -> usize {
        self.0
    }
    fn screen_lines(&self) -> usize {
        self.0
    }
    fn columns(&self) -> usize {
        self.1
    }
}

/// What the terminal got, raw and folded.
struct Seen {
    raw: Vec<u8>,
    term: Term<VoidListener>,
    parser: Processor<StdSyncHandler>,
}

/// A program in a terminal.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    seen: Arc<Mutex<Seen>>,
    reader: std::thread::JoinHandle<()>,
}

impl Terminal {
    /// `pult ARGS…` in a terminal of that size.
    pub fn open(home: &Home, args: &[&str], cols: u16, rows: u16) -> Self {
        let size = PtySize {
            rows,
            cols,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(Home::binary());
        command.args(args);
        command.env_clear();
        for (name, value) in home.command(&[]).get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        command.cwd(home.work());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let cells = Cells(rows.into(), cols.into());
        let seen = Arc::new(Mutex::new(Seen {
            raw: Vec::new(),
            term: Term::new(Config::default(), &cells, VoidListener),
            parser: Processor::new(),
        }));
        let (mut output, sink) = (pair.master.try_clone_reader().unwrap(), Arc::clone(&seen));
        let reader = std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(n @ 1..) = output.read(&mut bytes) {
                let Seen { raw, term, parser } = &mut *sink.lock().unwrap();
                raw.extend_from_slice(&bytes[..n]);
                parser.advance(term, &bytes[..n]);
            }
        });
        Self {
            child,
            reader,
            keys: pair.master.take_writer().unwrap(),
            master: pair.master,
            seen,
        }
    }

    /// Types.
    pub fn keys(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// Gives the terminal another size.
    pub fn resize(&mut self, cols: u16, rows: u16) {
        let seen = &mut *self.seen.lock().unwrap();
        seen.term.resize(Cells(rows.into(), cols.into()));
        self.master
            .resize(PtySize {
                rows,
                cols,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
    }

    /// All that came so far.
    pub fn raw(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().unwrap().raw).into_owned()
    }

    /// What is on the screen.
    pub fn text(&self) -> String {
        let seen = self.seen.lock().unwrap();
        let grid = seen.term.grid();
        let mut text = String::new();
        for line in 0..grid.screen_lines() {
            let row = &grid[Line(line as i32)];
            let line: String = (0..grid.columns()).map(|c| row[Column(c)].c).collect();
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    /// Waits until all of `words` are on the screen.
    #[track_caller]
    pub fn shows(&self, words: &[&str]) {
        wait_for(&format!("the screen to show {words:?}"), PATIENCE, || {
            let text = self.text();
            match words.iter().all(|w| text.contains(w)) {
                true => Ok(()),
                false => Err(text),
            }
        });
    }

    /// Waits for its end; the exit code, and everything the terminal got.
    #[track_caller]
    pub fn ends(&mut self) -> (u32, String) {
        let code = wait_for("the program to end", PATIENCE, || {
            match self.child.try_wait() {
                Ok(Some(status)) => Ok(status.exit_code()),
                _ => Err(self.text()),
            }
        });
        let read = || self.reader.is_finished();
        wait_until("the last output to be read", PATIENCE, read);
        let raw = String::from_utf8_lossy(&self.seen.lock().unwrap().raw).into_owned();
        (code, raw)
    }

    pub fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
