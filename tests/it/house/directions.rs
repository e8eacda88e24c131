//! Rooms import downwards only.

use super::{Source, nothing_breaks, sources};

const MIND: &[&str] = &["core"];
const WORDS: &[&str] = &["screen", "runtime", "wire"];
const GROUND: &[&str] = &["platform", "config"];
const HANDS: &[&str] = &["store", "git", "keeper", "probe", "dial", "alert"];
const PROGRAMS: &[&str] = &["daemon", "cockpit", "hook", "chat", "demo"];

/// The rooms that `room` may import, besides itself.
fn below(room: &str) -> Option<Vec<&'static str>> {
    let floors = |floors: &[&[&'static str]]| floors.concat();
    Some(match room {
        "core" => vec![],
        "screen" | "runtime" | "wire" => MIND.to_vec(),
        "platform" => floors(&[MIND, WORDS]),
        // What others put into a repository is opened so that it cannot hold up its reader.
        "config" => [floors(&[MIND, WORDS]), vec!["platform"]].concat(),
        "alert" | "store" | "git" | "keeper" | "probe" | "dial" => floors(&[MIND, WORDS, GROUND]),
        "daemon" => [
            floors(&[MIND, WORDS, GROUND]),
            vec!["store", "git", "probe", "dial"],
        ]
        .concat(),
        "cockpit" => [floors(&[MIND, WORDS, GROUND]), vec!["dial", "alert"]].concat(),
        "hook" | "demo" => [floors(&[MIND, WORDS, GROUND]), vec!["dial"]].concat(),
        "chat" => [floors(&[MIND, WORDS, GROUND]), vec!["probe", "dial"]].concat(),
        "cli" | "main" | "lib" => floors(&[MIND, WORDS, GROUND, HANDS, PROGRAMS, &["cli"]]),
        _ => return None,
    })
}

#[test]
fn rooms_look_down_only() {
    let mut broken = Vec::new();
    for source in sources("src") {
        let Some(allowed) = below(source.room()) else {
            broken.push(format!("{}: a room without a floor", source.path));
            continue;
        };
        for (n, room) in imports(&source) {
            if room != source.room() && !allowed.contains(&room.as_str()) {
                let from = source.room();
                broken.push(format!("{}:{n} {from} -> {room}", source.path));
            }
        }
    }
    nothing_breaks("a room imports one that is not below it", &broken);
}

/// The rooms that a file names, with line numbers.
fn imports(source: &Source) -> Vec<(usize, String)> {
    let text: Vec<(usize, &str)> = source.code().collect();
    let inside = source.path.strip_prefix("src/").unwrap_or(&source.path);
    let own = inside.trim_end_matches(".rs").trim_end_matches("/mod");
    let mut depth = match own {
        "lib" | "main" => 0,
        own => own.split('/').count(),
    };
    let mut found = Vec::new();
    for (at, (n, line)) in text.iter().enumerate() {
        if line.trim() == "mod tests {" {
            depth += 1;
        }
        for root in ["crate::", "pult::"] {
            for (start, _) in line.match_indices(root) {
                let before = line[..start].chars().next_back();
                if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                    continue;
                }
                found.extend(named(&line[start + root.len()..], &text[at + 1..], *n));
            }
        }
        for (start, _) in line.match_indices("super::") {
            let chain = line[start..].split("super::").take_while(|s| s.is_empty());
            // The first piece of the split stands before the chain.
            let climbs = chain.count();
            let rest = line[start..].trim_start_matches("super::");
            if climbs >= depth.max(1) && !line[..start].ends_with("super::") {
                found.extend(named(rest, &text[at + 1..], *n));
            }
        }
    }
    // `crate::x` of an item that lib.rs itself defines is no room.
    found.retain(|(_, name)| name.chars().next().is_some_and(char::is_lowercase));
    found
}

/// The first path segments after `crate::`: one, or those of a group that may span lines.
fn named(rest: &str, following: &[(usize, &str)], n: usize) -> Vec<(usize, String)> {
    let ident = |s: &str| {
        let end = s.find(|c: char| !c.is_alphanumeric() && c != '_');
        s[..end.unwrap_or(s.len())].to_owned()
    };
    let Some(group) = rest.strip_prefix('{') else {
        return vec![(n, ident(rest))];
    };
    let mut text = group.to_owned();
    for (_, line) in following {
        if text.matches('{').count() < text.matches('}').count() {
            break;
        }
        text.push_str(line);
    }
    let mut level = 0;
    let mut parts = vec![String::new()];
    for c in text.chars() {
        match c {
            '{' => level += 1,
            '}' if level == 0 => break,
            '}' => level -= 1,
            ',' if level == 0 => parts.push(String::new()),
            c => parts.last_mut().expect("never empty").push(c),
        }
    }
    let names = parts.iter().map(|part| ident(part.trim()));
    names.filter(|s| !s.is_empty()).map(|s| (n, s)).collect()
}

#[test]
fn the_scan_sees_every_way_to_name_a_room() {
    let source = |text: &str| Source {
        path: "src/core/ask.rs".into(),
        text: text.into(),
        tests: false,
    };
    let rooms = |text: &str| -> Vec<String> {
        let found = imports(&source(text));
        found.into_iter().map(|(_, room)| room).collect()
    };
    assert_eq!(rooms("use crate::store::Store;"), ["store"]);
    assert_eq!(rooms("let x = crate::wire::hello::VERSION;"), ["wire"]);
    assert_eq!(
        rooms("use crate::{\n    daemon::{self, engine},\n    store,\n};"),
        ["daemon", "store"]
    );
    assert_eq!(rooms("use super::super::keeper::Keeper;"), ["keeper"]);
    assert_eq!(rooms("use super::id::AskId;"), Vec::<String>::new());
    assert_eq!(
        rooms("mod tests {\nuse super::super::id;"),
        Vec::<String>::new()
    );
    assert_eq!(rooms("// use crate::store"), Vec::<String>::new());
}
