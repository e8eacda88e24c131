//! The frame as a function of the model. Views name roles of the theme, never colours, and get
//! the time from the model.

mod about;
mod begun;
mod canvas;
mod copy;
mod footer;
mod found;
mod header;
pub mod inbox;
mod input;
pub mod page;
mod pane;
pub mod peers;
mod plain;
pub mod strip;
pub mod words;

use super::action::Action;
use super::layout::{self, Areas};
use super::model::{Focus, Model};
use super::theme::Theme;
use canvas::Canvas;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// What is left for the painter of panes, and where the cursor belongs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// The cells of each pane, by its number: drawn by the painter, not here.
    pub holes: Vec<(u32, Rect)>,
    /// What covers a part of them.
    pub cover: Option<Rect>,
    /// The cursor of a line that is typed here.
    pub cursor: Option<Position>,
}

/// Draws the model into `buffer`, whose area is the whole terminal.
pub fn draw(model: &Model, theme: &Theme, buffer: &mut Buffer) -> Drawn {
    let areas = layout::areas(model);
    let mut canvas = Canvas::new(buffer, theme);
    let mut drawn = Drawn::default();
    if model.attach.is_none() && layout::too_small(model.size) {
        too_small(model, &mut canvas);
        return drawn;
    }
    let Areas {
        header,
        strip,
        peers,
        panes,
        inbox,
        detail,
        footer,
        page,
    } = areas.clone();
    if let Some(area) = header {
        header::draw(model, &mut canvas, area);
    }
    if let Some(area) = strip {
        strip::draw(model, &mut canvas, area);
    }
    if let Some(area) = peers {
        peers::draw(model, &mut canvas, area);
    }
    let several = panes.len() > 1;
    for slot in &panes {
        if let Some(area) = slot.frame {
            pane::frame(model, &mut canvas, area, slot, several);
        }
        match slot.session.as_deref().and_then(|s| model.copying.of(s)) {
            Some(copying) => drawn.cursor = copy::draw(copying, &mut canvas, slot.inner),
            None => drawn.holes.extend(pane::inner(model, &mut canvas, slot)),
        }
    }
    if let Some(area) = detail {
        inbox::screen::detail(model, &mut canvas, area);
    }
    if let Some(area) = inbox {
        inbox::draw(model, &mut canvas, area);
    }
    if let Some(area) = footer {
        drawn.cursor = footer::draw(model, &mut canvas, area).or(drawn.cursor);
    }
    if let Some(area) = page {
        drawn.cursor = page::draw(model, &mut canvas, area);
        drawn.cover = Some(area);
    }
    if let Some((area, lines)) = footer.and_then(|area| footer::raised(model, area)) {
        footer::raise(model, &mut canvas, area, &lines);
        drawn.cover = Some(drawn.cover.map_or(area, |page| page.union(area)));
    }
    if let Some(area) = begun::draw(model, &mut canvas, &areas) {
        drawn.cover = drawn.cover.or(Some(area));
    }
    drawn
}

/// Whether the keys on the frames do what stands there: no page is open, nothing is typed, and no
/// run of keys has begun.
fn commands(model: &Model) -> bool {
    let typing = model.focus == Focus::Pane || model.filters.editing.is_some();
    let over = model.page.is_some() || model.copying.open.is_some();
    !typing && !over && model.begun.is_empty()
}

fn too_small(model: &Model, canvas: &mut Canvas<'_>) {
    let area = canvas.area();
    let least = layout::LEAST;
    let keys = match model.focus {
        _ if model.page.is_some() || model.copying.open.is_some() => " · keys wait for room".into(),
        Focus::Pane => format!(" · {} leaves the pane", model.keymap.leave()),
        _ => {
            let leave = model.keymap.key_there(model.section(), Action::Detach);
            leave.map_or_else(String::new, |key| format!(" · {key} detaches"))
        }
    };
    let lines = [
        format!("pult needs {}x{}", least.cols, least.rows),
        format!("this is {}x{}", model.size.cols, model.size.rows),
        format!("{}{keys}", header::asking(model.open_asks())),
    ];
    for (y, line) in (area.y..area.bottom()).zip(lines) {
        canvas.text(area.x, y, area.width, "text", &line);
    }
}
