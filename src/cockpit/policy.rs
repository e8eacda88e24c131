//! What the operator chose about being told, and about what workers tell their terminals: the
//! sections `[alerts]` and `[workers]` of `cockpit.toml`.

use super::alerts::When;
use super::terminal::facts::Facts;
use crate::alert::osc::Osc;
use crate::config::Value;

/// By which escape sequence a notification goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// As the terminal has it.
    Auto,
    /// By none.
    Off,
    /// By this one.
    By(Osc),
}

/// `[alerts]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertSettings {
    /// When.
    pub when: When,
    /// Of requests.
    pub asks: bool,
    /// Of peers that failed or are lost.
    pub failed: bool,
    /// Of peers that are done.
    pub done: bool,
    /// The bell rings.
    pub bell: bool,
    /// The terminal shows a notification.
    pub osc: Way,
    /// A command that tells, word by word; empty for none.
    pub command: Vec<String>,
    /// A command that takes it back.
    pub withdraw: Vec<String>,
}

impl Default for AlertSettings {
    fn default() -> Self {
        Self {
            when: When::Away,
            asks: true,
            failed: true,
            done: false,
            bell: true,
            osc: Way::Auto,
            command: Vec::new(),
            withdraw: Vec::new(),
        }
    }
}

impl AlertSettings {
    /// Sets one of them.
    ///
    /// # Errors
    /// What it should have been, in words.
    pub fn set(&mut self, key: &str, value: &Value) -> Result<(), String> {
        let wrong = |shape: &str| Err(format!("alerts.{key} is not {shape}"));
        match (key, value) {
            ("when", Value::Text(text)) => match text.as_str() {
                "away" => self.when = When::Away,
                "always" => self.when = When::Always,
                "never" => self.when = When::Never,
                _ => return wrong("one of \"away\", \"always\", \"never\""),
            },
            ("when", _) => return wrong("one of \"away\", \"always\", \"never\""),
            ("about", Value::List(words)) => {
                let known = ["asks", "failed", "done"];
                if words.iter().any(|word| !known.contains(&word.as_str())) {
                    return wrong("a list of \"asks\", \"failed\", \"done\"");
                }
                let about = |word: &str| words.iter().any(|w| w == word);
                (self.asks, self.failed, self.done) =
                    (about("asks"), about("failed"), about("done"));
            }
            ("about", _) => return wrong("a list of \"asks\", \"failed\", \"done\""),
            ("bell", Value::Switch(on)) => self.bell = *on,
            ("bell", _) => return wrong("true or false"),
            ("osc", Value::Text(text)) => {
                self.osc = match text.as_str() {
                    "auto" => Way::Auto,
                    "off" => Way::Off,
                    "9" => Way::By(Osc::Line),
                    "777" => Way::By(Osc::Titled),
                    "99" => Way::By(Osc::Kitty),
                    _ => return wrong("one of \"auto\", \"off\", \"9\", \"777\", \"99\""),
                }
            }
            ("osc", _) => return wrong("one of \"auto\", \"off\", \"9\", \"777\", \"99\""),
            ("command", Value::List(words)) => self.command.clone_from(words),
            ("withdraw", Value::List(words)) => self.withdraw.clone_from(words),
            ("command" | "withdraw", _) => {
                return wrong("a list of words, such as [\"notify-send\", \"--\", \"{line}\"]");
            }
            _ => {
                return Err(format!(
                    "there is no setting `alerts.{key}`; there are when, about, bell, osc, command, withdraw"
                ));
            }
        }
        Ok(())
    }

    /// The sequence for this terminal; `None` for none.
    pub fn osc(&self, facts: &Facts) -> Option<Osc> {
        match self.osc {
            Way::By(osc) => Some(osc),
            Way::Auto if facts.answers => Some(facts.notifies),
            Way::Auto | Way::Off => None,
        }
    }
}

/// What becomes of a worker's words for the clipboard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clipboard {
    /// Nothing.
    #[default]
    Drop,
    /// The operator is told that it wanted to.
    Show,
    /// The clipboard is set while the operator types in that pane, else it is told.
    Pass,
}

/// `[workers]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerSettings {
    /// Notifications are shown as a notice with the peer's name.
    pub notes: bool,
    /// Titles are shown in the frame.
    pub titles: bool,
    /// Progress is shown in the frame.
    pub progress: bool,
    /// The clipboard.
    pub clipboard: Clipboard,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        Self {
            notes: true,
            titles: true,
            progress: true,
            clipboard: Clipboard::Drop,
        }
    }
}

impl WorkerSettings {
    /// Sets one of them.
    ///
    /// # Errors
    /// What it should have been, in words.
    pub fn set(&mut self, key: &str, value: &Value) -> Result<(), String> {
        let text = match value {
            Value::Text(text) => text.as_str(),
            _ => "",
        };
        let shown = match text {
            "show" => Some(true),
            "drop" => Some(false),
            _ => None,
        };
        let two = || format!("workers.{key} is not one of \"show\", \"drop\"");
        match key {
            "notifications" => self.notes = shown.ok_or_else(two)?,
            "titles" => self.titles = shown.ok_or_else(two)?,
            "progress" => self.progress = shown.ok_or_else(two)?,
            "clipboard" => {
                self.clipboard = match text {
                    "drop" => Clipboard::Drop,
                    "show" => Clipboard::Show,
                    "pass" => Clipboard::Pass,
                    _ => {
                        return Err(
                            "workers.clipboard is not one of \"drop\", \"show\", \"pass\"".into(),
                        );
                    }
                }
            }
            _ => {
                return Err(format!(
                    "there is no setting `workers.{key}`; there are notifications, titles, progress, clipboard"
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_is_read_and_a_mistake_says_what_it_should_be() {
        let text = |text: &str| Value::Text(text.into());
        let list = |words: &[&str]| Value::List(words.iter().map(ToString::to_string).collect());
        let mut alerts = AlertSettings::default();
        for (key, value) in [
            ("when", text("always")),
            ("about", list(&["done"])),
            ("bell", Value::Switch(false)),
            ("osc", text("777")),
            ("command", list(&["say", "{line}"])),
        ] {
            assert_eq!(alerts.set(key, &value), Ok(()), "{key}");
        }
        assert_eq!(
            (alerts.when, alerts.asks, alerts.done),
            (When::Always, false, true)
        );
        assert_eq!(alerts.osc(&Facts::default()), Some(Osc::Titled));
        for (key, value, part) in [
            ("when", text("now"), "\"away\""),
            ("about", list(&["all"]), "\"failed\""),
            ("bell", text("loud"), "true or false"),
            ("osc", Value::Number(9), "\"777\""),
            ("command", text("notify-send"), "list of words"),
            ("sound", text("x"), "there is no setting `alerts.sound`"),
        ] {
            let error = alerts.set(key, &value).expect_err(key);
            assert!(error.contains(part), "{error}");
        }
        let mut workers = WorkerSettings::default();
        assert_eq!(workers.set("clipboard", &text("pass")), Ok(()));
        assert_eq!(workers.set("titles", &text("drop")), Ok(()));
        assert_eq!(
            (workers.clipboard, workers.titles),
            (Clipboard::Pass, false)
        );
        assert!(workers.set("notifications", &text("pass")).is_err());
        assert!(workers.set("bell", &text("show")).is_err());
    }
}
