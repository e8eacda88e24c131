//! Why a command is refused: what, and what to do instead.

/// What kind of no it is; it becomes the kind of the error at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// The world says no.
    Refused,
    /// There is no such thing, or more than one.
    NotFound,
    /// It was tried and did not work: a full disk, a fault of ours.
    Failed,
    /// The words do not make sense.
    Usage,
}

/// A refused command changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What kind of no.
    pub kind: RefusalKind,
    /// What is wrong and where, one line.
    pub what: String,
    /// What to do or type instead.
    pub hint: Option<String>,
}

impl Refusal {
    /// The world says no.
    pub fn refused(what: impl Into<String>) -> Self {
        Self::new(RefusalKind::Refused, what)
    }

    /// There is no such thing.
    pub fn not_found(what: impl Into<String>) -> Self {
        Self::new(RefusalKind::NotFound, what)
    }

    /// It was tried and did not work.
    pub fn failed(what: impl Into<String>) -> Self {
        Self::new(RefusalKind::Failed, what)
    }

    /// The words do not make sense.
    pub fn usage(what: impl Into<String>) -> Self {
        Self::new(RefusalKind::Usage, what)
    }

    fn new(kind: RefusalKind, what: impl Into<String>) -> Self {
        Self {
            kind,
            what: what.into(),
            hint: None,
        }
    }

    /// Says what to do instead.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
