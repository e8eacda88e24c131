use super::dialog::GONE;
use super::prompt::{STARTS, TAKES};
use super::*;
use crate::core::limit::Ends;

mod dialogs;

fn say(fusion: &mut Fusion, now: Millis, source: Source, says: Says) -> Vec<Change> {
    let text = format!("{source:?} {says:?}");
    fusion.observe(Signal { source, says, text }, now)
}

fn turn(fusion: &mut Fusion, now: Millis, source: Source, turn: Turn) -> Turn {
    say(fusion, now, source, Says::Turn(turn));
    fusion.turn()
}

use Source::{File, Osc, Protocol, Screen, Title};
use Turn::{Settled, Unknown, Working};

#[test]
fn without_evidence_a_turn_is_unknown() {
    let mut fusion = Fusion::new(1_000);
    assert_eq!(fusion.turn(), Unknown);
    assert_eq!(fusion.tick(1_000_000), []);
    assert_eq!(fusion.next_deadline(), None);
}

#[test]
fn a_stale_file_does_not_beat_a_hook_but_a_later_one_that_lasts_does() {
    let mut fusion = Fusion::new(0);
    assert_eq!(turn(&mut fusion, 10, File, Settled), Settled);
    assert_eq!(turn(&mut fusion, 20, Protocol, Working), Working);
    // The same file, read once more.
    assert_eq!(turn(&mut fusion, 30, File, Settled), Working);
    assert_eq!(fusion.tick(10_000), []);
    // Esc fires no hook: the file alone says that the turn is over.
    assert_eq!(turn(&mut fusion, 11_000, File, Working), Working);
    assert_eq!(turn(&mut fusion, 12_000, File, Settled), Working);
    assert_eq!(fusion.next_deadline(), Some(12_300));
    let changes = fusion.tick(12_300);
    let [Change::Turn(Settled, evidence)] = &changes[..] else {
        panic!("{changes:?}");
    };
    assert_eq!((evidence.source, evidence.at), (File, 12_000));
}

#[test]
fn a_hook_that_comes_meanwhile_wins() {
    let mut fusion = Fusion::new(0);
    turn(&mut fusion, 0, Protocol, Working);
    turn(&mut fusion, 0, File, Working);
    turn(&mut fusion, 100, File, Settled);
    assert_eq!(turn(&mut fusion, 200, Protocol, Working), Working);
    assert_eq!(fusion.tick(5_000), []);
    assert_eq!(fusion.turn(), Working);
}

#[test]
fn a_title_that_is_drawn_late_is_no_new_work_and_one_that_turns_is() {
    let mut fusion = Fusion::new(0);
    turn(&mut fusion, 9_000, Protocol, Working);
    turn(&mut fusion, 9_100, Title, Working);
    turn(&mut fusion, 9_500, Title, Settled);
    turn(&mut fusion, 10_000, Protocol, Settled);
    // Seen of Grok: its title shows the spinner 4 ms after the turn has failed, and stays so.
    assert_eq!(turn(&mut fusion, 10_004, Title, Working), Settled);
    assert_eq!(fusion.tick(12_004), []);
    assert_eq!(fusion.tick(60_000), []);
    // The next picture of a spinner comes later than that.
    assert_eq!(turn(&mut fusion, 61_000, Title, Working), Working);
}

#[test]
fn work_that_nothing_repeats_is_unknown_after_a_while_and_rest_is_not() {
    let mut fusion = Fusion::new(0);
    turn(&mut fusion, 0, Protocol, Working);
    turn(&mut fusion, 50_000, Screen, Working);
    assert_eq!(fusion.next_deadline(), Some(50_000 + SILENCE));
    assert_eq!(fusion.tick(50_000 + SILENCE - 1), []);
    let changes = fusion.tick(50_000 + SILENCE);
    let [Change::Turn(Unknown, evidence)] = &changes[..] else {
        panic!("{changes:?}");
    };
    // Unknown since it was last heard of.
    assert_eq!((evidence.source, evidence.at), (Source::Silence, 50_000));
    assert_eq!(fusion.next_deadline(), None);
    assert_eq!(turn(&mut fusion, 900_000, Protocol, Settled), Settled);
    assert_eq!(fusion.tick(90_000_000), []);
    // A shell says when its command ends, however long that takes.
    say(&mut fusion, 90_000_000, Osc, Says::TurnUntilTold(Working));
    fusion.tick(90_000_300);
    assert_eq!(fusion.turn(), Working);
    assert_eq!(fusion.next_deadline(), None);
}

#[test]
fn a_turn_with_tasks_in_the_background_is_not_settled() {
    let mut fusion = Fusion::new(0);
    turn(&mut fusion, 0, Protocol, Working);
    say(&mut fusion, 1, Protocol, Says::Background(2));
    assert_eq!(turn(&mut fusion, 1, Protocol, Settled), Working);
    assert_eq!(turn(&mut fusion, 2, File, Settled), Working);
    say(&mut fusion, 3, Protocol, Says::Background(0));
    assert_eq!(fusion.turn(), Settled);
}

#[test]
fn a_first_prompt_may_take_as_long_as_the_start() {
    let mut fusion = Fusion::new(0);
    fusion.started_with_prompt(0);
    let rests = |fusion: &mut Fusion, now| {
        turn(fusion, now, Source::Screen, Settled);
        fusion.tick(now + 3_000);
        fusion.turn() == Settled
    };
    assert!(!rests(&mut fusion, 1_000));
    assert!(!rests(&mut fusion, 30_000));
    turn(&mut fusion, 40_000, Source::Screen, Working);
    assert!(rests(&mut fusion, 41_000));
}

#[test]
fn rest_is_not_the_end_of_a_first_prompt_that_begins_late() {
    let mut fusion = Fusion::new(0);
    fusion.started_with_prompt(0);
    turn(&mut fusion, 1_000, Title, Settled);
    turn(&mut fusion, 1_000, Screen, Settled);
    assert_eq!(fusion.next_deadline(), Some(1_000 + STARTS));
    let changes = fusion.tick(1_000 + STARTS);
    let [Change::Turn(Unknown, evidence)] = &changes[..] else {
        panic!("{changes:?}");
    };
    assert_eq!((evidence.source, evidence.at), (Title, 1_000));
    assert_eq!(
        evidence.text,
        "Title Turn(Settled); its first prompt was not seen to be taken up"
    );
    // However often that is said.
    assert_eq!(turn(&mut fusion, 70_000, Title, Settled), Unknown);
    assert_eq!(turn(&mut fusion, 70_001, Screen, Settled), Unknown);
    assert_eq!(fusion.tick(900_000), []);
    assert_eq!(fusion.next_deadline(), None);
    // It begins after all.
    assert_eq!(turn(&mut fusion, 900_000, Title, Working), Working);
    assert_eq!(turn(&mut fusion, 901_000, Title, Settled), Settled);
}

#[test]
fn a_protocol_that_says_that_a_late_first_prompt_is_over_is_believed() {
    let mut fusion = Fusion::new(0);
    fusion.started_with_prompt(0);
    turn(&mut fusion, 1_000, File, Settled);
    fusion.tick(100_000);
    assert_eq!(fusion.turn(), Unknown);
    assert_eq!(turn(&mut fusion, 100_000, Protocol, Settled), Settled);
}

#[test]
fn what_works_on_a_first_prompt_is_not_hidden_by_what_was_said_before_it() {
    let mut fusion = Fusion::new(0);
    fusion.started_with_prompt(0);
    turn(&mut fusion, 1_000, Title, Working);
    // The idle that it writes as it starts.
    turn(&mut fusion, 1_011, File, Settled);
    for at in 2..60 {
        assert_eq!(turn(&mut fusion, at * 1_000, Title, Working), Working);
    }
    assert_eq!(turn(&mut fusion, 61_000, Title, Settled), Settled);
}

#[test]
fn a_second_prompt_is_no_evidence_that_the_first_was_taken_up() {
    let mut fusion = Fusion::new(0);
    fusion.started_with_prompt(0);
    turn(&mut fusion, 1_000, Title, Settled);
    fusion.tick(1_000 + STARTS);
    fusion.prompted(50_000);
    assert_eq!(fusion.turn(), Working);
    fusion.tick(50_000 + STARTS);
    assert_eq!(fusion.turn(), Unknown);
    turn(&mut fusion, 100_000, Title, Working);
    turn(&mut fusion, 101_000, Title, Settled);
    // From then on what is no prompt, such as a command of the CLI's own, is over soon.
    fusion.prompted(110_000);
    fusion.tick(110_000 + TAKES);
    assert_eq!(fusion.turn(), Settled);
}

#[test]
fn a_first_prompt_waits_for_a_start_screen_that_is_answered_late() {
    let mut fusion = Fusion::new(0);
    fusion.started_with_prompt(0);
    turn(&mut fusion, 1_000, Title, Settled);
    let trust = Says::StartScreen("asks whether this folder is trusted".to_owned());
    say(&mut fusion, 1_100, Screen, trust);
    fusion.tick(600_000);
    assert_eq!(fusion.turn(), Unknown);
    say(&mut fusion, 600_000, Screen, Says::Started);
    assert_eq!(turn(&mut fusion, 600_000, Screen, Settled), Working);
    assert_eq!(fusion.next_deadline(), Some(600_000 + STARTS));
    turn(&mut fusion, 620_000, Title, Working);
    assert_eq!(turn(&mut fusion, 621_000, Title, Settled), Settled);
}

#[test]
fn a_cli_that_starts_again_has_its_first_prompt_before_it() {
    let mut fusion = Fusion::new(0);
    fusion.started_with_prompt(0);
    let trust = Says::StartScreen("asks whether this folder is trusted".to_owned());
    say(&mut fusion, 1_000, Screen, trust);
    // It works behind the question.
    turn(&mut fusion, 1_100, Title, Working);
    turn(&mut fusion, 2_000, Title, Settled);
    say(&mut fusion, 9_000, Screen, Says::StartsAnew);
    say(&mut fusion, 11_000, Screen, Says::Started);
    assert_eq!(turn(&mut fusion, 11_000, Title, Settled), Working);
    turn(&mut fusion, 12_000, Title, Working);
    assert_eq!(turn(&mut fusion, 13_000, Title, Settled), Settled);
}

/// What a daemon that takes over believes of what one before it told last.
fn taken_over(fusion: &mut Fusion, now: Millis) -> Fusion {
    let mut told = fusion.tick(now);
    let Some(Change::Turn(turn, evidence)) = told.pop() else {
        panic!("{fusion:?}");
    };
    with_first_prompt(now, turn, &evidence)
}

/// A daemon's, of a session that was started with a prompt and of which that was told last.
fn with_first_prompt(now: Millis, turn: Turn, evidence: &Evidence) -> Fusion {
    let last = LastTold {
        turn,
        evidence,
        limit_until: None,
        with_prompt: true,
    };
    Fusion::resumed(now, last)
}

#[test]
fn a_first_prompt_is_waited_for_by_the_next_daemon_too() {
    let mut before = Fusion::new(0);
    before.started_with_prompt(0);
    let changes = say(&mut before, 1_000, Title, Says::Turn(Settled));
    let [Change::Turn(Working, given)] = &changes[..] else {
        panic!("{changes:?}");
    };
    let mut fusion = with_first_prompt(2_000, Working, given);
    turn(&mut fusion, 3_000, Title, Settled);
    assert_eq!(fusion.tick(3_000 + STARTS - 1), []);
    assert_eq!(fusion.turn(), Working);
    // One after that, when nothing was known any more.
    let mut fusion = taken_over(&mut fusion, 3_000 + STARTS);
    assert_eq!(turn(&mut fusion, 60_000, Title, Settled), Unknown);
    assert_eq!(fusion.tick(200_000), []);
    assert_eq!(turn(&mut fusion, 200_000, Title, Working), Working);
    assert_eq!(turn(&mut fusion, 201_000, Title, Settled), Settled);
    // That it was taken up is told, though it was thought to be at work before.
    let mut before = Fusion::new(0);
    before.started_with_prompt(0);
    turn(&mut before, 1_000, Title, Settled);
    let changes = say(&mut before, 2_000, Title, Says::Turn(Working));
    let [Change::Turn(Working, seen)] = &changes[..] else {
        panic!("{changes:?}");
    };
    assert_eq!(seen.source, Title);
    let mut fusion = with_first_prompt(3_000, Working, seen);
    turn(&mut fusion, 4_000, Title, Settled);
    fusion.tick(6_000);
    assert_eq!(fusion.turn(), Settled);
    // Nothing was heard before.
    let unheard = Evidence {
        source: Source::Silence,
        text: UNHEARD.to_owned(),
        at: 0,
    };
    let mut fusion = with_first_prompt(2_000, Unknown, &unheard);
    assert_eq!(turn(&mut fusion, 3_000, Title, Settled), Working);
    // Work that fell silent was seen to be taken up.
    let mut before = Fusion::new(0);
    before.started_with_prompt(0);
    turn(&mut before, 1_000, Title, Working);
    let mut fusion = taken_over(&mut before, 1_000 + SILENCE);
    assert_eq!(turn(&mut fusion, 200_000, Title, Settled), Settled);
    // A later prompt.
    turn(&mut fusion, 201_000, Title, Settled);
    let mut told = fusion.prompted(202_000);
    let Some(Change::Turn(Working, given)) = told.pop() else {
        panic!("{fusion:?}");
    };
    let mut fusion = with_first_prompt(203_000, Working, &given);
    turn(&mut fusion, 204_000, Title, Settled);
    assert_eq!(fusion.tick(204_000 + TAKES - 1), []);
    fusion.tick(204_000 + TAKES);
    assert_eq!(fusion.turn(), Settled);
}

#[test]
fn a_prompt_that_is_answered_within_a_millisecond_is_over() {
    let mut fusion = Fusion::new(0);
    fusion.started_with_prompt(0);
    // What a chat says of itself as it starts is not about the prompt.
    assert_eq!(turn(&mut fusion, 900, Source::Osc, Settled), Working);
    assert_eq!(turn(&mut fusion, 900, Source::Osc, Working), Working);
    assert_eq!(turn(&mut fusion, 900, Source::Osc, Settled), Settled);
    fusion.prompted(5_000);
    assert_eq!(fusion.turn(), Working);
    turn(&mut fusion, 5_000, Source::Osc, Working);
    assert_eq!(turn(&mut fusion, 5_000, Source::Osc, Settled), Settled);
}

#[test]
fn the_idle_that_a_cli_writes_as_it_starts_is_not_the_end_of_its_first_prompt() {
    let mut fusion = Fusion::new(0);
    fusion.started_with_prompt(0);
    let says = |source, turn| Signal {
        source,
        says: Says::Turn(turn),
        text: "seen".to_owned(),
    };
    fusion.observe(says(Source::Title, Turn::Working), 1_000);
    fusion.observe(says(Source::File, Turn::Settled), 1_011);
    assert_eq!(fusion.turn(), Turn::Working);
    fusion.observe(says(Source::File, Turn::Working), 1_500);
    fusion.observe(says(Source::File, Turn::Settled), 3_000);
    assert_eq!(fusion.turn(), Turn::Settled);
}

#[test]
fn a_stronger_source_that_only_agrees_does_not_begin_a_turn_anew() {
    let mut fusion = Fusion::new(0);
    fusion.started_with_prompt(0);
    turn(&mut fusion, 800, Source::Title, Working);
    assert_eq!(turn(&mut fusion, 1_000, Source::Title, Settled), Settled);
    // The file is read for the first time.
    assert_eq!(turn(&mut fusion, 3_000, File, Settled), Settled);
    // It says nothing of the next prompt.
    fusion.prompted(20_000);
    assert_eq!(fusion.turn(), Working);
    assert_eq!(turn(&mut fusion, 20_500, File, Settled), Working);
}

#[test]
fn a_prompt_is_not_over_before_it_was_taken_up() {
    let mut fusion = Fusion::new(0);
    fusion.prompted(0);
    assert_eq!(fusion.turn(), Unknown);
    // The CLI is at its prompt and has not read ours.
    assert_eq!(turn(&mut fusion, 1_000, File, Settled), Working);
    // A weak sign that it reads it does not make the file's older word about it.
    assert_eq!(turn(&mut fusion, 1_200, Source::Title, Working), Working);
    assert_eq!(turn(&mut fusion, 1_300, File, Settled), Working);
    assert_eq!(turn(&mut fusion, 1_500, File, Working), Working);
    assert_eq!(turn(&mut fusion, 1_600, File, Settled), Settled);
    // Typed while it rests: at work at once.
    let changes = fusion.prompted(50_000);
    assert!(matches!(&changes[..], [Change::Turn(Working, e)] if e.source == Source::Keeper));
    assert_eq!(turn(&mut fusion, 50_100, Protocol, Settled), Settled);
    // Not a prompt after all, such as a command of the CLI's own.
    fusion.prompted(60_000);
    assert_eq!(fusion.next_deadline(), Some(60_000 + TAKES));
    fusion.tick(60_000 + TAKES);
    assert_eq!(fusion.turn(), Settled);
}

#[test]
fn a_dialog_that_only_changes_is_not_gone() {
    let mut fusion = Fusion::new(0);
    let gone = |changes: &[Change]| {
        changes
            .iter()
            .any(|change| matches!(change, Change::DialogGone(_)))
    };
    say(&mut fusion, 0, Protocol, Says::DialogOpen);
    say(&mut fusion, 10, File, Says::DialogOpen);
    assert_eq!(say(&mut fusion, 1_000, File, Says::DialogGone), []);
    // The next request follows within milliseconds.
    say(&mut fusion, 1_060, Protocol, Says::DialogOpen);
    assert_eq!(say(&mut fusion, 1_070, File, Says::DialogGone), []);
    say(&mut fusion, 1_080, File, Says::DialogOpen);
    assert_eq!(fusion.tick(10_000), []);
    say(&mut fusion, 10_000, File, Says::DialogGone);
    assert_eq!(fusion.next_deadline(), Some(10_000 + GONE));
    assert!(gone(&fusion.tick(10_000 + GONE)));
    // A protocol is believed at once; what only the screen lacks never was there.
    assert!(gone(&say(&mut fusion, 20_000, Protocol, Says::DialogGone)));
    assert_eq!(say(&mut fusion, 30_000, Screen, Says::DialogGone), []);
    assert_eq!(fusion.tick(90_000), []);
    // A request that shows no dialog is over when its CLI goes on.
    say(&mut fusion, 100_000, Protocol, Says::DialogOpen);
    assert!(fusion.dialog_open());
    assert!(!gone(&say(&mut fusion, 100_001, Protocol, Says::WentOn)));
    assert!(!fusion.dialog_open());
}

#[test]
fn a_start_screen_is_told_once_and_never_after_the_start() {
    let mut fusion = Fusion::new(0);
    let trust = || Says::StartScreen("trust".to_owned());
    assert_eq!(say(&mut fusion, 1, Screen, trust()).len(), 1);
    assert_eq!(say(&mut fusion, 2, Screen, trust()), []);
    assert_eq!(say(&mut fusion, 3, Screen, Says::Started).len(), 1);
    assert!(fusion.started());
    // A prompt may be drawn before it is asked.
    assert_eq!(say(&mut fusion, 4, Screen, trust()).len(), 1);
    assert_eq!(say(&mut fusion, 5, Screen, Says::Started).len(), 1);
    let later = 5 + FLASH;
    assert_eq!(say(&mut fusion, later, Screen, trust()), []);
    assert_eq!(say(&mut fusion, later, Protocol, Says::Started), []);
}

#[test]
fn any_order_of_signals_leaves_a_deadline_in_the_future_or_none() {
    let sources = [Protocol, File, Osc, Source::Title, Screen];
    let mut state = 1_u64;
    let mut fusion = Fusion::new(0);
    let mut now = 0;
    for _ in 0..20_000 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let pick = (state >> 33) as usize;
        let source = sources[pick % sources.len()];
        let says = match pick / 8 % 8 {
            0 => Says::Turn(Settled),
            1 | 2 => Says::Turn(Working),
            3 => Says::DialogOpen,
            4 => Says::DialogGone,
            5 => Says::Background((pick % 2) as u32),
            6 => Says::Limited(Ends::At(now + (pick % 9_000) as Millis)),
            _ => Says::TurnUntilTold(Working),
        };
        now += (pick / 64 % 3_000) as Millis;
        say(&mut fusion, now, source, says);
        assert!(
            fusion.next_deadline().is_none_or(|at| at > now),
            "{fusion:?}"
        );
    }
}

#[test]
fn what_the_agent_asks_by_itself_is_over_when_anybody_shows_it() {
    let mut fusion = Fusion::new(0);
    say(&mut fusion, 0, Protocol, Says::DialogOpen);
    // A screen that shows nothing yet is no evidence against a request.
    fusion.asks_by_itself("touch x".to_owned());
    assert_eq!(fusion.lost(), Some("touch x"));
    let changes = say(&mut fusion, 10, Osc, Says::DialogGone);
    assert_eq!(changes, []);
    let changes = fusion.tick(10 + GONE);
    assert!(
        matches!(changes[..], [Change::DialogGone(_)]),
        "{changes:?}"
    );
    assert_eq!(fusion.lost(), None);
    // It may take a moment until the agent's own dialog is up.
    say(&mut fusion, 1_000, Screen, Says::DialogOpen);
    assert_eq!(fusion.lost(), Some("touch x"));
    say(&mut fusion, 1_001, Protocol, Says::WentOn);
    assert_eq!(fusion.lost(), None, "it was answered there");
    // Only what the protocol alone had told of is over when anybody says so.
    fusion.asks_by_itself("touch y".to_owned());
    say(&mut fusion, 1_010, Osc, Says::DialogGone);
    fusion.tick(9_000);
    assert_eq!(fusion.lost(), Some("touch y"));
    // A notification about the same dialog.
    say(&mut fusion, 9_010, Protocol, Says::DialogOpen);
    assert_eq!(fusion.lost(), Some("touch y"));
}

#[test]
fn rest_behind_a_start_screen_is_none() {
    let mut fusion = Fusion::new(0);
    assert_eq!(turn(&mut fusion, 10, Osc, Settled), Settled);
    let words = Says::StartScreen("asks whether this folder is trusted".to_owned());
    say(&mut fusion, 20, Screen, words);
    assert_eq!(fusion.turn(), Unknown);
    assert_eq!(turn(&mut fusion, 30, Osc, Settled), Unknown);
    say(&mut fusion, 40, Screen, Says::Started);
    assert_eq!(fusion.turn(), Settled);
}

fn limited(fusion: &mut Fusion, now: Millis, source: Source, ends: Ends) -> Vec<Option<Millis>> {
    let changes = say(fusion, now, source, Says::Limited(ends));
    let told = changes.into_iter().filter_map(|change| match change {
        Change::Limited(until, _) => Some(until),
        _ => None,
    });
    told.collect()
}

#[test]
fn a_limit_stands_over_rest_until_its_time_comes() {
    let mut fusion = Fusion::new(0);
    turn(&mut fusion, 10, Protocol, Working);
    turn(&mut fusion, 1_000, Protocol, Settled);
    assert_eq!(limited(&mut fusion, 1_000, Protocol, Ends::Unknown), [None]);
    // Its transcript says until when; that it is at its prompt is known.
    let told = limited(&mut fusion, 2_000, Protocol, Ends::At(55_000));
    assert_eq!(told, [Some(55_000)]);
    let told = limited(&mut fusion, 2_000, File, Ends::At(60_000));
    assert_eq!(told, [Some(60_000)]);
    // The same, rounded down to the minute.
    assert_eq!(limited(&mut fusion, 2_100, Protocol, Ends::At(55_000)), []);
    assert_eq!(turn(&mut fusion, 3_000, File, Settled), Turn::Limited);
    assert_eq!(fusion.next_deadline(), Some(60_000));
    assert_eq!(fusion.tick(59_999), []);
    let changes = fusion.tick(60_000);
    assert!(
        matches!(&changes[..], [Change::Turn(Settled, _)]),
        "{changes:?}"
    );
}

#[test]
fn work_that_begins_later_ends_a_limit_and_what_stood_before_does_not() {
    let mut fusion = Fusion::new(0);
    turn(&mut fusion, 10, Osc, Working);
    limited(&mut fusion, 1_000, File, Ends::At(60_000));
    assert_eq!(fusion.turn(), Turn::Limited);
    // The spinner's last frames.
    assert_eq!(turn(&mut fusion, 1_100, Osc, Working), Turn::Limited);
    assert_eq!(turn(&mut fusion, 1_200, Osc, Settled), Turn::Limited);
    assert_eq!(turn(&mut fusion, 9_000, Osc, Working), Working);
    assert_eq!(turn(&mut fusion, 20_000, Osc, Settled), Settled);
}

#[test]
fn a_limit_that_is_over_does_not_come_back_because_its_words_still_stand_there() {
    let mut fusion = Fusion::new(0);
    turn(&mut fusion, 10, Title, Working);
    let says = |fusion: &mut Fusion, now, ends| {
        let text = "the screen says \"Access resets at 4:46 PM\"".to_owned();
        let (source, says) = (Screen, Says::Limited(Ends::At(ends)));
        fusion.observe(Signal { source, says, text }, now);
        fusion.turn()
    };
    assert_eq!(says(&mut fusion, 1_000, 60_000), Turn::Limited);
    fusion.tick(60_000);
    assert_ne!(fusion.turn(), Turn::Limited);
    // The same time of day, of tomorrow.
    assert_ne!(says(&mut fusion, 60_001, 86_460_000), Turn::Limited);
    // Reached anew.
    turn(&mut fusion, 70_000, Title, Settled);
    turn(&mut fusion, 71_000, Title, Working);
    assert_eq!(says(&mut fusion, 72_000, 86_460_000), Turn::Limited);
}

#[test]
fn a_limit_goes_on_after_a_restart_and_ends_by_itself() {
    let evidence = Evidence {
        source: Protocol,
        text: "hook StopFailure".to_owned(),
        at: 5,
    };
    let last = LastTold {
        turn: Turn::Limited,
        evidence: &evidence,
        limit_until: Some(9_000),
        with_prompt: false,
    };
    let mut fusion = Fusion::resumed(1_000, last);
    assert_eq!(fusion.tick(1_000), []);
    assert_eq!(fusion.turn(), Turn::Limited);
    assert_eq!(fusion.next_deadline(), Some(9_000));
    let changes = fusion.tick(9_000);
    // Nothing says what it does now.
    assert!(
        matches!(&changes[..], [Change::Turn(Unknown, _)]),
        "{changes:?}"
    );
}
