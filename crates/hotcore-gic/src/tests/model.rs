//! A GIC without bitmaps, caches and locks: an object for each interrupt, and a walk through all of
//! them for each question. Slow and plain, to compare the real one with.

use std::collections::BTreeSet;

/// CPUs of the model; their affinities are 0 to 2.
pub(super) const CPUS: usize = 3;
/// INTIDs of the model.
pub(super) const INTERRUPTS: usize = 96;
const SPURIOUS: usize = 1023;

#[derive(Clone)]
struct Interrupt {
    enabled: bool,
    group: usize,
    latch: bool,
    line: bool,
    edge: bool,
    active: bool,
    priority: u8,
}

impl Interrupt {
    fn new(enabled: bool, edge: bool) -> Self {
        Self { enabled, group: 1, latch: false, line: false, edge, active: false, priority: 0 }
    }

    fn pending(&self) -> bool {
        self.latch || !self.edge && self.line
    }
}

#[derive(Clone)]
struct Pe {
    private: Vec<Interrupt>,
    mask: u8,
    points: [u32; 2],
    common: bool,
    split: bool,
    enabled: [bool; 2],
    asleep: bool,
    /// Group priority and group.
    active: BTreeSet<(u8, usize)>,
}

/// One thing that happens to a GIC. Numbers are taken modulo what exists.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Line { cpu: usize, intid: usize, level: bool },
    Enable { cpu: usize, intid: usize, on: bool },
    Pend { cpu: usize, intid: usize, on: bool },
    Activate { cpu: usize, intid: usize, on: bool },
    Priority { cpu: usize, intid: usize, value: u8 },
    Group { cpu: usize, intid: usize, group: usize },
    Edge { intid: usize, edge: bool },
    Route { intid: usize, any: bool, affinity: u8 },
    Control { groups: [bool; 2] },
    Sleep { cpu: usize, asleep: bool },
    Mask { cpu: usize, value: u8 },
    Point { cpu: usize, group: usize, value: u8 },
    Mode { cpu: usize, common: bool, split: bool },
    EnableGroup { cpu: usize, group: usize, on: bool },
    Acknowledge { cpu: usize, group: usize },
    End { cpu: usize, group: usize, intid: usize },
    Deactivate { cpu: usize, intid: usize },
    Sgi { cpu: usize, intid: usize, targets: u8, others: bool, group: usize },
}

/// The model.
pub(super) struct Model {
    enabled: [bool; 2],
    shared: Vec<Interrupt>,
    routes: Vec<(bool, u8)>,
    pes: Vec<Pe>,
}

impl Model {
    pub(super) fn new() -> Self {
        let private = (0..32).map(|intid| Interrupt::new(intid < 16, intid < 16)).collect();
        let pe = Pe {
            private,
            mask: 0,
            points: [2, 3],
            common: false,
            split: false,
            enabled: [false; 2],
            asleep: false,
            active: BTreeSet::new(),
        };
        Self {
            enabled: [false; 2],
            shared: vec![Interrupt::new(false, true); INTERRUPTS - 32],
            routes: vec![(false, 0); INTERRUPTS - 32],
            pes: vec![pe; CPUS],
        }
    }

    fn interrupt(&mut self, cpu: usize, intid: usize) -> Option<&mut Interrupt> {
        match intid {
            0..32 => self.pes[cpu].private.get_mut(intid),
            _ => self.shared.get_mut(intid - 32),
        }
    }

    fn target(&self, spi: usize) -> Option<usize> {
        let (any, affinity) = self.routes[spi];
        let group = self.shared[spi].group;
        let takes = |cpu: &usize| self.pes[*cpu].enabled[group] && !self.pes[*cpu].asleep;
        if any {
            return (spi..spi + CPUS).map(|cpu| cpu % CPUS).find(takes);
        }
        (usize::from(affinity) < CPUS).then_some(affinity.into())
    }

    /// The highest priority pending interrupt of a CPU: its priority, INTID and group.
    fn best(&self, cpu: usize) -> Option<(u8, usize, usize)> {
        let pe = &self.pes[cpu];
        let private = pe.private.iter().enumerate();
        let mine = |(spi, _): &(usize, &Interrupt)| self.target(*spi) == Some(cpu);
        let shared = self.shared.iter().enumerate().filter(mine);
        private
            .chain(shared.map(|(spi, interrupt)| (spi + 32, interrupt)))
            .filter(|(_, interrupt)| interrupt.enabled && interrupt.pending() && !interrupt.active)
            .filter(|(_, interrupt)| self.enabled[interrupt.group] && pe.enabled[interrupt.group])
            .map(|(intid, interrupt)| (interrupt.priority, intid, interrupt.group))
            .min()
            .filter(|_| !pe.asleep)
    }

    fn group_priority(&self, cpu: usize, priority: u8, group: usize) -> u8 {
        let pe = &self.pes[cpu];
        let dropped = if group == 1 && !pe.common { pe.points[1] } else { pe.points[0] + 1 };
        (u32::from(priority) >> dropped << dropped) as u8
    }

    /// ICC_RPR_EL1.
    pub(super) fn running(&self, cpu: usize) -> u8 {
        self.pes[cpu].active.first().map_or(0xff, |(priority, _)| *priority)
    }

    /// The interrupt that is signalled, and its group.
    pub(super) fn signalled(&self, cpu: usize) -> Option<(usize, usize)> {
        let (priority, intid, group) = self.best(cpu)?;
        let passes = priority < self.pes[cpu].mask
            && self.group_priority(cpu, priority, group) < self.running(cpu);
        passes.then_some((intid, group))
    }

    /// ICC_HPPIR<n>_EL1.
    pub(super) fn highest(&self, cpu: usize, group: usize) -> usize {
        self.best(cpu).filter(|best| best.2 == group).map_or(SPURIOUS, |best| best.1)
    }

    /// What software reads of an interrupt: enabled, pending, active.
    pub(super) fn bits(&mut self, cpu: usize, intid: usize) -> Option<[bool; 3]> {
        let interrupt = self.interrupt(cpu, intid)?;
        Some([interrupt.enabled, interrupt.pending(), interrupt.active])
    }

    /// Makes a step; what acknowledging returns.
    pub(super) fn step(&mut self, step: &Step) -> Option<usize> {
        match *step {
            Step::Acknowledge { cpu, group } => return Some(self.acknowledge(cpu, group)),
            Step::End { cpu, group, intid } => self.end(cpu, group, intid),
            Step::Deactivate { cpu, intid } if self.pes[cpu].split => self.deactivate(cpu, intid),
            Step::Sgi { cpu, intid, targets, others, group } => {
                for target in 0..CPUS {
                    let hit = if others { target != cpu } else { targets >> target & 1 != 0 };
                    let sgi = &mut self.pes[target].private[intid];
                    sgi.latch |= hit && (group == 1 || sgi.group == 0);
                }
            }
            Step::Control { groups } => self.enabled = groups,
            Step::Route { intid, any, affinity } => self.routes[intid - 32] = (any, affinity),
            Step::Edge { intid, edge } => self.shared[intid - 32].edge = edge,
            Step::Sleep { cpu, asleep } => self.pes[cpu].asleep = asleep,
            Step::Mask { cpu, value } => self.pes[cpu].mask = value / 8 * 8,
            Step::Mode { cpu, common, split } => {
                self.pes[cpu].common = common;
                self.pes[cpu].split = split;
            }
            Step::Point { cpu, group: 0, value } => self.pes[cpu].points[0] = value.max(2).into(),
            Step::Point { cpu, value, .. } if !self.pes[cpu].common => {
                self.pes[cpu].points[1] = value.max(3).into();
            }
            Step::Deactivate { .. } | Step::Point { .. } => {}
            Step::EnableGroup { cpu, group, on } => self.pes[cpu].enabled[group] = on,
            Step::Line { cpu, intid, .. }
            | Step::Enable { cpu, intid, .. }
            | Step::Pend { cpu, intid, .. }
            | Step::Activate { cpu, intid, .. }
            | Step::Priority { cpu, intid, .. }
            | Step::Group { cpu, intid, .. } => {
                if let Some(interrupt) = self.interrupt(cpu, intid) {
                    configure(interrupt, step, intid);
                }
            }
        }
        None
    }

    fn acknowledge(&mut self, cpu: usize, group: usize) -> usize {
        let Some((intid, _)) = self.signalled(cpu).filter(|next| next.1 == group) else {
            return SPURIOUS;
        };
        let Some(interrupt) = self.interrupt(cpu, intid) else { return SPURIOUS };
        interrupt.active = true;
        interrupt.latch = false;
        let priority = interrupt.priority;
        let group_priority = self.group_priority(cpu, priority, group);
        self.pes[cpu].active.insert((group_priority, group));
        intid
    }

    fn end(&mut self, cpu: usize, group: usize, intid: usize) {
        let running = (self.running(cpu), group);
        if intid < 1020 && self.pes[cpu].active.remove(&running) && !self.pes[cpu].split {
            self.deactivate(cpu, intid);
        }
    }

    fn deactivate(&mut self, cpu: usize, intid: usize) {
        if let Some(interrupt) = self.interrupt(cpu, intid) {
            interrupt.active = false;
        }
    }
}

fn configure(interrupt: &mut Interrupt, step: &Step, intid: usize) {
    match *step {
        // SGIs have no line.
        Step::Line { level, .. } if intid >= 16 => {
            interrupt.latch |= interrupt.edge && level && !interrupt.line;
            interrupt.line = level;
        }
        Step::Enable { on, .. } => interrupt.enabled = on,
        Step::Pend { on, .. } => interrupt.latch = on,
        Step::Activate { on, .. } => interrupt.active = on,
        Step::Priority { value, .. } => interrupt.priority = value / 8 * 8,
        Step::Group { group, .. } => interrupt.group = group,
        _ => {}
    }
}
