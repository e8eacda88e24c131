//! What the scripted agents do, as data.

/// One scripted agent.
pub struct Script {
    /// The script's name, shown as its model.
    pub name: &'static str,
    /// The peer that plays it.
    pub peer: &'static str,
    /// The prompt it is started with.
    pub prompt: &'static str,
    /// What it does, in order.
    pub steps: &'static [Step],
}

/// One step of a script.
pub enum Step {
    /// Says a line after a beat of work.
    Say(&'static str),
    /// Works for so many beats.
    Work(u32),
    /// Asks whether it may write a file of the repository, and writes it when it may.
    Write {
        /// Name of the file in the repository.
        file: &'static str,
        /// Everything that will be in it.
        content: &'static str,
        /// Its words on why.
        reason: &'static str,
    },
    /// Asks whether it may run a command, and runs it in the repository when it may.
    Run {
        /// A command line for `sh`.
        command: &'static str,
        /// Its words on why.
        reason: &'static str,
    },
    /// Runs a harmless command without asking and shows what it printed.
    Look(&'static str),
    /// Ends with this exit code.
    Exit(i32),
}

/// The file that the fixer mends, as the scratch repository has it.
pub const CART: &str = "\
#!/bin/sh
# Adds prices in cents and prints the total.
total=0
for price in \"$@\"; do total=$((total + price)); done
echo \"$((total / 100))\"
";

/// The same file mended.
pub const CART_MENDED: &str = "\
#!/bin/sh
# Adds prices in cents and prints the total.
total=0
for price in \"$@\"; do total=$((total + price)); done
printf '%d.%02d\\n' $((total / 100)) $((total % 100))
";

/// A directory of the scratch repository that somebody would miss.
pub const KEPT: &str = "build";

/// Every script, in the order in which the demo starts them.
pub const ALL: &[Script] = &[
    Script {
        name: "fix",
        peer: "fixer",
        prompt: "The cart says 25 for 19.99 and 5.02. Find out why and mend it.",
        steps: &[
            Step::Say("reading cart.sh"),
            Step::Look("sh cart.sh 1999 502"),
            Step::Say("the total is 2501 cents; dividing by 100 drops the last one"),
            Step::Write {
                file: "cart.sh",
                content: CART_MENDED,
                reason: "print the cents instead of dropping them",
            },
            Step::Look("sh cart.sh 1999 502"),
            Step::Say("the cart prints cents now"),
        ],
    },
    Script {
        name: "tidy",
        peer: "scout",
        prompt: "The repository feels heavy. Is there anything to clean up?",
        steps: &[
            Step::Work(3),
            Step::Say("build/ is the largest directory"),
            Step::Run {
                command: "rm -rf build",
                reason: "it looks like it can be made again",
            },
            Step::Say("that is all I found"),
        ],
    },
    Script {
        name: "read",
        peer: "docs",
        prompt: "What does this repository do? One line, please.",
        steps: &[
            Step::Say("reading README.md"),
            Step::Work(4),
            Step::Say("it adds up a shopping cart, in cents"),
        ],
    },
    Script {
        name: "check",
        peer: "linter",
        prompt: "Check cart.sh before we ship it.",
        steps: &[
            Step::Say("checking cart.sh"),
            Step::Work(3),
            Step::Say("my own rules file is broken: line 3, unknown rule `no-cents`"),
            Step::Exit(3),
        ],
    },
];

/// The script of that name.
pub fn by_name(name: &str) -> Option<&'static Script> {
    ALL.iter().find(|script| script.name == name)
}
