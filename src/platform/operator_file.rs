//! The operator door's address and key, written by the daemon for the operator's clients.
//!
//! Two lines in `operator/door`, mode 0600 in a directory of mode 0700: the address as
//! [`Address`] writes it, and the key.

use super::sockets::{Address, own_uid, private_dir};
use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Where the operator door is, and what opens it.
#[derive(Clone, PartialEq, Eq)]
pub struct OperatorFile {
    /// The address.
    pub address: Address,
    /// The key: 64 hex digits.
    pub key: String,
}

impl OperatorFile {
    /// Puts it into `dir` in place of what was there, whole or not at all.
    ///
    /// # Errors
    /// What the system said.
    pub fn write(&self, dir: &Path) -> io::Result<()> {
        private_dir(dir)?;
        let new = dir.join("door.new");
        let _ = fs::remove_file(&new);
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&new)?;
        write!(file, "{}\n{}\n", self.address, self.key)?;
        fs::rename(new, path(dir))
    }

    /// Reads it from `dir`.
    ///
    /// # Errors
    /// `NotFound` without one, `PermissionDenied` when it is not of this user, `InvalidData` when it
    /// does not parse.
    pub fn read(dir: &Path) -> io::Result<Self> {
        let file = fs::File::open(path(dir))?;
        if file.metadata()?.uid() != own_uid() {
            let what = format!("{} belongs to another user", path(dir).display());
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, what));
        }
        let mut text = String::new();
        file.take(8192).read_to_string(&mut text)?;
        let mut lines = text.lines();
        let address = lines.next().and_then(Address::parse);
        match (address, lines.next()) {
            (Some(address), Some(key)) if !key.is_empty() => Ok(Self {
                address,
                key: key.to_owned(),
            }),
            _ => {
                let what = format!("{} does not parse", path(dir).display());
                Err(io::Error::new(io::ErrorKind::InvalidData, what))
            }
        }
    }

    /// Takes it away; that there is none is fine.
    pub fn remove(dir: &Path) {
        let _ = fs::remove_file(path(dir));
    }
}

fn path(dir: &Path) -> PathBuf {
    dir.join("door")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_for_this_user_only_and_read_back() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("operator");
        let file = OperatorFile {
            address: Address::Abstract("pult-x".to_owned()),
            key: "00ff".to_owned(),
        };
        file.write(&dir).unwrap();
        file.write(&dir).unwrap();
        assert!(OperatorFile::read(&dir).unwrap() == file);
        assert_eq!(fs::metadata(path(&dir)).unwrap().mode() & 0o777, 0o600);
        fs::write(path(&dir), "garbage").unwrap();
        let error = OperatorFile::read(&dir).err().map(|e| e.kind());
        assert_eq!(error, Some(io::ErrorKind::InvalidData));
        OperatorFile::remove(&dir);
        let error = OperatorFile::read(&dir).err().map(|e| e.kind());
        assert_eq!(error, Some(io::ErrorKind::NotFound));
    }
}
