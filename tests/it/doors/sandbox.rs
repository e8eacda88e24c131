//! What a session's program is started with, and what is said when it cannot be.

use super::house::{House, PULT, text};
use super::inside;
use pult::platform::enforcement::landlock_abi;

/// The value of a field of `/proc/self/status`.
fn field<'a>(status: &'a str, name: &str) -> &'a str {
    let line = status.lines().find_map(|l| l.strip_prefix(name));
    line.unwrap_or_else(|| panic!("no {name} in {status}"))
        .trim()
}

#[test]
fn a_full_session_is_bound_and_one_without_profile_is_not() {
    let house = House::closed();
    let (code, full) = house.in_pane("full", "cat /proc/self/status /proc/self/limits; pwd");
    assert_eq!(code, 0, "{full}");
    assert_eq!(field(&full, "NoNewPrivs:"), "1");
    assert_eq!(field(&full, "Seccomp:"), "2");
    let root = rustix::process::geteuid().is_root();
    let only = if root {
        "0000000080000000"
    } else {
        "0000000000000000"
    };
    for set in ["CapPrm:", "CapEff:"] {
        assert_eq!(field(&full, set), only, "{set}");
    }
    if root {
        assert_eq!(field(&full, "CapBnd:"), only);
    }
    assert!(field(&full, "Max file locks").starts_with("8103502351881825396"));
    assert!(full.trim_end().ends_with(house.dir().to_str().unwrap()));

    let (code, none) = house.in_pane("none", "cat /proc/self/status /proc/self/limits");
    assert_eq!(code, 0, "{none}");
    assert_eq!(field(&none, "NoNewPrivs:"), "0");
    assert!(field(&none, "Max file locks").starts_with("unlimited"));
}

#[test]
fn no_file_that_the_keeper_left_open_reaches_the_program() {
    let house = House::closed();
    let script = "exec 9</etc/passwd; \"$PULT\" sandbox full / -- ls /proc/self/fd";
    let listed = text(&house.command("sh").args(["-c", script]).output().unwrap());
    // 3 is the directory that ls itself opened.
    let listed: Vec<&str> = listed.split_whitespace().collect();
    assert_eq!(listed, ["0", "1", "2", "3"]);
}

#[test]
fn ignored_and_blocked_signals_are_not_inherited() {
    let house = House::closed();
    for profile in ["full", "none"] {
        let script = "trap '' HUP INT TERM; \"$PULT\" sandbox $0 / -- cat /proc/self/status";
        let mut command = house.command("sh");
        let status = text(&command.args(["-c", script, profile]).output().unwrap());
        assert_eq!(field(&status, "SigIgn:"), "0000000000000000", "{profile}");
        assert_eq!(field(&status, "SigBlk:"), "0000000000000000", "{profile}");
    }
}

#[test]
fn a_worker_cannot_type_into_its_own_terminal() {
    let house = House::closed();
    let (code, said) = house.in_pane("full", &inside::script("ioctls"));
    assert_eq!(code, 0, "{said}");
    let refused = libc::EPERM;
    for what in ["TIOCSTI", "TIOCSTI high", "TIOCLINUX"] {
        assert!(said.contains(&format!("{what} {refused}\n")), "{said}");
    }
    if cfg!(target_arch = "x86_64") {
        assert!(said.contains(&format!("x32 {refused}\n")), "{said}");
    }
    let passed = libc::EBADF;
    assert!(said.contains(&format!("TIOCGWINSZ {passed}\n")), "{said}");
    let (_, open) = house.in_pane("none", &inside::script("ioctls"));
    assert!(open.contains(&format!("TIOCSTI {passed}\n")), "{open}");
}

#[test]
fn a_worker_signals_nobody_outside() {
    let house = House::closed();
    let script = format!(
        "OUTSIDE={} {}",
        std::process::id(),
        inside::script("signal")
    );
    let (code, said) = house.in_pane("full", &script);
    assert_eq!(code, 0, "{said}");
    if landlock_abi() >= 6 {
        assert!(said.contains("outside: permission denied"), "{said}");
    }
    assert!(said.contains("itself: may"), "{said}");
    let (_, open) = house.in_pane("none", &script);
    assert!(open.contains("outside: may"), "{open}");
}

#[test]
fn what_cannot_be_started_is_said_in_one_line() {
    let house = House::closed();
    let text_file = house.file("notes");
    std::fs::write(&text_file, "x").unwrap();
    let lost = house.file("lost");
    std::fs::write(&lost, "#!/nope/interpreter\n").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&lost, mode).unwrap();
    let (text_file, lost) = (text_file.to_str().unwrap(), lost.to_str().unwrap());
    let cases: [(&[&str], i32, &str); 9] = [
        (
            &["full", "/", "--", "no-such-program"],
            127,
            "not on the PATH",
        ),
        (
            &["none", "/", "--", "/no/such/program"],
            127,
            "no such file",
        ),
        (&["full", "/", "--", lost], 127, "interpreter"),
        (&["full", "/", "--", text_file], 126, "make it executable"),
        (
            &["full", "/no/such/dir", "--", "true"],
            126,
            "cannot start in /no/such/dir",
        ),
        (&["none", text_file, "--", "true"], 126, "cannot start in "),
        (&["write", "/", "--", "true"], 126, "use --profile full"),
        (
            &["bogus\u{1b}[2J", "/", "--", "true"],
            2,
            "no profile bogus[2J;",
        ),
        (&["full", "/", "true"], 2, "usage: pult sandbox"),
    ];
    for (args, code, said) in cases {
        let output = house
            .command(PULT)
            .arg("sandbox")
            .args(args)
            .output()
            .unwrap();
        let line = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {line}");
        assert!(
            line.starts_with("pult: ") && line.contains(said),
            "{args:?}: {line}"
        );
        assert_eq!(line.lines().count(), 1, "{line}");
    }
}
