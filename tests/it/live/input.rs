//! What the operator does in a terminal, against what the program in the pane receives.

use crate::support::{Home, PATIENCE, Terminal, wait_for};
use std::fs;

/// Asks for what `modes.N` says, one after the other, and writes down all that it is given.
const TAKES: &str = r"
stty raw -echo
exec 3<&0
cat <&3 > got &
n=0
until [ -e stop ]; do
  if [ -e modes.$n ]; then cat modes.$n; printf 'asked %s.\r\n' $n; n=$((n + 1)); fi
  sleep 0.02
done
";

/// A program in a pane, and a cockpit on it in a terminal.
struct Bench {
    home: Home,
    terminal: Terminal,
    asked: usize,
    taken: usize,
}

impl Bench {
    fn new(answer: &[u8]) -> Bench {
        let home = Home::new();
        fs::write(home.work().join("takes.sh"), TAKES).expect("a file");
        home.ok(&["new", "w", "--", "sh", "takes.sh"]);
        let terminal = Terminal::start(&home, &["attach", "w"], 24, 250);
        wait_for("a question for the keyboard", PATIENCE, || {
            let written = String::from_utf8_lossy(&terminal.written()).into_owned();
            let asked = written.contains("\x1b[?u\x1b[c");
            asked.then_some(()).ok_or(written)
        });
        terminal.types(answer);
        Bench {
            home,
            terminal,
            asked: 0,
            taken: 0,
        }
    }

    /// The program asks for modes.
    #[track_caller]
    fn asks(&mut self, modes: &str) {
        let name = |part: &str| self.home.work().join(format!("{part}.{}", self.asked));
        fs::write(name("new"), modes).expect("a file");
        fs::rename(name("new"), name("modes")).expect("a file");
        self.terminal.shows(&format!("asked {}.", self.asked));
        self.asked += 1;
    }

    /// Types, and waits until the program was given `want` and no more.
    #[track_caller]
    fn gives(&mut self, typed: &str, want: &str) {
        self.terminal.types(typed.as_bytes());
        let file = self.home.work().join("got");
        let what = format!("{} bytes for {:.40?}", want.len(), typed);
        wait_for(&what, PATIENCE, || {
            let got = fs::read(&file).unwrap_or_default();
            let got = &got[self.taken..];
            let shown = || String::from_utf8_lossy(&got[..got.len().min(200)]).into_owned();
            assert!(want.as_bytes().starts_with(got), "{what}: {:?}", shown());
            (got.len() == want.len()).then_some(()).ok_or_else(shown)
        });
        self.taken += want.len();
    }

    fn written(&self) -> String {
        String::from_utf8_lossy(&self.terminal.written()).into_owned()
    }

    /// Waits until the terminal was told something.
    #[track_caller]
    fn told(&self, what: &str) {
        wait_for(&format!("{what:?}"), PATIENCE, || {
            let written = self.written();
            written.contains(what).then_some(()).ok_or(written)
        });
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = fs::write(self.home.work().join("stop"), "");
    }
}

#[test]
fn a_terminal_that_tells_keys_apart_tells_the_program_in_the_pane() {
    let mut bench = Bench::new(b"\x1b[?0u\x1b[?62;22c");
    bench.told("\x1b[>1u");
    bench.asks("");
    // The program knows nothing of it: it gets what any terminal would give.
    bench.gives(
        "a\x1b[13;2u\x1b[105;5u\x1b[27u\x1b[57417u",
        "a\r\t\x1b\x1b[D",
    );
    bench.asks("\x1b[>1u");
    let keys = "a\x1b[13;2u\x1b[105;5u\x1b[27u\x1b[99;5u\x1b[97;9u";
    bench.gives(keys, keys);
    bench.asks("\x1b[>4;2m\x1b[<u");
    bench.gives("\x1b[13;2u\x1b[105;5u", "\x1b[27;2;13~\x1b[27;5;105~");
    bench.asks("\x1b[>4m\x1b[>31u");
    bench.told("\x1b[=31u");
    let keys = "\x1b[97;;97u\x1b[97;1:3u\x1b[1089:1057:99;2;1057u\x1b[57441;2:3u\x1b[1;5:2C";
    bench.gives(keys, keys);
    bench.asks("\x1b[<u\x1b[?1h");
    bench.gives("\x1b[A\x1b[1;5A", "\x1bOA\x1b[1;5A");
    bench.terminal.types(b"\x1b[113;5u");
    bench.terminal.ended();
    let written = bench.written();
    let (pushed, popped) = (written.matches("\x1b[>1u"), written.matches("\x1b[<u"));
    assert_eq!((pushed.count(), popped.count()), (1, 1), "{written:?}");
}

#[test]
fn a_terminal_that_does_not_is_asked_for_other_keys() {
    let mut bench = Bench::new(b"\x1b[?62;22c");
    bench.told("\x1b[>4;2m");
    bench.asks("\x1b[>1u");
    bench.gives(
        "aA\x1b[27;2;13~\x1b[27;5;105~\r\x1bx\x1b[1;5A\x1bOP",
        "aA\x1b[13;2u\x1b[105;5u\r\x1b[120;3u\x1b[1;5A\x1b[P",
    );
    bench.asks("\x1b[<u\x1b[>4;2m");
    // An Esc and a key may have been typed one behind the other; Alt that was told apart is Alt.
    bench.gives("\x1b:\x1b[27;3;120~", "\x1b:\x1b[27;3;120~");
    bench.terminal.types(b"\x1b[27;5;113~");
    bench.terminal.ended();
    bench.told("\x1b[>4m");
    assert!(!bench.written().contains("\x1b[<u"));
}

#[test]
fn a_paste_arrives_whole_and_types_nothing() {
    let mut bench = Bench::new(b"\x1b[?62;22c");
    let text: String = (0..8192).map(|n| format!("{n:06} \n")).collect();
    assert_eq!(text.len(), 64 * 1024);
    let lines = text.replace('\n', "\r");
    bench.asks("");
    bench.gives(&format!("\x1b[200~{text}\x1b[201~"), &lines);
    bench.asks("\x1b[?2004h");
    let pasted = format!("\x1b[200~{lines}\x1b[201~");
    bench.gives(&format!("\x1b[200~{text}\x1b[201~x"), &format!("{pasted}x"));
    // What would end it early cannot come through a terminal; eight bits can.
    bench.gives(
        "\x1b[200~a\u{9b}201~\x1b[31mb\x1b[201~",
        "\x1b[200~a\x1b[31mb\x1b[201~",
    );
}

#[test]
fn the_mouse_and_the_focus_come_as_the_program_asked() {
    let mut bench = Bench::new(b"\x1b[?62;22c");
    bench.asks("");
    // Without a program that wants it, the wheel looks back: it is no part of this.
    let still = "\x1b[<0;3;4M\x1b[<32;4;4M\x1b[<0;4;4m\x1b[<35;5;5M\x1b[I";
    bench.gives(&format!("{still}."), ".");
    let all = "\x1b[<0;3;4M\x1b[<32;4;4M\x1b[<0;4;4m\x1b[<35;5;5M\x1b[<64;3;4M\x1b[I";
    // X10: presses only; then also releases and the wheel; then drags; then all motion.
    bench.asks("\x1b[?9h");
    bench.gives(&format!("{still}."), "\x1b[M #$.");
    bench.asks("\x1b[?1000h");
    bench.gives(&format!("{all}."), "\x1b[M #$\x1b[M#$$\x1b[M`#$.");
    bench.asks("\x1b[?1002h");
    bench.gives(&format!("{all}."), "\x1b[M #$\x1b[M@$$\x1b[M#$$\x1b[M`#$.");
    bench.asks("\x1b[?1003h\x1b[?1006h");
    bench.told("\x1b[?1003h");
    let every = all.trim_end_matches("\x1b[I");
    bench.gives(&format!("{all}."), &format!("{every}."));
    bench.asks("\x1b[?1006l\x1b[?1005h");
    bench.gives("\x1b[<0;200;4M.", "\x1b[M \u{e8}$.");
    bench.asks("\x1b[?1015h");
    bench.gives(
        "\x1b[<0;200;4M\x1b[<0;200;4m.",
        "\x1b[32;200;4M\x1b[35;200;4M.",
    );
    bench.asks("\x1b[?1003l\x1b[?1004h");
    bench.gives("\x1b[O\x1b[I.", "\x1b[O\x1b[I.");
}
