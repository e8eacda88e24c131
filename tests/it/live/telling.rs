//! What a worker tells its terminal, on its way to the operator's.

use crate::support::{Home, PATIENCE, Terminal, wait_for, wait_until};
use std::fs;

/// Says what `say.N` holds, one after the other.
const SAYS: &str = r"
n=0
until [ -e stop ]; do
  if [ -e say.$n ]; then cat say.$n; printf 'said %s.\r\n' $n; n=$((n + 1)); fi
  sleep 0.02
done
";

fn say(home: &Home, n: usize, text: &str) {
    let name = |part: &str| home.work().join(format!("{part}.{n}"));
    fs::write(name("new"), text).expect("a file");
    fs::rename(name("new"), name("say")).expect("a file");
}

fn begin(settings: &str) -> (Home, Terminal) {
    let home = Home::new();
    let config = home.path().join("config");
    fs::create_dir_all(&config).expect("a directory");
    fs::write(config.join("cockpit.toml"), settings).expect("a file");
    fs::write(home.work().join("says.sh"), SAYS).expect("a file");
    home.ok(&["new", "sayer", "--", "sh", "says.sh"]);
    let terminal = Terminal::start(&home, &[], 30, 120);
    terminal.shows("sayer");
    (home, terminal)
}

fn written(terminal: &Terminal) -> String {
    String::from_utf8_lossy(&terminal.written()).into_owned()
}

const TOLD: &str = "\x1b]9;look\x1b\\\x1b]777;notify;a;b\x07\x1b]99;;c\x07\x1b]0;title\x07\x1b]9;4;1;42\x07\x07\x1b]52;c;aGk=\x07\x1b]52;c;?\x07";

#[test]
fn nothing_a_worker_tells_goes_through_and_it_is_shown_with_its_name() {
    let (home, terminal) = begin("");
    say(&home, 0, TOLD);
    terminal.shows("said 0.");
    terminal.shows("sayer says “c”");
    terminal.shows(" 42% ");
    let row = home.row("sayer");
    assert_eq!(row["progress"], 42);
    assert_eq!(row["note"]["text"], "c");
    let why = home.ok(&["why", "sayer"]);
    assert!(
        why.contains("notification") && why.contains("bell"),
        "{why}"
    );
    say(&home, 1, "\x1b]9;4;0\x07");
    wait_until("the end of the progress", PATIENCE, || {
        home.row("sayer")["progress"].is_null()
    });
    let written = written(&terminal);
    for raw in [
        "\x1b]9;",
        "\x1b]777;",
        "\x1b]99;",
        "\x1b]52;",
        "]0;",
        "]2;title",
        "\x07",
    ] {
        assert!(!written.contains(raw), "{raw:?}");
    }
}

#[test]
fn the_clipboard_is_set_where_the_operator_allows_it_and_types() {
    let (home, terminal) = begin("[workers]\nclipboard = \"pass\"\n");
    say(&home, 0, TOLD);
    terminal.shows("sayer wanted to put about 3 bytes on the clipboard");
    assert!(!written(&terminal).contains("\x1b]52;"));
    terminal.types(b"\r");
    terminal.shows("leaves");
    say(&home, 1, TOLD);
    terminal.shows("said 1.");
    wait_for("the clipboard", PATIENCE, || {
        let written = written(&terminal);
        let passed = written.contains("\x1b]52;c;aGk=\x07");
        passed.then_some(()).ok_or(written)
    });
    assert!(!written(&terminal).contains("52;c;?"));
}

#[test]
fn an_operator_who_does_not_look_is_told_by_bell_sequence_and_command() {
    let home_settings = "[alerts]\nabout = [\"failed\"]\nosc = \"99\"\ncommand = [\"sh\", \"-c\", \"printf %s \\\"$1\\\" > told.new; mv told.new told\", \"x\", \"{line}\"]\n";
    let (home, terminal) = begin(home_settings);
    terminal.types(b"\x1b[O");
    home.ok(&["new", "failing", "--", "sh", "-c", "read go; exit 3"]);
    terminal.shows("failing");
    home.ok(&["send", "failing", "go"]);
    wait_for("a notification", PATIENCE, || {
        let written = written(&terminal);
        let told = written.contains("p=body;failing has failed\x07\x07");
        told.then_some(()).ok_or(written)
    });
    let told = home.work().join("told");
    wait_until("the command", PATIENCE, || told.exists());
    let told = fs::read_to_string(told).expect("a file");
    assert_eq!(told, "failing has failed");
}
