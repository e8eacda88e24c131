//! What a hostile worker tries that no verb does: this test binary, started again below a keeper.

use super::house::{House, TOKEN, text};
use pult::dial::Connection;
use pult::platform::operator_file::OperatorFile;
use pult::platform::paths::Paths;
use pult::wire::frame;
use pult::wire::hello::{ClientKind, Hello, VERSION, Welcome};
use std::io;
use std::os::unix::net::UnixStream;

const WHAT: &str = "PULT_TEST_INSIDE";

/// A shell script that does `what` as a process of its own.
pub fn script(what: &str) -> String {
    let test = std::env::current_exe().unwrap();
    let test = test.display();
    format!("{WHAT}={what} '{test}' --exact doors::inside::attempt --nocapture; exit $?")
}

/// Does `what` outside of any pane; what was said.
pub fn run(house: &House, what: &str) -> String {
    let output = house.command("sh").args(["-c", &script(what)]).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", text(&output));
    text(&output)
}

/// Not a test of its own: does what the environment says, and nothing when it says nothing.
#[test]
fn attempt() {
    let Ok(what) = std::env::var(WHAT) else {
        return;
    };
    let paths = Paths::from_env().unwrap();
    match what.as_str() {
        "operator-door" => operator_door(&paths),
        "unprivileged-verb" => unprivileged_verb(&paths),
        "hook" => hook(&paths),
        "speak-for-the-dead" => speak_for_the_dead(&paths),
        "hidden-verb" => hidden_verb(&paths),
        "ioctls" => ioctls(),
        "signal" => signal(),
        other => panic!("{other} is nothing to do"),
    }
}

/// Straight to the operator door, with what the files say.
fn operator_door(paths: &Paths) {
    let door = OperatorFile::read(&paths.operator_dir()).unwrap();
    match door.address.connect() {
        Ok(stream) => {
            let welcome = hello(stream, &door.key).unwrap().expect("a welcome");
            println!("refused: {}", welcome.refused.unwrap_or_default());
        }
        Err(error) => println!("cannot dial: {error}"),
    }
}

/// Hello as a verb; the welcome, or `None` when the connection was ended instead.
pub fn hello(mut stream: UnixStream, key: &str) -> io::Result<Option<Welcome>> {
    let hello = serde_json::to_vec(&verb_hello(key))?;
    frame::write(&mut stream, frame::JSON, &hello)?;
    let welcome = frame::read(&mut stream)?;
    Ok(welcome.map(|w| serde_json::from_slice(&w.payload).unwrap()))
}

fn verb_hello(key: &str) -> Hello {
    Hello {
        wire: VERSION,
        version: "0".to_owned(),
        client: ClientKind::Verb,
        key: key.to_owned(),
        about: "approve ak-7h3kq2vd".to_owned(),
    }
}

fn unprivileged_verb(paths: &Paths) {
    // The tests run on threads, and the flag is one thread's; its children are what matter here.
    rustix::thread::set_no_new_privs(true).unwrap();
    let output = std::process::Command::new(super::house::PULT)
        .arg("ls")
        .output()
        .unwrap();
    assert!(!output.status.success());
    println!("{}: {}", paths.state.display(), text(&output));
}

/// Connects and ends; a child that has the socket waits for that and only then says hello, into a
/// file what it hears.
#[allow(clippy::zombie_processes)] // Its parent ends first: that is what it waits for.
fn speak_for_the_dead(paths: &Paths) {
    let socket = UnixStream::connect(paths.worker_socket()).unwrap();
    let hello = serde_json::to_vec(&verb_hello("")).unwrap();
    let hello = frame::encode(frame::JSON, &hello);
    std::fs::write("hello", hello).unwrap();
    std::process::Command::new("sh")
        .args([
            "-c",
            "while kill -0 $0; do sleep 0.01; done 2>/dev/null; cat hello >&0; \
             cat >heard.new; mv heard.new heard",
            &std::process::id().to_string(),
        ])
        .stdin(std::os::fd::OwnedFd::from(socket))
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
}

/// As the cockpit: a process that nobody of its own user may look into. It still sees who calls.
fn hidden_verb(paths: &Paths) {
    pult::platform::detach::hide();
    let (one, _other) = UnixStream::pair().unwrap();
    pult::platform::ancestry::of_peer(&one).unwrap();
    match Connection::running(paths, ClientKind::Cockpit, "ls") {
        Ok(_) => println!("let in"),
        Err(error) => println!("{error}"),
    }
}

fn hook(paths: &Paths) {
    let dial = |token| match Connection::worker(token, &paths.worker_socket(), "hook") {
        Ok(_) => "served".to_owned(),
        Err(error) => error.kind().to_string(),
    };
    println!("hook: {}", dial(TOKEN));
    println!("wrong token: {}", dial("guessed"));
}

/// The terminal ioctls on a descriptor that is none: the filter answers before the kernel looks.
fn ioctls() {
    let call = |number: libc::c_long, request: u64| {
        // SAFETY: the descriptor is none, so that nothing is read or written.
        let result = unsafe { libc::syscall(number, -1, request, 0) };
        assert_eq!(result, -1);
        io::Error::last_os_error().raw_os_error().unwrap()
    };
    let high = 0x7fff_ffff_0000_0000;
    println!("TIOCSTI {}", call(libc::SYS_ioctl, libc::TIOCSTI));
    println!(
        "TIOCSTI high {}",
        call(libc::SYS_ioctl, high | libc::TIOCSTI)
    );
    println!("TIOCLINUX {}", call(libc::SYS_ioctl, libc::TIOCLINUX));
    println!("TIOCGWINSZ {}", call(libc::SYS_ioctl, libc::TIOCGWINSZ));
    if cfg!(target_arch = "x86_64") {
        println!("x32 {}", call(0x4000_0000 | 514, libc::TIOCSTI));
    }
}

/// Signal 0 to the process that the environment names, and to its own.
fn signal() {
    let outside: i32 = std::env::var("OUTSIDE").unwrap().parse().unwrap();
    let may = |pid: i32| {
        let pid = rustix::process::Pid::from_raw(pid).unwrap();
        match rustix::process::test_kill_process(pid) {
            Ok(()) => "may".to_owned(),
            Err(error) => error.kind().to_string(),
        }
    };
    println!("outside: {}", may(outside));
    println!("itself: {}", may(std::process::id() as i32));
}
