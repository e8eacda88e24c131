//! The templates that there are, of all three places.

use super::{SHIPPED, Template, Whose, read};
use crate::config::Mistake;
use crate::core::id::valid_name;
use crate::core::text;
use crate::platform::files::open_unnoticed;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// No template is longer, in bytes.
const LONGEST: u64 = 64 << 10;
/// At most so many files of one place are looked at.
const MOST: usize = 200;

/// What there is, and what could not be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// The templates, by name.
    pub templates: Vec<Template>,
    /// What is wrong with the files of others.
    pub mistakes: Vec<Mistake>,
}

impl Loaded {
    /// The template of that name.
    ///
    /// # Errors
    /// One line: what is wrong with its file, or the names that there are.
    pub fn find(&self, name: &str) -> Result<&Template, String> {
        if let Some(found) = self.templates.iter().find(|t| t.name == name) {
            return Ok(found);
        }
        let file = format!("/{name}.toml");
        let named = text::line(name);
        Err(
            match self.mistakes.iter().find(|m| m.file.ends_with(&file)) {
                Some(mistake) => mistake.to_string(),
                None => {
                    let names = self.templates.iter().map(|t| t.name.as_str());
                    let names: Vec<&str> = names.collect();
                    format!(
                        "there is no template {named}; there are {}",
                        names.join(", ")
                    )
                }
            },
        )
    }
}

/// Reads them all: those of `repository`, the root of one that is trusted, over those of the
/// configuration directory, over what ships.
pub fn load(config: &Path, repository: Option<&Path>) -> Loaded {
    let mut found: BTreeMap<String, Option<Template>> = BTreeMap::new();
    let mut mistakes = Vec::new();
    for (name, text) in SHIPPED {
        let (template, _) = read::template(name, Whose::Shipped, name, text.as_bytes());
        found.insert((*name).to_owned(), template);
    }
    let places = [
        (Whose::User, Some(config.join("templates"))),
        (
            Whose::Repository,
            repository.map(|root| root.join(".pult/templates")),
        ),
    ];
    for (whose, dir) in places {
        let files = dir.map(|dir| files(&dir)).unwrap_or_default();
        for path in files {
            let file = text::line(&path.display().to_string());
            let name = path
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned());
            let name = name.unwrap_or_default();
            if !valid_name(&name) {
                let what =
                    "the file's name is no template's: a letter, then letters, digits and dashes";
                mistakes.push(read::whole(&file, what.to_owned()));
                continue;
            }
            let (template, wrong) = match contents(&path, whose) {
                Ok(bytes) => read::template(&name, whose, &file, &bytes),
                Err(why) => {
                    let what = format!("{why}; the template {name} is not offered");
                    (None, vec![read::whole(&file, what)])
                }
            };
            mistakes.extend(wrong);
            found.insert(name, template);
        }
    }
    Loaded {
        templates: found.into_values().flatten().collect(),
        mistakes,
    }
}

/// The files of a place, by name.
fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let files = entries.map(|entry| entry.path());
    let toml = files.filter(|path| path.extension().is_some_and(|e| e == "toml"));
    let mut files: Vec<PathBuf> = toml.take(MOST).collect();
    files.sort();
    files
}

/// The bytes of a file; the error says what it is instead.
fn contents(path: &Path, whose: Whose) -> Result<Vec<u8>, String> {
    let failed = |error: std::io::Error| format!("cannot be read: {error}");
    let link = path.symlink_metadata().map_err(failed)?.is_symlink();
    if link && whose == Whose::Repository {
        return Err("is a link; put the file itself there".to_owned());
    }
    let mut bytes = Vec::new();
    let file = open_unnoticed(path).map_err(failed)?;
    file.take(LONGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > LONGEST {
        return Err("is longer than 64 KiB".to_owned());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A configuration directory and a repository with these files.
    fn home(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let (config, shop) = (dir.path().join("config"), dir.path().join("shop"));
        fs::create_dir_all(config.join("templates")).unwrap();
        fs::create_dir_all(shop.join(".pult/templates")).unwrap();
        for (name, text) in files {
            fs::write(dir.path().join(name), text).unwrap();
        }
        (dir, config, shop)
    }

    fn names(loaded: &Loaded) -> Vec<(&str, Whose)> {
        let all = loaded.templates.iter();
        all.map(|t| (t.name.as_str(), t.whose)).collect()
    }

    #[test]
    fn what_ships_has_no_mistake_and_promises_nothing() {
        let (_dir, config, _) = home(&[]);
        let loaded = load(&config, None);
        assert_eq!(loaded.mistakes, []);
        assert_eq!(loaded.templates.len(), SHIPPED.len());
        for template in &loaded.templates {
            let said = &template.description;
            assert!(
                said.contains("asked to") && template.prompt.is_some(),
                "{said}"
            );
        }
    }

    #[test]
    fn the_repository_stands_before_the_user_and_what_ships() {
        let (_dir, config, shop) = home(&[
            ("config/templates/scout.toml", "description = \"mine\"\n"),
            ("config/templates/mine.toml", ""),
            (
                "shop/.pult/templates/mine.toml",
                "description = \"theirs\"\n",
            ),
            ("shop/.pult/templates/theirs.toml", ""),
            ("shop/.pult/templates/notes.md", "no template"),
        ]);
        use Whose::{Repository, Shipped, User};
        let own = [("mine", User), ("reviewer", Shipped), ("scout", User)];
        assert_eq!(names(&load(&config, None)), own);
        let loaded = load(&config, Some(&shop));
        let all = [
            ("mine", Repository),
            ("reviewer", Shipped),
            ("scout", User),
            ("theirs", Repository),
        ];
        assert_eq!(
            (names(&loaded).as_slice(), loaded.mistakes.len()),
            (&all[..], 0)
        );
        assert_eq!(loaded.find("mine").unwrap().description, "theirs");
        let why = loaded.find("cheese").unwrap_err();
        let expected = "there is no template cheese; there are mine, reviewer, scout, theirs";
        assert_eq!(why, expected);
    }

    #[test]
    fn a_file_with_a_mistake_hides_what_it_stands_before_and_the_others_load() {
        let (_dir, config, shop) = home(&[
            ("config/templates/scout.toml", ""),
            ("config/templates/Bad.toml", ""),
            ("shop/.pult/templates/scout.toml", "modle = \"m\"\n"),
            ("shop/.pult/templates/good.toml", ""),
        ]);
        let loaded = load(&config, Some(&shop));
        let offered: Vec<&str> = names(&loaded).into_iter().map(|(name, _)| name).collect();
        assert_eq!(offered, ["good", "reviewer"]);
        let why = loaded.find("scout").unwrap_err();
        assert!(why.contains("scout.toml line 1: modle is nothing that a template has"));
        assert!(
            loaded
                .find("Bad")
                .unwrap_err()
                .contains("the file's name is no template's")
        );
    }

    #[test]
    fn of_a_repository_only_plain_files_of_some_size_are_read() {
        let (dir, config, shop) = home(&[("secret", "runtime = \"secret\"\n")]);
        let at = |name: &str| shop.join(".pult/templates").join(name);
        std::os::unix::fs::symlink(dir.path().join("secret"), at("link.toml")).unwrap();
        std::os::unix::fs::symlink(
            dir.path().join("secret"),
            config.join("templates/mine.toml"),
        )
        .unwrap();
        fs::create_dir(at("dir.toml")).unwrap();
        fs::write(
            at("long.toml"),
            format!("prompt = \"{}\"", "x".repeat(70_000)),
        )
        .unwrap();
        let made = std::process::Command::new("mkfifo")
            .arg(at("pipe.toml"))
            .status();
        assert!(made.unwrap().success());
        let loaded = load(&config, Some(&shop));
        for (name, why) in [
            ("link", "is a link"),
            ("dir", "cannot be read"),
            ("long", "is longer than 64 KiB"),
            ("pipe", "it is no regular file"),
        ] {
            let said = loaded.find(name).unwrap_err();
            assert!(said.contains(why) && !said.contains("secret"), "{said}");
        }
        assert_eq!(
            loaded.find("mine").unwrap().runtime.as_deref(),
            Some("secret")
        );
    }
}
