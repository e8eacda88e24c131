//! What a program asks its terminal is answered once, also when the daemon is killed meanwhile.

use super::told;
use crate::support::{Home, PATIENCE, wait_until};
use std::fs;

/// Asks where the cursor is, and whether all is well, until `stop`; what it is told goes to a file.
const ASKS: &str = r#"
stty raw -echo
exec 3<&0
cat <&3 > replies &
n=0
until [ -e stop ]; do
  printf 'ask \033[6n and \033[5n of %s\r\n' $n
  n=$((n + 1))
  [ $((n % 20)) != 0 ] || sleep 0.01
done
printf 'all said\r\n'
echo $n > asked.new
mv asked.new asked
exec sleep 100000
"#;

#[test]
fn a_query_is_answered_once_through_kills_of_the_daemon() {
    let home = Home::new();
    fs::write(home.work().join("asks.sh"), ASKS).expect("a file");
    home.ok(&["new", "w", "--", "sh", "asks.sh"]);
    told(&home, "w", "ask");
    let replies = home.work().join("replies");
    let length = || fs::metadata(&replies).map_or(0, |found| found.len());
    for _ in 0..6 {
        let before = length();
        wait_until("answers", PATIENCE, || length() > before + 300);
        home.kill_daemon();
        home.ok(&["ls"]);
    }
    fs::write(home.work().join("stop"), "").expect("a file");
    told(&home, "w", "all said");
    let asked = home.work().join("asked");
    wait_until("how often it has asked", PATIENCE, || asked.exists());
    let asked: usize = fs::read_to_string(asked)
        .expect("a file")
        .trim()
        .parse()
        .expect("a number");
    let told = || {
        let all = fs::read(&replies).expect("a file");
        let of = |end: u8| all.iter().filter(|byte| **byte == end).count();
        (of(b'R'), of(b'n'))
    };
    wait_until("every answer", PATIENCE, || {
        told().0 >= asked && told().1 >= asked
    });
    assert_eq!(told(), (asked, asked), "each is answered once");
}
