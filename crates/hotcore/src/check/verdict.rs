//! What is judged, and how the judgement ends.

use serde::Serialize;

use super::bench::Bench;
use super::machine::Shape;

/// A behaviour of the guest contract.
pub(super) struct Behaviour {
    /// Its number there; orders that have none begin with a letter.
    pub(super) number: &'static str,
    /// What the contract says, in short.
    pub(super) title: &'static str,
    /// Looks whether it is so. Gives what was seen.
    pub(super) check: fn(&mut Bench<'_>) -> Result<String, Trouble>,
}

/// Behaviours of machines of one shape, which they share until one of them fails.
pub(super) struct Family {
    /// The machine.
    pub(super) shape: Shape,
    /// What the machine has to be like for these to mean anything; the reason why it is not.
    pub(super) applies: fn(&mut Bench<'_>) -> Result<(), Trouble>,
    /// In the order in which they are looked at.
    pub(super) behaviours: &'static [Behaviour],
}

/// Why a behaviour is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Something else was seen.
    Fail(String),
    /// It cannot be looked at on this machine.
    NotApplicable(String),
}

/// What came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Verdict {
    /// As the contract says.
    Pass,
    /// Not so.
    Fail,
    /// Not to be seen on this machine.
    NotApplicable,
}

/// A behaviour, judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    pub(super) number: &'static str,
    pub(super) title: &'static str,
    pub(super) verdict: Verdict,
    /// What was seen, or why nothing was.
    pub(super) seen: String,
}

impl Finding {
    pub(super) fn new(behaviour: &Behaviour, result: Result<String, Trouble>) -> Self {
        let (verdict, seen) = match result {
            Ok(seen) => (Verdict::Pass, seen),
            Err(Trouble::Fail(seen)) => (Verdict::Fail, seen),
            Err(Trouble::NotApplicable(why)) => (Verdict::NotApplicable, why),
        };
        Self { number: behaviour.number, title: behaviour.title, verdict, seen }
    }
}

/// A failure.
pub(super) fn fail<T>(seen: impl Into<String>) -> Result<T, Trouble> {
    Err(Trouble::Fail(seen.into()))
}

/// Not to be seen here.
pub(super) fn not_applicable<T>(why: impl Into<String>) -> Result<T, Trouble> {
    Err(Trouble::NotApplicable(why.into()))
}

/// A failure unless `so`.
pub(super) fn ensure(so: bool, seen: impl FnOnce() -> String) -> Result<(), Trouble> {
    if so { Ok(()) } else { Err(Trouble::Fail(seen())) }
}
