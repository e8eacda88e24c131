//! Where something was said.

use super::place;
use crate::cockpit::model::Model;
use crate::cockpit::search::Search;
use crate::cockpit::view::canvas::{Bit, Canvas};
use crate::cockpit::view::{input, words};
use crate::cockpit::world::millis;
use crate::core::conversation::Who;
use crate::core::text::{counted, short_id};
use crate::wire::transcript::HitView;
use ratatui::layout::{Position, Rect};

/// Draws what is typed and where it stands; gives back its cursor, and which row the list is at.
pub fn draw(
    model: &Model,
    canvas: &mut Canvas<'_>,
    inner: Rect,
    search: &Search,
) -> (Position, Vec<Bit>) {
    let hint = "what was said or done, in any conversation";
    let width = inner.width.saturating_sub(2);
    let cursor = input::draw(canvas, inner.x + 1, inner.y, width, &search.line, hint);
    let list = Rect {
        y: inner.y + 2,
        height: inner.height.saturating_sub(2),
        ..inner
    };
    let wrapped = |(role, text): (&'static str, String)| {
        let lines = words::wrap(&text, width.into()).into_iter();
        lines.map(move |line| (role, line))
    };
    let said: Vec<_> = said(search).into_iter().flat_map(wrapped).collect();
    for (y, (role, text)) in (list.y..list.bottom()).zip(&said) {
        canvas.text(list.x + 1, y, width, role, text);
    }
    let list = Rect {
        y: list.y + (said.len() as u16).min(list.height),
        height: list.height.saturating_sub(said.len() as u16),
        ..list
    };
    let hits = search.found.as_ref().map_or(&[][..], |found| &found.hits);
    let first = words::first_row(search.at, hits.len(), list.height.into());
    for (n, (y, hit)) in (list.y..list.bottom())
        .zip(hits.iter().skip(first))
        .enumerate()
    {
        let line = Rect {
            y,
            height: 1,
            ..list
        };
        let chosen = n + first == search.at;
        if chosen {
            canvas.text(line.x, y, 1, "cursor.mark", "▸");
        }
        canvas.bits(line.x + 1, y, width, &row(model, hit));
        if chosen {
            canvas.wash(line, "cursor");
        }
    }
    (cursor, place(search.at, hits.len(), list.height))
}

fn row(model: &Model, hit: &HitView) -> Vec<Bit> {
    const NAME: usize = 16;
    let short = short_id(&hit.native_id);
    let name = hit.name.clone();
    let name = name.unwrap_or_else(|| format!("{} {short}", hit.runtime));
    let name = words::cut(&name, NAME);
    let pad = " ".repeat(NAME - words::width(&name) + 2);
    let age = hit.at.as_deref().map(millis).filter(|at| *at > 0);
    let age = age.map_or(String::new(), |at| words::coarse(model.now, at));
    let who = match hit.who {
        Who::Operator => "you",
        Who::Agent => "agent",
        Who::Tool => "tool",
        Who::Result => "result",
    };
    vec![
        ("text.strong", name + &pad),
        ("text.dim", format!("{age:>4}  {who:<7} ")),
        ("text", words::clean(&hit.text)),
    ]
}

/// What there is to say before the places.
fn said(search: &Search) -> Vec<(&'static str, String)> {
    let mut said = Vec::new();
    if let Some(why) = &search.refused {
        said.push(("notice.bad", why.clone()));
    }
    match &search.found {
        None if search.refused.is_some() => {}
        None if search.wanted.is_some() => said.push(("text.dim", "looking".to_owned())),
        None => {
            let text = "small letters find capital ones too, a capital one only itself";
            said.push(("text.dim", text.to_owned()));
        }
        Some(found) => {
            if found.hits.is_empty() {
                said.push(("text.dim", "nobody has said that".to_owned()));
            }
            if found.more {
                let places = counted(found.hits.len(), "place", "places");
                let text = format!("the newest {places}; there are more");
                said.push(("text.dim", text));
            }
            let gaps = found.gaps.iter();
            said.extend(gaps.map(|gap| ("notice.bad", format!("not looked through: {gap}"))));
        }
    }
    said
}
