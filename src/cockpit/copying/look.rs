//! How the cells of a pane look when the chrome draws them.

use crate::screen;
use ratatui::style::{Color, Modifier, Style};

/// The style of a worker's own cell.
pub fn style(style: &screen::Style) -> Style {
    let colour = |colour| match colour {
        screen::Color::Default => None,
        screen::Color::Indexed(n) => Some(Color::Indexed(n)),
        screen::Color::Rgb(r, g, b) => Some(Color::Rgb(r, g, b)),
    };
    let flags = [
        (style.bold, Modifier::BOLD),
        (style.dim, Modifier::DIM),
        (style.italic, Modifier::ITALIC),
        (
            style.underline != screen::Underline::None,
            Modifier::UNDERLINED,
        ),
        (style.inverse, Modifier::REVERSED),
        (style.hidden, Modifier::HIDDEN),
        (style.strike, Modifier::CROSSED_OUT),
    ];
    let on = flags.into_iter().filter(|(on, _)| *on);
    let mut out = Style::new();
    (out.fg, out.bg) = (colour(style.fg), colour(style.bg));
    on.fold(out, |out, (_, flag)| out.add_modifier(flag))
}
