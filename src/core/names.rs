//! Names for peers that were made with `-`.

use super::id::PeerId;
use super::world::World;

/// Short, easily told apart, easily typed.
const WORDS: &[&str] = &[
    "alder", "amber", "aspen", "basil", "birch", "bison", "brook", "cedar", "cider", "clove",
    "coral", "crane", "delta", "ember", "fern", "finch", "flint", "gale", "grove", "hazel",
    "heron", "holly", "indigo", "iris", "ivy", "jasper", "juniper", "kestrel", "lark", "laurel",
    "linden", "lotus", "lynx", "maple", "marlin", "mint", "moss", "oak", "olive", "onyx", "opal",
    "otter", "peony", "pike", "plum", "quartz", "quill", "raven", "reed", "robin", "rowan",
    "sable", "sage", "slate", "sorrel", "spruce", "swift", "tansy", "thistle", "topaz", "tulip",
    "umber", "vale", "violet", "walnut", "willow", "wren", "yarrow", "zephyr",
];

/// A word that no live peer of the circle has; one that was never given out when there is any.
pub(super) fn choose(world: &World, circle: &str, peer: &PeerId) -> String {
    let start = peer
        .as_str()
        .bytes()
        .fold(7usize, |sum, byte| sum.wrapping_mul(31) + usize::from(byte));
    let words = || (0..WORDS.len()).map(|n| WORDS[(start % WORDS.len() + n) % WORDS.len()]);
    let live = |name: &str| {
        world
            .holder(circle, name)
            .is_some_and(|holder| holder.live.is_some())
    };
    words()
        .find(|word| world.holder(circle, word).is_none())
        .or_else(|| words().find(|word| !live(word)))
        .map(str::to_owned)
        .unwrap_or_else(|| {
            let numbered = |n: u64| format!("{}-{n}", WORDS[start % WORDS.len()]);
            let mut n = 2;
            while live(&numbered(n)) {
                n += 1;
            }
            numbered(n)
        })
}
