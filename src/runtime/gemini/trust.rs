//! Whether Gemini CLI will ask if it may trust a folder: by `trustedFolders.json` and `settings.json`
//! in its own directory, as 0.61.0 reads them.

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Its files, absolute: rules by folder, and settings.
pub fn files(env: &BTreeMap<String, String>) -> Option<[String; 2]> {
    let own = super::own_directory(env)?;
    let file = |name: &str| format!("{own}/{name}");
    Some([file("trustedFolders.json"), file("settings.json")])
}

/// Whether it will ask, as far as that can be known from what was `read` of its files.
pub fn asks(cwd: &str, env: &BTreeMap<String, String>, read: &BTreeMap<String, String>) -> bool {
    let trusts = env.get("GEMINI_CLI_TRUST_WORKSPACE");
    if trusts.is_some_and(|value| value == "true") {
        return false;
    }
    let Some([folders, settings]) = files(env) else {
        return true;
    };
    let json = |file: &String| {
        let text = read.get(file).map_or("", String::as_str);
        serde_json::from_str::<Value>(text).unwrap_or(Value::Null)
    };
    if json(&settings)["security"]["folderTrust"]["enabled"] == false {
        return false;
    }
    let rules = json(&folders);
    let rules = rules.as_object().into_iter().flatten();
    let known = |path: &str, rule: &Value| match rule.as_str() {
        Some("TRUST_FOLDER" | "DO_NOT_TRUST") => Path::new(cwd).starts_with(path),
        Some("TRUST_PARENT") => Path::new(path)
            .parent()
            .is_some_and(|parent| Path::new(cwd).starts_with(parent)),
        _ => false,
    };
    !rules.into_iter().any(|(path, rule)| known(path, rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_asked_about_unless_a_rule_is_about_it() {
        let env = BTreeMap::from([("HOME".to_owned(), "/h".to_owned())]);
        let rules = r#"{"/a/b": "TRUST_PARENT", "/c": "TRUST_FOLDER", "/d": "DO_NOT_TRUST",
            "/e": 7}"#;
        let read = |settings: &str| {
            let file = |name: &str| format!("/h/.gemini/{name}");
            BTreeMap::from([
                (file("trustedFolders.json"), rules.to_owned()),
                (file("settings.json"), settings.to_owned()),
            ])
        };
        let asks_in = |cwd: &str| asks(cwd, &env, &read("{}"));
        for known in ["/a/x", "/a/b/y", "/c", "/c/z", "/d"] {
            assert!(!asks_in(known), "{known}");
        }
        for other in ["/", "/e", "/cc", "/x"] {
            assert!(asks_in(other), "{other}");
        }
        let off = r#"{"security": {"folderTrust": {"enabled": false}}}"#;
        assert!(!asks("/x", &env, &read(off)));
        assert!(asks("/x", &env, &read("no JSON")));
        let mut told = env.clone();
        told.insert("GEMINI_CLI_TRUST_WORKSPACE".to_owned(), "true".to_owned());
        assert!(!asks("/x", &told, &read("{}")));
        assert!(asks("/x", &BTreeMap::new(), &BTreeMap::new()));
    }
}
