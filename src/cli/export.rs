//! `pult export NAME --cast FILE | --raw FILE`: a session's recording in a form that others read.

use super::shell::Shell;
use crate::core::text::counted;
use crate::store::recording::Recording;
use crate::wire::request::Request;
use crate::wire::view::{ErrorKind, ErrorView, ExportView};
use serde::Serialize;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// The size that a cast begins with when the recording does not say one.
const SIZE: (u16, u16) = (40, 120);

/// Write a session's recording as asciicast, or its bytes
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("form").required(true).args(["cast", "raw"]))]
pub struct Export {
    /// Whom: NAME, or CIRCLE/NAME
    name: String,
    /// As asciicast v2, for a player; - is standard output
    #[arg(long, value_name = "FILE")]
    cast: Option<PathBuf>,
    /// Byte for byte what the program wrote; - is standard output
    #[arg(long, value_name = "FILE")]
    raw: Option<PathBuf>,
}

/// What was written.
#[derive(Debug, Serialize)]
struct Written {
    name: String,
    file: String,
    /// Bytes of the stream up to now, whether or not all of them are still kept.
    length: u64,
}

impl Export {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        let about = format!("export {}", self.name);
        let seen: ExportView = shell.ask(&about, Request::Export { name: self.name })?;
        let recording = Recording::open(Path::new(&seen.recording)).map_err(|e| {
            let what = format!("the recording of {} cannot be read: {e}", seen.name);
            ErrorView::new(ErrorKind::Failed, what).hint("`pult doctor` looks closer")
        })?;
        let title = seen.title.as_deref().unwrap_or(&seen.name);
        let file = match (self.cast, self.raw) {
            (Some(file), _) => {
                let (rows, cols) = SIZE;
                write(&file, |to| recording.export_cast(to, title, rows, cols))?;
                file
            }
            (None, Some(file)) => {
                write(&file, |to| recording.export_raw(to))?;
                file
            }
            (None, None) => return Ok(()),
        };
        if file != Path::new("-") {
            let written = Written {
                file: file.display().to_string(),
                name: seen.name,
                length: seen.length,
            };
            shell.show(&written, |written, _| {
                let length = counted(written.length, "byte", "bytes");
                format!("{}: {length} of output", written.file)
            });
        }
        Ok(())
    }
}

/// Has `fill` write a file, or standard output for `-`.
fn write(
    file: &Path,
    fill: impl FnOnce(&mut BufWriter<Box<dyn Write>>) -> io::Result<()>,
) -> Result<(), ErrorView> {
    let failed = |e: io::Error| {
        let what = format!("{} cannot be written: {e}", file.display());
        ErrorView::new(ErrorKind::Failed, what).hint("name a file in a directory that exists")
    };
    let to: Box<dyn Write> = match file == Path::new("-") {
        true => Box::new(io::stdout().lock()),
        false => Box::new(File::create(file).map_err(failed)?),
    };
    let mut to = BufWriter::new(to);
    fill(&mut to).and_then(|()| to.flush()).map_err(failed)
}
