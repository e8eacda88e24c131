//! Recordings that are torn, closed, capped and said again.

use super::super::{Record, Recording};
use super::*;

/// What a keeper would say again to who has everything below `from`.
fn say(recorder: &mut Recorder, records: &[Record]) {
    let from = recorder.end();
    for record in records {
        let done = match record {
            Record::Out { offset, ms, bytes } => {
                let known = from.saturating_sub(*offset) as usize;
                match bytes.get(known..) {
                    Some(bytes) => recorder.out(offset + known as u64, *ms, bytes),
                    None => Ok(()),
                }
            }
            Record::Resize { offset, .. } if *offset < from => Ok(()),
            Record::Resize {
                offset,
                ms,
                rows,
                cols,
            } => recorder.resize(*offset, *ms, *rows, *cols),
            Record::Gap { to, .. } if *to <= from => Ok(()),
            Record::Gap { from, to, ms } => recorder.gap(*from, *to, *ms),
        };
        done.unwrap();
    }
}

fn out(offset: u64, ms: u64, text: &str) -> Record {
    let bytes = text.as_bytes().to_vec();
    Record::Out { offset, ms, bytes }
}

fn size(offset: u64, ms: u64, rows: u16) -> Record {
    Record::Resize {
        offset,
        ms,
        rows,
        cols: 80,
    }
}

fn story() -> Vec<Record> {
    vec![
        size(0, 1, 24),
        out(0, 2, "hello "),
        out(6, 3, "world"),
        size(11, 4, 30),
        size(11, 5, 25),
        out(11, 6, "more"),
        Record::Gap {
            from: 15,
            to: 100,
            ms: 7,
        },
        size(100, 8, 24),
        out(100, 9, "after"),
        size(105, 10, 26),
    ]
}

/// Records with the pieces of one time put together.
fn records(dir: &Path) -> Vec<Record> {
    let recording = Recording::open(dir).unwrap();
    recording.records(None).map(Result::unwrap).collect()
}

#[test]
fn what_was_said_is_what_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let mut recorder = Recorder::open(dir.path(), 0).unwrap();
    say(&mut recorder, &story());
    assert_eq!(records(dir.path()), story());
    let bytes = recorder.bytes();
    // Said again, whole or in part, nothing changes.
    say(&mut recorder, &story());
    recorder.out(100, 99, b"after").unwrap();
    recorder.resize(105, 10, 9, 9).unwrap();
    recorder.gap(15, 100, 99).unwrap();
    assert_eq!(recorder.bytes(), bytes);
    assert_eq!(records(dir.path()), story());
    let mut recorder = Recorder::open(dir.path(), 0).unwrap();
    assert_eq!(recorder.end(), 105);
    say(&mut recorder, &story());
    assert_eq!(records(dir.path()), story());
    for wrong in [
        recorder.out(106, 11, b"x"),
        recorder.resize(104, 11, 9, 9),
        recorder.gap(106, 107, 11),
        recorder.checkpoint(106, b"x"),
    ] {
        assert_eq!(wrong.unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }
}

#[test]
fn any_torn_tail_is_cut_and_what_follows_fits() {
    for said in 1..=story().len() {
        for (suffix, most) in [(".data", 6), (".idx", 49)] {
            for cut in 0..most {
                let dir = tempfile::tempdir().unwrap();
                let mut recorder = Recorder::open(dir.path(), 0).unwrap();
                say(&mut recorder, &story()[..said]);
                drop(recorder);
                let last = *segment::all(dir.path()).unwrap().last().unwrap();
                if let Ok(mut bytes) = fs::read(dir.path().join(name(last, suffix))) {
                    bytes.truncate(bytes.len().saturating_sub(cut));
                    fs::write(dir.path().join(name(last, suffix)), bytes).unwrap();
                }
                let mut recorder = Recorder::open(dir.path(), 0).unwrap();
                let end = recorder.end();
                say(&mut recorder, &story());
                let bytes = |records: &[Record]| -> Vec<(u64, u8)> {
                    let outs = records.iter().flat_map(|r| match r {
                        Record::Out { offset, bytes, .. } => {
                            (*offset..).zip(bytes.clone()).collect()
                        }
                        _ => Vec::new(),
                    });
                    outs.collect()
                };
                let found = records(dir.path());
                let what = format!("{said} records, {suffix} cut by {cut}, end {end}: {found:?}");
                assert_eq!(bytes(&found), bytes(&story()), "{what}");
                let sizes = |records: &[Record]| -> Vec<Record> {
                    let sizes = records
                        .iter()
                        .filter(|r| matches!(r, Record::Resize { offset, .. } if *offset >= end));
                    sizes.cloned().collect()
                };
                assert_eq!(sizes(&found), sizes(&story()), "{what}");
            }
        }
    }
}

#[test]
fn a_replay_starts_at_the_checkpoint() {
    let dir = tempfile::tempdir().unwrap();
    let mut recorder = Recorder::open(dir.path(), 0).unwrap();
    say(&mut recorder, &story()[..4]);
    recorder.checkpoint(11, b"screen").unwrap();
    say(&mut recorder, &story());
    let recording = Recording::open(dir.path()).unwrap();
    let checkpoint = recording.last_checkpoint().unwrap().unwrap();
    assert_eq!(
        (checkpoint.offset, checkpoint.bytes.as_slice()),
        (11, b"screen".as_slice())
    );
    let after: Vec<Record> = recording
        .records(Some(&checkpoint))
        .map(Result::unwrap)
        .collect();
    // The first resize at its offset is in it, the second is not.
    assert_eq!(after, story()[4..]);
}

fn flood(recorder: &mut Recorder, mib: u64) {
    // Bytes that do not compress.
    let mut state = recorder.end() | 1;
    for n in 0..mib * 16 {
        let bytes: Vec<u8> = (0..64 * 1024)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                (state >> 56) as u8
            })
            .collect();
        recorder.out(recorder.end(), n, &bytes).unwrap();
    }
}

/// Where what is left of a recording begins.
fn begins(dir: &Path) -> u64 {
    match records(dir)[0] {
        Record::Gap { from: 0, to, .. } => to,
        _ => 0,
    }
}

#[test]
fn without_a_checkpoint_nothing_is_dropped_and_with_one_the_cap_is_kept_to() {
    let dir = tempfile::tempdir().unwrap();
    let cap = 3 * SEGMENT;
    let mut recorder = Recorder::open(dir.path(), cap).unwrap();
    flood(&mut recorder, 8);
    assert_eq!(begins(dir.path()), 0);
    let half = recorder.end() / 2;
    recorder.checkpoint(half, b"a").unwrap();
    let first = begins(dir.path());
    assert!(first > half - 2 * SEGMENT && first <= half, "{first}");
    flood(&mut recorder, 2);
    assert_eq!(begins(dir.path()), first, "the checkpoint needs it");
    let end = recorder.end();
    recorder.checkpoint(end, b"b").unwrap();
    recorder.checkpoint(end, b"c").unwrap();
    flood(&mut recorder, 2);
    recorder.checkpoint(recorder.end(), b"d").unwrap();
    assert!(recorder.bytes() <= cap, "{}", recorder.bytes());
    let mut again = Recorder::open(dir.path(), cap).unwrap();
    assert_eq!(
        (again.end(), again.bytes()),
        (recorder.end(), recorder.bytes())
    );
    again.out(again.end(), 1, b"more").unwrap();
}

#[test]
fn segments_are_closed_and_a_crash_while_closing_harms_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut recorder = Recorder::open(dir.path(), u64::MAX).unwrap();
    let lines: String = (0..300_000).map(|n| format!("line {n}\n")).collect();
    for (n, chunk) in lines.as_bytes().chunks(4096).enumerate() {
        recorder.out((n * 4096) as u64, n as u64, chunk).unwrap();
    }
    let check = || {
        let mut raw = Vec::new();
        let recording = Recording::open(dir.path()).unwrap();
        recording.export_raw(&mut raw).unwrap();
        assert!(raw == lines.as_bytes());
    };
    check();
    assert!(
        recorder.bytes() < lines.len() as u64 / 2 + SEGMENT,
        "compressed"
    );
    // As after a crash between the new file and the end of the old pair.
    let packed = numbers(dir.path(), ".lz4").unwrap()[0];
    fs::write(dir.path().join(name(packed, ".data")), "torn").unwrap();
    fs::write(dir.path().join(name(packed, ".idx")), "torn").unwrap();
    fs::write(dir.path().join("closing.tmp"), "torn").unwrap();
    let recorder = Recorder::open(dir.path(), u64::MAX).unwrap();
    assert_eq!(recorder.end(), lines.len() as u64);
    check();
    assert!(!dir.path().join("closing.tmp").exists());
}

#[test]
fn one_that_records_nothing_still_counts() {
    let mut recorder = Recorder::none();
    recorder.gap(0, 50, 1).unwrap();
    say(&mut recorder, &[out(50, 2, "hello"), size(55, 3, 24)]);
    recorder.checkpoint(55, b"x").unwrap();
    assert_eq!((recorder.end(), recorder.bytes()), (55, 0));
    recorder.history_append(&["a row"]).unwrap();
    assert_eq!(recorder.history_read(0, 9).unwrap(), [b"a row"]);
}

/// Where the inner half of the next test records; the outer half sets it.
const FULL: &str = "TEST_FULL_DISK";

#[test]
fn a_full_disk_is_an_error_and_what_is_written_stays() {
    let bytes: Vec<u8> = (0..100_000_u32).map(|n| (n % 251) as u8).collect();
    if let Some(dir) = std::env::var_os(FULL) {
        let mut recorder = Recorder::open(Path::new(&dir), 0).unwrap();
        recorder.resize(0, 1, 24, 80).unwrap();
        recorder.out(0, 2, &bytes[..1000]).unwrap();
        for _ in 0..3 {
            recorder.out(0, 3, &bytes).unwrap_err();
            assert_eq!(recorder.end(), 51_200);
        }
        recorder.checkpoint(1000, &bytes).unwrap_err();
        recorder.history_append(&[&bytes]).unwrap_err();
        assert_eq!(recorder.history_len(), 0);
        return;
    }
    // The file size limit stands for the full disk; it belongs to a process, so to one of its own.
    let dir = tempfile::tempdir().unwrap();
    let name = "store::recording::append::tests::a_full_disk_is_an_error_and_what_is_written_stays";
    let inner = std::process::Command::new("sh")
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 100; exec \"$0\" --exact \"$1\"",
        ])
        .arg(std::env::current_exe().unwrap())
        .arg(name)
        .env(FULL, dir.path())
        .output()
        .unwrap();
    assert!(inner.status.success(), "{inner:?}");
    let mut recorder = Recorder::open(dir.path(), 0).unwrap();
    assert_eq!(recorder.end(), 51_200);
    recorder.out(0, 4, &bytes).unwrap();
    let mut raw = Vec::new();
    let recording = Recording::open(dir.path()).unwrap();
    recording.export_raw(&mut raw).unwrap();
    assert!(raw == bytes);
    assert_eq!(recording.last_checkpoint().unwrap(), None);
    assert_eq!(records(dir.path())[0], size(0, 1, 24));
}
