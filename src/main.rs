//! The door: dispatches the roles, then the verbs.

fn main() {}
