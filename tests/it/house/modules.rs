//! No test file is forgotten: each is reached by a `mod` from its binary.

use super::{nothing_breaks, root, sources};

#[test]
fn every_test_file_is_a_module_of_the_one_binary() {
    let mut reached = Vec::new();
    let mut open = vec!["tests/it/main.rs".to_owned()];
    while let Some(path) = open.pop() {
        let text = std::fs::read_to_string(root().join(&path)).expect("a test file is text");
        let dir = match path
            .strip_suffix("/mod.rs")
            .or(path.strip_suffix("/main.rs"))
        {
            Some(dir) => dir.to_owned(),
            None => path.trim_end_matches(".rs").to_owned(),
        };
        for line in text.lines() {
            let line = line.trim();
            let line = line.strip_prefix("pub ").unwrap_or(line);
            let Some(name) = line.strip_prefix("mod ").and_then(|l| l.strip_suffix(';')) else {
                continue;
            };
            for candidate in [format!("{dir}/{name}.rs"), format!("{dir}/{name}/mod.rs")] {
                if root().join(&candidate).exists() {
                    open.push(candidate);
                }
            }
        }
        reached.push(path);
    }
    let forgotten: Vec<String> = sources("tests/it")
        .into_iter()
        .map(|source| source.path)
        .filter(|path| !reached.contains(path))
        .collect();
    nothing_breaks("a test file that no mod names", &forgotten);
}
