//! The cockpit: keys to model, and what the screens look like.

mod about;
mod alerts;
mod attention;
mod contrast;
mod copying;
mod decisions;
mod elsewhere;
mod flooded;
mod harness;
mod inbox;
mod keymaps;
mod layouts;
mod live;
mod notices;
mod pages;
mod panes;
mod reload;
mod screens;
mod search;
mod several;
mod side_by_side;
mod sizes;
mod terminal;
mod themes;
mod writing;
