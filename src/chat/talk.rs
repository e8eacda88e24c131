//! The conversation: what was said, with which model, and what is asked next.

use super::args::Args;
use super::file::{self, Kept};
use super::request;
use crate::runtime::endpoint::{self, Api, Host, Message, Role, Tokens};
use serde_json::Value;

/// A conversation.
pub struct Talk {
    /// Where the server is.
    pub host: Host,
    /// The model that answers, once it is known.
    pub model: Option<String>,
    schema: Option<Value>,
    messages: Vec<Message>,
    kept: Option<Kept>,
}

impl Talk {
    /// Opens the conversation that the words name.
    ///
    /// # Errors
    /// Its file cannot be opened, in words.
    pub fn open(args: Args) -> Result<Self, String> {
        let kept = match &args.session {
            Some(id) => {
                let path = file::path(id).ok_or("there is no home directory to keep it in")?;
                let kept = Kept::open(&path, id);
                Some(kept.map_err(|error| format!("{}: {error}", path.display()))?)
            }
            None => None,
        };
        let mut messages: Vec<Message> = Vec::new();
        messages.extend(args.system.map(|text| Message {
            role: Role::System,
            text,
        }));
        messages.extend(kept.iter().flat_map(|kept| kept.messages.clone()));
        Ok(Self {
            model: args.model.or_else(|| kept.as_ref()?.model.clone()),
            host: args.host,
            schema: args.schema,
            messages,
            kept,
        })
    }

    /// What was said so far, without instructions.
    pub fn said(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages.iter().filter(|m| m.role != Role::System)
    }

    /// Whether answers are held to a schema.
    pub fn has_schema(&self) -> bool {
        self.schema.is_some()
    }

    /// The model that will answer: the one that was chosen, else the first that is there.
    ///
    /// # Errors
    /// There is none, or it is not there, with what to do.
    pub fn choose(&mut self) -> Result<String, String> {
        let there = request::models(&self.host)?;
        let model = match &self.model {
            Some(model) => {
                let same = |name: &String| name == model || *name == format!("{model}:latest");
                let listed = !there.is_empty() || self.host.api == Api::Lines;
                if listed && !there.iter().any(same) {
                    return Err(endpoint::absent(&self.host, model, &there));
                }
                model.clone()
            }
            None => {
                let first = there.into_iter().next();
                first.ok_or_else(|| endpoint::no_models(&self.host))?
            }
        };
        self.model = Some(model.clone());
        Ok(model)
    }

    /// The path and the body of the turn that this prompt begins.
    pub fn turn(&self, model: &str, prompt: &str) -> (String, String) {
        let mut messages = self.messages.clone();
        messages.push(Message {
            role: Role::User,
            text: prompt.to_owned(),
        });
        let (path, body) = endpoint::turn(&self.host, model, &messages, self.schema.as_ref());
        (path, body.to_string())
    }

    /// Keeps a prompt that the server took.
    ///
    /// # Errors
    /// It cannot be written, in words; it is remembered all the same.
    pub fn asked(&mut self, prompt: &str) -> Result<(), String> {
        self.messages.push(Message {
            role: Role::User,
            text: prompt.to_owned(),
        });
        let kept = self
            .kept
            .as_mut()
            .map_or(Ok(()), |kept| kept.prompt(prompt));
        kept.map_err(|error| format!("the conversation is not kept: {error}"))
    }

    /// Keeps an answer as far as it came.
    ///
    /// # Errors
    /// As [`Talk::asked`].
    pub fn answered(
        &mut self,
        text: &str,
        tokens: Option<Tokens>,
        whole: bool,
    ) -> Result<(), String> {
        if text.is_empty() {
            return Ok(());
        }
        self.messages.push(Message {
            role: Role::Assistant,
            text: text.to_owned(),
        });
        let model = self.model.clone().unwrap_or_default();
        let kept = self.kept.as_mut();
        let kept = kept.map_or(Ok(()), |kept| kept.answer(text, &model, tokens, whole));
        kept.map_err(|error| format!("the conversation is not kept: {error}"))
    }

    /// What is wrong with an answer that had to fit a schema; the schema itself is the server's to
    /// keep.
    pub fn misfit(&self, text: &str) -> Option<String> {
        self.schema.as_ref()?;
        let parsed = serde_json::from_str::<Value>(text);
        parsed
            .err()
            .map(|error| format!("the answer is not JSON: {error}"))
    }
}
