//! What `pult new --template` takes from a template.

use super::shell::Shell;
use crate::config::templates::{self, Template};
use crate::core::role::Role;
use crate::wire::request::NewPeer;
use crate::wire::view::{ErrorKind, ErrorView};

/// The template of that name for a peer in `cwd`.
///
/// # Errors
/// One line: what is wrong with its file, or the names that there are.
pub fn find(shell: &Shell, name: &str, _cwd: &str) -> Result<Template, ErrorView> {
    let loaded = templates::load(&shell.paths.config, None);
    let found = loaded.find(name).cloned();
    found.map_err(|why| ErrorView::new(ErrorKind::NotFound, why))
}

/// Puts into `wish` what it leaves open, and says which programs of others will run; `role` when the
/// role was left open too.
///
/// # Errors
/// One line, when it cannot be used so.
pub fn fill(wish: &mut NewPeer, template: &Template, role: bool) -> Result<(), ErrorView> {
    wish.runtime = wish.runtime.take().or_else(|| template.runtime.clone());
    wish.model = wish.model.take().or_else(|| template.model.clone());
    wish.profile = wish.profile.take().or_else(|| template.profile.clone());
    if role {
        wish.role = template.role.unwrap_or(Role::Worker);
    }
    let bare = template.needs_text() && wish.prompt.is_none();
    template.complete(wish).map_err(|why| match bare {
        true => ErrorView::new(ErrorKind::Usage, why).hint("put them behind the name"),
        false => ErrorView::new(ErrorKind::Refused, why).hint("leave the profile out"),
    })
}
