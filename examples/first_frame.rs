//! How long each agent CLI takes to its first useful frame, with and without a terminal that
//! answers: `PULT_AGENTS_DIR=DIR first_frame [ROUNDS [CLI…]]`, three rounds of all that are
//! installed in DIR by the agents' suite. To be run where nothing but loopback is to be reached and
//! what a CLI leaves behind ends (`unshare -rnfp --kill-child --mount-proc`, loopback up): Codex
//! leaves a server of its own.
//!
//! A frame is useful when the CLI's adapter can tell from it where the CLI is, or finds the line
//! that takes a prompt. *silent* is a plain PTY whose queries nobody answers, *answered* one with
//! pult's emulator behind it, *in pult* a pane of a running daemon, by the times of its own
//! recording. Prints the median of each, in ms. A CLI that is driven over ACP has no frame.

#[allow(dead_code)]
#[path = "../tests/agents/cli.rs"]
mod cli;
#[allow(dead_code)]
#[path = "../tests/agents/model/mod.rs"]
mod model;
#[path = "../tests/it/support/mod.rs"]
mod support;

use cli::{CLIS, Cli};
use model::Model;
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use pult::runtime::Runtime;
use pult::screen::{Screen, ScreenEvent};
use serde_json::Value;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use support::{Home, PATIENCE, wait_until};

/// A CLI that shows nothing useful within this never will.
const LONGEST: Duration = Duration::from_secs(60);
/// As large as a pane that nobody looks at.
const SIZE: (u16, u16) = (40, 120);

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let rounds = words.first().map_or(Ok(3), |word| word.parse::<usize>());
    let Ok(rounds @ 1..) = rounds else {
        eprintln!("first_frame: a whole number of rounds first: first_frame [ROUNDS [CLI…]]");
        std::process::exit(2);
    };
    pult::runtime::declared::declare(pult::config::runtimes::load(Path::new("/nowhere")).0);
    println!(
        "{:<10} {:>8} {:>8} {:>8}",
        "ms", "silent", "answered", "in pult"
    );
    for cli in &CLIS {
        let named = words.iter().skip(1).any(|word| word == cli.name);
        if !named && words.len() > 1 {
            continue;
        }
        if pult::runtime::by_name(cli.name).is_some_and(|runtime| runtime.of() != cli.name) {
            continue;
        }
        match program(cli) {
            Ok(program) => {
                let all: Vec<[u128; 3]> = (0..rounds).map(|_| round(cli, &program)).collect();
                let median = |way: usize| {
                    let mut times: Vec<u128> = all.iter().map(|times| times[way]).collect();
                    times.sort_unstable();
                    times[times.len() / 2]
                };
                let [silent, answered, inside] = [0, 1, 2].map(median);
                println!("{:<10} {silent:>8} {answered:>8} {inside:>8}", cli.name);
            }
            Err(reason) => println!("{:<10} {reason}", cli.name),
        }
    }
}

/// Where the agents' suite has installed it; the reason why it is not measured.
fn program(cli: &Cli) -> Result<PathBuf, String> {
    let arch = match std::env::consts::ARCH {
        "aarch64" => "arm64",
        _ => "x64",
    };
    if (cli.package)(arch).is_empty() {
        return Ok(Home::binary().to_owned());
    }
    let dir = std::env::var_os("PULT_AGENTS_DIR").ok_or("PULT_AGENTS_DIR is not set")?;
    let dir = Path::new(&dir).join(format!("{}-{}", cli.name, cli.version));
    let program = dir.join("node_modules").join((cli.program)(arch));
    match program.is_file() {
        true => Ok(program),
        false => Err(format!("is not in {}", dir.display())),
    }
}

/// One start in each way, each in a home of its own.
fn round(cli: &Cli, program: &Path) -> [u128; 3] {
    let runtime = pult::runtime::by_name(cli.name).expect("a runtime");
    let home = |model: &Model| {
        let mut home = Home::new();
        let bin = home.path().join("bin");
        std::fs::create_dir(&bin).expect("a directory for the CLI");
        std::os::unix::fs::symlink(program, bin.join(cli.name)).expect("a link to the CLI");
        if let Some(node) = node(program) {
            std::os::unix::fs::symlink(node, bin.join("node")).expect("a link to node");
        }
        home.env("PATH", &format!("{}:/usr/bin:/bin", bin.display()));
        (cli.prepare)(&mut home, model, true);
        home
    };
    let model = Model::start(Vec::new()).expect("a port on loopback");
    let alone = |answers: bool| {
        let home = home(&model);
        alone(cli, runtime, &home, answers).as_millis()
    };
    [
        alone(false),
        alone(true),
        inside(cli, runtime, &home(&model)),
    ]
}

/// Some need a newer node than most systems have, and one came along.
fn node(program: &Path) -> Option<PathBuf> {
    let modules = program
        .ancestors()
        .find(|dir| dir.ends_with("node_modules"))?;
    let mut packages = std::fs::read_dir(modules).ok()?.flatten();
    let node = packages.find(|entry| {
        let name = entry.file_name();
        name.to_string_lossy().starts_with("node-linux-")
    })?;
    Some(node.path().join("bin/node"))
}

fn useful(runtime: &dyn Runtime, screen: &mut Screen) -> bool {
    let told = screen.take_events().into_iter().any(|event| match event {
        ScreenEvent::Osc { number, rest } => !runtime.osc(number, &rest).is_empty(),
        _ => false,
    });
    let rows = screen.text_rows();
    told || !runtime.screen(&rows).is_empty() || runtime.draft(&rows).is_some()
}

/// In a PTY of its own, as its user would start it.
fn alone(cli: &Cli, runtime: &dyn Runtime, home: &Home, answers: bool) -> Duration {
    let (rows, cols) = SIZE;
    let size = PtySize {
        rows,
        cols,
        ..PtySize::default()
    };
    let pair = native_pty_system().openpty(size).expect("a PTY");
    let plain = home.command(&[]);
    let program = home.path().join("bin").join(cli.name);
    let mut command = CommandBuilder::new(&program);
    if cli.name == "ollama" {
        command.arg("chat");
    }
    command.env_clear();
    for (key, value) in plain.get_envs() {
        command.env(key, value.unwrap_or_default());
    }
    command.cwd(home.work());
    let since = Instant::now();
    let mut child = pair.slave.spawn_command(command).expect("the CLI");
    let mut output = pair.master.try_clone_reader().expect("the master");
    let mut input = pair.master.take_writer().expect("the master");
    let (sender, chunks) = mpsc::channel();
    std::thread::spawn(move || {
        let mut chunk = [0; 16 * 1024];
        while let Ok(n @ 1..) = output.read(&mut chunk) {
            if sender.send(chunk[..n].to_vec()).is_err() {
                break;
            }
        }
    });
    let mut screen = Screen::new(rows, cols);
    let mut took = LONGEST;
    while let Ok(chunk) = chunks.recv_timeout(LONGEST.saturating_sub(since.elapsed())) {
        screen.feed(&chunk);
        let replies = screen.take_replies();
        if answers {
            let _ = input.write_all(&replies);
        }
        if useful(runtime, &mut screen) {
            took = since.elapsed();
            break;
        }
    }
    if took == LONGEST {
        eprintln!(
            "{} showed nothing useful:\n{}",
            cli.name,
            screen.text_rows().join("\n").trim_end()
        );
    }
    let _ = child.kill();
    let _ = child.wait();
    took
}

/// In a pane, by its recording.
fn inside(cli: &Cli, runtime: &dyn Runtime, home: &Home) -> u128 {
    let new = ["new", "w", "--runtime", cli.name];
    home.ok(&new);
    let path = home.path().join("w.cast");
    let cast = path.to_str().expect("a path in UTF-8");
    let mut found = None;
    wait_until("a useful frame", PATIENCE, || {
        home.run(&["export", "w", "--cast", cast]);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let mut screen = Screen::new(SIZE.0, SIZE.1);
        for line in text.lines().skip(1) {
            let event: Value = serde_json::from_str(line).unwrap_or_default();
            if event[1] == "o" {
                screen.feed(event[2].as_str().unwrap_or("").as_bytes());
                if useful(runtime, &mut screen) {
                    found = event[0].as_f64();
                    return true;
                }
            }
        }
        false
    });
    (found.unwrap_or(0.0) * 1000.0) as u128
}
