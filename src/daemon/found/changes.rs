//! What a conversation's tool calls claim to have done to files. What is in the tree, git knows.

use super::readers::Pulse;
use super::reading::Source;
use super::stretch::{ENOUGH, unreadable};
use crate::core::text::{line, strip};
use crate::probe::transcripts::{Cursor, Library};
use crate::wire::transcript::{ChangesView, FileDiffView};
use crate::wire::view::ErrorView;

/// Bytes of one answer at most, however long a line is.
const MOST: usize = 2 * ENOUGH;

/// What the tool calls of a conversation claim to have done to files, from line `from` on, as much
/// as fits in one answer.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn changes(
    library: &Library,
    source: &Source,
    from: u64,
    pulse: &Pulse,
) -> Result<ChangesView, ErrorView> {
    let mut changes = Vec::new();
    let (mut bytes, mut next) = (0, None);
    let mut cursor = Cursor::default();
    let read = library.read(
        source.of.transcripts,
        &source.spot,
        &mut cursor,
        |n, said| {
            pulse.beat();
            if n < from {
                return true;
            }
            if bytes > ENOUGH {
                next = Some(n);
                return false;
            }
            for entry in said.entries {
                for change in entry.changes {
                    // One line may claim more than an answer can hold.
                    if bytes > MOST {
                        break;
                    }
                    let diff: String = change.diff.chars().take(ENOUGH).collect();
                    bytes += diff.len() + 200;
                    changes.push(FileDiffView {
                        line: n,
                        at: entry.at.as_deref().map(line),
                        tool: entry.tool.as_deref().map(line),
                        path: line(&change.path),
                        diff: strip(&diff),
                    });
                }
            }
            true
        },
    );
    read.map_err(|error| unreadable(source, &error))?;
    Ok(ChangesView {
        runtime: source.of.runtime.name().to_owned(),
        native_id: line(&source.native_id),
        name: source.name.clone(),
        changes,
        next,
    })
}
