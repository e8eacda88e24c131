//! `pult tag NAME COLOUR`: a colour by which to tell peers apart.

use super::render::peer;
use super::shell::Shell;
use crate::core::tag::{TAGS, Tag as Colour};
use crate::wire::request::Request;
use crate::wire::view::ErrorView;
use clap::builder::PossibleValuesParser;

/// Give a peer a colour, or none
#[derive(Debug, clap::Args)]
pub struct Tag {
    /// Whom: NAME, or CIRCLE/NAME
    name: String,
    /// Which
    #[arg(value_name = "COLOUR", value_parser = colours())]
    colour: String,
}

/// What stands for a colour on a command line.
pub fn colours() -> PossibleValuesParser {
    let words = TAGS.iter().map(|tag| tag.word()).chain(["none"]);
    PossibleValuesParser::new(words)
}

impl Tag {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        let about = format!("tag {}", self.name);
        let tag = Colour::by_word(&self.colour);
        let request = Request::Tag {
            name: self.name,
            tag,
        };
        shell.observe(&about, request, peer::peer)
    }
}
