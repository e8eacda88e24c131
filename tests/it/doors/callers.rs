//! Who may decide: nobody in a pane, whatever way it takes; whoever is outside.

use super::house::{House, fixer, text};
use super::inside;
use crate::support::{PATIENCE, wait_until};
use pult::platform::enforcement::landlock_abi;

const APPROVE: &str = "\"$PULT\" approve ak-7h3kq2vd";
const NO_PLACE: &str = "this is a pane of fixer; a pane is no place for an operator; \
                        use a terminal outside, or a session with --profile none";

#[test]
fn a_worker_never_decides_whatever_way_it_takes() {
    let house = House::open(false);
    let ways = [
        APPROVE.to_owned(),
        format!("setsid -w {APPROVE}"),
        format!("nohup {APPROVE}"),
        format!("setsid -w nohup {APPROVE}"),
        format!("env -i PULT_HOME=\"$PULT_HOME\" {APPROVE}"),
        "sh -c 'sh -c \"$0 approve ak-7h3kq2vd; exit \\$?\"; exit $?' \"$PULT\"".to_owned(),
    ];
    for way in ways {
        let (code, said) = house.in_pane("full", &format!("{way}; exit $?"));
        assert_eq!(code, 1, "{way}: {said}");
        assert!(said.contains(NO_PLACE), "{way}: {said}");
        let tampers = house.tampers();
        assert_eq!(tampers.len(), 1, "{way}: {tampers:?}");
        assert_eq!(tampers[0].about, "approve ak-7h3kq2vd");
        assert_eq!(tampers[0].session, Some(fixer()));
        assert!(
            tampers[0].chain.contains(" pult < "),
            "{}",
            tampers[0].chain
        );
    }
    assert_eq!(house.served(), []);
}

#[test]
fn a_double_fork_and_an_orphan_after_the_keepers_end_are_refused() {
    let house = House::open(false);
    let later = format!(
        "(setsid sh -c 'while [ ! -e late ]; do sleep 0.01; done; {APPROVE} >said 2>&1; \
         echo $? >code.new; mv code.new code' >/dev/null 2>&1 &); exit 0"
    );
    let (code, said) = house.in_pane("full", &later);
    assert_eq!((code, said.as_str()), (0, ""), "the keeper is gone");
    std::fs::write(house.file("late"), "").unwrap();
    assert_eq!(house.take("code").trim(), "1");
    let said = house.take("said");
    let line = "this is a pane of an unknown session; a pane is no place for an operator";
    assert!(said.contains(line), "{said}");
    assert_eq!(house.tampers().len(), 1);
    assert_eq!(house.served(), []);
}

#[test]
fn a_pane_is_refused_without_a_daemon_too_and_starts_none() {
    let house = House::closed();
    let (code, said) = house.in_pane("full", "\"$PULT\" ls; exit $?");
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("a pane is no place for an operator"),
        "{said}"
    );
    let (code, said) = house.in_pane("none", "\"$PULT\" ls; exit $?");
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("none is started from a pane"), "{said}");
    assert!(!house.paths.state.exists(), "nothing was started");
}

#[test]
fn outside_is_served_and_a_list_asked_for_in_a_pane_is_no_tampering() {
    let house = House::open(false);
    let output = house.pult(&["ls", "--json"]);
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(house.served(), [("ls".to_owned(), None)]);
    let (code, said) = house.in_pane("full", "\"$PULT\" ls; exit $?");
    assert_eq!((code, said.contains(NO_PLACE)), (1, true), "{said}");
    assert_eq!((house.tampers(), house.served()), (vec![], vec![]));
}

#[test]
fn a_session_without_profile_may_look_and_not_decide_and_nor_does_a_verb_beside_it() {
    let house = House::open(true);
    let (code, said) = house.in_pane("none", "\"$PULT\" ls; exit $?");
    assert_eq!(code, 0, "{said}");
    assert!(house.pult(&["ls"]).status.success());
    let served = house.served();
    let why: Vec<&str> = served
        .iter()
        .filter_map(|(_, why)| why.as_deref())
        .collect();
    assert_eq!(why.len(), 2, "{served:?}");
    assert!(why[0].contains("whose profile is none") && why[1].contains("could impersonate"));
}

#[test]
fn who_knows_the_address_and_the_key_still_does_not_get_through() {
    let house = House::open(false);
    let (code, said) = house.in_pane("full", &inside::script("operator-door"));
    assert_eq!(code, 0, "{said}");
    let how = match landlock_abi() {
        0..6 => "refused: a pane is no place for an operator",
        _ => "cannot dial: Operation not permitted",
    };
    assert!(said.contains(how), "{said}");
    // Without the sandbox, below a keeper that the doors do not know as unconfined.
    let (code, said) = house.in_pane("none", &inside::script("operator-door"));
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("refused: a pane is no place for an operator"),
        "{said}"
    );
    let tampers = house.tampers();
    assert_eq!(
        tampers.last().and_then(|t| t.session.clone()),
        Some(fixer())
    );
    assert_eq!(house.served(), []);
}

#[test]
fn an_agents_program_above_is_no_operator() {
    let house = House::open(false);
    let agent = house.file("made-up-agent");
    std::os::unix::fs::symlink("/bin/sh", &agent).unwrap();
    let script = format!("{APPROVE}; exit $?");
    let output = house
        .command(agent.to_str().unwrap())
        .args(["-c", &script])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output);
    assert!(
        said.contains("started by the agent made-up-agent"),
        "{said}"
    );
    assert_eq!(house.tampers().len(), 1);
}

#[test]
fn no_new_privs_is_no_operator_and_starts_no_daemon() {
    let house = House::open(false);
    let said = inside::run(&house, "unprivileged-verb");
    assert!(said.contains("NoNewPrivs is set on this process"), "{said}");
    assert_eq!(house.tampers().len(), 1);
    let nobody = House::closed();
    let said = inside::run(&nobody, "unprivileged-verb");
    assert!(said.contains("none is started under NoNewPrivs"), "{said}");
}

#[test]
fn a_hook_is_served_below_its_keeper_only() {
    let house = House::open(false);
    let (code, said) = house.in_pane("full", &inside::script("hook"));
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("hook: served"), "{said}");
    assert!(said.contains("wrong token: permission denied"), "{said}");
    assert_eq!(house.tampers(), []);
    let said = inside::run(&house, "hook");
    assert!(said.contains("hook: permission denied"), "outside: {said}");
    wait_until("the event", PATIENCE, || {
        !house.seen.tampers.lock().unwrap().is_empty()
    });
}

#[test]
fn a_process_that_nobody_may_look_into_is_still_known() {
    let house = House::open(false);
    let said = inside::run(&house, "hidden-verb");
    assert!(said.contains("let in"), "{said}");
    let (_, said) = house.in_pane("full", &inside::script("hidden-verb"));
    assert!(said.contains("this is a pane of fixer"), "{said}");
}

#[test]
fn nobody_speaks_for_a_dead_caller() {
    let house = House::open(false);
    inside::run(&house, "speak-for-the-dead");
    let heard = house.take("heard");
    assert!(heard.contains("cannot tell who calls"), "{heard}");
    assert!(heard.contains("\"caller\":\"unknown\""), "{heard}");
}

#[test]
fn a_daemon_that_cannot_start_is_said_with_its_last_word() {
    let house = House::closed();
    std::fs::create_dir_all(&house.paths.state).unwrap();
    std::fs::write(house.paths.store(), "not a store of ours").unwrap();
    let output = house.pult(&["ls"]);
    let said = text(&output);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("the daemon ended at its start: "), "{said}");
    assert!(said.contains("daemon.log"), "{said}");
}
