//! Transcripts of a declared runtime: a JSON object a line, of which paths say what is where.

use super::launch::fill;
use crate::runtime::transcript::{
    About, Entry, Place, Said, TokenKey, Tokens, Transcripts, Who, texts,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// What `[transcript]` and `[usage]` say. A path is names with dots between; an empty one is not
/// there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pages {
    /// The directory to begin at; `{NAME}` is a variable of the environment.
    pub root: String,
    /// How many directories below it the files are.
    pub depth: u8,
    /// How their names end.
    pub suffix: String,
    /// The conversation's id.
    pub id: String,
    /// Where it works.
    pub cwd: String,
    /// When a line was written.
    pub at: String,
    /// The model.
    pub model: String,
    /// Whose words a line has: [`Pages::operator`], [`Pages::agent`], or anything else.
    pub kind: String,
    /// The kind of the operator's lines.
    pub operator: String,
    /// The kind of the agent's lines.
    pub agent: String,
    /// The words: a string, or a list of parts with `text`.
    pub text: String,
    /// In such a part, where it is a call: the tool.
    pub tool: String,
    /// In such a part, where it is a call: what the tool is called with.
    pub called_with: String,
    /// Tokens that the model read, cached ones among them.
    pub input: String,
    /// Tokens that it wrote.
    pub output: String,
    /// Of those that it read, the cached ones.
    pub cached: String,
    /// What names the request; without it the numbers are a running sum.
    pub request: String,
}

fn at<'a>(line: &'a Value, path: &str) -> Option<&'a Value> {
    if path.is_empty() {
        return None;
    }
    path.split('.')
        .try_fold(line, |value, name| value.get(name))
}

/// [`Pages`] for the life of the process.
pub struct Kept {
    pages: Pages,
    suffix: &'static str,
}

impl Kept {
    /// Keeps them.
    pub fn keep(pages: &Pages) -> &'static Self {
        Box::leak(Box::new(Self {
            suffix: super::text(&pages.suffix),
            pages: pages.clone(),
        }))
    }
}

impl Transcripts for Kept {
    fn place(&self, env: &BTreeMap<String, String>) -> Option<Place> {
        let set = |name: &str| env.get(name).filter(|value| !value.is_empty()).cloned();
        let root = fill(&self.pages.root, &set)?;
        root.starts_with('/').then_some(Place {
            root,
            depth: self.pages.depth,
            prefix: "",
            suffix: self.suffix,
        })
    }

    fn line(&self, line: &Value) -> Said {
        let pages = &self.pages;
        let words = |path: &str| at(line, path).and_then(Value::as_str);
        let owned = |path: &str| words(path).map(str::to_owned);
        let kind = words(&pages.kind);
        let who = match kind {
            Some(kind) if kind == pages.operator => Some(Who::Operator),
            Some(kind) if kind == pages.agent => Some(Who::Agent),
            _ => None,
        };
        let text = at(line, &pages.text).map(texts).unwrap_or_default();
        let entry = who.and_then(|who| Entry::new(who, &text, words(&pages.at)));
        let parts = at(line, &pages.text).and_then(Value::as_array);
        let parts = parts.filter(|_| who == Some(Who::Agent));
        let calls = parts.into_iter().flatten().filter_map(|part| {
            let tool = at(part, &pages.tool)?.as_str()?;
            let input = at(part, &pages.called_with).unwrap_or(&Value::Null);
            Some(Entry::tool(tool, input, words(&pages.at)))
        });
        let count = |path: &str| at(line, path).and_then(Value::as_u64);
        let counted = count(&pages.input).zip(count(&pages.output));
        let tokens = counted.and_then(|(input, output)| {
            let cached = count(&pages.cached).unwrap_or(0).min(input);
            let key = match pages.request.as_str() {
                "" => TokenKey::Total,
                path => TokenKey::Request(owned(path)?),
            };
            let tokens = Tokens {
                input: input - cached,
                cached,
                output,
                ..Tokens::default()
            };
            Some((key, tokens))
        });
        Said {
            entries: entry.into_iter().chain(calls).collect(),
            about: About {
                native_id: owned(&pages.id),
                cwd: owned(&pages.cwd),
                model: owned(&pages.model),
                ..About::default()
            },
            tokens,
            ..Said::default()
        }
    }
}
