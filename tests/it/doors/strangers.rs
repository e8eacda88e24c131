//! Garbage, half frames, wrong keys, other users: one log line, nothing else.

use super::house::{House, text};
use super::inside::hello;
use crate::support::{PATIENCE, wait_for};
use pult::platform::operator_file::OperatorFile;
use pult::platform::sockets::Address;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;

#[test]
fn garbage_on_both_doors_leaves_them_open() {
    let house = House::open(false);
    let operator = OperatorFile::read(&house.paths.operator_dir()).unwrap();
    let worker = Address::Path(house.paths.worker_socket());
    let oversized = [&[1][..], &u32::MAX.to_le_bytes()].concat();
    let pieces: [&[u8]; 7] = [
        b"",
        b"\x01",
        b"\x01\x05\0\0\0{",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x01\x02\0\0\0{}",
        b"\x07\x02\0\0\0{}",
        &oversized,
    ];
    for door in [&operator.address, &worker] {
        for piece in pieces {
            let mut stranger = door.connect().unwrap();
            stranger.write_all(piece).unwrap();
            stranger.shutdown(std::net::Shutdown::Write).unwrap();
            let mut answer = Vec::new();
            // Ended, with or without a reset; never answered.
            let _ = stranger.read_to_end(&mut answer);
            assert_eq!(answer, b"", "{piece:?}");
        }
        // Who vanishes in the middle of a frame.
        door.connect()
            .unwrap()
            .write_all(b"\x01\xff\0\0\0{")
            .unwrap();
    }
    let output = house.pult(&["ls"]);
    assert!(output.status.success(), "{}", text(&output));
}

#[test]
fn silent_strangers_keep_nobody_out() {
    let house = House::open(false);
    let door = Address::Path(house.paths.worker_socket());
    // The first is sent away while the last may still speak: not a time limit that ran out. And
    // whoever speaks at once is heard while all the others stand there.
    wait_for("a place among silent strangers", PATIENCE, || {
        let silent: Result<Vec<UnixStream>, _> = (0..200).map(|_| door.connect()).collect();
        let silent = silent.map_err(|e| e.to_string())?;
        let output = house.pult(&["ls"]);
        assert!(output.status.success(), "{}", text(&output));
        let [first, .., last] = silent.as_slice() else {
            return Err("none".to_owned());
        };
        let stands = |mut stranger: &UnixStream| {
            stranger.set_nonblocking(true).unwrap();
            !matches!(stranger.read(&mut [0]), Ok(0))
        };
        match (stands(first), stands(last)) {
            (false, true) => Ok(()),
            seen => Err(format!("first and last stand there: {seen:?}")),
        }
    });
}

#[test]
fn a_wrong_key_opens_nothing() {
    let house = House::open(false);
    let door = OperatorFile::read(&house.paths.operator_dir()).unwrap();
    for key in ["", "0", &door.key[1..], &door.key.replace(|_| true, "0")] {
        let welcome = hello(door.address.connect().unwrap(), key).unwrap();
        let refused = welcome.unwrap().refused.unwrap();
        assert!(refused.contains("key is not right"), "{refused}");
    }
    assert_eq!(house.served(), []);
    let welcome = hello(door.address.connect().unwrap(), &door.key).unwrap();
    assert_eq!(welcome.unwrap().refused, None);
}

#[test]
fn another_user_is_not_heard() {
    if !rustix::process::geteuid().is_root() {
        // Only root can become somebody else.
        return;
    }
    let house = House::open(false);
    let mut command = house.command(super::house::PULT);
    let output = command.uid(65534).gid(65534).arg("ls").output().unwrap();
    assert_ne!(output.status.code(), Some(0));
    assert_eq!(house.served(), []);
}

#[test]
fn a_stale_socket_is_replaced_and_the_address_goes_with_the_doors() {
    let house = House::open(false);
    let first = OperatorFile::read(&house.paths.operator_dir()).unwrap();
    let house = house.reopen();
    let second = OperatorFile::read(&house.paths.operator_dir()).unwrap();
    assert!(first.key != second.key);
    assert!(house.pult(&["ls"]).status.success());
    let house = house.close();
    assert!(OperatorFile::read(&house.paths.operator_dir()).is_err());
    assert!(!house.paths.worker_socket().exists());
}
