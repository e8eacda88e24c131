//! What dialogs on the screen ask for.

use super::*;
use crate::core::ask::{AskKind, Call, Risk, Verb};

/// What a dialog on the screen asks for.
fn asks() -> Says {
    let call = Call {
        verb: Verb::Run,
        object: "make".to_owned(),
        cwd: None,
        tool: "Shell".to_owned(),
        input: "{}".to_owned(),
        reason: None,
        risk: Risk::Normal,
        digest: "d".to_owned(),
    };
    Says::DialogAsks(AskKind::Approval, Box::new(call))
}

fn is_asked(changes: &[Change]) -> bool {
    let asks = |change: &Change| matches!(change, Change::DialogAsks(..));
    changes.iter().any(asks)
}

#[test]
fn a_dialog_that_stood_before_a_start_screen_is_asked_anew_after_it() {
    let mut fusion = Fusion::new(0);
    assert!(is_asked(&say(&mut fusion, 1_000, Screen, asks())));
    assert!(!is_asked(&say(&mut fusion, 1_500, Screen, asks())));
    let start = Says::StartScreen("asks for trust".to_owned());
    say(&mut fusion, 2_000, Screen, start);
    let gone = fusion.tick(2_000 + GONE);
    let is_gone = |change: &Change| matches!(change, Change::DialogGone(_));
    assert!(gone.iter().any(is_gone), "{gone:?}");
    assert!(is_asked(&say(&mut fusion, 3_000, Screen, asks())));
}

#[test]
fn a_dialog_whose_request_was_taken_back_is_asked_anew_where_it_stands() {
    let mut fusion = Fusion::new(0);
    assert!(is_asked(&say(&mut fusion, 1_000, Screen, asks())));
    fusion.asks_nothing_on_screen();
    assert!(is_asked(&say(&mut fusion, 1_100, Screen, asks())));
}
