//! A text reaches an agent that is too busy to show it at once.

use super::told;
use crate::support::Home;
use std::os::unix::fs::PermissionsExt;

/// A Gemini CLI that takes half a second to draw, and judges a key by what it has drawn: an Enter
/// before that finds nothing, and one while it offers commands takes the first of these.
const SLOW: &str = r#"#!/bin/sh
[ "$1" = --version ] && exec echo 0.61.0
stty -echo -icanon -icrnl
draw() {
    printf '\033[?2004h\033[H\033[2J%s\r\n > %s\r\n%s\r\n%s\r\n workspace (/directory)\r\n' \
        ▄▄▄▄▄▄ "$1" ▀▀▀▀▀▀ "$2"
}
key() { dd bs=4096 count=1 2> dd; }
draw '  Type your message or @path/to/file'
pasted=$(key)
stty min 0 time 5
early=$(key)
stty min 1 time 0
[ -z "$early" ] || : > early
text=${pasted#?"[200~"}
text=${text%?"[201~"}
draw "$text" ' clear  Clear the screen'
[ "$(key)" = "$(printf '\r')" ] && : > cleared
draw "$text"
[ "$(key)" = "$(printf '\r')" ] && echo "$text" > taken
draw '  Type your message or @path/to/file'
exec sleep 100000
"#;

#[test]
fn enter_comes_after_the_text_is_shown_and_takes_nothing_else() {
    let mut home = Home::new();
    let bin = home.path().join("bin");
    std::fs::create_dir(&bin).expect("a directory");
    let program = bin.join("gemini");
    std::fs::write(&program, SLOW).expect("a program");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("a program");
    home.env("PATH", &format!("{}:/usr/bin:/bin", bin.display()));
    home.ok(&["new", "w", "--runtime", "gemini"]);
    told(&home, "w", "Type your message");
    home.ok(&["send", "w", "/quit"]);
    let made = |name: &str| home.work().join(name).exists();
    assert!(!made("early"), "Enter came before the text was drawn");
    assert!(!made("cleared"), "Enter took another command");
    let taken = std::fs::read_to_string(home.work().join("taken"));
    assert_eq!(taken.expect("what was taken"), "/quit\n");
}
