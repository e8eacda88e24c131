//! What the operator's policy keeps from being started.

use crate::support::Home;

fn with_policy(text: &str) -> Home {
    let home = Home::new();
    let config = home.path().join("config");
    std::fs::create_dir_all(&config).expect("a configuration directory");
    std::fs::write(config.join("policy.toml"), text).expect("a policy");
    home
}

#[test]
fn a_runtime_for_orchestrators_is_refused_as_a_worker_with_the_reason() {
    let home =
        with_policy("[shell]\ndispatch = \"orchestrator\"\nreason = \"it drives the others\"\n");
    let as_worker = ["new", "a", "--runtime", "shell", "--", "sleep", "60"];
    let said = home.fails(1, &as_worker);
    assert!(
        said.contains("shell is dispatched as orchestrator only: it drives the others"),
        "{said}"
    );
    assert_eq!(said.trim().lines().count(), 1, "{said}");
    let as_orchestrator = [
        "new",
        "a",
        "--as",
        "orchestrator",
        "--runtime",
        "shell",
        "--",
        "sleep",
        "60",
    ];
    let row = home.json(&as_orchestrator);
    assert_eq!(row["process"], "alive", "{row}");
    // It is read again for each start.
    std::fs::remove_file(home.path().join("config/policy.toml")).expect("it goes");
    home.ok(&["new", "b", "--runtime", "shell", "--", "sleep", "60"]);
}

#[test]
fn one_that_is_not_dispatched_is_refused_as_anything_and_doctor_says_so() {
    let home = with_policy("[shell]\ndispatch = \"none\"\nreason = \"too sharp\"\n");
    for role in ["worker", "orchestrator"] {
        let line = ["new", "a", "--as", role, "--", "sleep", "60"];
        let said = home.fails(1, &line);
        assert!(
            said.contains("shell is not dispatched: too sharp"),
            "{said}"
        );
    }
    let doctor = home.json(&["doctor"]).to_string();
    assert!(
        doctor.contains("shell is not dispatched: too sharp"),
        "{doctor}"
    );
    let home = with_policy("[shell]\ndispatch = \"never\"\n");
    let said = home.fails(1, &["new", "a", "--", "sleep", "60"]);
    assert!(
        said.contains("policy.toml line 2: [shell] dispatch is none of"),
        "{said}"
    );
}
