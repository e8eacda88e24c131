//! No byte is lost, none comes twice, and what must be lost says so.

use super::{Attempt, record, text, until, until_text};
use crate::support::{PATIENCE, wait_for, wait_until};
use pult::store::recording::{Record, Recorder, Recording};
use pult::wire::keeper::{Ended, KeeperSays};
use std::fs;

/// What `seq 1 n` prints.
fn numbers(n: u32) -> Vec<u8> {
    (1..=n)
        .flat_map(|n| format!("{n}\n").into_bytes())
        .collect()
}

#[test]
fn the_recording_is_exact_over_daemons_that_come_and_go() {
    let count = 200_000;
    let attempt = Attempt::start(&format!("stty raw -opost; seq 1 {count}; sleep 1000"));
    let expected = numbers(count);
    let dir = attempt.file("rec");
    // A cheap generator: where each daemon dies is spread over frames and offsets.
    let mut random = 12345_u64;
    let mut generation = 0;
    while (Recording::open(&dir).unwrap().end().unwrap() as usize) < expected.len() {
        generation += 1;
        random = random.wrapping_mul(6364136223846793005).wrapping_add(1);
        let mut recorder = Recorder::open(&dir, u64::MAX).unwrap();
        let (mut reader, writer) = attempt.attach(generation, recorder.end());
        if generation % 3 == 0 {
            writer.resize(20 + (generation % 50) as u16, 100).unwrap();
        }
        let frames = random >> 60;
        for _ in 0..=frames {
            let says = reader.next().unwrap().expect("the keeper lives");
            // The daemon may be killed between any two of these.
            if random & 1 == 1
                && let KeeperSays::Out { offset, ms, bytes } = &says
            {
                recorder
                    .out(*offset, *ms, &bytes[..bytes.len() / 2])
                    .unwrap();
                break;
            }
            record(&mut recorder, &writer, &says).unwrap();
            if recorder.end() as usize >= expected.len() {
                break;
            }
        }
    }
    assert!(generation > 5, "only {generation} daemons");
    let mut raw = Vec::new();
    let recording = Recording::open(&dir).unwrap();
    recording.export_raw(&mut raw).unwrap();
    assert!(
        raw == expected,
        "{} bytes instead of {}",
        raw.len(),
        expected.len()
    );
    let records: Vec<Record> = recording.records(None).map(Result::unwrap).collect();
    let gap = records.iter().find(|r| matches!(r, Record::Gap { .. }));
    assert_eq!(gap, None);
    let birth = Record::Resize {
        offset: 0,
        ms: match records[0] {
            Record::Resize { ms, .. } => ms,
            _ => 0,
        },
        rows: 40,
        cols: 120,
    };
    assert_eq!(records[0], birth);
    let sizes = records
        .iter()
        .filter(|r| matches!(r, Record::Resize { .. }));
    let mut times: Vec<u64> = sizes
        .map(|r| match r {
            Record::Resize { ms, .. } => *ms,
            _ => 0,
        })
        .collect();
    let all = times.len();
    times.dedup();
    assert_eq!(times.len(), all, "no resize is recorded twice");
}

#[test]
fn a_flood_without_a_daemon_is_kept_whole_below_the_limit() {
    let count = 900_000;
    let attempt = Attempt::start(&format!(
        "stty raw -opost; seq 1 {count}; touch done; sleep 1000"
    ));
    wait_until("the flood to end without a daemon", PATIENCE, || {
        attempt.file("done").exists()
    });
    let expected = numbers(count);
    assert!(fs::metadata(attempt.file("spill")).unwrap().len() > 4_000_000);
    let (mut reader, writer) = attempt.attach(1, 0);
    assert_eq!(reader.hello().retained_from, 0);
    let mut recorder = Recorder::open(&attempt.file("rec"), u64::MAX).unwrap();
    until(&mut reader, "the last number", |says| {
        record(&mut recorder, &writer, says).unwrap();
        recorder.end() as usize == expected.len()
    });
    let mut raw = Vec::new();
    let recording = Recording::open(&attempt.file("rec")).unwrap();
    recording.export_raw(&mut raw).unwrap();
    assert!(raw == expected);
    wait_for("the spill to be given back", PATIENCE, || {
        let len = fs::metadata(attempt.file("spill")).unwrap().len();
        (len == 0)
            .then_some(())
            .ok_or_else(|| format!("{len} bytes"))
    });
}

#[test]
fn a_trickle_that_the_daemon_does_not_read_loses_nothing() {
    let attempt = Attempt::start(
        "stty raw -opost -echo; for n in $(seq 1 200); do echo $n; sleep 0.002; done; touch done; read line; echo got:$line",
    );
    let (mut reader, writer) = attempt.attach(1, 0);
    wait_until("the trickle to be over", PATIENCE, || {
        attempt.file("done").exists()
    });
    writer.input(1, 1, b"key\n").unwrap();
    let mut raw = Vec::new();
    until(&mut reader, "the answer to the key", |says| {
        if let KeeperSays::Out { offset, bytes, .. } = says {
            assert_eq!(*offset, raw.len() as u64, "contiguous");
            raw.extend_from_slice(bytes);
        }
        raw.ends_with(b"got:key\n")
    });
    assert_eq!(raw, [numbers(200), b"got:key\n".to_vec()].concat());
}

#[test]
fn a_flood_over_the_limit_ends_and_says_what_is_lost() {
    let attempt = Attempt::with(
        "trap 'echo winch' WINCH; stty raw -opost; seq 1 500000; touch done; while :; do sleep 0.1; done",
        |spec| spec.spill_limit = 100_000,
    );
    wait_until("the flood to end without a daemon", PATIENCE, || {
        attempt.file("done").exists()
    });
    let expected = numbers(500_000);
    assert!(fs::metadata(attempt.file("spill")).unwrap().len() <= 100_000);
    let (mut reader, writer) = attempt.attach(1, 0);
    let retained = reader.hello().retained_from;
    assert!(retained > 1_000_000, "{retained}");
    let mut end = 0;
    let mut gap = None;
    let mut sizes = Vec::new();
    let mut winch = String::new();
    until(&mut reader, "the program to be told to repaint", |says| {
        match says {
            KeeperSays::Gap { from, to, .. } => {
                assert_eq!((*from, gap), (0, None));
                gap = Some(*to);
                end = *to;
            }
            KeeperSays::Out { offset, bytes, .. } => {
                assert_eq!(*offset, end, "contiguous");
                let known = expected.len().saturating_sub(end as usize).min(bytes.len());
                let at = end as usize;
                assert!(bytes[..known] == expected[at.min(expected.len())..][..known]);
                winch.push_str(&String::from_utf8_lossy(&bytes[known..]));
                end += bytes.len() as u64;
                let _ = writer.credit(end + 256 * 1024);
            }
            KeeperSays::Resized { rows, .. } => sizes.push(*rows),
            _ => {}
        }
        winch.contains("winch") && sizes.len() == 3
    });
    assert_eq!(gap, Some(retained));
    assert_eq!(sizes, [40, 39, 40], "smaller for a moment, and back");
}

#[test]
fn a_flood_is_held_up_by_the_credit() {
    let attempt = Attempt::start("stty raw -opost; seq 1 10000000");
    let (mut reader, writer) = attempt.attach(1, 0);
    let mut end = 0;
    until(&mut reader, "the first credit's end", |says| {
        if let KeeperSays::Out { offset, bytes, .. } = says {
            end = offset + bytes.len() as u64;
        }
        end == 256 * 1024
    });
    // Nothing more comes; the next thing that is said is the answer to this.
    writer.input(1, 1, b"").unwrap();
    let next = reader.next().unwrap().unwrap();
    assert!(
        matches!(next, KeeperSays::InputAck { taken: true, .. }),
        "{next:?}"
    );
    writer.credit(end + 10).unwrap();
    let said = until(&mut reader, "ten more", |says| match says {
        KeeperSays::Out { offset, bytes, .. } => offset + bytes.len() as u64 == end + 10,
        _ => false,
    });
    assert_eq!(text(&said).len(), 10);
}

#[test]
fn input_is_applied_once_across_reconnects() {
    let attempt =
        Attempt::start("stty -echo; echo ready; while read line; do echo got:$line; done");
    let (mut reader, writer) = attempt.attach(1, 0);
    until_text(&mut reader, &writer, "ready");
    writer.input(7, 1, b"one\n").unwrap();
    until_text(&mut reader, &writer, "got:one");
    drop((reader, writer));
    let (mut reader, writer) = attempt.attach(2, 0);
    // The acknowledgement was lost on the way, so it is said again.
    writer.input(7, 1, b"one\n").unwrap();
    writer.input(7, 2, b"two\n").unwrap();
    writer.input(8, 1, b"three\n").unwrap();
    let mut acks = Vec::new();
    let mut seen = String::new();
    until(&mut reader, "the last line", |says| {
        match says {
            KeeperSays::InputAck { client, seq, taken } => acks.push((*client, *seq, *taken)),
            KeeperSays::Out { bytes, .. } => seen.push_str(&String::from_utf8_lossy(bytes)),
            _ => {}
        }
        seen.contains("got:three") && acks.len() == 3
    });
    assert_eq!(seen.matches("got:one").count(), 1, "{seen}");
    assert_eq!(seen.matches("got:two").count(), 1, "{seen}");
    assert_eq!(acks, [(7, 1, true), (7, 2, true), (8, 1, true)]);
}

#[test]
fn more_input_than_the_terminal_takes_does_not_stop_its_output() {
    let attempt = Attempt::start(
        "stty raw -echo; echo ready; touch begun; while [ ! -e go ]; do sleep 0.05; done; echo on; head -c 1000000 | cksum; sleep 1000",
    );
    let (mut reader, writer) = attempt.attach(1, 0);
    until_text(&mut reader, &writer, "ready");
    let paste = vec![b'x'; 500_000];
    writer.input(1, 1, &paste).unwrap();
    writer.input(1, 2, &paste).unwrap();
    // The child does not read yet; the keeper still answers and prints.
    until(&mut reader, "the second ack", |says| {
        matches!(
            says,
            KeeperSays::InputAck {
                seq: 2,
                taken: true,
                ..
            }
        )
    });
    fs::write(attempt.file("go"), "").unwrap();
    let seen = until_text(&mut reader, &writer, " 1000000");
    assert!(seen.contains("on"), "{seen}");
}

#[test]
fn a_resize_is_stamped_where_it_happens_and_never_under_two() {
    let attempt =
        Attempt::start("trap 'stty size' WINCH; echo ready; while :; do sleep 0.05; done");
    let (mut reader, writer) = attempt.attach(1, 0);
    until_text(&mut reader, &writer, "ready");
    writer.resize(0, 1).unwrap();
    let said = until(&mut reader, "the new size", |says| {
        matches!(
            says,
            KeeperSays::Resized {
                rows: 2,
                cols: 2,
                ..
            }
        )
    });
    assert!(
        matches!(said.last(), Some(KeeperSays::Resized { offset: 7, .. })),
        "{said:?}"
    );
    until_text(&mut reader, &writer, "2 2");
    // A new daemon that has it all hears no resize again but those at its own point.
    drop((reader, writer));
    let (mut reader, writer) = attempt.attach(2, 0);
    let said = until(&mut reader, "the sizes again", |says| {
        matches!(
            says,
            KeeperSays::Resized {
                rows: 2,
                cols: 2,
                ..
            }
        )
    });
    let offsets: Vec<u64> = said
        .iter()
        .filter_map(|says| match says {
            KeeperSays::Resized { offset, .. } => Some(*offset),
            _ => None,
        })
        .collect();
    assert_eq!(offsets, [0, 7], "birth, then where it happened");
    drop(writer);
}

#[test]
fn a_spill_that_the_disk_refuses_is_a_gap_and_nothing_worse() {
    // The file size limit stands for a full disk: both refuse the write.
    let script = "stty raw -opost; seq 1 900000; touch done; sleep 1000";
    let mut attempt = Attempt::prepare(script, |_| {});
    let wrapper = attempt.file("limited");
    let program = super::program().display();
    fs::write(
        &wrapper,
        format!("#!/bin/sh\nulimit -f 2048\nexec '{program}' \"$@\"\n"),
    )
    .unwrap();
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755)).unwrap();
    pult::daemon::link::spawn_keeper(&wrapper, attempt.path()).unwrap();
    attempt.watch();
    wait_until("the flood to end", PATIENCE, || {
        attempt.file("done").exists()
    });
    let spilled = fs::metadata(attempt.file("spill")).unwrap().len();
    assert!(spilled > 0 && spilled <= 2048 * 1024, "{spilled}");
    let expected = numbers(900_000);
    let (mut reader, writer) = attempt.attach(1, 0);
    let first = reader.hello().retained_from;
    assert!(first > 0, "something is lost");
    let mut end = first;
    until(&mut reader, "the end of the flood", |says| {
        if let KeeperSays::Out { offset, bytes, .. } = says {
            assert_eq!(*offset, end);
            let at = end as usize;
            assert!(
                bytes[..] == expected[at..at + bytes.len()],
                "wrong bytes at {at}"
            );
            end += bytes.len() as u64;
            let _ = writer.credit(end + 256 * 1024);
        }
        end as usize == expected.len()
    });
    assert!(end - first > spilled, "what fits is kept: {}", end - first);
}

#[test]
fn without_a_daemon_everything_waits_for_one_after_the_end() {
    let attempt = Attempt::start("stty raw -opost; seq 1 1000; exit 3");
    wait_for("the exit record", PATIENCE, || {
        pult::daemon::link::take_exit(attempt.path()).ok_or_else(String::new)
    });
    assert!(
        pult::daemon::link::alive(attempt.path()),
        "it keeps the bytes"
    );
    let (mut reader, writer) = attempt.attach(1, 0);
    assert!(reader.hello().exited);
    let said = until(&mut reader, "the exit", |says| {
        matches!(says, KeeperSays::Exit(_))
    });
    assert!(text(&said).as_bytes() == numbers(1000));
    let Some(KeeperSays::Exit(record)) = said.last() else {
        panic!("the exit comes last")
    };
    assert_eq!(record.ended, Ended::Code(3));
    assert_eq!(record.stream_end as usize, numbers(1000).len());
    // Released too early it stays; with everything durable it goes.
    writer.release().unwrap();
    writer.input(1, 1, b"").unwrap();
    until(&mut reader, "an answer", |says| {
        matches!(says, KeeperSays::InputAck { .. })
    });
    assert!(pult::daemon::link::alive(attempt.path()));
    writer.durable(record.stream_end).unwrap();
    attempt.wait_gone();
    assert!(!attempt.file("keeper.sock").exists() && !attempt.file("spill").exists());
}
