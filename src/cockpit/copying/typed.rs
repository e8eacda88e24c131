//! The text that is looked for, while it is typed: every key looks again from where it began.

use super::search::{Jump, Search};
use super::walk::Place;
use super::{act, room};
use crate::cockpit::key::{Code, Key};
use crate::cockpit::model::Model;
use crate::cockpit::update::Effect;

/// Takes a key while a search is typed; says whether one is.
pub fn key(model: &mut Model, key: Key, effects: &mut Vec<Effect>) -> bool {
    let Some(copying) = &mut model.copying.open else {
        return false;
    };
    let Some(mut typing) = copying.typing.take() else {
        return false;
    };
    let cancel = Key::plain(Code::Esc) == key || Key::ctrl('c') == key;
    let emptied = key.code == Code::Backspace && typing.line.text().is_empty();
    if cancel || emptied {
        (copying.at, copying.top) = typing.from;
        copying.search = typing.before;
        return true;
    }
    if key.code == Code::Enter {
        // Nothing typed: what was looked for last, this way.
        if typing.line.text().is_empty() {
            copying.search = typing.before.map(|mut search| {
                search.back = typing.back;
                search
            });
            act::perform(model, crate::cockpit::action::Action::CopyNext, effects);
        }
        if is_nowhere(model) {
            // On to other screens, or it is said.
            act::jump(model, jump(typing.from.0, typing.back), effects);
        }
        return true;
    }
    typing.line.key(key);
    copying.typing = Some(typing);
    look(model, effects);
    true
}

/// Takes pasted text while a search is typed.
pub fn paste(model: &mut Model, text: &str, effects: &mut Vec<Effect>) -> bool {
    let typing = model.copying.open.as_mut().and_then(|c| c.typing.as_mut());
    let Some(typing) = typing else { return false };
    typing.line.insert(text);
    look(model, effects);
    true
}

fn look(model: &mut Model, effects: &mut Vec<Effect>) {
    let (height, _) = room(model);
    let Some(copying) = &mut model.copying.open else {
        return;
    };
    let Some(typing) = &copying.typing else {
        return;
    };
    let (from, top) = typing.from;
    copying.searches += 1;
    let (text, back, number) = (typing.line.text(), typing.back, copying.searches);
    copying.search = Search::new(text, back, number, &copying.book).map(Box::new);
    if copying.search.is_none() {
        (copying.at, copying.top) = (from, top);
        copying.keep_in_sight(height);
        return;
    }
    act::jump(model, jump(from, back), effects);
}

/// From where the search began; what stands right there counts.
fn jump(from: Place, back: bool) -> Jump {
    Jump {
        from,
        back,
        here_too: true,
        round: false,
        screens: false,
    }
}

/// Whether what was typed is nowhere in the rows that there are.
fn is_nowhere(model: &Model) -> bool {
    let copying = model.copying.open.as_ref();
    let search = copying.and_then(|copying| copying.search.as_ref());
    search.is_some_and(|search| search.count() == Some(0))
}
