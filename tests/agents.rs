//! The real agent CLIs against a scripted model server, through the real binary.
//!
//! Each test runs in a network namespace of its own with nothing but loopback, in a cleared
//! environment and a throwaway home: no account and no network is needed or touched. What is
//! missing (a CLI, `unshare`) makes a test *ignored* with the reason, never passed.
//!
//! The CLIs are taken from `PULT_AGENTS_DIR`, by default `target/agents`; they are installed there
//! from npm only with `PULT_AGENTS=install`. As root each test runs as uid 65534, and the
//! essential ones as root too.

#[path = "agents/cli.rs"]
mod cli;
#[path = "agents/echo.rs"]
mod echo;
#[path = "agents/hand.rs"]
mod hand;
#[path = "agents/imports.rs"]
mod imports;
#[path = "agents/install.rs"]
mod install;
#[path = "agents/isolate.rs"]
mod isolate;
#[path = "agents/model/mod.rs"]
mod model;
#[path = "agents/scenario/mod.rs"]
mod scenario;
#[path = "it/support/mod.rs"]
mod support;
#[path = "agents/together.rs"]
mod together;

use cli::CLIS;
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use std::path::PathBuf;

fn main() {
    let words: Vec<String> = std::env::args().collect();
    if let [_, role, rest @ ..] = &words[..]
        && role == isolate::ROLE
    {
        isolate::inside(rest);
        return;
    }
    if let [_, role, heard] = &words[..]
        && role == echo::ROLE
    {
        echo::serve(heard);
        return;
    }
    let args = Arguments::from_args();
    let mut trials = Vec::new();
    for cli in &CLIS {
        for scenario in scenario::ALL {
            for user in [isolate::User::Nobody, isolate::User::Same] {
                if !scenario.is_for(user, isolate::am_root()) {
                    continue;
                }
                let name = format!("{}::{}::{}", cli.name, scenario.name, user.name());
                let run = move || run(cli, scenario, user);
                trials.push(Trial::ignorable_test(name, run));
            }
        }
    }
    trials.push(Trial::ignorable_test("together::twelve", together));
    for cli in imports::sources() {
        let name = format!("imports::of_{}", cli.name);
        trials.push(Trial::ignorable_test(name, || of(cli)));
    }
    trials.push(Trial::test("model::speaks_every_protocol", || {
        model::check();
        Ok(())
    }));
    libtest_mimic::run(&args, trials).exit();
}

fn run(
    cli: &'static cli::Cli,
    scenario: &'static scenario::Scenario,
    user: isolate::User,
) -> Result<Completion, Failed> {
    let mut lacks = cli.lacks.iter();
    if let Some((_, reason)) = lacks.find(|(name, _)| *name == scenario.name) {
        return Ok(Completion::ignored_with(*reason));
    }
    if scenario.name == scenario::CLOCKED && !cfg!(feature = "probes") {
        return Ok(Completion::ignored_with(
            "it sets the clock: --features probes",
        ));
    }
    let ready = isolate::possible(user).and_then(|()| {
        let program: PathBuf = install::program(cli)?;
        isolate::readable(user, &program)?;
        Ok(program)
    });
    match ready {
        Ok(program) => {
            isolate::outside(cli.name, scenario.name, user, &program.to_string_lossy())?;
            Ok(Completion::Completed)
        }
        Err(reason) => Ok(Completion::ignored_with(reason)),
    }
}

/// All CLIs at once, on a busy machine.
fn together() -> Result<Completion, Failed> {
    with_all(|user, list| isolate::aloud(together::NAME, "twelve", user, list))
}

/// A session of one, taken up by all.
fn of(cli: &'static cli::Cli) -> Result<Completion, Failed> {
    with_all(|user, list| isolate::outside(imports::NAME, cli.name, user, list))
}

/// Plays what needs all of the CLIs, of which it gets a list: `NAME=PATH`, one a line.
fn with_all(
    play: impl FnOnce(isolate::User, &str) -> Result<(), Failed>,
) -> Result<Completion, Failed> {
    let user = match isolate::am_root() {
        true => isolate::User::Nobody,
        false => isolate::User::Same,
    };
    if let Err(reason) = isolate::possible(user) {
        return Ok(Completion::ignored_with(reason));
    }
    let mut list = String::new();
    for cli in CLIS.iter().filter(|cli| !cli.is_driven()) {
        let program = install::program(cli).and_then(|program| {
            isolate::readable(user, &program)?;
            Ok(program)
        });
        match program {
            Ok(program) => list.push_str(&format!("{}={}\n", cli.name, program.display())),
            Err(reason) => return Ok(Completion::ignored_with(reason)),
        }
    }
    play(user, &list)?;
    Ok(Completion::Completed)
}
