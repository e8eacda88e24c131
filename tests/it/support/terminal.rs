//! A terminal of the test's own with a `pult` in it.

use super::{Home, PATIENCE, wait_for, wait_until};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::sync::{Arc, Mutex};

/// A real PTY, its client, and everything that the client wrote to it.
pub struct Terminal {
    child: Mutex<Box<dyn Child + Send + Sync>>,
    master: Box<dyn MasterPty + Send>,
    keys: Mutex<Box<dyn Write + Send>>,
    size: Mutex<(u16, u16)>,
    written: Arc<Mutex<Vec<u8>>>,
    /// All of it that was looked at, at one size: what came since is added.
    looked: Mutex<(usize, pult::screen::Screen)>,
}

impl Terminal {
    /// Starts `pult WORDS…` in a terminal of this size.
    pub fn start(home: &Home, words: &[&str], rows: u16, cols: u16) -> Self {
        let size = PtySize {
            rows,
            cols,
            ..PtySize::default()
        };
        let pair = native_pty_system().openpty(size).expect("a PTY");
        let plain = home.command(words);
        let mut command = CommandBuilder::new(plain.get_program());
        command.args(plain.get_args());
        command.env_clear();
        for (key, value) in plain.get_envs() {
            command.env(key, value.unwrap_or_default());
        }
        command.cwd(home.work());
        let child = pair.slave.spawn_command(command).expect("a client");
        drop(pair.slave);
        let mut output = pair.master.try_clone_reader().expect("the master");
        let keys = pair.master.take_writer().expect("the master");
        let written = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&written);
        std::thread::spawn(move || {
            let mut chunk = [0; 4096];
            while let Ok(n @ 1..) = output.read(&mut chunk) {
                into.lock().expect("no panic").extend(&chunk[..n]);
            }
        });
        Self {
            child: Mutex::new(child),
            master: pair.master,
            keys: Mutex::new(keys),
            size: Mutex::new((rows, cols)),
            written,
            looked: Mutex::new((0, pult::screen::Screen::new(rows, cols))),
        }
    }

    /// The client.
    pub fn pid(&self) -> u32 {
        let child = self.child.lock().expect("no panic");
        child.process_id().expect("a running client")
    }

    /// Sends the client a signal.
    pub fn signal(&self, signal: rustix::process::Signal) {
        super::signal(self.pid(), signal);
    }

    /// Types.
    pub fn types(&self, keys: &[u8]) {
        let mut writer = self.keys.lock().expect("no panic");
        writer.write_all(keys).expect("an open terminal");
    }

    /// Gives the terminal another size.
    pub fn resize(&self, rows: u16, cols: u16) {
        *self.size.lock().expect("no panic") = (rows, cols);
        let size = PtySize {
            rows,
            cols,
            ..PtySize::default()
        };
        self.master.resize(size).expect("an open terminal");
    }

    /// All that the client wrote.
    pub fn written(&self) -> Vec<u8> {
        self.written.lock().expect("no panic").clone()
    }

    /// What it looks like: all that was written, at the present size.
    pub fn looks(&self) -> String {
        let (rows, cols) = *self.size.lock().expect("no panic");
        let mut looked = self.looked.lock().expect("no panic");
        if looked.1.size() != (rows, cols) {
            *looked = (0, pult::screen::Screen::new(rows, cols));
        }
        let written = self.written.lock().expect("no panic");
        let (seen, screen) = &mut *looked;
        screen.feed(&written[*seen..]);
        *seen = written.len();
        screen.text_rows().join("\n")
    }

    /// Waits until `text` is to be seen.
    #[track_caller]
    pub fn shows(&self, text: &str) {
        wait_for(text, PATIENCE, || {
            let looks = self.looks();
            looks.contains(text).then_some(()).ok_or(looks)
        });
    }

    /// Waits for the end of the client.
    #[track_caller]
    pub fn ended(&self) {
        wait_until("the end of the client", PATIENCE, || {
            let mut child = self.child.lock().expect("no panic");
            matches!(child.try_wait(), Ok(Some(_)))
        });
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Ok(mut child) = self.child.lock() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
