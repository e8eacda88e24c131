//! What panes are flooded with.

/// The streams, and what each is like.
pub const STREAMS: [&str; 5] = ["ascii", "sgr", "unicode", "repaint", "agent"];

/// About 1 MB of a stream, that can be repeated.
pub fn block(stream: &str) -> Vec<u8> {
    let mut text = String::with_capacity(1_100_000);
    let mut seed = 7_u32;
    let mut next = move |below: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) % below
    };
    while text.len() < 1_000_000 {
        let width = 20 + next(160) as usize;
        match stream {
            "sgr" => {
                for _ in 0..width / 6 {
                    let (color, style) = (next(256), [0, 1, 3, 4][next(4) as usize]);
                    text.push_str(&format!("\x1b[{style};38;5;{color}mword{} ", next(10)));
                }
                text.push_str("\x1b[0m\r\n");
            }
            "unicode" => {
                for _ in 0..width / 3 {
                    let words = ["naïve ", "漢字", "Привет ", "日本語", "🙂", "über ", "→ "];
                    text.push_str(words[next(7) as usize]);
                }
                text.push_str("\r\n");
            }
            "repaint" => {
                text.push_str("\x1b[H");
                for row in 0..48 {
                    let shade = next(200);
                    text.push_str(&format!("\x1b[{};1H\x1b[48;5;{shade}m{row:>4} ", row + 1));
                    for _ in 0..24 {
                        text.push_str(["value   ", "count   ", "idle    "][next(3) as usize]);
                    }
                    text.push_str("\x1b[0m\x1b[K");
                }
            }
            "agent" => {
                text.push_str("\x1b[?2026h");
                text.push_str(&"\x1b[2K\x1b[1A".repeat(10));
                text.push_str("\x1b[2K\x1b[G");
                if next(4) == 0 {
                    text.push_str("\x1b[1m\x1b[36m●\x1b[39m\x1b[22m Read src/main.rs (");
                    text.push_str(&format!("{} lines)\x1b[0m\r\n", next(900)));
                }
                let box_line = "─".repeat(100);
                text.push_str(&format!("\x1b[2m╭{box_line}╮\x1b[22m\r\n"));
                for n in 0..8 {
                    let color = 30 + next(8);
                    text.push_str(&format!(
                        "\x1b[2m│\x1b[22m \x1b[{color}m{n} tokens {:<6}\x1b[39m working on the {:<70}\x1b[2m│\x1b[22m\r\n",
                        next(99_999),
                        "cart test, which fails now and then"
                    ));
                }
                text.push_str(&format!("\x1b[2m╰{box_line}╯\x1b[22m\r\n\x1b[?2026l"));
            }
            _ => {
                for _ in 0..width {
                    text.push(char::from(b'a' + next(26) as u8));
                }
                text.push_str("\r\n");
            }
        }
    }
    text.into_bytes()
}
