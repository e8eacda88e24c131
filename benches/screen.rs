//! What a screen costs: taking output, telling what changed, writing itself down. `cargo bench --bench screen`.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use pult::screen::Screen;

const SIZE: (u16, u16) = (50, 200);

fn lines() -> Vec<u8> {
    (0..2000)
        .flat_map(|n| {
            format!("{n:05} the quick brown fox jumps over the lazy dog\r\n").into_bytes()
        })
        .collect()
}

fn repaint() -> Vec<u8> {
    let rows = (1..=50).map(|row| {
        format!(
            "\x1b[{row};1H\x1b[38;5;{row}m{}\x1b[m",
            "styled text ".repeat(16)
        )
    });
    std::iter::once("\x1b[?2026h\x1b[H".to_owned())
        .chain(rows)
        .chain(["\x1b[?2026l".to_owned()])
        .collect::<String>()
        .into()
}

fn screen(bytes: &[u8]) -> Screen {
    let mut screen = Screen::new(SIZE.0, SIZE.1);
    screen.feed(bytes);
    screen.drain_scrolled();
    screen
}

fn feed(c: &mut Criterion) {
    for (name, bytes) in [("lines", lines()), ("repaint", repaint())] {
        let mut group = c.benchmark_group("feed");
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        let mut screen = screen(b"");
        group.bench_function(name, |b| {
            b.iter(|| {
                screen.feed(black_box(&bytes));
                screen.drain_scrolled().len()
            })
        });
    }
}

fn damage(c: &mut Criterion) {
    let mut screen = screen(&repaint());
    c.bench_function("damage of a keystroke", |b| {
        b.iter(|| {
            screen.feed(b"\x1b[25;10Hx");
            screen.take_damage()
        })
    });
    c.bench_function("cells of all rows", |b| {
        b.iter(|| {
            (0..SIZE.0)
                .map(|row| screen.cells(row).len())
                .sum::<usize>()
        })
    });
}

fn checkpoint(c: &mut Criterion) {
    let screen = screen(&[lines(), repaint()].concat());
    c.bench_function("checkpoint", |b| {
        b.iter(|| screen.checkpoint().map(|bytes| bytes.len()))
    });
    let bytes = screen.checkpoint().unwrap_or_default();
    c.bench_function("restore", |b| {
        b.iter_batched(
            || bytes.clone(),
            |b| Screen::restore(&b).is_ok(),
            BatchSize::LargeInput,
        )
    });
}

criterion_group!(benches, feed, damage, checkpoint);
criterion_main!(benches);
