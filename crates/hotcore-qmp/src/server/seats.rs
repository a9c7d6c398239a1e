//! How many clients there may be at once.
//!
//! A client that waits for events is silent for as long as nothing happens, so silence is no reason to
//! send one away. Where there is no room for a new one, the one goes that has been of no use for longest:
//! it has never negotiated, or does not read what it is sent.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use tokio::sync::Notify;
use tokio::time::Instant;

/// Connections at once.
pub(super) const SEATS: usize = 64;

/// All connections.
#[derive(Default)]
pub(super) struct Seats {
    taken: RefCell<Vec<Rc<State>>>,
}

struct State {
    useless_since: Cell<Option<Instant>>,
    leave: Notify,
}

/// The place of one connection, until it is dropped.
pub(super) struct Seat {
    seats: Rc<Seats>,
    state: Rc<State>,
}

impl Seats {
    /// A place for one more connection, if there is one or somebody can go.
    pub(super) fn take(self: &Rc<Self>) -> Option<Seat> {
        if self.is_full() {
            self.make_room()?;
        }
        let useless_since = Cell::new(Some(Instant::now()));
        let state = Rc::new(State { useless_since, leave: Notify::new() });
        self.taken.borrow_mut().push(Rc::clone(&state));
        Some(Seat { seats: Rc::clone(self), state })
    }

    /// Whether somebody would have to go.
    pub(super) fn is_full(&self) -> bool {
        self.taken.borrow().len() >= SEATS
    }

    fn make_room(&self) -> Option<()> {
        let mut taken = self.taken.borrow_mut();
        let useless = taken.iter().enumerate();
        let useless =
            useless.filter_map(|(place, state)| Some((state.useless_since.get()?, place)));
        let (_, place) = useless.min()?;
        taken.swap_remove(place).leave.notify_one();
        Some(())
    }
}

impl Seat {
    /// Notes whether this client is of use.
    pub(super) fn set_useful(&self, useful: bool) {
        let since = match (useful, self.state.useless_since.get()) {
            (true, _) => None,
            (false, since) => since.or_else(|| Some(Instant::now())),
        };
        self.state.useless_since.set(since);
    }

    /// Comes back when the client has to leave.
    pub(super) async fn has_to_leave(&self) {
        self.state.leave.notified().await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.taken.borrow_mut().retain(|state| !Rc::ptr_eq(state, &self.state));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_useless_go_first_and_the_useful_never() {
        let seats = Rc::new(Seats::default());
        let mut taken: Vec<Seat> = (0..SEATS).map(|_| seats.take().unwrap()).collect();
        for seat in &taken[1..] {
            seat.set_useful(true);
        }
        let newcomer = seats.take().unwrap();
        newcomer.set_useful(true);
        assert!(seats.take().is_none());
        taken.pop();
        assert!(seats.take().is_some());
        // The one that had to leave gives back nothing that is not its own.
        drop(taken.remove(0));
        assert_eq!(seats.taken.borrow().len(), SEATS - 1);
    }
}
