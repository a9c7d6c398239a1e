//! Every order of steps, or some.

use std::collections::HashSet;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::judge::Violation;
use crate::program::Program;
use crate::world::{Scenario, Step, World};

/// What a search has seen.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    /// Different worlds; of random walks, how many.
    pub worlds: u64,
    /// Steps taken.
    pub steps: u64,
    /// Worlds in which nothing happens by itself; each was followed to its end.
    pub quiet: u64,
    /// Most steps from the beginning.
    pub depth: usize,
    /// Different states of the OS half.
    pub os_states: usize,
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { worlds, steps, quiet, depth, os_states } = self;
        write!(
            f,
            "{worlds} worlds, {steps} steps, {depth} at most in a row, {quiet} followed to the end; \
             {os_states} states of the OS"
        )
    }
}

/// A violation, and the steps that lead to it. The last one is the one that violates, unless time had to
/// pass after it.
#[derive(Debug, Clone)]
pub struct Counterexample {
    /// What is violated.
    pub violation: Violation,
    /// How.
    pub steps: Vec<Step>,
}

impl fmt::Display for Counterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, after", self.violation)?;
        self.steps.iter().try_for_each(|step| write!(f, "\n  {step:?}"))
    }
}

/// A world on the way from the beginning, and what is left to try in it.
struct Level {
    world: World,
    steps: Vec<Step>,
    /// The step that led here.
    by: Option<Step>,
}

/// Takes all steps in every order.
///
/// ```
/// use hotcore_halves::{Firmware, Limits, Scenario, search};
///
/// let limits = Limits { requests: 1, ..Limits::NONE };
/// let scenario = Scenario { firmware: Firmware::Psci, limits, mutant: None };
/// match search::exhaustive(&scenario) {
///     Ok(seen) => println!("{seen}"),
///     Err(found) => panic!("{found}"),
/// }
/// ```
pub fn exhaustive(scenario: &Scenario) -> Result<Seen, Box<Counterexample>> {
    let mut search = Search::new(scenario);
    let first = World::new(scenario, &search.program);
    search.enter(first, None)?;
    while let Some(level) = search.path.last_mut() {
        let Some(step) = level.steps.pop() else {
            search.path.pop();
            continue;
        };
        let mut world = level.world.clone();
        search.seen.steps += 1;
        match world.take(step, &mut search.program, scenario.mutant) {
            Ok(()) => search.enter(world, Some(step))?,
            Err(violation) => return Err(Box::new(search.counterexample(violation, Some(step)))),
        }
    }
    search.seen.os_states = search.program.nodes();
    Ok(search.seen)
}

struct Search<'s> {
    scenario: &'s Scenario,
    program: Program,
    known: HashSet<u64>,
    path: Vec<Level>,
    seen: Seen,
}

impl<'s> Search<'s> {
    fn new(scenario: &'s Scenario) -> Self {
        let program = Program::new(scenario.firmware, scenario.mutant);
        let (known, path, seen) = (HashSet::new(), Vec::new(), Seen::default());
        Self { scenario, program, known, path, seen }
    }

    /// Goes on in a world, if it is a new one.
    fn enter(&mut self, world: World, by: Option<Step>) -> Result<(), Box<Counterexample>> {
        if !self.known.insert(fingerprint(&world)) {
            return Ok(());
        }
        self.seen.worlds += 1;
        if world.is_quiet(&self.program) {
            self.seen.quiet += 1;
            if let Err(violation) = world.clone().close(&mut self.program, self.scenario.mutant) {
                return Err(Box::new(self.counterexample(violation, by)));
            }
        }
        let mut steps = Vec::new();
        world.steps(&self.program, &mut steps);
        self.path.push(Level { world, steps, by });
        self.seen.depth = self.seen.depth.max(self.path.len());
        Ok(())
    }

    fn counterexample(&self, violation: Violation, last: Option<Step>) -> Counterexample {
        let steps = self.path.iter().filter_map(|level| level.by).chain(last).collect();
        Counterexample { violation, steps }
    }
}

fn fingerprint(world: &World) -> u64 {
    let mut hasher = DefaultHasher::new();
    world.hash(&mut hasher);
    hasher.finish()
}

/// Takes `length` steps at random, the same for the same seed. A walk begins anew where nothing is left to
/// do, after it was followed to its end.
pub fn random(scenario: &Scenario, seed: u64, length: u64) -> Result<Seen, Box<Counterexample>> {
    let mut program = Program::new(scenario.firmware, scenario.mutant);
    let mut chance = Chance(seed | 1);
    let mut walked = Seen::default();
    let mut choices = Vec::new();
    while walked.steps < length {
        let mut world = World::new(scenario, &program);
        let mut taken = Vec::new();
        loop {
            choices.clear();
            world.steps(&program, &mut choices);
            let quiet = world.is_quiet(&program);
            let end = choices.is_empty() || (quiet && chance.below(8) == 0);
            let result = if end {
                walked.quiet += 1;
                world.clone().close(&mut program, scenario.mutant)
            } else {
                let step = choices[chance.weighted(&choices)];
                taken.push(step);
                world.take(step, &mut program, scenario.mutant)
            };
            if let Err(violation) = result {
                return Err(Box::new(Counterexample { violation, steps: taken }));
            }
            if end {
                break;
            }
        }
        walked.worlds += 1;
        walked.steps += taken.len() as u64;
        walked.depth = walked.depth.max(taken.len());
    }
    walked.os_states = program.nodes();
    Ok(walked)
}

/// xorshift64*
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize) % bound
    }

    /// A step; one that happens by itself rather than somebody's wish, so that wishes last for the way.
    fn weighted(&mut self, choices: &[Step]) -> usize {
        let natural = |step: &Step| matches!(step, Step::Begin(_) | Step::Os(_) | Step::Cpu(_));
        let count = choices.iter().filter(|step| natural(step)).count();
        if count > 0 && self.below(16) != 0 { self.below(count) } else { self.below(choices.len()) }
    }
}
