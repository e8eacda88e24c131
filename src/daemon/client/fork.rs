//! A session that goes on from another one: by the runtime's own fork, or from a brief of what was
//! said. The conversation that it comes from is only read.

use super::{Answer, Served};
use crate::core::command::Origin;
use crate::core::state::Millis;
use crate::daemon::declared;
use crate::daemon::found::{Read, Source, is_begun, record_until};
use crate::runtime;
use crate::wire::request::NewPeer;
use crate::wire::view::{ErrorKind, ErrorView};
use std::path::Path;

impl Served {
    pub(super) fn fork(&self, of: &str, mut wish: NewPeer, at: Option<u64>) -> Answer {
        self.house.forget_copies();
        let peer = self.peer(of);
        let parent = peer.as_ref().ok().map(|(_, row)| row.clone());
        let ours = peer.map(|(peer, row)| (peer.address(), row));
        let asked = of.to_owned();
        let source = self
            .house
            .patiently(of, move |house, _| house.transcript_source(&asked, ours))?;
        let name = source.of.runtime.name();
        let own = parent.as_ref().map(|row| row.runtime.clone());
        let own = || own.unwrap_or_else(|| name.to_owned());
        let into = wish.runtime.get_or_insert_with(own).clone();
        let mistakes = self.house.refresh_runtimes();
        let Some(takes) = runtime::by_name(&into) else {
            return Err(declared::unknown(&into, &mistakes));
        };
        if !takes.capabilities().agent {
            let what = format!("{into} takes no prompt, so it cannot go on from a conversation");
            return Err(ErrorView::new(ErrorKind::Refused, what).hint("name an agent: --runtime R"));
        }
        let own = parent.as_ref().map(|row| row.cwd.clone());
        let said = own.or_else(|| source.cwd.clone());
        let held_in = said.or_else(|| self.worked_in(&source.native_id));
        if wish.cwd.is_empty() {
            let Some(known) = held_in.clone() else {
                let what = format!("{of} does not say in which directory it worked");
                return Err(ErrorView::new(ErrorKind::Refused, what).hint("name it with --in DIR"));
            };
            wish.cwd = known;
        }
        if !Path::new(&wish.cwd).is_dir() {
            let what = format!("{of} worked in {}, and that is no directory here", wish.cwd);
            return Err(ErrorView::new(ErrorKind::Refused, what).hint("name one with --in DIR"));
        }
        let mut then = None;
        let stays = wish.worktree.is_none() && held_in.as_ref() == Some(&wish.cwd);
        let forks =
            source.of.runtime.capabilities().fork && (stays || source.of.runtime.forks_anywhere());
        let native = at.is_none() && into == name && forks;
        if native {
            if !is_begun(&self.house.library, &source)? {
                return Err(nothing_said(&source, None));
            }
            if wish.model.is_none() {
                wish.model = parent.as_ref().and_then(|row| row.model.clone());
            }
        } else {
            let told = self.put_brief(&source, &mut wish, at)?;
            then = told.filter(|_| at.is_some());
        }
        let origin = Origin {
            parent: parent.map(|row| row.id),
            runtime: name.to_owned(),
            native_id: source.native_id,
            line: at,
            native,
        };
        self.new_from(wish, Some(origin), then)
    }

    /// Where a conversation worked that was once one of ours.
    fn worked_in(&self, native_id: &str) -> Option<String> {
        let all = self.house.engine.peers_ever().ok()?;
        let mut rows = all.into_iter().map(|(_, row)| row);
        let of = rows.find(|row| row.native_id.as_deref() == Some(native_id));
        of.map(|row| row.cwd)
    }

    /// Puts what was said into the first prompt. When the last of it was said, where that is known.
    fn put_brief(
        &self,
        source: &Source,
        wish: &mut NewPeer,
        at: Option<u64>,
    ) -> Result<Option<Millis>, ErrorView> {
        let last = at.unwrap_or(u64::MAX);
        let Read {
            record,
            lines,
            at: then,
        } = self.house.patiently(&source.native_id, {
            let source = source.clone();
            move |house, pulse| record_until(&house.library, &source, last, pulse)
        })?;
        if at.is_some_and(|at| at > lines) {
            let what = format!("its transcript has {lines} lines, and none is number {last}");
            let hint = format!("pult read {} --transcript", source.native_id);
            return Err(ErrorView::new(ErrorKind::Refused, what).hint(hint));
        }
        if record.is_empty() {
            return Err(nothing_said(source, at));
        }
        let text = record.brief(source.of.runtime.name(), wish.prompt.as_deref());
        wish.prompt = Some(text);
        Ok(then)
    }
}

/// There is nothing to go on from.
fn nothing_said(source: &Source, at: Option<u64>) -> ErrorView {
    let what = match at {
        Some(line) => format!("nothing was said up to its line {line}"),
        None => "nothing was said in it yet".to_owned(),
    };
    let hint = format!("pult read {} --transcript", source.native_id);
    ErrorView::new(ErrorKind::Refused, what).hint(hint)
}
