//! One template's file.

use super::{Template, Whose};
use crate::config::{Entry, Mistake, Value, entries};
use crate::core::id::valid_name;
use crate::core::mcp::McpServer;
use crate::core::role::Role;
use crate::core::tag::{TAGS, Tag};
use crate::core::text;
use crate::runtime;
use sha2::{Digest, Sha256};

/// The servers of a repository's template are shown before they start: so much can be, in bytes.
const SHOWN: usize = 400;

/// What may stand in a file.
const KEYS: &str = "description, runtime, model, profile, prompt, tag, circle, as, mcp";

/// The template that the bytes of a file say; `None` when anything is wrong with it.
pub(super) fn template(
    name: &str,
    whose: Whose,
    file: &str,
    bytes: &[u8],
) -> (Option<Template>, Vec<Mistake>) {
    let lost = |what: String| format!("{what}; the template {name} is not offered");
    let Ok(text) = std::str::from_utf8(bytes) else {
        let what = lost("is no UTF-8 text".to_owned());
        return (None, vec![whole(file, what)]);
    };
    let (entries, mut mistakes) = entries(file, text);
    for mistake in &mut mistakes {
        mistake.what = lost(text::line(&mistake.what));
    }
    let sha = Sha256::digest(bytes);
    let mut template = Template {
        name: name.to_owned(),
        whose,
        file: file.to_owned(),
        sha: sha.iter().map(|byte| format!("{byte:02x}")).collect(),
        description: String::new(),
        runtime: None,
        model: None,
        profile: None,
        prompt: None,
        tag: None,
        circle: None,
        role: None,
        mcp: Vec::new(),
    };
    for entry in &entries {
        if let Err(why) = take(&mut template, entry) {
            let place = match entry.section.as_str() {
                "" => text::line(&entry.key),
                section => text::line(&format!("[{section}] {}", entry.key)),
            };
            mistakes.push(Mistake::of(file, entry, lost(format!("{place} {why}"))));
        }
    }
    (mistakes.is_empty().then_some(template), mistakes)
}

/// Something wrong with a file as a whole.
pub(super) fn whole(file: &str, what: String) -> Mistake {
    Mistake {
        file: file.to_owned(),
        line: 0,
        what,
        entry: None,
    }
}

/// Takes one entry; the error goes on after the key's name.
fn take(template: &mut Template, entry: &Entry) -> Result<(), String> {
    let value = &entry.value;
    if !entry.section.is_empty() {
        return Err(format!("is nothing that a template has; it has {KEYS}"));
    }
    match entry.key.as_str() {
        "description" => template.description = text::line(given(value)?),
        "runtime" => template.runtime = Some(agent(given(value)?)?),
        "model" => {
            let model = given(value)?;
            let plain = !model.is_empty() && !model.starts_with('-') && text::line(model) == model;
            plain.then_some(()).ok_or("is no model's name")?;
            template.model = Some(model.to_owned());
        }
        "profile" => template.profile = Some(profile(given(value)?)?),
        "prompt" => {
            let prompt = given(value)?.trim();
            if text::strip(prompt) != prompt.replace('\t', " ") {
                return Err("has control characters in it".to_owned());
            }
            let command = prompt.starts_with(['/', '!']);
            if command && template.whose == Whose::Repository {
                return Err(format!(
                    "begins with {}, which may be a command of the CLI; begin with a word",
                    &prompt[..1]
                ));
            }
            template.prompt = Some(prompt.to_owned()).filter(|prompt| !prompt.is_empty());
        }
        "tag" => {
            let words = TAGS.map(Tag::word).join(", ");
            let tag = Tag::by_word(given(value)?);
            template.tag = Some(tag.ok_or_else(|| format!("is none of {words}"))?);
        }
        "circle" => {
            let circle = given(value)?;
            let valid = valid_name(circle).then_some(());
            valid.ok_or("is no name: small letters, digits and dashes, a letter first")?;
            template.circle = Some(circle.to_owned());
        }
        "as" => {
            template.role = Some(match given(value)? {
                "worker" => Role::Worker,
                "orchestrator" => Role::Orchestrator,
                _ => return Err("is neither worker nor orchestrator".to_owned()),
            });
        }
        "mcp" => {
            let Value::List(servers) = value else {
                return Err("is no list of \"NAME=COMMAND\"".to_owned());
            };
            if servers.iter().any(|server| text::line(server) != *server) {
                return Err("has control characters in it".to_owned());
            }
            let length: usize = servers.iter().map(String::len).sum();
            if template.whose == Whose::Repository && length > SHOWN {
                return Err("is longer than can be shown before it starts".to_owned());
            }
            let servers = servers.iter().map(|server| McpServer::parse(server));
            let servers: Result<Vec<McpServer>, String> = servers.collect();
            template.mcp = servers.map_err(|why| text::line(&format!("does not read: {why}")))?;
        }
        _ => return Err(format!("is nothing that a template has; it has {KEYS}")),
    }
    Ok(())
}

fn given(value: &Value) -> Result<&str, String> {
    match value {
        Value::Text(text) => Ok(text),
        _ => Err("is no string".to_owned()),
    }
}

/// A runtime that takes a prompt. One that is not known here may be declared later.
fn agent(name: &str) -> Result<String, String> {
    if !valid_name(name) {
        return Err("is no runtime's name".to_owned());
    }
    match runtime::by_name(name) {
        Some(program) if !program.capabilities().agent => {
            Err(format!("is {name}, which takes no prompt; name an agent"))
        }
        _ => Ok(name.to_owned()),
    }
}

fn profile(name: &str) -> Result<String, String> {
    match name {
        "full" => Ok(name.to_owned()),
        "none" => Err("none is your word for one session: say --profile none there".to_owned()),
        "inert" | "read" | "write" => Err(format!("{name} is not there yet; full is")),
        _ => Err("is no profile; full is".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(whose: Whose, text: &str) -> Vec<String> {
        let (template, mistakes) = template("it", whose, "it.toml", text.as_bytes());
        assert_eq!(template.is_some(), mistakes.is_empty());
        let end = "; the template it is not offered";
        let short = |m: &Mistake| {
            let said = m.to_string();
            let said = said.strip_suffix(end).expect("it says what that means");
            assert!(!said.contains(['\n', '\x1b']), "{said:?}");
            said.to_owned()
        };
        mistakes.iter().map(short).collect()
    }

    #[test]
    fn a_mistake_names_line_and_key_and_what_to_write() {
        for (text, why) in [
            (
                "x = 1",
                "it.toml line 1: x is nothing that a template has; it has description,",
            ),
            (
                "\n[a]\nx = 1",
                "it.toml line 3: [a] x is nothing that a template has",
            ),
            ("model = 1", "it.toml line 1: model is no string"),
            (
                "model = \"--yes\"",
                "it.toml line 1: model is no model's name",
            ),
            (
                "runtime = \"shell\"",
                "it.toml line 1: runtime is shell, which takes no prompt",
            ),
            (
                "runtime = \"../x\"",
                "it.toml line 1: runtime is no runtime's name",
            ),
            (
                "profile = \"none\"",
                "it.toml line 1: profile none is your word for one session",
            ),
            (
                "profile = \"write\"",
                "it.toml line 1: profile write is not there yet; full is",
            ),
            (
                "profile = \"all\"",
                "it.toml line 1: profile is no profile; full is",
            ),
            (
                "prompt = \"a\\u001bb\"",
                "it.toml line 1: prompt has control characters in it",
            ),
            (
                "tag = \"pink\"",
                "it.toml line 1: tag is none of red, yellow,",
            ),
            ("circle = \"A\"", "it.toml line 1: circle is no name"),
            (
                "as = \"boss\"",
                "it.toml line 1: as is neither worker nor orchestrator",
            ),
            ("mcp = \"a=b\"", "it.toml line 1: mcp is no list of"),
            (
                "mcp = [\"a\"]",
                "it.toml line 1: mcp does not read: `a` is not NAME=COMMAND",
            ),
            ("prompt = \"x\"\nmodel =\n", "it.toml line 2: "),
        ] {
            for whose in [Whose::Repository, Whose::User] {
                let said = said(whose, text);
                assert!(
                    said.len() == 1 && said[0].starts_with(why),
                    "{text}: {said:?}"
                );
            }
        }
        let (none, why) = template("it", Whose::User, "it.toml", b"\xff");
        assert!(none.is_none() && why[0].line == 0);
    }

    #[test]
    fn a_repository_may_say_less() {
        let text = "prompt = \"/compact\"";
        assert_eq!(said(Whose::User, text), Vec::<String>::new());
        let why = "it.toml line 1: prompt begins with /, which may be a command of the CLI";
        assert!(said(Whose::Repository, text)[0].starts_with(why));
        let long = format!("mcp = [\"a={}\"]", "x ".repeat(200));
        assert_eq!(said(Whose::User, &long), Vec::<String>::new());
        let why = "it.toml line 1: mcp is longer than can be shown before it starts";
        assert_eq!(said(Whose::Repository, &long), [why]);
    }

    #[test]
    fn all_of_it_is_taken() {
        let text = "description = \"d\"\nruntime = \"mine\"\nmodel = \"m/1\"\nprofile = \"full\"\n\
                    prompt = \"\"\"\n\tgo\n\"\"\"\ntag = \"red\"\ncircle = \"c\"\n\
                    as = \"orchestrator\"\nmcp = [\"a=b c\"]\n";
        let (found, mistakes) = template("it", Whose::User, "it.toml", text.as_bytes());
        assert_eq!(mistakes, []);
        let found = found.expect("it is offered");
        assert_eq!(found.prompt.as_deref(), Some("go"));
        assert_eq!(found.role, Some(Role::Orchestrator));
        assert_eq!(found.mcp[0].command, ["b", "c"]);
        let words = (found.runtime.as_deref(), found.model.as_deref());
        assert_eq!(words, (Some("mine"), Some("m/1")));
        let (other, _) = template("it", Whose::User, "it.toml", b"");
        assert_ne!(other.expect("it is offered").sha, found.sha);
    }
}
