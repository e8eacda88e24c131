//! The table of sequences: what is fed, and where another emulator shows something else.

/// How a pane may differ from the other emulator.
#[derive(Clone, Copy)]
pub enum Differs {
    /// Not at all.
    No,
    /// It shows this text; the reason.
    Shows(&'static str, &'static str),
    /// Its first row is this text with SGR; the reason.
    Draws(&'static str, &'static str),
}
use Differs::{Draws, No, Shows};

/// A row of the table, for a screen of 6 rows and 12 columns.
pub struct Case {
    pub name: &'static str,
    pub bytes: &'static str,
    pub but: Differs,
}

const fn case(name: &'static str, bytes: &'static str) -> Case {
    Case {
        name,
        bytes,
        but: No,
    }
}

const fn but(name: &'static str, bytes: &'static str, but: Differs) -> Case {
    Case { name, bytes, but }
}

/// Six rows of text, the cursor at the end.
macro_rules! page {
    ($rest:literal) => {
        concat!("one\r\ntwo\r\nthree\r\nfour\r\nfive\r\nsix", $rest)
    };
}

pub const CASES: &[Case] = &[
    // The cursor.
    case(
        "CUU CUD CUF CUB",
        "\x1b[3;3Ha\x1b[Ab\x1b[2Bc\x1b[3Cd\x1b[9De",
    ),
    case("CNL CPL", "ab\x1b[2Ecd\x1b[Fef"),
    case("CHA HPA VPA", "ab\x1b[5Gc\x1b[8`d\x1b[4de"),
    case("HPR VPR", "ab\x1b[3ac\x1b[2ed"),
    case(
        "CUP HVP",
        "\x1b[3;4Ha\x1b[2;2fb\x1b[99;99Hc\x1b[;3Hd\x1b[4Hf",
    ),
    case(
        "motion stops at the edges",
        "\x1b[99Aa\x1b[99Db\x1b[99Bc\x1b[99Cd",
    ),
    case("BS CR LF VT FF", "ab\x08c\rd\ne\x0bf\x0cg"),
    case(
        "save and restore, ESC",
        "\x1b[3;4H\x1b[31m\x1b7\x1b[m\x1b[Hx\x1b8y",
    ),
    case(
        "save and restore, CSI",
        "\x1b[3;4H\x1b[31m\x1b[s\x1b[m\x1b[Hx\x1b[uy",
    ),
    case("restore without a save", "abc\x1b[31m\x1b8d"),
    case("cursor hidden", "ab\x1b[?25l"),
    case("cursor hidden and shown", "ab\x1b[?25l\x1b[?25h"),
    case("cursor shapes", "a\x1b[0 qb\x1b[3 qc\x1b[6 qd"),
    // Erasing.
    case("ED 0", page!("\x1b[3;3H\x1b[J")),
    case("ED 1", page!("\x1b[3;3H\x1b[1J")),
    case("ED 2", page!("\x1b[3;3H\x1b[2Jx")),
    case("ED 3", page!("\x1b[3;3H\x1b[3Jx")),
    case("EL 0", page!("\x1b[3;3H\x1b[K")),
    case("EL 1", page!("\x1b[3;3H\x1b[1K")),
    case("EL 2", page!("\x1b[3;3H\x1b[2K")),
    case("ECH", page!("\x1b[3;2H\x1b[2Xz")),
    case("ECH beyond the edge", page!("\x1b[3;2H\x1b[99Xz")),
    case(
        "erasing in a colour",
        page!("\x1b[44;31;1;4;7m\x1b[2;2H\x1b[K\x1b[3;2H\x1b[2X\x1b[4;3H\x1b[1K\x1b[5;2H\x1b[J"),
    ),
    but(
        "selective erase is erase",
        page!("\x1b[3;3H\x1b[?K\x1b[4;1H\x1b[?J"),
        Shows(
            "one\ntwo\nth",
            "selective erase erases what is not protected, and nothing here protects; the other ignores it",
        ),
    ),
    case("ICH", "abcdef\x1b[1;2H\x1b[2@x"),
    case("DCH", "abcdef\x1b[1;2H\x1b[2Px"),
    case(
        "ICH and DCH in a colour",
        "abcdef\x1b[1;2H\x1b[44m\x1b[2@\x1b[3P",
    ),
    case("IL", page!("\x1b[2;2H\x1b[2Lx")),
    case("DL", page!("\x1b[2;2H\x1b[2Mx")),
    case(
        "IL and DL in a colour",
        page!("\x1b[42m\x1b[2;2H\x1b[L\x1b[4;1H\x1b[2M"),
    ),
    case(
        "IL outside of the margins",
        page!("\x1b[2;3r\x1b[5;1H\x1b[Lx"),
    ),
    case(
        "DL inside of the margins",
        page!("\x1b[2;4r\x1b[3;1H\x1b[Mx"),
    ),
    but(
        "wide glyphs erased by half",
        "漢字漢字\x1b[1;2H\x1b[K\r\n漢字漢字\x1b[2;4H\x1b[X\x1b[1K",
        Shows(
            "\n    漢字",
            "half of a wide glyph is none, as in xterm and kitty",
        ),
    ),
    but(
        "wide glyphs shifted by half",
        "漢字漢字\x1b[1;2H\x1b[@\r\n漢字漢字\x1b[2;4H\x1b[P",
        Shows(
            "漢 字漢字\n漢 漢字",
            "half of a wide glyph is none, as in xterm and kitty",
        ),
    ),
    // Scrolling.
    case("DECSTBM and line feeds", page!("\x1b[2;4r\x1b[4;1H\n\nx")),
    case(
        "DECSTBM, line feeds below",
        page!("\x1b[2;4r\x1b[6;1H\n\nx"),
    ),
    case("DECSTBM reset", page!("\x1b[2;4r\x1b[r\x1b[6;1H\nx")),
    case("DECSTBM out of order", page!("\x1b[4;2rx\x1b[6;1H\n")),
    case(
        "DECSTBM beyond the screen",
        page!("\x1b[2;99rx\x1b[6;1H\ny"),
    ),
    case(
        "reverse index at the margin",
        page!("\x1b[2;4r\x1b[2;1H\x1bMx"),
    ),
    case(
        "index and next line",
        page!("\x1b[2;4r\x1b[4;2H\x1bDx\x1bEy"),
    ),
    case("SU", page!("\x1b[2Sx")),
    case("SD", page!("\x1b[2Tx")),
    case("SU in the margins", page!("\x1b[2;4r\x1b[2Sx")),
    case("SD in the margins", page!("\x1b[2;4r\x1b[Tx")),
    case("scrolling in a colour", page!("\x1b[45m\nx\x1b[S")),
    but(
        "origin mode",
        page!("\x1b[2;5r\x1b[?6hA\x1b[2;2HB\x1b[9;9HC\x1b[3dD\x1b[?6lE"),
        Shows(
            "Ene\nAwo\ntBree\nfour     D\nfive    C\nsix",
            "the cursor goes home when origin mode ends too, as DEC has it",
        ),
    ),
    case(
        "origin mode is saved",
        page!("\x1b[2;4r\x1b[?6h\x1b[2;2H\x1b7\x1b[?6l\x1b8x"),
    ),
    // Tabs.
    case("HT", "a\tb\tc"),
    case("HTS", "\x1b[1;4H\x1bH\x1b[H\ta\tb"),
    case("TBC", "\x1b[1;9H\x1b[g\x1b[H\ta\r\n\x1b[3g\tb"),
    case("CHT CBT", "\x1b[Ia\x1b[2Zb"),
    case("a tab writes nothing", "abcdefghij\r\tx"),
    // Repeating, filling.
    case("REP", "ab\x1b[4bc"),
    case("REP of a wide glyph", "漢\x1b[2bc"),
    case("REP in another style", "a\x1b[31m\x1b[3b"),
    case("DECALN", "ab\x1b[2;3r\x1b#8x"),
    // Screens.
    but(
        "alternate 47",
        "ab\x1b[?47hcd\x1b[?47lef",
        Shows("ab  ef", "the other does not know 47"),
    ),
    but(
        "alternate 1047",
        "ab\x1b[?1047hcd\x1b[?1047lef\x1b[?1047h",
        Shows("", "the other does not know 1047"),
    ),
    case("alternate 1049", "ab\x1b[?1049hcd\x1b[?1049lef"),
    case(
        "alternate 1049 is blank each time",
        "ab\x1b[?1049hcd\x1b[?1049l\x1b[?1049hx",
    ),
    case(
        "alternate 1049 twice",
        "ab\x1b[?1049hcd\x1b[?1049hef\x1b[?1049lgh",
    ),
    but(
        "1048",
        "\x1b[2;3H\x1b[?1048h\x1b[Hx\x1b[?1048ly",
        Shows("x\n  y", "the other does not know 1048"),
    ),
    case(
        "style across screens",
        "\x1b[31ma\x1b[?1049hb\x1b[32m\x1b[?1049lc",
    ),
    // Modes of printing.
    case("insert mode", "abcdef\x1b[1;3H\x1b[4hXY\x1b[4lZ"),
    case("wraparound off", "\x1b[?7labcdefghijklmnopq\x1b[?7hrs"),
    case("pending wrap", "abcdefghijkl\x1b[31mm"),
    case("pending wrap and carriage return", "abcdefghijkl\rX"),
    case("pending wrap and erase to the end", "abcdefghijkl\x1b[KX"),
    but(
        "pending wrap and erase a character",
        "abcdefghijkl\x1b[XY",
        Shows("abcdefghijkY", "erasing ends the pending wrap, as in xterm"),
    ),
    case(
        "pending wrap and motion",
        "abcdefghijkl\x1b[AX\r\nabcdefghijkl\x1b[DY",
    ),
    case("pending wrap saved", "abcdefghijkl\x1b7\x1b[3;3H\x1b8X"),
    but(
        "pending wrap and a tab",
        "abcdefghijkl\tX",
        Shows("abcdefghijkX", "a tab at the edge stays there, as in xterm"),
    ),
    case("pending wrap at the bottom", "\x1b[6;1Habcdefghijklm"),
    case("line feed mode", "ab\x1b[20h\nc\x1b[20l\nd"),
    case("reverse video is the whole screen's", "ab\x1b[?5hc\x1b[?5l"),
    // Styles.
    case(
        "SGR 0-9",
        "\x1b[1ma\x1b[0;2mb\x1b[0;3mc\x1b[0;4md\x1b[0;7me\x1b[0;8mf\x1b[0;9mg\x1b[0mh",
    ),
    case(
        "SGR 22-29",
        "\x1b[1;3;4;7;8;9ma\x1b[22mb\x1b[23mc\x1b[24md\x1b[27me\x1b[28mf\x1b[29mg",
    ),
    case(
        "bold and dim together",
        "\x1b[1;2ma\x1b[22mb\x1b[2mc\x1b[1md\x1b[0me",
    ),
    case(
        "blink and overline leave no trace",
        "\x1b[5ma\x1b[25mb\x1b[53mc\x1b[55md\x1b[6me",
    ),
    case("SGR 30-47", "\x1b[31ma\x1b[42mb\x1b[39mc\x1b[49md"),
    case("SGR 90-107", "\x1b[91ma\x1b[102mb\x1b[39;49mc"),
    case(
        "256 colours",
        "\x1b[38;5;200ma\x1b[48;5;17mb\x1b[38:5:9mc\x1b[48:5:1md",
    ),
    case("truecolor", "\x1b[38;2;1;2;3ma\x1b[48;2;4;5;6mb"),
    case(
        "truecolor with colons",
        "\x1b[38:2:1:2:3ma\x1b[48:2::4:5:6mb\x1b[38:2::7:8:9:0:1mc",
    ),
    case(
        "colours beyond the range",
        "\x1b[38;5;300ma\x1b[31mb\x1b[48;2;1;2;999mc",
    ),
    case("a colour cut short", "\x1b[31;38;5ma\x1b[0;32;48;2;1mb"),
    case(
        "underline styles",
        "\x1b[4ma\x1b[4:2mb\x1b[4:3mc\x1b[4:4md\x1b[4:5me\x1b[4:0mf\x1b[24mh",
    ),
    but(
        "SGR 21",
        "\x1b[21mg\x1b[24mh",
        Draws(
            "\x1b[0;4:2mg\x1b[mh",
            "a double underline, as in xterm and kitty; the other takes it for the end of bold",
        ),
    ),
    case(
        "underline colour",
        "\x1b[4;58;2;1;2;3ma\x1b[59mb\x1b[58:5:9mc\x1b[58:2::1:2:3md\x1b[0me",
    ),
    case(
        "underline colour between others",
        "\x1b[31;58;5;9;4ma\x1b[4:3;58:2:1:2:3;1mb\x1b[58:2::4:5:6;42mc\x1b[58;2;7;0;4;22md\x1b[59;24me\x1b[0mf",
    ),
    case(
        "underline colour and strike",
        "\x1b[9;4:4;58;5;200ma\x1b[29mb\x1b[9;59mc\x1b[m\r\n\x1b[58;5;1md\x1b[4me\x1b[2;58;2;1;1;1mf",
    ),
    case(
        "underline colour cut short",
        "\x1b[4;58;5ma\x1b[0;4;58;2;1;2mb\x1b[0;58mc\x1b[m\x1b[58:md\x1b[58::me",
    ),
    case(
        "underline colour is saved, erased and scrolled",
        "\x1b[4;58;5;9mab\x1b7\x1b[mc\x1b8d\x1b[K\x1b[6;1H\n\x1b[2;1He",
    ),
    case(
        "underline colour does not dim",
        "\x1b[58;2;0;2;7ma\x1b[mb\x1b[58;5;1mc",
    ),
    case(
        "many parameters",
        "\x1b[0;1;3;4;7;31;42;22;23;24;27;39;49;1;3;4;7;31;42mx",
    ),
    case("empty parameters", "\x1b[1;;3ma\x1b[;mb\x1b[mc"),
    case("an unknown attribute", "\x1b[1;77;3ma\x1b[?1mb\x1b[>4;1mc"),
    case(
        "strike ends where it ends",
        "a\x1b[9mbc\x1b[29md\r\ne\x1b[9mfgh\x1b[1;2H\x1b[Pi",
    ),
    case(
        "strike over wide and combining",
        "\x1b[9m漢e\u{301}x\x1b[m漢",
    ),
    case("strike is erased", "\x1b[9mabcdef\x1b[1;3H\x1b[K\x1b[mx"),
    case("strike scrolls", "\x1b[9mone\x1b[m\r\ntwo\x1b[6;1H\n"),
    case("strike wraps", "\x1b[9mabcdefghijklmno\x1b[m"),
    case("strike is saved", "\x1b[9;4:3m\x1b7\x1b[mab\x1b8c"),
    case("strike and REP", "\x1b[9ma\x1b[3b"),
    case(
        "strike without wraparound",
        "\x1b[?7l\x1b[9mabcdefghijk漢\x1b[m",
    ),
    case(
        "strike in insert mode",
        "abc\x1b[1;2H\x1b[4h\x1b[9mXY\x1b[4l\x1b[mZ",
    ),
    case(
        "links",
        "a\x1b]8;;http://x.y\x1b\\link\x1b]8;;\x1b\\b\x1b]8;id=1;http://z\x07c\x1b]8;;\x07d",
    ),
    case(
        "a link over the edge",
        "\x1b]8;;http://x\x07abcdefghijklmno\x1b]8;;\x07p",
    ),
    case(
        "a link that nobody ends",
        "a\x1b]8;;http://x\x07b\x1b[mc\r\n\x1b]8;;y\x07d\x1bce",
    ),
    case(
        "a link with a style and with separators",
        "\x1b[4;34m\x1b]8;id=a:b;file:///c;d?e=1\x1b\\link\x1b]8;;\x1b\\\x1b[mz",
    ),
    case(
        "links are erased, shifted and scrolled",
        "\x1b]8;;u\x07abcd\x1b]8;;\x07\x1b[1;2H\x1b[P\x1b[1X\r\n\x1b]8;;v\x07ef\x1b[6;1H\n\x1b[?1049hg\x1b[?1049l",
    ),
    case(
        "no link at all",
        "a\x1b]8\x07b\x1b]8;\x07c\x1b]8;;\x07d\x1b]8;;;\x07e\x1b]88;;u\x07f",
    ),
    // Text.
    case("wide", "漢字kana"),
    case("wide at the edge", "abcdefghijk漢x"),
    case("wide in the last two columns", "abcdefghij漢x"),
    case("narrow over the left half", "漢字\x1b[1;1Hx"),
    case("narrow over the right half", "漢字\x1b[1;2Hx"),
    case("wide over two halves", "漢字漢\x1b[1;2H国"),
    case("wide without wraparound", "\x1b[?7labcdefghijk漢x"),
    case("combining", "e\u{301}a\u{308}x"),
    case("combining over a wide glyph", "漢\u{301}x"),
    case("combining in the last column", "abcdefghijke\u{301}x"),
    case("emoji", "a🙂b🎉c"),
    case("emoji with a skin tone", "👍🏽x"),
    case("emoji family, one after the other", "👩\u{200d}👧x"),
    case("flags", "🇩🇪x"),
    but(
        "VS16",
        "☀\u{fe0f}x",
        Shows(
            "☀\u{fe0f}x",
            "a glyph that asks to be an emoji takes two columns, as in kitty and ghostty",
        ),
    ),
    case("VS15", "☀\u{fe0e}x"),
    case("no-break and soft hyphen", "a\u{a0}b\u{ad}c"),
    case("zero width space", "a\u{200b}b"),
    case("box drawing and blocks", "┌─┐█▄▀"),
    case("private use", "a\u{e0b0}b\u{f113}c"),
    case("bad UTF-8's neighbours", "aéb"),
    // Character sets.
    case("DEC line drawing", "\x1b(0lqqk\x1b(Bq"),
    case("shift out and in", "\x1b)0a\x0eqx\x0fq"),
    case("line drawing is saved", "\x1b(0\x1b7\x1b(Bq\x1b8q"),
    case("other sets are ASCII", "\x1b(Aa\x1b*0b\x1b+0c"),
    // Resets.
    but(
        "DECSTR",
        page!("\x1b[2;3r\x1b[?6h\x1b[31;9m\x1b[4h\x1b[?25l\x1b[!pab\x1b[Hc"),
        Shows(
            "cne\nabo\nthree\nfour\nfive\nsix",
            "the other does not know DECSTR",
        ),
    ),
    case("RIS", page!("\x1b[2;3r\x1b[?6h\x1b[31;9m\x1b[?25l\x1bcab")),
    // What leaves no trace on the screen.
    case("synchronized output", "a\x1b[?2026hb\x1b[?2026lc"),
    case(
        "bracketed paste, focus, mouse",
        "a\x1b[?2004h\x1b[?1004h\x1b[?1000;1002;1003;1006;1015;1016hb\x1b[?1003lc",
    ),
    case("kitty keyboard", "a\x1b[>1ub\x1b[=5;1uc\x1b[<ud\x1b[?u"),
    case("modifyOtherKeys", "a\x1b[>4;2mb\x1b[>4mc\x1b[?4md"),
    case(
        "queries",
        "a\x1b[c\x1b[>c\x1b[=c\x1b[5n\x1b[6n\x1b[?6n\x1b[>q\x1b[?2026$p\x1b[4$pb",
    ),
    case(
        "window operations",
        "a\x1b[14t\x1b[18t\x1b[22;0t\x1b[23;0tb\x1b[8;10;20tc",
    ),
    case("titles", "a\x1b]0;t\x07b\x1b]1;i\x07c\x1b]2;u\x1b\\d"),
    case(
        "OSC 7 9 99 133 777",
        "a\x1b]7;file:///x\x07b\x1b]9;n\x07c\x1b]9;4;1;50\x07d\x1b]99;;n\x1b\\e\x1b]133;A\x07f\x1b]777;notify;a;b\x07g",
    ),
    case(
        "colours asked for and set",
        "a\x1b]4;1;?\x07b\x1b]10;?\x07c\x1b]11;#112233\x07d\x1b]104\x07e\x1b]112\x07f",
    ),
    case("clipboard", "a\x1b]52;c;aGk=\x07b\x1b]52;c;?\x07c"),
    case("text sizes", "a\x1b]66;s=2;b\x07c"),
    case(
        "DCS",
        "a\x1bP+q544e\x1b\\b\x1bP$qm\x1b\\c\x1bPq#0;2;0;0;0~\x1b\\d",
    ),
    case(
        "APC, PM, SOS",
        "a\x1b_Gi=1,a=q;AAAA\x1b\\b\x1b^x\x1b\\c\x1bXy\x1b\\d",
    ),
    case("a string without its end", "a\x1b]0;t\x1b[31mb"),
    case("controls inside a sequence", "abc\x1b[2\r;3Hx\x1b[\n3Cy"),
    case("a sequence cancelled", "ab\x1b[3\x18cd\x1b[4\x1acd"),
    case("a sequence in a sequence", "ab\x1b[4\x1b[31mc"),
    case(
        "unknown sequences",
        "a\x1b[5vb\x1b[1;2;3'zc\x1b[?99hd\x1b%Ge\x1b#3f\x1b[99Wg",
    ),
    case("NUL, DEL, BEL, ENQ", "a\0b\x7fc\x07d\x05e"),
];
