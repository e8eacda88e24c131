//! Whatever the themes with colours of their own draw can be read: WCAG's contrast, 4.5 and more.

use pult::cockpit::theme::{THEMES, Theme};
use ratatui::style::{Color, Modifier, Style};

const WITH_COLOURS: [&str; 3] = ["dark", "light", "high-contrast"];
const LEAST: f64 = 4.5;

/// The relative luminance of a colour, from 0 to 1.
fn luminance(colour: Color) -> f64 {
    let Color::Rgb(r, g, b) = colour else {
        panic!("{colour:?} is whatever the terminal makes of it")
    };
    let part = |part: u8| match f64::from(part) / 255.0 {
        low if low <= 0.040_45 => low / 12.92,
        high => ((high + 0.055) / 1.055).powf(2.4),
    };
    0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
}

fn contrast(a: Color, b: Color) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The pairs of a role that are too near to each other; a role without any pair counts.
fn faint(theme: &Theme, name: &str, style: Style) -> Vec<String> {
    let ground = theme.palette()["background"];
    let ink = theme.style("text").fg.expect("text has a colour");
    let mut pairs = Vec::new();
    match (style.fg, style.bg) {
        (Some(fg), bg) => pairs.push((fg, bg.unwrap_or(ground))),
        // What is washed keeps the colours of the text that stands there.
        (None, Some(bg)) => {
            let washed = theme.roles().filter(|(_, s)| s.bg.is_none());
            let washed =
                washed.filter(|(n, _)| !n.starts_with("border") && !n.starts_with("title"));
            pairs.extend(washed.map(|(_, s)| (s.fg.unwrap_or(ink), bg)));
        }
        (None, None) => pairs.push((ink, ground)),
    }
    let mut wrong: Vec<String> = pairs
        .into_iter()
        .map(|(fg, bg)| (contrast(fg, bg), fg, bg))
        .filter(|(ratio, ..)| *ratio < LEAST)
        .map(|(ratio, fg, bg)| format!("{name}: {ratio:.2} of {fg} on {bg}"))
        .collect();
    if style.add_modifier.contains(Modifier::DIM) {
        wrong.push(format!(
            "{name} is dimmed by the terminal, nobody knows how far"
        ));
    }
    wrong
}

#[test]
fn every_role_can_be_read() {
    for name in WITH_COLOURS {
        let (theme, mistakes) = Theme::load(None, name).expect(name);
        assert_eq!(mistakes, []);
        let wrong: Vec<String> = theme
            .roles()
            .flat_map(|(role, style)| faint(&theme, role, style))
            .collect();
        assert_eq!(wrong, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn the_contrast_is_the_one_of_the_standard() {
    let black = Color::Rgb(0, 0, 0);
    assert!((contrast(black, Color::Rgb(255, 255, 255)) - 21.0).abs() < 0.01);
    assert!(
        (contrast(Color::Rgb(0x76, 0x76, 0x76), Color::Rgb(255, 255, 255)) - 4.54).abs() < 0.01
    );
}

#[test]
fn the_others_leave_the_colours_to_the_terminal() {
    for (name, _) in THEMES.shipped {
        if WITH_COLOURS.contains(name) {
            continue;
        }
        let (theme, _) = Theme::load(None, name).expect(name);
        for (role, style) in theme.roles() {
            let own = |colour: Option<Color>| !matches!(colour, Some(Color::Rgb(..)));
            assert!(own(style.fg) && own(style.bg), "{name}: {role}");
            let none = style.fg.is_none() && style.bg.is_none();
            assert!(*name != "mono" || none, "{name}: {role} has a colour");
        }
    }
}
