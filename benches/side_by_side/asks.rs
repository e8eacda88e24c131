//! Requests and decisions: a scripted agent asks by the real hook process, an operator watches and
//! decides.

use super::child::shared_clock;
use super::figures::{Samples, Table, Target};
use super::mux::Mux;
use super::outer::PATIENCE;
use super::{Options, this_program};
use pult::core::ask::Answer;
use pult::dial::{Connection, Incoming, Reader};
use pult::platform::paths::Paths;
use pult::wire::hello::ClientKind;
use pult::wire::request::{Push, Request};
use pult::wire::view::AskRow;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::collections::HashSet;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

/// So many requests one session may make in a short time.
const EACH: usize = 50;

/// Request until its row is with a watching client, and decision until its hook has it; in ms.
pub fn asks(options: &Options, table: &mut Table) {
    let mux = Mux::pult(&options.pult);
    let agent = mux.home().join("bin/pult-demo-agent");
    let times = mux.home().join("times");
    let script = format!(
        "#!/bin/sh\nSIDE_ASKS={EACH} SIDE_OUT='{}' exec '{}' --child asks \"$@\"\n",
        times.display(),
        this_program(),
    );
    std::fs::write(&agent, script).expect("a file");
    std::fs::set_permissions(&agent, std::fs::Permissions::from_mode(0o755)).expect("its mode");
    mux.run(&["daemon", "start"]);
    let paths = Paths::under(mux.home()).expect("paths");
    let operator = Connection::running(&paths, ClientKind::Cockpit, "the benchmark");
    let (mut reader, mut writer) = operator
        .expect("the operator's door")
        .split()
        .expect("halves");
    writer.request(Request::Watch).expect("the daemon listens");
    let mut seen = HashSet::new();
    let mut moments = Vec::new();
    for round in 0..options.asks.div_ceil(EACH) {
        let name = format!("asker-{round}");
        mux.run(&["new", &name, "--runtime", "demo", "ask"]);
        while moments.len() < (round + 1) * EACH {
            for row in inbox(&mut reader) {
                if seen.insert(row.id.clone()) {
                    let now = shared_clock();
                    let decide = Request::Decide {
                        id: row.id,
                        digest: None,
                        answer: Answer::Allow,
                        note: None,
                    };
                    writer.request(decide).expect("the daemon listens");
                    moments.push(now);
                }
            }
        }
    }
    let end = Instant::now() + PATIENCE;
    let (mut requests, mut decisions) = (Samples::default(), Samples::default());
    let mut hooks: Vec<(u64, u64)> = Vec::new();
    while hooks.len() < moments.len() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(50));
        let text = std::fs::read_to_string(&times).unwrap_or_default();
        let pair = |line: &str| {
            let (asked, answered) = line.split_once(' ')?;
            Some((asked.parse().ok()?, answered.parse().ok()?))
        };
        hooks = text.lines().filter_map(pair).collect();
    }
    for (shown, (asked, answered)) in moments.into_iter().zip(hooks) {
        requests.add(shown.saturating_sub(asked) as f64 / 1e3);
        decisions.add(answered.saturating_sub(shown) as f64 / 1e3);
    }
    for (what, samples) in [
        ("request (hook started) to inbox row", requests),
        ("decision to delivered", decisions),
    ] {
        table.line(
            &format!("{what}, p50, ms"),
            None,
            samples.at(0.5),
            Target::Open,
        );
        table.line(
            &format!("{what}, p99, ms"),
            None,
            samples.at(0.99),
            Target::Below(50.0),
        );
    }
}

/// The inbox as it is pushed next.
fn inbox(reader: &mut Reader) -> Vec<AskRow> {
    loop {
        match reader.take().expect("the wire") {
            Some(Incoming::Push(Push::World { inbox, .. })) => return inbox,
            Some(Incoming::Error { error, .. }) => panic!("{error}"),
            Some(_) => continue,
            None => {}
        }
        let wait = Timespec::try_from(PATIENCE).expect("a time");
        let mut fds = [PollFd::new(&*reader, PollFlags::IN)];
        let ready = poll(&mut fds, Some(&wait)).expect("the connection");
        assert!(ready > 0, "nothing was asked within {PATIENCE:?}");
        assert!(reader.fill().expect("the connection"), "the daemon went");
    }
}
