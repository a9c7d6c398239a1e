//! What a person types, on its way into the guest's console.

use std::sync::Arc;

use hotcore_devices::Pl011;
use parking_lot::{Condvar, Mutex};

use super::shared::SpiLine;

/// The console's device and where its output goes.
pub(super) type Uart = Pl011<SpiLine, Box<dyn std::io::Write + Send>>;

/// The input side of the guest's console. Clones feed the same one.
#[derive(Clone)]
pub struct Console {
    uart: Arc<Mutex<Uart>>,
    room: Arc<Room>,
}

#[derive(Default)]
struct Room {
    made: Mutex<bool>,
    changed: Condvar,
}

impl Console {
    pub(super) fn new(uart: &Arc<Mutex<Uart>>) -> Self {
        let room = Arc::new(Room::default());
        let told = Arc::clone(&room);
        uart.lock().on_room(move || {
            *told.made.lock() = true;
            told.changed.notify_all();
        });
        Self { uart: Arc::clone(uart), room }
    }

    /// Hands `input` to the guest and waits until the guest's console has taken all of it, so
    /// that nothing that is pasted is lost.
    pub fn type_in(&self, mut input: &[u8]) {
        while !input.is_empty() {
            *self.room.made.lock() = false;
            let taken = self.uart.lock().receive(input);
            input = &input[taken..];
            if taken == 0 {
                let mut made = self.room.made.lock();
                while !*made {
                    self.room.changed.wait(&mut made);
                }
            }
        }
    }
}
