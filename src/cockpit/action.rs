//! What the operator can do here, a row each. Help, palette, footer and keymaps are made from it.

/// Whether an action changes only the screen or asks something of the daemon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only what is shown here changes.
    View,
    /// The daemon is asked; there is a verb for it.
    State,
}

/// When an action can be done; the same row gives the reason when it cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At any time.
    Always,
    /// A peer is selected.
    Peer,
    /// A peer or a session found elsewhere is selected.
    Reads,
    /// A session found elsewhere is selected.
    Found,
    /// The selected peer's program runs.
    Running,
    /// The selected peer's program has ended.
    Ended,
    /// A request is marked in the inbox.
    Ask,
    /// A pane is in copy mode.
    Copying,
    /// The repository here has templates of its own.
    Own,
    /// The inbox holds something.
    Inbox,
    /// The last act can be taken back.
    Undo,
    /// There is no daemon.
    Down,
    /// The leave key was the last key pressed.
    Left,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The action.
    pub action: Action,
    /// Its name in keymaps: `thing.verb`. Never renamed.
    pub name: &'static str,
    /// One line for help and palette.
    pub doc: &'static str,
    /// One or two words for a footer.
    pub short: &'static str,
    /// When it can be done.
    pub when: When,
    /// View or state.
    pub kind: Kind,
    /// The verb that does the same on the command line; empty for view actions.
    pub verb: &'static str,
    /// The operator's MCP tool that does the same; empty for view actions.
    pub tool: &'static str,
}

macro_rules! actions {
    ($($kind:ident $action:ident $name:literal, $short:literal, $doc:literal, $when:ident $(, $verb:literal)?;)*) => {
        /// Everything the operator can do in the cockpit.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action {
            $(#[doc = $doc] $action,)*
        }

        /// The table, in the order that help shows.
        pub const ROWS: &[Row] = &[$(Row {
            action: Action::$action,
            name: $name,
            doc: $doc,
            short: $short,
            when: When::$when,
            kind: Kind::$kind,
            verb: concat!($($verb)?),
            tool: concat!($($verb)?),
        },)*];
    };
}

actions! {
    View Down "move.down", "down", "Move down", Always;
    View Up "move.up", "up", "Move up", Always;
    View First "move.first", "first", "Go to the first row", Always;
    View Last "move.last", "last", "Go to the last row", Always;
    View PageDown "move.page-down", "page down", "A page down", Always;
    View PageUp "move.page-up", "page up", "A page up", Always;
    View Open "move.in", "open", "Open what is selected", Always;
    View Back "move.out", "back", "Close, or go back", Always;
    View NextPanel "move.panel", "panel", "Go to the next panel", Always;

    View PaneEnter "pane.enter", "type", "Type into the peer's pane", Peer;
    View PaneLeave "pane.leave", "leaves", "Leave the pane; its worker goes on", Always;
    View PanePass "pane.pass", "send it", "Pressed twice: the worker gets the leave key", Left;
    View PaneNext "pane.next", "next pane", "Go to the next pane, or the next peer's", Peer;
    View PanePrevious "pane.previous", "previous", "Go to the previous pane, or the previous peer's", Peer;
    View Arrange "pane.arrange", "panes", "Show one pane, two, or a grid", Always;
    View Fit "pane.fit", "fit", "Give every program that is shown the size of its pane", Peer;
    View Zoom "pane.zoom", "zoom", "Zoom the pane, or show everything again", Peer;

    View CopyEnter "copy.enter", "look back", "Copy mode: look back, search, select", Peer;
    View CopyLeave "copy.leave", "leave", "Copy mode: drop the selection, or leave", Copying;
    View CopyLeft "copy.left", "left", "Copy mode: left", Copying;
    View CopyRight "copy.right", "right", "Copy mode: right", Copying;
    View CopyWordNext "copy.word-next", "next word", "Copy mode: to the next word", Copying;
    View CopyWordBack "copy.word-back", "word back", "Copy mode: back to the beginning of a word", Copying;
    View CopyWordEnd "copy.word-end", "word end", "Copy mode: to the end of a word", Copying;
    View CopyLineStart "copy.line-start", "row start", "Copy mode: to the first column", Copying;
    View CopyLineEnd "copy.line-end", "row end", "Copy mode: to the end of the row", Copying;
    View CopyHalfDown "copy.half-down", "half down", "Copy mode: half a page down", Copying;
    View CopyHalfUp "copy.half-up", "half up", "Copy mode: half a page up", Copying;
    View CopySelect "copy.select", "select", "Copy mode: select from here", Copying;
    View CopySelectLines "copy.select-lines", "rows", "Copy mode: select whole rows", Copying;
    View CopySelectBlock "copy.select-block", "block", "Copy mode: select a block of columns", Copying;
    View CopyOtherEnd "copy.other-end", "other end", "Copy mode: go to the other end of the selection", Copying;
    View CopyTake "copy.take", "copy", "Copy mode: copy the selection and leave", Copying;
    View CopySearch "copy.search", "search", "Copy mode: search down; a capital letter is meant exactly", Copying;
    View CopySearchBack "copy.search-back", "search up", "Copy mode: search up; a capital letter is meant exactly", Copying;
    View CopyPromptBack "copy.prompt-back", "prompt", "Copy mode: to the previous prompt, as the program marks it, or else where Enter was sent", Copying;
    View CopyPromptOn "copy.prompt-on", "next prompt", "Copy mode: to the next prompt", Copying;
    View CopyScreenBack "copy.screen-back", "earlier", "Copy mode: an earlier screen of a full-screen program; a search up goes on there too", Copying;
    View CopyScreenOn "copy.screen-on", "later", "Copy mode: a later screen of a full-screen program", Copying;
    View CopyNext "copy.next", "next", "Copy mode: the next hit", Copying;
    View CopyPrevious "copy.previous", "previous", "Copy mode: the previous hit", Copying;

    State Allow "ask.allow", "allow once", "Allow exactly this request, once", Ask, "approve";
    State Reject "ask.reject", "reject", "Reject this request, with or without a note", Ask, "reject";
    State Look "ask.look", "look", "Look at the whole request", Ask, "show";
    State AllowSame "ask.allow-same", "allow all the same", "Allow every request for exactly this call", Ask, "approve";
    State RejectSame "ask.reject-same", "reject all the same", "Reject every request for exactly this call", Ask, "reject";
    State Retry "ask.retry", "deliver again", "Deliver a decision again that shows no effect", Ask, "retry";
    View AskPeer "ask.peer", "its peer", "Go to the peer that asks", Ask;
    View InboxOpen "inbox.open", "inbox", "Open the inbox over the whole screen", Always;
    View InboxFocus "inbox.focus", "inbox", "Go to the inbox", Inbox;
    View PeersFocus "peers.focus", "peers", "Go to the peers", Always;

    View Filter "filter.open", "filter", "Filter the list: only what fits stays", Always;

    State New "peer.new", "new peer", "New peer", Always, "new";
    State Message "peer.message", "message", "Message the peer", Running, "send";
    State Interrupt "peer.interrupt", "interrupt", "Interrupt the running turn", Running, "interrupt";
    State Seen "peer.seen", "seen", "Mark the peer as seen", Peer, "snooze";
    State Snooze "peer.snooze", "snooze", "Snooze the peer: choose for how long", Peer, "snooze";
    State Tag "peer.tag", "tag", "Tag the peer: choose a colour", Peer, "tag";
    State Stop "peer.stop", "stop", "Stop the peer; it can be resumed", Running, "stop";
    State Resume "peer.resume", "resume", "Resume the peer where it stopped", Ended, "resume";
    State Replay "peer.replay", "replay", "Replay the peer: another conversation from its first prompt", Ended, "replay";
    State Fork "peer.fork", "fork", "Fork the peer: another goes on from there", Peer, "fork";
    State Retire "peer.retire", "retire", "Retire the peer; its name is free again", Peer, "retire";
    State Conversation "peer.conversation", "conversation", "Read the conversation as it is written down, live", Reads, "read";
    State Why "peer.why", "why", "Why the peer is in this state, and what it has used", Peer, "why";
    State Search "search.open", "search", "Search what was said in all conversations", Always, "search";
    State Elsewhere "elsewhere.open", "elsewhere", "Sessions found elsewhere: started by hand, only read", Always, "ls";
    State Import "elsewhere.import", "import", "Import the session found elsewhere: a peer of yours goes on from it", Found, "import";
    State Trust "repository.trust", "trust", "Trust this repository: its own templates are read", Own, "trust";
    View Undo "undo", "undo", "Undo the last stop, retire or snooze", Undo;

    View Palette "palette.open", "do", "Do anything: type a few letters of it", Always;
    View Help "help.open", "help", "Show the keys", Always;
    View ThemeChoose "theme.choose", "theme", "Theme: choose another, tried on as you go", Always;
    View KeymapChoose "keymap.choose", "keymap", "Keymap: choose another", Always;
    View Mouse "view.mouse", "mouse", "Mouse here, or left to the terminal", Always;
    View Layout "view.layout", "layout", "Requests first, or peers and panes first", Always;
    View Redraw "view.redraw", "redraw", "Draw the whole screen again", Always;
    State DaemonStart "daemon.start", "start it", "Start the daemon", Down, "daemon";
    View Detach "client.detach", "detach", "Detach; nothing stops", Always;
}

impl Action {
    /// Its row.
    pub fn row(self) -> &'static Row {
        // The enum and the table are written by one macro, in the same order.
        &ROWS[self as usize]
    }

    /// The action of that name.
    pub fn by_name(name: &str) -> Option<Self> {
        ROWS.iter().find(|r| r.name == name).map(|r| r.action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_finds_its_own_row_and_name() {
        for row in ROWS {
            assert_eq!(row.action.row().name, row.name);
            assert_eq!(Action::by_name(row.name), Some(row.action));
        }
    }

    #[test]
    fn what_the_daemon_does_has_a_verb_and_what_the_screen_does_has_none() {
        for row in ROWS {
            assert_eq!(
                row.kind == Kind::State,
                !row.verb.is_empty(),
                "{}",
                row.name
            );
            assert!(
                !row.doc.is_empty() && !row.doc.ends_with('.'),
                "{}",
                row.name
            );
        }
    }
}
