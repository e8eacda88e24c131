//! A topic as a manual page: the few marks of the topics' texts, in roff.

use clap_mangen::roff::{Inline, Roff, bold, italic, roman};

/// The page `pult-NAME` of section 7.
pub fn page(name: &str, about: &str, text: &str) -> String {
    let title = format!("pult-{name}");
    let mut roff = Roff::new();
    roff.control("TH", [title.to_uppercase().as_str(), "7"]);
    roff.control("SH", ["NAME"]);
    roff.text([roman(format!("{title} - {about}"))]);
    roff.control("SH", ["DESCRIPTION"]);
    body(&mut roff, text);
    roff.to_roff()
}

/// A section with preformatted lines, to stand in another page.
pub fn table(title: &str, text: &str) -> String {
    let mut roff = Roff::new();
    roff.control("SH", [title.to_uppercase().as_str()]);
    block(&mut roff, text.lines());
    roff.to_roff()
}

fn body(roff: &mut Roff, text: &str) {
    for part in text.trim().split("\n\n") {
        let lines: Vec<&str> = part.lines().collect();
        let Some(first) = lines.first() else { continue };
        if first.starts_with("# ") {
            continue;
        }
        if let Some(title) = first.strip_prefix("## ") {
            roff.control("SH", [title.to_uppercase().as_str()]);
        } else if first.starts_with("- ") {
            bullets(roff, &lines);
        } else if lines.iter().any(|line| line.starts_with("  ")) {
            block(roff, lines.into_iter());
        } else {
            roff.control("PP", []);
            roff.text(inline(&lines.join(" ")));
        }
    }
}

fn bullets(roff: &mut Roff, lines: &[&str]) {
    let mut points: Vec<String> = Vec::new();
    for line in lines {
        match (line.strip_prefix("- "), points.last_mut()) {
            (Some(begun), _) => points.push(begun.to_owned()),
            (None, Some(open)) => *open = format!("{open} {}", line.trim()),
            (None, None) => {}
        }
    }
    for point in points {
        roff.control("IP", ["\\(bu", "2"]);
        roff.text(inline(&point));
    }
}

fn block<'a>(roff: &mut Roff, lines: impl Iterator<Item = &'a str>) {
    roff.control("PP", []);
    roff.control("nf", []);
    for line in lines {
        roff.text([roman(line)]);
    }
    roff.control("fi", []);
}

/// `words` between backticks are bold, those between two stars italic.
fn inline(text: &str) -> Vec<Inline> {
    let mut out = Vec::new();
    for (n, part) in text.split('`').enumerate() {
        if n % 2 == 1 {
            out.push(bold(part));
            continue;
        }
        for (n, part) in part.split("**").enumerate() {
            out.push(if n % 2 == 1 {
                italic(part)
            } else {
                roman(part)
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marks_of_a_text_become_roff() {
        let text = "# Title\n\nA `word` and **more**\nof it.\n\n## Part\n\n- one\n  goes on\n- two\n\n    code .x\n";
        let page = page("asks", "what comes", text);
        let lines: Vec<&str> = page
            .lines()
            .filter(|l| !l.starts_with(".ie") && !l.starts_with(".el"))
            .collect();
        let at = |wanted: &str| lines.iter().position(|l| l.contains(wanted)).expect(wanted);
        assert!(at(".TH PULT-ASKS 7") < at("pult\\-asks \\- what comes"));
        assert!(at("A \\fBword\\fR and \\fImore\\fR of it.") < at(".SH PART"));
        assert!(at("one goes on") < at("two"));
        assert!(at(".nf") < at("code .x"));
        assert!(!page.contains("Title"));
    }
}
