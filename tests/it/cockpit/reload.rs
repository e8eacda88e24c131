//! Keymap, theme and settings in a real cockpit: read again while it is open, and remembered.

use super::terminal::Terminal;
use crate::support::{Home, PATIENCE, wait_until};
use std::path::Path;

/// Writes a file of the configuration as an editor does: whole, under another name first.
fn save(config: &Path, name: &str, text: &str) {
    let path = config.join(name);
    std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
    let fresh = path.with_extension("part");
    std::fs::write(&fresh, text).expect("a file");
    std::fs::rename(&fresh, &path).expect("a file");
}

#[test]
fn files_are_read_again_and_what_is_broken_in_them_stays_as_it_was() {
    let home = Home::new();
    home.ok(&["new", "kitty", "--", "cat"]);
    let config = home.path().join("config");
    let mut terminal = Terminal::open(&home, &[], 120, 36);
    terminal.shows(&["kitty", "l types here"]);
    save(&config, "cockpit.toml", "keymap = \"vim\"\n");
    terminal.shows(&["d d stop"]);
    terminal.keys("d");
    terminal.shows(&["d  Stop the peer", "esc back"]);
    terminal.keys("\x1b");
    // A lone Esc is known as one only a moment later.
    let gone = || !terminal.text().contains("d  Stop the peer");
    wait_until("the hint to go", PATIENCE, gone);
    save(
        &config,
        "keymaps/vim.toml",
        "[command]\n\"Y\" = \"peer.stop\"\n\"l\" = \"pane.entr\"\n",
    );
    terminal.shows(&["vim.toml line 3: ", "l types here"]);
    terminal.keys("Y");
    terminal.shows(&["Sure?"]);
    terminal.keys("n:theme li\r");
    wait_until("the theme to be written down", PATIENCE, || {
        let text = std::fs::read_to_string(config.join("cockpit.toml")).unwrap_or_default();
        text == "keymap = \"vim\"\ntheme = \"light\"\n"
    });
    terminal.keys("ZZ");
    assert_eq!(terminal.ends().0, 0);
}
