//! Nothing is left for later in the code itself.

use super::{nothing_breaks, sources};

#[test]
fn nothing_is_left_for_later() {
    // Written in two parts, so that this list does not find itself.
    let debts = [
        concat!("to", "do!"),
        concat!("unimple", "mented!"),
        concat!("db", "g!("),
        concat!("#[ig", "nore"),
        concat!("FIX", "ME"),
        concat!("TO", "DO"),
        concat!("XX", "X"),
    ];
    let mut broken = Vec::new();
    for source in ["src", "tests", "benches", "examples"]
        .iter()
        .flat_map(|d| sources(d))
    {
        for (n, line) in source.text.lines().enumerate() {
            if debts.iter().any(|debt| line.contains(debt)) {
                broken.push(format!("{}:{} {}", source.path, n + 1, line.trim()));
            }
        }
    }
    nothing_breaks("a debt", &broken);
}

#[test]
fn no_test_sleeps_outside_the_named_wait() {
    let mut broken = Vec::new();
    for source in sources("tests").iter().chain(&sources("src")) {
        let tests = source.path.starts_with("tests/");
        // The named waits themselves, and the delays that the scripted model server plays.
        let polls = source.path.ends_with("support/mod.rs")
            || source.path.contains("house/")
            || source.path.starts_with("tests/agents/");
        let mut in_tests = tests;
        for (n, line) in source.code() {
            in_tests |= line.trim() == "#[cfg(test)]";
            if in_tests && !polls && line.contains("thread::sleep") {
                broken.push(format!("{}:{n} {}", source.path, line.trim()));
            }
        }
    }
    nothing_breaks(
        "a test that sleeps; wait_until says what it waits for",
        &broken,
    );
}

#[test]
fn every_pause_point_can_be_chosen() {
    let mut used = Vec::new();
    for source in sources("src") {
        for (_, line) in source.product() {
            let names = line.split("pause(\"").skip(1);
            used.extend(names.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
        }
    }
    used.sort();
    let points = pult::platform::probes::POINTS.iter();
    let mut listed: Vec<String> = points.map(|(name, _)| (*name).to_owned()).collect();
    listed.sort();
    assert_eq!(used, listed);
}

#[test]
fn outside_data_never_panics_by_unwrap() {
    let mut broken = Vec::new();
    for source in sources("src") {
        for (n, line) in source.product() {
            if line.contains(".unwrap()") {
                broken.push(format!("{}:{n} {}", source.path, line.trim()));
            }
        }
    }
    nothing_breaks("unwrap outside tests", &broken);
}
