//! What a keeper costs: `cargo bench --bench keeper --profile dist`.
//!
//! Prints the memory and idle CPU of a hundred keepers, the throughput of one, and what one adds to
//! an echo. The direct figures are the same terminal read without a keeper, in the same run.

use portable_pty::{CommandBuilder, PtyPair, PtySize, native_pty_system};
use pult::daemon::link::{self, KeeperLink, KeeperReader, KeeperWriter};
use pult::platform::poll::{PollFd, PollFlags, wait};
use pult::platform::process;
use pult::platform::pty::{Got, Terminal};
use pult::wire::keeper::{KeeperSays, LaunchSpec};
use std::error::Error;
use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn Error>>;

const KEEPERS: usize = 100;
const BYTES: u64 = 1 << 30;
const ECHOES: usize = 20_000;

const FLOOD: &str = "stty raw -opost -echo; head -c 1073741824 /dev/zero; sleep 1000";
const ECHO: &str = "stty raw -echo; echo ready; cat";

fn main() -> Outcome<()> {
    if !std::env::args().any(|arg| arg == "--bench") {
        return Ok(());
    }
    many()?;
    let (direct, kept) = (flood_direct()?, flood_kept()?);
    println!("throughput: direct {direct:.0} MB/s, through a keeper {kept:.0} MB/s");
    let (direct, kept) = (echo_direct()?, echo_kept()?);
    println!(
        "echo p50: direct {:.1} µs, through a keeper {:.1} µs: +{:.1} µs",
        direct * 1e6,
        kept * 1e6,
        (kept - direct) * 1e6
    );
    Ok(())
}

/// A keeper with a child; both end with it.
struct Kept(tempfile::TempDir);

impl Kept {
    fn start(script: &str) -> Outcome<Self> {
        let dir = tempfile::tempdir()?;
        let argv = ["sh", "-c", script].map(Into::into).to_vec();
        let mut spec = LaunchSpec::new([7; 16], argv, "/".into());
        spec.env = ["PATH", "HOME"]
            .iter()
            .filter_map(|name| Some(((*name).into(), std::env::var_os(name)?)))
            .collect();
        spec.env.push(("SHELL".into(), "/bin/sh".into()));
        fs::write(dir.path().join("launch"), spec.encode())?;
        link::spawn_keeper(Path::new(env!("CARGO_BIN_EXE_pult")), dir.path())?;
        Ok(Self(dir))
    }

    fn attach(&self) -> Outcome<(KeeperReader, KeeperWriter)> {
        Ok(KeeperLink::connect(self.0.path(), 1, 0)?)
    }

    fn pid(&self) -> u32 {
        link::registry(self.0.path()).map_or(0, |r| r.keeper.0)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        process::send(process::TERM, self.pid(), false);
        while link::alive(self.0.path()) {
            sleep(Duration::from_millis(5));
        }
    }
}

fn many() -> Outcome<()> {
    let begun = Instant::now();
    let kept: Vec<Kept> = (0..KEEPERS)
        .map(|_| Kept::start("exec sleep 1000"))
        .collect::<Outcome<_>>()?;
    let start = begun.elapsed().as_secs_f64() * 1e3 / KEEPERS as f64;
    let mut pss = kept
        .iter()
        .map(|k| pss_kb(k.pid()))
        .collect::<Outcome<Vec<u64>>>()?;
    pss.sort_unstable();
    let before: u64 = kept.iter().map(|k| ticks(k.pid())).sum();
    sleep(Duration::from_secs(10));
    let after: u64 = kept.iter().map(|k| ticks(k.pid())).sum();
    println!(
        "{KEEPERS} keepers: started in {start:.1} ms each, PSS {} kB (p50) {} kB (most), {} ticks of CPU in 10 s idle",
        pss[KEEPERS / 2],
        pss[KEEPERS - 1],
        after - before
    );
    Ok(())
}

fn pss_kb(pid: u32) -> Outcome<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let line = text
        .lines()
        .find(|l| l.starts_with("Pss:"))
        .unwrap_or_default();
    Ok(line.split_whitespace().nth(1).unwrap_or("0").parse()?)
}

fn ticks(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields = stat.rsplit(") ").next().unwrap_or_default();
    let number = |n| fields.split(' ').nth(n).and_then(|f| f.parse::<u64>().ok());
    number(11).unwrap_or(0) + number(12).unwrap_or(0)
}

fn flood_kept() -> Outcome<f64> {
    let kept = Kept::start(FLOOD)?;
    let (mut reader, writer) = kept.attach()?;
    let begun = Instant::now();
    let (mut end, mut told) = (0, 0);
    while end < BYTES {
        let Some(says) = reader.next()? else { break };
        if let KeeperSays::Out { offset, bytes, .. } = says {
            end = offset + bytes.len() as u64;
            if end - told > 64 * 1024 {
                told = end;
                writer.durable(end)?;
                writer.credit(end + 256 * 1024)?;
            }
        }
    }
    Ok(end as f64 / 1e6 / begun.elapsed().as_secs_f64())
}

fn echo_kept() -> Outcome<f64> {
    let kept = Kept::start(ECHO)?;
    let (mut reader, writer) = kept.attach()?;
    let mut out = |needle: u8| -> Outcome<()> {
        loop {
            match reader.next()? {
                Some(KeeperSays::Out { bytes, .. }) if bytes.contains(&needle) => return Ok(()),
                Some(_) => {}
                None => return Err("the keeper is gone".into()),
            }
        }
    };
    out(b'\n')?;
    let mut end = 6;
    let mut times = Vec::with_capacity(ECHOES);
    for n in 0..ECHOES {
        let begun = Instant::now();
        writer.input(1, n as u64 + 1, b"x")?;
        out(b'x')?;
        times.push(begun.elapsed().as_secs_f64());
        end += 1;
        if n % 1000 == 0 {
            writer.durable(end)?;
            writer.credit(end + 256 * 1024)?;
        }
    }
    Ok(p50(times))
}

fn direct(script: &str) -> Outcome<(PtyPair, Terminal)> {
    let pair = native_pty_system().openpty(PtySize::default())?;
    let mut command = CommandBuilder::new("sh");
    command.args(["-c", script]);
    pair.slave.spawn_command(command)?;
    let terminal = Terminal::of(pair.master.as_raw_fd().ok_or("no master")?)?;
    Ok((pair, terminal))
}

fn read(terminal: &Terminal, into: &mut [u8]) -> Outcome<usize> {
    loop {
        match terminal.read(into)? {
            Got::Bytes(n) => return Ok(n),
            Got::Nothing => wait(&mut [PollFd::new(terminal, PollFlags::IN)], None)?,
            Got::Ended => return Err("the terminal has ended".into()),
        }
    }
}

fn flood_direct() -> Outcome<f64> {
    let (_pair, terminal) = direct(FLOOD)?;
    let mut some = vec![0; 64 * 1024];
    let begun = Instant::now();
    let mut end = 0;
    while end < BYTES {
        end += read(&terminal, &mut some)? as u64;
    }
    Ok(end as f64 / 1e6 / begun.elapsed().as_secs_f64())
}

fn echo_direct() -> Outcome<f64> {
    let (_pair, terminal) = direct(ECHO)?;
    let mut some = [0; 64];
    loop {
        let n = read(&terminal, &mut some)?;
        if some[..n].contains(&b'\n') {
            break;
        }
    }
    let mut times = Vec::with_capacity(ECHOES);
    for _ in 0..ECHOES {
        let begun = Instant::now();
        terminal.write(b"x")?;
        read(&terminal, &mut some)?;
        times.push(begun.elapsed().as_secs_f64());
    }
    Ok(p50(times))
}

fn p50(mut times: Vec<f64>) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times[times.len() / 2]
}
