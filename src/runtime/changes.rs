//! What a tool call does to files, as far as its input says so: the change as a diff.
//!
//! It is the call's own claim: one that was refused or failed claims the same. What a command does
//! to files is in no input; only a patch that is given to a shell is read.

use super::call;
use crate::core::ask::Verb;
use serde_json::Value;

/// A change to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDiff {
    /// The file, as the call names it.
    pub path: String,
    /// Lines that begin with `+`, `-` or a blank, as in a patch; `@@` between stretches.
    pub diff: String,
}

/// The heads of the files in a patch of the `*** Begin Patch` kind.
const HEADS: [&str; 3] = ["*** Add File: ", "*** Update File: ", "*** Delete File: "];

/// What a call of `tool` with `input` does to files.
pub fn of(tool: &str, input: &Value) -> Vec<FileDiff> {
    let text = |name: &str| input.get(name).and_then(Value::as_str);
    let patches = ["input", "patch", "patchText", "command", "cmd"];
    let patch = patches.iter().filter_map(|name| text(name));
    for patch in patch {
        if patch.contains("*** Begin Patch") {
            return patched(patch);
        }
    }
    if call::verb(tool, input) != Verb::Write {
        return Vec::new();
    }
    let paths = ["file_path", "filePath", "notebook_path", "path"];
    let Some(path) = paths.iter().find_map(|name| text(name)) else {
        return Vec::new();
    };
    let mut diff = String::new();
    let edits = input.get("edits").and_then(Value::as_array);
    for edit in edits.into_iter().flatten().chain([input]) {
        replaced(edit, &mut diff);
    }
    for name in ["content", "new_source"] {
        if let Some(text) = text(name) {
            lines('+', text, &mut diff);
        }
    }
    let path = path.to_owned();
    vec![FileDiff { path, diff }]
}

/// One text in the place of another.
fn replaced(edit: &Value, diff: &mut String) {
    let text = |names: [&str; 2]| {
        let mut named = names.iter().filter_map(|name| edit.get(name));
        named.find_map(Value::as_str)
    };
    let old = text(["old_string", "oldString"]);
    let new = text(["new_string", "newString"]);
    if old.is_none() && new.is_none() {
        return;
    }
    if !diff.is_empty() {
        diff.push_str("@@\n");
    }
    lines('-', old.unwrap_or(""), diff);
    lines('+', new.unwrap_or(""), diff);
}

fn lines(mark: char, text: &str, diff: &mut String) {
    for line in text.lines() {
        diff.push(mark);
        diff.push_str(line);
        diff.push('\n');
    }
}

fn patched(patch: &str) -> Vec<FileDiff> {
    let mut files: Vec<FileDiff> = Vec::new();
    for line in patch.lines() {
        let named = HEADS.iter().find_map(|head| line.strip_prefix(head));
        if let Some(path) = named {
            files.push(FileDiff {
                path: path.trim().to_owned(),
                diff: String::new(),
            });
        } else if line.starts_with("*** End Patch") {
            break;
        } else if let Some(file) = files.last_mut() {
            file.diff.push_str(line);
            file.diff.push('\n');
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(tool: &str, input: &Value) -> Vec<(String, String)> {
        let files = of(tool, input).into_iter();
        files.map(|file| (file.path, file.diff)).collect()
    }

    #[test]
    fn an_edit_is_what_goes_and_what_comes() {
        let claude = json!({"file_path": "/p/a", "old_string": "one\ntwo", "new_string": "three"});
        let diff = "-one\n-two\n+three\n".to_owned();
        assert_eq!(told("Edit", &claude), [("/p/a".to_owned(), diff.clone())]);
        assert_eq!(told("replace", &claude)[0].1, diff);
        let opencode = json!({"filePath": "/p/a", "oldString": "one\ntwo", "newString": "three"});
        assert_eq!(told("edit", &opencode), [("/p/a".to_owned(), diff)]);
        let several = json!({"file_path": "/p/a", "edits": [
            {"old_string": "a", "new_string": "b"}, {"old_string": "c", "new_string": "d"}]});
        assert_eq!(told("MultiEdit", &several)[0].1, "-a\n+b\n@@\n-c\n+d\n");
    }

    #[test]
    fn a_new_file_is_all_that_it_holds() {
        let input = json!({"file_path": "/p/a", "content": "x\ny\n"});
        for tool in ["Write", "write_file"] {
            assert_eq!(
                told(tool, &input),
                [("/p/a".to_owned(), "+x\n+y\n".to_owned())]
            );
        }
    }

    #[test]
    fn a_patch_is_read_wherever_it_is_given() {
        let patch = "*** Begin Patch\n*** Add File: a.txt\n+one\n*** Update File: b.txt\n@@ f\n-x\n+y\n*** End Patch\n";
        let files = [
            ("a.txt".to_owned(), "+one\n".to_owned()),
            ("b.txt".to_owned(), "@@ f\n-x\n+y\n".to_owned()),
        ];
        assert_eq!(told("apply_patch", &json!({"input": patch})), files);
        let shell = json!({"cmd": format!("apply_patch <<'EOP'\n{patch}EOP")});
        assert_eq!(told("exec_command", &shell), files);
    }

    #[test]
    fn what_touches_no_file_has_no_change_and_nonsense_none_either() {
        for (tool, input) in [
            ("Bash", json!({"command": "rm -rf x"})),
            ("Read", json!({"file_path": "/p/a"})),
            ("Write", json!({"content": "x"})),
            ("Edit", Value::Null),
            ("apply_patch", json!({"input": "*** Begin Patch"})),
        ] {
            assert_eq!(told(tool, &input), [], "{tool}");
        }
    }
}
