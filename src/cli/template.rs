//! What `pult new --template` takes from a template.

use super::shell::Shell;
use crate::config::repository;
use crate::config::templates::{self, Template};
use crate::core::role::Role;
use crate::dial::Connection;
use crate::wire::request::{NewPeer, Request};
use crate::wire::view::{ErrorKind, ErrorView, TrustRow};
use std::path::Path;

/// The template of that name for a peer in `cwd`.
///
/// # Errors
/// One line: what is wrong with its file, or the names that there are.
pub fn find(shell: &Shell, name: &str, cwd: &str) -> Result<Template, ErrorView> {
    let own = repository::with_own_files(cwd);
    let trusted = match &own {
        Some(root) => is_trusted(&mut shell.operator("new")?, root)?,
        None => false,
    };
    let read = own.as_ref().filter(|_| trusted);
    let loaded = templates::load(&shell.paths.config, read.map(Path::new));
    let found = loaded.find(name).cloned();
    found.map_err(|why| {
        let error = ErrorView::new(ErrorKind::NotFound, why);
        match own.filter(|_| !trusted) {
            Some(root) => error.hint(format!(
                "those of {root} are not read: `pult trust {root}` lets them be"
            )),
            None => error,
        }
    })
}

/// Whether the operator has said that the repository with this root is trusted.
///
/// # Errors
/// When the daemon does not say.
pub fn is_trusted(door: &mut Connection, root: &str) -> Result<bool, ErrorView> {
    let rows: Vec<TrustRow> = door.request_as(Request::Trusted)?;
    let said = rows.iter().find(|row| row.directory == root);
    Ok(said.is_some_and(|row| row.trusted))
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
    })?;
    let file = &template.file;
    for program in template.starts() {
        eprintln!("pult: {file} has the agent start {program}");
    }
    Ok(())
}
