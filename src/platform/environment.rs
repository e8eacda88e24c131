//! The environment that a session's program gets.

use std::collections::BTreeMap;

/// The asking client's environment without what would lead a worker back to it: `PULT_*`,
/// `TMUX*`, `STY`, `SSH_AUTH_SOCK`, `DBUS_SESSION_BUS_ADDRESS`.
pub fn worker_env(client: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let open = |name: &str| {
        !name.starts_with("PULT_")
            && !name.starts_with("TMUX")
            && !matches!(name, "STY" | "SSH_AUTH_SOCK" | "DBUS_SESSION_BUS_ADDRESS")
    };
    client
        .iter()
        .filter(|(name, _)| open(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_back_to_the_operator_is_left_out() {
        let names = [
            "HOME",
            "PULT_HOME",
            "PULT_TOKEN",
            "TMUX",
            "TMUX_PANE",
            "STY",
            "SSH_AUTH_SOCK",
            "DBUS_SESSION_BUS_ADDRESS",
            "PATH",
        ];
        let client = names
            .iter()
            .map(|n| (n.to_string(), "x".to_owned()))
            .collect();
        let left: Vec<String> = worker_env(&client).into_keys().collect();
        assert_eq!(left, ["HOME", "PATH"]);
    }
}
