//! What the house promises about itself: directions, doors, sizes, words, and the README's truth.
