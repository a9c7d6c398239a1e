//! The distributor: the state of the SPIs and which CPU each goes to (IHI 0069, "Distributor" and
//! "Affinity routing").
//!
//! Every change names the CPUs for which the next SPI may be another one now; whoever holds the
//! distributor then tells them.

use std::sync::Arc;

use hotcore_vcpu::VcpuIndex;

use crate::affinity::Affinities;
use crate::bank::{Bank, LANES};
use crate::cpu_set::{CpuSet, ones};
use crate::group::{Candidate, Group, Groups};

/// GICD_IROUTER.Interrupt_Routing_Mode: any one participating CPU.
pub(crate) const ANY_CPU: u64 = 1 << 31;
/// Aff3 and, below Interrupt_Routing_Mode, Aff2 to Aff0.
const AFFINITY: u64 = 0xff_00ff_ffff;

/// SPIs begin enabled nowhere and edge-triggered, as in KVM's vGIC.
const NEW_BANK: Bank = Bank::new(0, !0);

/// The distributor.
#[derive(Debug)]
pub(crate) struct Distributor {
    pub(super) affinities: Arc<Affinities>,
    /// GICD_CTLR.EnableGrp0 and EnableGrp1.
    pub(crate) enabled: Groups,
    /// From INTID 32 on.
    pub(crate) banks: Vec<Bank>,
    /// GICD_IROUTER, from INTID 32 on.
    pub(crate) routes: Vec<u64>,
    /// Where the routes lead.
    targets: Vec<Option<VcpuIndex>>,
    /// For each group, the CPUs that take interrupts of it.
    participants: [CpuSet; 2],
}

impl Distributor {
    /// For INTIDs up to `banks` times 32, the private ones not counted.
    pub(crate) fn new(affinities: Arc<Affinities>, banks: usize) -> Self {
        let mut new = Self {
            affinities,
            enabled: Groups::NONE,
            banks: vec![NEW_BANK; banks],
            routes: vec![0; banks * LANES as usize],
            targets: vec![None; banks * LANES as usize],
            participants: [CpuSet::default(); 2],
        };
        new.retarget_all();
        new
    }

    /// To the state after creation, but with the lines as they are.
    pub(crate) fn reset(&mut self) {
        self.enabled = Groups::NONE;
        self.banks.iter_mut().for_each(|bank| bank.reset_to(NEW_BANK));
        self.routes.fill(0);
        self.participants = [CpuSet::default(); 2];
        self.retarget_all();
    }

    pub(crate) fn cpus(&self) -> CpuSet {
        CpuSet::first(self.affinities.cpus())
    }

    /// The SPI that this CPU should take next.
    pub(crate) fn best_for(&self, cpu: VcpuIndex) -> Option<Candidate> {
        let participates = self.participants.map(|group| group.contains(cpu));
        let groups = self.enabled.and(Groups::of(participates[0], participates[1]));
        if groups == Groups::NONE {
            return None;
        }
        let best_of = |(bank, targets): (usize, &[Option<VcpuIndex>])| {
            let first = (bank as u32 + 1) * LANES;
            let mine = |lane: u32| targets.get(lane as usize) == Some(&Some(cpu));
            self.banks.get(bank)?.best(first, groups, mine)
        };
        self.targets.chunks(LANES as usize).enumerate().filter_map(best_of).min()
    }

    /// Drives the line of an SPI.
    pub(crate) fn set_line(&mut self, intid: u32, level: bool, affected: &mut CpuSet) {
        self.change_one(intid, affected, |bank, lane| {
            bank.set_line(lane, level);
        });
    }

    /// A CPU takes an SPI.
    pub(crate) fn acknowledge(&mut self, intid: u32, affected: &mut CpuSet) {
        self.change_one(intid, affected, Bank::acknowledge);
    }

    /// An SPI has been handled.
    pub(crate) fn deactivate(&mut self, intid: u32, affected: &mut CpuSet) {
        self.change_one(intid, affected, Bank::deactivate);
    }

    /// Sets GICD_IROUTER.
    pub(crate) fn set_route(&mut self, intid: u32, route: u64, affected: &mut CpuSet) {
        let Some(spi) = intid.checked_sub(LANES).map(|spi| spi as usize) else { return };
        let Some(entry) = self.routes.get_mut(spi) else { return };
        *entry = route & (AFFINITY | ANY_CPU);
        affected_by(self.targets[spi], affected);
        self.retarget(spi);
        affected_by(self.targets[spi], affected);
    }

    /// The CPU takes interrupts of these groups from now on: its own, and with others those that can
    /// go to any CPU.
    pub(crate) fn set_participation(
        &mut self,
        cpu: VcpuIndex,
        groups: Groups,
        affected: &mut CpuSet,
    ) {
        affected.insert(cpu);
        let before = self.participants;
        self.participants[0].put(cpu, groups.contains(Group::Zero));
        self.participants[1].put(cpu, groups.contains(Group::One));
        if self.participants == before {
            return;
        }
        for spi in 0..self.routes.len() {
            if self.routes[spi] & ANY_CPU != 0 {
                affected_by(self.targets[spi], affected);
                self.retarget(spi);
                affected_by(self.targets[spi], affected);
            }
        }
    }

    /// Changes the interrupts `lanes` of a bank, which must exist.
    pub(crate) fn change(
        &mut self,
        bank: usize,
        lanes: u32,
        affected: &mut CpuSet,
        change: impl FnOnce(&mut Bank),
    ) {
        let Some(state) = self.banks.get_mut(bank) else { return };
        let before = (state.deliverable(), state.group);
        change(state);
        let deliverable = (before.0 | state.deliverable()) & lanes;
        let regrouped = before.1 ^ state.group;
        for lane in ones(deliverable | regrouped) {
            let spi = bank * LANES as usize + lane as usize;
            affected_by(self.targets[spi], affected);
            if regrouped >> lane & 1 != 0 {
                self.retarget(spi);
                affected_by(self.targets[spi], affected);
            }
        }
    }

    fn change_one(
        &mut self,
        intid: u32,
        affected: &mut CpuSet,
        change: impl FnOnce(&mut Bank, u32),
    ) {
        let Some(spi) = intid.checked_sub(LANES) else { return };
        let lane = spi % LANES;
        self.change((spi / LANES) as usize, 1 << lane, affected, |bank| change(bank, lane));
    }

    /// Follows all routes anew.
    pub(crate) fn retarget_all(&mut self) {
        (0..self.routes.len()).for_each(|spi| self.retarget(spi));
    }

    fn retarget(&mut self, spi: usize) {
        let route = self.routes[spi];
        self.targets[spi] = if route & ANY_CPU != 0 {
            self.any_participant(spi)
        } else {
            self.affinities.find((route >> 8 & 0xff00_0000 | route & 0x00ff_ffff) as u32)
        };
    }

    /// One of N: the participants take turns by INTID, so that the load spreads. None is preferred
    /// for being idle.
    fn any_participant(&self, spi: usize) -> Option<VcpuIndex> {
        let lane = spi as u32 % LANES;
        let group_one = self.banks[spi / LANES as usize].is_group_one(lane);
        let participants = &self.participants[usize::from(group_one)];
        let start = spi % usize::from(self.affinities.cpus());
        let from_start = participants.iter().find(|cpu| cpu.to_usize() >= start);
        from_start.or_else(|| participants.iter().next())
    }
}

fn affected_by(target: Option<VcpuIndex>, affected: &mut CpuSet) {
    if let Some(cpu) = target {
        affected.insert(cpu);
    }
}
