//! Machines that end while others want them back.

use std::thread;

use hotcore_vmm::{Command, LifeState};
use serde_json::json;

use crate::support::{Door, Empty};

/// Whoever ends a machine waits for that one: another client may have booted the next before it looks.
#[test]
fn an_end_is_not_mistaken_for_that_of_the_next_life() {
    let door = Empty::start();
    assert_eq!(door.put("vm.create", &door.config(json!({})).to_string()).status, 204);
    assert_eq!(door.put("vm.boot", "").status, 204);
    thread::scope(|scope| {
        let vmm = door.vmm.clone();
        let keeper = scope.spawn(move || {
            for _ in 0..20 {
                while vmm.view().unwrap().state != LifeState::Shutdown {
                    thread::yield_now();
                }
                vmm.command(Command::Boot).unwrap();
            }
        });
        while !keeper.is_finished() {
            let status = door.put("vm.shutdown", "").status;
            assert!([204, 405].contains(&status), "{status}");
        }
    });
    assert_eq!(door.put("vm.delete", "").status, 204);
    assert_eq!(door.put("vm.boot", "").status, 404);
    door.end();
}
