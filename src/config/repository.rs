//! Which repository a directory belongs to, and whether that brings files of its own for pult.

use std::path::{Path, PathBuf};

/// Where a repository's own files lie, below its root.
pub const OWN: &str = ".pult";

/// The repository that holds `directory`, a worktree's own one for a worktree; the directory
/// itself where there is none. Reads the file system.
pub fn root(directory: &str) -> String {
    let holds = |place: &&Path| place.join(".git").exists();
    let found = Path::new(directory).ancestors().find(holds);
    let Some(place) = found else {
        return directory.to_owned();
    };
    let main = main_of(place).unwrap_or_else(|| place.to_owned());
    main.display().to_string()
}

/// The root of the repository that holds `directory`, by the name that it has without links: what
/// the operator's word is kept under.
///
/// # Errors
/// When there is no such directory, or its name is no text.
pub fn known_as(directory: &str) -> std::io::Result<String> {
    let place = Path::new(directory).canonicalize()?;
    let text = |path: PathBuf| {
        let path = path.into_os_string().into_string();
        path.map_err(|_| std::io::Error::other("its name is not UTF-8"))
    };
    text(Path::new(&root(&text(place)?)).canonicalize()?)
}

/// [`known_as`], where that repository has templates of its own.
pub fn with_own_files(directory: &str) -> Option<String> {
    let root = known_as(directory).ok()?;
    let own = Path::new(&root).join(OWN).join("templates");
    own.is_dir().then_some(root)
}

/// The repository that a worktree was made from: its `.git` is a file that names it.
fn main_of(place: &Path) -> Option<PathBuf> {
    let text = std::fs::read_to_string(place.join(".git")).ok()?;
    let git = place.join(text.trim().strip_prefix("gitdir:")?.trim());
    let holds = git
        .ancestors()
        .find(|a| a.file_name() == Some(".git".as_ref()))?;
    holds.parent().map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worktree_belongs_to_its_repository() {
        let home = tempfile::tempdir().expect("a directory");
        let at = |path: &str| home.path().join(path);
        std::fs::create_dir_all(at("shop/.git/worktrees/fix")).expect("a directory");
        std::fs::create_dir_all(at("shop/src")).expect("a directory");
        std::fs::create_dir_all(at("fix/src")).expect("a directory");
        std::fs::create_dir_all(at("elsewhere")).expect("a directory");
        let git = format!("gitdir: {}\n", at("shop/.git/worktrees/fix").display());
        std::fs::write(at("fix/.git"), git).expect("a file");
        let root = |path: &str| root(&at(path).display().to_string());
        let shop = at("shop").display().to_string();
        assert_eq!(root("shop/src"), shop);
        assert_eq!(root("fix/src"), shop);
        assert_eq!(root("elsewhere"), at("elsewhere").display().to_string());
    }

    #[test]
    fn files_of_a_worktree_are_not_those_of_its_repository() {
        let home = tempfile::tempdir().expect("a directory");
        let at = |path: &str| home.path().join(path);
        for dir in [
            "shop/.git/worktrees/fix",
            "fix/.pult/templates",
            "web/.pult/templates",
        ] {
            std::fs::create_dir_all(at(dir)).expect("a directory");
        }
        let git = format!("gitdir: {}\n", at("shop/.git/worktrees/fix").display());
        std::fs::write(at("fix/.git"), git).expect("a file");
        std::os::unix::fs::symlink(at("web"), at("link")).expect("a link");
        let own = |path: &str| with_own_files(&at(path).display().to_string());
        assert_eq!(own("fix"), None, "a worker may have written them");
        let web = at("web").canonicalize().expect("it is there");
        assert_eq!(own("link").map(PathBuf::from), Some(web));
        assert_eq!(own("nowhere"), None);
    }
}
