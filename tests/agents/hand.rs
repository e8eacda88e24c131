//! A CLI that somebody starts in a terminal of their own, without pult.

use crate::support::Home;
use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};
use pult::screen::Screen;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

const ROWS: u16 = 40;
const COLS: u16 = 120;

/// The terminal and what runs in it.
pub struct Hand {
    child: Mutex<Box<dyn Child + Send + Sync>>,
    keys: Arc<Mutex<Box<dyn Write + Send>>>,
    screen: Arc<Mutex<Screen>>,
}

impl Hand {
    /// Starts `program WORDS…` in the home's working directory.
    pub fn start(home: &Home, program: &Path, words: &[&str]) -> Self {
        let size = PtySize {
            rows: ROWS,
            cols: COLS,
            ..PtySize::default()
        };
        let pair = native_pty_system().openpty(size).expect("a PTY");
        let mut command = CommandBuilder::new(program);
        command.args(words);
        command.env_clear();
        let plain = home.command(&[]);
        let of_pult = |key: &std::ffi::OsStr| key == "PULT_HOME";
        for (key, value) in plain.get_envs().filter(|(key, _)| !of_pult(key)) {
            command.env(key, value.unwrap_or_default());
        }
        command.cwd(home.work().canonicalize().expect("a directory"));
        let child = pair.slave.spawn_command(command).expect("the CLI starts");
        drop(pair.slave);
        let mut output = pair.master.try_clone_reader().expect("the master");
        let keys = Arc::new(Mutex::new(pair.master.take_writer().expect("the master")));
        let screen = Arc::new(Mutex::new(Screen::new(ROWS, COLS)));
        let (asked, shown) = (Arc::clone(&keys), Arc::clone(&screen));
        std::thread::spawn(move || {
            let mut chunk = [0; 4096];
            while let Ok(n @ 1..) = output.read(&mut chunk) {
                let mut screen = shown.lock().expect("no panic");
                screen.feed(&chunk[..n]);
                let answers = screen.take_replies();
                drop(screen);
                // It may be gone by now.
                let _ = asked.lock().expect("no panic").write_all(&answers);
            }
        });
        Self {
            child: Mutex::new(child),
            keys,
            screen,
        }
    }

    /// Types; nobody may be there any more.
    pub fn types(&self, keys: &str) {
        let mut writer = self.keys.lock().expect("no panic");
        let _ = writer.write_all(keys.as_bytes());
    }

    /// What is to be seen.
    pub fn looks(&self) -> String {
        let screen = self.screen.lock().expect("no panic");
        screen.text_rows().join("\n")
    }

    /// Whether it has ended.
    pub fn is_over(&self) -> bool {
        let mut child = self.child.lock().expect("no panic");
        matches!(child.try_wait(), Ok(Some(_)))
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        if let Ok(mut child) = self.child.lock() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
