//! How many clients there may be at once, and who has to leave when there are more.
//!
//! A client may keep a connection for ever, as those of this dialect do. Where there is no room
//! for a new one, the client that has been without a request for longest has to go; a client that
//! stalls half-way through a request counts as one that has none.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

/// Before anybody is sent away: those who have gone are noticed, and those who have just asked are heard.
const TURN: Duration = Duration::from_millis(1);
/// Connections at once.
pub(super) const SEATS: usize = 64;

/// All connections.
#[derive(Default)]
pub(super) struct Seats {
    taken: RefCell<Vec<Rc<State>>>,
    /// A seat became free, or its client's request was answered.
    changed: Notify,
}

struct State {
    idle_since: Cell<Option<Instant>>,
    leaving: Cell<bool>,
    leave: Notify,
}

/// The place of one connection, until it is dropped.
pub(super) struct Seat {
    seats: Rc<Seats>,
    state: Rc<State>,
}

impl Seats {
    /// A place for one more connection, as soon as there is one.
    pub(super) async fn take(self: &Rc<Self>) -> Seat {
        while self.is_full() {
            sleep(TURN).await;
            if !self.is_full() {
                break;
            }
            self.make_room();
            self.changed.notified().await;
        }
        let state = Rc::new(State {
            idle_since: Cell::new(Some(Instant::now())),
            leaving: Cell::new(false),
            leave: Notify::new(),
        });
        self.taken.borrow_mut().push(Rc::clone(&state));
        Seat { seats: Rc::clone(self), state }
    }

    fn is_full(&self) -> bool {
        self.taken.borrow().len() >= SEATS
    }

    /// Has the longest idle client leave, unless somebody is leaving already.
    fn make_room(&self) {
        let taken = self.taken.borrow();
        if taken.iter().any(|state| state.leaving.get()) {
            return;
        }
        let idle = taken.iter().filter_map(|state| Some((state.idle_since.get()?, state)));
        if let Some((_, state)) = idle.min_by_key(|(since, _)| *since) {
            state.leaving.set(true);
            state.leave.notify_one();
        }
    }
}

impl Seat {
    /// Notes that a request of this client is being answered until the result is dropped.
    pub(super) fn serve(&self) -> Serving {
        self.state.idle_since.set(None);
        Serving { seats: Rc::clone(&self.seats), state: Rc::clone(&self.state) }
    }

    /// Whether a request of this client is being answered.
    pub(super) fn is_serving(&self) -> bool {
        self.state.idle_since.get().is_none()
    }

    /// Comes back when the client has to leave. One that has asked something meanwhile has not.
    pub(super) async fn has_to_leave(&self) {
        loop {
            self.state.leave.notified().await;
            if !self.is_serving() {
                return;
            }
            self.state.leaving.set(false);
            self.seats.changed.notify_one();
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.taken.borrow_mut().retain(|state| !Rc::ptr_eq(state, &self.state));
        self.seats.changed.notify_one();
    }
}

/// A request that is being answered.
pub(super) struct Serving {
    seats: Rc<Seats>,
    state: Rc<State>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.state.idle_since.set(Some(Instant::now()));
        self.seats.changed.notify_one();
    }
}
