//! Grok Build, by the file that ships.

use super::{Seen, check_screens, told};
use pult::core::ask::Answer;
use pult::runtime::declared::Declared;
use pult::runtime::{Approval, LaunchInput, Runtime};
use std::path::Path;

fn grok() -> &'static dyn Runtime {
    let (rows, mistakes) = pult::config::runtimes::load(Path::new("/nowhere"));
    assert_eq!(mistakes, []);
    let mut rows = rows.into_iter();
    Declared::keep(rows.find(|row| row.name == "grok").expect("it ships"))
}

#[test]
fn its_screens_say_what_it_does() {
    check_screens(
        grok(),
        &[
            ("after_key_2", Seen::Rests),
            ("exit_ctrl_c", Seen::Nothing),
            ("fresh_login", Seen::Start("not logged in")),
            ("fresh_no_auth", Seen::Nothing),
            ("fresh_with_apikey", Seen::Nothing),
            ("hook_denied", Seen::Rests),
            ("hook_pending", Seen::Works),
            ("idle", Seen::Rests),
            ("interrupted", Seen::Rests),
            ("leader_tui", Seen::Rests),
            ("leader_tui_perm", Seen::Rests),
            ("leader_tui_rejected", Seen::Rests),
            ("permission_prompt", Seen::Asks),
            ("permission_prompt_mcp", Seen::Asks),
            ("start_prompt", Seen::Rests),
            ("trust_prompt", Seen::Start("trusted")),
            ("tui_resume", Seen::Rests),
            ("working", Seen::Works),
        ],
    );
}

#[test]
fn its_title_tells_a_whole_turn() {
    assert_eq!(
        told(grok(), "turn_permission.osc"),
        ["Working", "DialogOpen", "DialogGone", "Settled"]
    );
}

#[test]
fn it_never_starts_with_everything_allowed() {
    let input = LaunchInput {
        program: "/opt/grok".to_owned(),
        fresh_id: "11111111-2222-4333-8444-555555555555".to_owned(),
        prompt: Some("-fix".to_owned()),
        ..LaunchInput::default()
    };
    let plan = grok().launch(&input);
    assert_eq!(
        plan.argv.join("|"),
        "/opt/grok|--no-leader|--permission-mode|default|-s|11111111-2222-4333-8444-555555555555|--|-fix"
    );
    let marked = (
        "GROK_DEFAULT_SELECTED_PERMISSION".to_owned(),
        "reject".to_owned(),
    );
    assert!(plan.env.contains(&marked));
    assert!(plan.files.is_empty());
    assert_eq!(grok().capabilities().approval, Approval::Pane);
    assert_eq!(plan.limits, ["grok asks in its pane only; answer it there"]);
    assert_eq!(grok().interrupt(), b"\x03");
    let resumed = grok().launch(&LaunchInput {
        resume: Some("abc".to_owned()),
        prompt: None,
        ..input
    });
    assert_eq!(resumed.argv[4..].join("|"), "-r|abc");
    // Nobody asks it over a hook, and a hook that nobody asked for says nothing.
    assert_eq!(grok().answer(None::<Answer>, None), "");
}
