//! A cockpit without a terminal or a daemon: keys in, effects and pictures out.

use pult::cockpit::key::Key;
use pult::cockpit::keymap::Keymap;
use pult::cockpit::model::{Model, RuntimeChoice, Size};
use pult::cockpit::panes::PaneState;
use pult::cockpit::screens::Screens;
use pult::cockpit::terminal::input::{Input, Mouse, MouseKind};
use pult::cockpit::terminal::painter::Painter;
use pult::cockpit::theme::Theme;
use pult::cockpit::update::{Effect, Msg, update};
use pult::cockpit::view;
use pult::core::ask::{AskKind, AskState, Risk, Verb};
use pult::core::state::{Asking, Attention, Process, Shown, Turn};
use pult::screen::{Color, Screen, Style, Underline};
use pult::wire::request::{Push, Request};
use pult::wire::view::{AskRow, PeerRow};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::sync::LazyLock;
use std::time::Instant;

/// From a wide terminal to a phone.
pub const SIZES: [(u16, u16); 6] = [
    (160, 48),
    (120, 36),
    (100, 30),
    (80, 24),
    (70, 20),
    (60, 20),
];

/// 2026-11-20 12:00:00 UTC.
pub const NOON: i64 = 1_795_176_000_000;

pub fn time(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).unwrap().to_string()
}

pub fn peer(name: &str, shown: Shown, seconds: i64) -> PeerRow {
    let process = match shown {
        Shown::Lost => Process::Lost,
        Shown::Failed | Shown::Exited => Process::Exited,
        Shown::Parked => Process::Parked,
        Shown::Starting => Process::Starting,
        _ => Process::Alive,
    };
    PeerRow {
        name: Some(name.into()),
        circle: "main".into(),
        incarnation: 1,
        runtime: "alpha".into(),
        model: Some("large".into()),
        origin: "owned".into(),
        profile: "full".into(),
        shown,
        process,
        turn: Turn::Unknown,
        ask: if shown == Shown::Asks {
            Asking::Approval
        } else {
            Asking::None
        },
        attention: if shown == Shown::Done {
            Attention::Unseen
        } else {
            Attention::Seen
        },
        since: time(NOON - seconds * 1000),
        evidence: None,
        exit: None,
        limit_until: None,
        limit_used: None,
        session: format!("ss-{name}"),
        native_id: None,
        cwd: "/home/o/shop".into(),
        worktree: None,
        template: None,
        pid: Some(4711),
        tokens: None,
        usage_gap: None,
        cost: None,
        cost_estimated: false,
        context: None,
        limits: vec![],
        title: None,
        progress: None,
        note: None,
        retired: false,
        tag: None,
        snoozed_until: None,
    }
}

pub fn ask(id: &str, peer: &str, object: &str, seconds: i64) -> AskRow {
    AskRow {
        id: format!("ak-{id}"),
        kind: AskKind::Approval,
        peer: peer.into(),
        session: format!("ss-{peer}"),
        verb: Verb::Run,
        object: object.into(),
        digest: format!("digest of {object}"),
        risk: Risk::Normal,
        state: AskState::Asked,
        asked_at: time(NOON - seconds * 1000),
        parks_at: None,
        options: vec!["allow".into(), "deny".into()],
        decided: None,
        delivered_at: None,
        closed: None,
    }
}

/// What a pane shows.
pub const CARGO: &str = "$ cargo test -p cart\r\n\x1b[32m   Compiling\x1b[m cart v0.1.0\r\n\x1b[1mrunning 12 tests\x1b[m\r\n";

/// Keys and colours as they ship: reading them is dear, and every case wants them.
static SHIPPED: LazyLock<(Keymap, Theme)> =
    LazyLock::new(|| (Keymap::shipped().0, Theme::shipped().0));

/// A cockpit under test.
pub struct Cockpit {
    pub model: Model,
    pub theme: Theme,
    pub screens: Screens,
}

impl Cockpit {
    pub fn new(cols: u16, rows: u16) -> Self {
        let (keymap, theme) = &*SHIPPED;
        let size = Size { cols, rows };
        let mut model = Model::new(size, NOON, "/home/o/shop".into(), keymap.clone());
        model.home = "/home/o".into();
        model.runtimes = [
            ("alpha", true, false),
            ("beta", false, false),
            ("shell", true, true),
        ]
        .map(|(name, found, command)| RuntimeChoice {
            drives: None,
            login: true,
            own: false,
            name: name.into(),
            found,
            command,
            refused: None,
        })
        .to_vec();
        Self {
            model,
            theme: theme.clone(),
            screens: Screens::default(),
        }
    }

    /// The shop of UI.md with two requests.
    pub fn shop(cols: u16, rows: u16) -> Self {
        let mut cockpit = Self::new(cols, rows);
        cockpit.world(shop_peers(), shop_asks());
        cockpit.later(1000);
        if cockpit.model.pane().is_some() {
            cockpit.live(CARGO);
        }
        cockpit
    }

    pub fn world(&mut self, peers: Vec<PeerRow>, inbox: Vec<AskRow>) -> Vec<Effect> {
        let banner = None;
        self.send(Msg::Push(Box::new(Push::World {
            peers,
            inbox,
            banner,
        })))
    }

    /// The open pane's screen arrives, after `output`.
    pub fn live(&mut self, output: &str) {
        let number = self.model.pane().expect("a pane is open").number;
        self.prints(number, output);
        assert_eq!(self.model.pane().unwrap().state, PaneState::Live);
    }

    /// The screen of pane `number` arrives, after `output`.
    pub fn prints(&mut self, number: u32, output: &str) {
        let size = self.model.panes.numbered(number).expect("it is open").size;
        let mut screen = Screen::new(size.rows, size.cols);
        screen.feed(output.as_bytes());
        self.screens.show(number, Some(screen));
        self.send(Msg::PaneState(number));
    }

    pub fn send(&mut self, msg: Msg) -> Vec<Effect> {
        update(&mut self.model, msg)
    }

    /// Time goes by.
    pub fn later(&mut self, ms: i64) -> Vec<Effect> {
        self.model.now += ms;
        self.send(Msg::Tick)
    }

    /// A press of the left button in a cell.
    pub fn click(&mut self, col: u16, row: u16) -> Vec<Effect> {
        let (kind, button, modifiers) = (MouseKind::Press, 0, 0);
        let mouse = Mouse {
            kind,
            button,
            col,
            row,
            modifiers,
        };
        self.send(Msg::Input(Input::Mouse(mouse)))
    }

    /// Presses keys, written as in a keymap, separated by blanks.
    pub fn press(&mut self, keys: &str) -> Vec<Effect> {
        let keys: Vec<Key> = keys.split(' ').map(|k| Key::parse(k).expect(k)).collect();
        keys.into_iter()
            .flat_map(|key| self.send(Msg::Input(Input::Key(key))))
            .collect()
    }

    /// Presses keys and names what is asked of the daemon.
    pub fn asks(&mut self, keys: &str) -> Vec<String> {
        named(&self.press(keys))
    }

    /// The terminal after one whole frame, through the painter and an emulator.
    pub fn terminal(&mut self) -> Screen {
        let Size { cols, rows } = self.model.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, cols, rows));
        let drawn = view::draw(&self.model, &self.theme, &mut buffer);
        let mut painter = Painter::new(cols, rows);
        painter.chrome(&buffer, &drawn.holes, drawn.cover);
        self.screens.damage_all();
        for place in drawn.holes {
            let now = Instant::now();
            self.screens.paint(&mut painter, place, drawn.cover, now);
        }
        let mut screen = Screen::new(rows, cols);
        screen.feed(&painter.finish(None).unwrap_or_default());
        screen
    }

    /// Compares the terminal with `snapshots/cockpit/<case>@<cols>x<rows>.snap`.
    #[track_caller]
    pub fn looks_like(&mut self, case: &str) {
        let Size { cols, rows } = self.model.size;
        let picture = picture(&self.terminal(), &self.theme);
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/cockpit"));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.set_snapshot_suffix(format!("{cols}x{rows}"));
        settings.bind(|| insta::assert_snapshot!(case, picture));
    }
}

/// What is asked of the daemon, by name, without the panes' own.
pub fn named(effects: &[Effect]) -> Vec<String> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Ask(
                _,
                Request::Open { .. } | Request::Close { .. } | Request::Resize { .. },
            ) => None,
            Effect::Ask(_, Request::Trusted) | Effect::Templates(_) => None,
            Effect::Fit(_) | Effect::Enter(_) | Effect::Locate(_) => None,
            Effect::Ask(_, request) => Some(format!("{request:?}")),
            Effect::Type(input) => Some(format!("type {input:?}")),
            other => Some(format!("{other:?}")),
        })
        .collect()
}

pub fn shop_peers() -> Vec<PeerRow> {
    let mut fixer = peer("fixer", Shown::Working, 130);
    fixer.title = Some("fix the flaky cart test".into());
    vec![
        fixer,
        peer("scout", Shown::Asks, 14),
        peer("triager", Shown::Done, 480),
        peer("linter", Shown::Unknown, 40),
        peer("docs", Shown::Idle, 720),
        peer("builder", Shown::Failed, 4000),
        peer("old-one", Shown::Exited, 90_000),
    ]
}

pub fn shop_asks() -> Vec<AskRow> {
    vec![
        ask("scout222", "scout", "cargo test -p cart -- --ignored", 14),
        AskRow {
            risk: Risk::High,
            ..ask("fixer222", "fixer", "git push --force origin main", 3)
        },
    ]
}

/// Text plane and style plane. Colours have the names of the theme's palette.
fn picture(screen: &Screen, theme: &Theme) -> String {
    let mut text = String::new();
    let mut styles = String::new();
    for (y, line) in screen.text_rows().iter().enumerate() {
        text.push_str(line);
        text.push('\n');
        let mut x = 0;
        let mut runs: Vec<(usize, usize, Style)> = Vec::new();
        for cell in screen.cells(y as u16) {
            let end = x + usize::from(cell.width);
            match runs.last_mut() {
                Some((_, to, style)) if *style == cell.style => *to = end,
                _ => runs.push((x, end, cell.style)),
            }
            x = end;
        }
        runs.retain(|(_, _, style)| *style != Style::default());
        if !runs.is_empty() {
            let runs: Vec<String> = runs
                .iter()
                .map(|(a, b, s)| format!("{a}..{b} {}", look(s, theme)))
                .collect();
            styles.push_str(&format!("{y}: {}\n", runs.join(", ")));
        }
    }
    format!("{text}---\n{styles}")
}

fn look(style: &Style, theme: &Theme) -> String {
    let mut words = vec![colour(style.fg, theme)];
    if style.bg != Color::Default {
        words.push(format!("on {}", colour(style.bg, theme)));
    }
    let flags = [
        (style.bold, "bold"),
        (style.dim, "dim"),
        (style.italic, "italic"),
        (style.underline != Underline::None, "underline"),
        (style.inverse, "reverse"),
    ];
    words.extend(
        flags
            .iter()
            .filter(|(on, _)| *on)
            .map(|(_, word)| (*word).to_owned()),
    );
    words.join(" ")
}

fn colour(colour: Color, theme: &Theme) -> String {
    use ratatui::style::Color as Ink;
    match colour {
        Color::Default => "own".into(),
        Color::Indexed(n) => n.to_string(),
        Color::Rgb(r, g, b) => {
            let mut named = theme.palette().iter();
            match named.find(|(_, ink)| **ink == Ink::Rgb(r, g, b)) {
                Some((name, _)) => name.clone(),
                None => format!("#{r:02x}{g:02x}{b:02x}"),
            }
        }
    }
}
