//! The prompt at the foot of Gemini CLI's screen (0.61.0): a box between two edges, below it what is
//! offered for a command or a file, and then the status line.

use crate::runtime::draft::Draft;

/// What an empty prompt shows in place of a text.
const EMPTY: &str = "  Type your message or ";

/// What stands in the prompt, where the rows show one.
pub fn read(rows: &[String]) -> Option<Draft> {
    let foot = rows.iter().rposition(|row| is_foot(row))?;
    let bottom = rows[..foot].iter().rposition(|row| is_edge(row, '▀'))?;
    let offers = &rows[bottom + 1..foot];
    // Anything else below a box is about a prompt that was given before.
    if offers.iter().any(|row| !row.is_empty() && !is_offer(row)) {
        return None;
    }
    let top = rows[..bottom].iter().rposition(|row| is_edge(row, '▄'))?;
    let mut inside = rows[top + 1..bottom].iter();
    let first = inside.next()?;
    // Of the modes: asking, running everything, a shell.
    let mark = [" >", " *", " !"];
    let first = mark.iter().find_map(|mark| first.strip_prefix(mark))?;
    let first = first.strip_prefix(' ').unwrap_or(first);
    if first.starts_with(EMPTY) {
        return Some(Draft::default());
    }
    let more = inside.map(|row| row.get(3..).unwrap_or(""));
    let text: Vec<&str> = std::iter::once(first).chain(more).collect();
    let offers = offers.iter().filter(|row| !row.is_empty());
    Some(Draft {
        text: text.join("\n").trim_end().to_owned(),
        offers: offers.cloned().collect(),
    })
}

fn is_foot(row: &str) -> bool {
    row.trim_start().starts_with("workspace (")
}

/// The upper or the lower edge; without colours both are lines.
fn is_edge(row: &str, of: char) -> bool {
    let all = |c: char| row.chars().all(|at| at == c);
    !row.is_empty() && (all(of) || all('─'))
}

/// A row of the list, or an arrow where that is longer.
fn is_offer(row: &str) -> bool {
    row.starts_with([' ', '▲', '▼'])
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOOT: [&str; 2] = [
        " workspace (/directory)           sandbox          /model",
        " ~/work                           no sandbox       gemini-2.5-pro",
    ];

    fn shown(above: &[&str]) -> Vec<String> {
        let rows = above.iter().chain(&FOOT);
        rows.map(|row| (*row).to_owned()).collect()
    }

    fn text(above: &[&str]) -> Option<(String, usize)> {
        read(&shown(above)).map(|draft| (draft.text, draft.offers.len()))
    }

    #[test]
    fn what_is_written_is_told_from_what_is_offered_and_from_nothing() {
        let some = |text: &str, offers| Some((text.to_owned(), offers));
        let prompt = " >   Type your message or @path/to/file";
        assert_eq!(text(&["▄▄▄▄", prompt, "▀▀▀▀"]), some("", 0));
        assert_eq!(text(&["────", " > go on", "────"]), some("go on", 0));
        assert_eq!(text(&["▄▄▄▄", " ! ls", "▀▀▀▀", ""]), some("ls", 0));
        assert_eq!(
            text(&[
                "▄▄▄▄",
                " > one two",
                "",
                "     three",
                "   last",
                "   ",
                "▀▀▀▀"
            ]),
            some("one two\n\n  three\nlast", 0)
        );
        let list = [
            " clear   Clear the screen",
            " quit    Exit",
            " ▼",
            " (1/42)",
        ];
        let above = [&["▄▄▄▄", " > /", "▀▀▀▀"], &list[..]].concat();
        assert_eq!(text(&above), some("/", 4));
    }

    #[test]
    fn a_prompt_that_was_given_before_is_none() {
        let given = ["▄▄▄▄", " > go on", "▀▀▀▀"];
        let answered = [&given[..], &["✦ I will."]].concat();
        assert_eq!(text(&answered), None);
        let asked = [&given[..], &["╭───╮", "│ ? │", "╰───╯"]].concat();
        assert_eq!(text(&asked), None);
        let no_foot: Vec<String> = given.iter().map(|row| (*row).to_owned()).collect();
        assert_eq!(read(&no_foot), None);
    }
}
