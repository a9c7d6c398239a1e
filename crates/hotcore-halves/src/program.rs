//! The OS half as an automaton: a node for every state that it was met in, an edge for every answer.

use std::collections::HashMap;
use std::sync::Arc;

use hotcore_acpi::CpuStart;
use hotcore_ospm::Report;

use crate::firmware::Firmware;
use crate::guest::{Ending, Guest, Task};
use crate::mutant::Mutant;
use crate::replay::{Ask, Replay};
use crate::{tables, tree};

/// A state of the OS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Node(u32);

/// What a node is.
#[derive(Debug)]
enum State {
    /// Between two tasks.
    Idle { tasks: Vec<Task> },
    /// Within a task that has got these answers and asks this.
    Busy { task: Task, log: Vec<u64>, ask: Ask },
}

#[derive(Debug)]
struct Entry {
    /// The OS when it was idle last.
    guest: Arc<Guest>,
    state: State,
    edges: Vec<(Label, Edge)>,
}

/// What leads from one node to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    Task(Task),
    Answer(u64),
}

/// Where an answer leads.
#[derive(Debug, Clone)]
pub struct Edge {
    /// The node.
    pub to: Node,
    /// What a task that has ended had to say.
    pub reports: Arc<[Report]>,
}

/// The OS half, as far as it was needed.
#[derive(Debug)]
pub struct Program {
    nodes: Vec<Entry>,
    idle: HashMap<Arc<Guest>, Node>,
    mutant: Option<Mutant>,
    /// Where the OS boots.
    pub boot: Node,
}

impl Program {
    /// The OS on a machine that starts CPUs like this.
    ///
    /// # Panics
    ///
    /// If the OS half cannot read the tables that the VMM half makes, or refuses the device tree: nothing can
    /// be tested then.
    pub fn new(firmware: Firmware, mutant: Option<Mutant>) -> Self {
        let guest = match firmware {
            Firmware::Psci => tables::guest(CpuStart::Psci),
            Firmware::Parking => tables::guest(CpuStart::Parking(tables::mailboxes())),
            Firmware::SpinTable | Firmware::DenyingSpinTable => tree::guest(),
        };
        let mut program = Self { nodes: vec![], idle: HashMap::new(), mutant, boot: Node(0) };
        program.boot = program.intern(guest);
        program
    }

    /// How many states of the OS were met.
    pub fn nodes(&self) -> usize {
        self.nodes.len()
    }

    /// What the OS asks, if it is within a task.
    pub fn ask(&self, node: Node) -> Option<Ask> {
        match self.entry(node).state {
            State::Idle { .. } => None,
            State::Busy { ask, .. } => Some(ask),
        }
    }

    /// What the OS can begin with, if it is idle; an interrupt not counted.
    pub fn tasks(&self, node: Node) -> &[Task] {
        match &self.entry(node).state {
            State::Idle { tasks } => tasks,
            State::Busy { .. } => &[],
        }
    }

    /// What the OS is doing, if it is within a task.
    pub fn task(&self, node: Node) -> Option<Task> {
        match self.entry(node).state {
            State::Idle { .. } => None,
            State::Busy { task, .. } => Some(task),
        }
    }

    /// Whether it listens to interrupts.
    pub fn listens(&self, node: Node) -> bool {
        self.entry(node).guest.listening
    }

    /// The OS when it was idle last.
    pub(crate) fn guest(&self, node: Node) -> &Guest {
        &self.entry(node).guest
    }

    /// Begins with a task.
    pub fn start(&mut self, node: Node, task: Task) -> Edge {
        if let Some(edge) = self.known(node, Label::Task(task)) {
            return edge;
        }
        let guest = Arc::clone(&self.entry(node).guest);
        self.go(node, Label::Task(task), guest, task, &[])
    }

    /// Gives the OS its answer.
    pub fn answer(&mut self, node: Node, answer: u64) -> Edge {
        if let Some(edge) = self.known(node, Label::Answer(answer)) {
            return edge;
        }
        let entry = self.entry(node);
        let State::Busy { task, log, .. } = &entry.state else {
            return Edge { to: node, reports: Arc::new([]) };
        };
        let log = [log.as_slice(), &[answer]].concat();
        let (task, guest) = (*task, Arc::clone(&entry.guest));
        self.go(node, Label::Answer(answer), guest, task, &log)
    }

    fn known(&self, node: Node, label: Label) -> Option<Edge> {
        let edges = &self.entry(node).edges;
        edges.iter().find(|(known, _)| *known == label).map(|(_, edge)| edge.clone())
    }

    /// Runs the task with these answers, and notes what comes of it.
    fn go(&mut self, from: Node, label: Label, guest: Arc<Guest>, task: Task, log: &[u64]) -> Edge {
        let mut after = Guest::clone(&guest);
        let mut replay = Replay::new(log);
        let ended = after.run(task, self.mutant, &mut replay);
        let edge = match (replay.pending, ended) {
            (Some(ask), _) => {
                let state = State::Busy { task, log: log.to_vec(), ask };
                Edge { to: self.add(Entry { guest, state, edges: vec![] }), reports: [].into() }
            }
            (None, Ok(Ending::Next)) => Edge { to: self.boot, reports: replay.reports.into() },
            (None, _) => Edge { to: self.intern(after), reports: replay.reports.into() },
        };
        self.nodes[from.0 as usize].edges.push((label, edge.clone()));
        edge
    }

    fn intern(&mut self, guest: Guest) -> Node {
        if let Some(&node) = self.idle.get(&guest) {
            return node;
        }
        let guest = Arc::new(guest);
        let state = State::Idle { tasks: guest.tasks() };
        let node = self.add(Entry { guest: Arc::clone(&guest), state, edges: vec![] });
        self.idle.insert(guest, node);
        node
    }

    fn add(&mut self, entry: Entry) -> Node {
        self.nodes.push(entry);
        Node(self.nodes.len() as u32 - 1)
    }

    fn entry(&self, node: Node) -> &Entry {
        &self.nodes[node.0 as usize]
    }
}
