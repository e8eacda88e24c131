//! `pult cost [NAME]`: what was used.

use super::render;
use super::shell::Shell;
use crate::wire::cost::{By, CostView, Wish};
use crate::wire::request::Request;
use crate::wire::view::ErrorView;

/// Say what was used: tokens and money, by peer, session, turn or day
#[derive(Debug, clap::Args)]
pub struct Cost {
    /// Whose: NAME, or CIRCLE/NAME; everybody's without one, retired peers among them
    name: Option<String>,
    /// A row for each of these; without it peer, or with a NAME turn
    #[arg(long, value_enum, value_name = "WHAT")]
    by: Option<Each>,
    /// The newest N rows
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    limit: u32,
}

/// What `--by` takes.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Each {
    Peer,
    Session,
    Turn,
    Day,
}

impl Cost {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        let by = match (self.by, &self.name) {
            (Some(Each::Peer), _) | (None, None) => By::Peer,
            (Some(Each::Turn), _) | (None, Some(_)) => By::Turn,
            (Some(Each::Session), _) => By::Session,
            (Some(Each::Day), _) => By::Day,
        };
        let zone = jiff::tz::TimeZone::system();
        let wish = Wish {
            name: self.name,
            by,
            zone: zone.iana_name().unwrap_or("UTC").to_owned(),
            most: self.limit,
        };
        shell.observe("cost", Request::Cost(wish), |seen: &CostView, style| {
            render::cost::table(seen, style)
        })
    }
}
