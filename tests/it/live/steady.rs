//! A screen without what is another each time: ages, ids, digests, process ids.

/// The same screen at any time and on any machine: ages become `#` and what gives way to them, blanks
/// or a line of a frame, gives way to one of one letter; ids and long hexadecimal numbers keep their
/// length.
///
/// The directory `place` becomes `HOME`, at the cost of the blanks behind it.
pub fn steady(looks: &str, place: &str) -> String {
    let mut out = String::new();
    for line in looks.lines() {
        out.push_str(one(&elsewhere(line, place)).trim_end());
        out.push('\n');
    }
    out
}

fn elsewhere(line: &str, place: &str) -> String {
    const NAME: &str = "HOME";
    let Some((before, behind)) = line.split_once(place) else {
        return line.to_owned();
    };
    let more = " ".repeat(place.chars().count().saturating_sub(NAME.len()));
    let behind = behind.replacen("  ", &format!("  {more}"), 1);
    format!("{before}{NAME}{behind}")
}

fn one(line: &str) -> String {
    let mut words = words(line);
    for at in 0..words.len() {
        let word = words[at].clone();
        if is_age(&word) {
            let more = word.chars().count() - 1;
            words[at] = "#".into();
            if let Some(gap) = gives_way(&words, at) {
                let fill = words[gap].chars().last().unwrap_or(' ');
                words[gap].extend(std::iter::repeat_n(fill, more));
            }
        } else if let Some(id) = word.strip_prefix("ak-") {
            words[at] = format!("ak-{}", "#".repeat(id.len()));
        } else if word.len() >= 16 && word.bytes().all(|b| b.is_ascii_hexdigit()) {
            words[at] = "#".repeat(word.len());
        }
    }
    words.concat()
}

/// Which gap becomes smaller when the age at `at` is longer: that before it where it stands at the
/// right edge of its place, else that behind it.
fn gives_way(words: &[String], at: usize) -> Option<usize> {
    let border = |at: &usize| words[*at].chars().any(|c| "│╭╮╰╯".contains(c));
    let wide = |at: &usize| words[*at].chars().count() > 1 && is_gap(&words[*at]);
    let mut behind = at + 1..words.len();
    let next = behind.clone().find(|at| words[*at].trim() != "");
    match next.is_none_or(|at| border(&at) || is_gap(&words[at])) {
        true => (0..at).rev().take_while(|at| !border(at)).find(wide),
        false => behind.by_ref().take_while(|at| !border(at)).find(wide),
    }
}

/// Words and what is between them, runs of one sign each.
fn words(line: &str) -> Vec<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '-';
    let mut words: Vec<String> = Vec::new();
    for c in line.chars() {
        match words.last_mut().filter(|word| {
            let last = word.chars().last().unwrap_or(' ');
            (is_word(last) && is_word(c)) || last == c
        }) {
            Some(word) => word.push(c),
            None => words.push(c.into()),
        }
    }
    words
}

fn is_gap(word: &str) -> bool {
    word.chars().all(|c| c == ' ') || word.chars().all(|c| c == '─')
}

/// `7s`, `12m`, `1h`, `3d`.
fn is_age(word: &str) -> bool {
    let number = word.strip_suffix(['s', 'm', 'h', 'd']);
    number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

#[test]
fn screens_that_differ_by_the_time_are_the_same() {
    for (young, old) in [
        ("│▸● fixer    7s│", "│▸● fixer   12m│"),
        (
            "╭─ fixer ─── ● working 7s ─╮",
            "╭─ fixer ── ● working 12m ─╮",
        ),
        ("│ ak-abc  7s ago   │ x", "│ ak-xyz  12m ago  │ x"),
        ("wants to run  7s ago", "wants to run  12m ago"),
    ] {
        assert_eq!(steady(young, "/nowhere"), steady(old, "/nowhere"));
    }
    assert_eq!(
        steady("ak-abc12345 7s ago", "/nowhere"),
        "ak-######## # ago\n"
    );
    assert_eq!(
        steady("│ in /tmp/a/work    │", "/tmp/a"),
        steady("│ in /tmp/abc/work  │", "/tmp/abc")
    );
    for (a, b) in [
        ("p7 row 300", "p7 row 301"),
        ("│ fixer  7s│", "│ fixer 7s│"),
    ] {
        assert_ne!(steady(a, "/nowhere"), steady(b, "/nowhere"));
    }
}
