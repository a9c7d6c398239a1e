//! `\_SB.CPUS.CTFY`: from a CPU's index to a notification of its device.

use acpi_tables::aml::{Arg, Else, If, LessThan, Method, Notify, Path};

use super::Encoded;

/// `CTFY (index, value)`: notifies the CPU of that index, which must be below the number of CPUs.
///
/// `Notify` takes an object, not a number. The method finds it with a binary search written out as
/// nested `If`s: nine comparisons for 512 CPUs, where a list of `If`s takes 512. A package of
/// references would be shorter still, but how those resolve has changed between interpreters.
///
/// `devices` holds each CPU's path, `None` for one without a device.
pub(super) fn method(devices: &[Option<String>]) -> Encoded {
    Encoded::new(&Method::new("CTFY".into(), 2, false, vec![&search(devices, 0)]))
}

/// The part of the search that is about `devices`, the first of which has index `first`.
fn search(devices: &[Option<String>], first: u16) -> Encoded {
    match devices {
        [] | [None] => Encoded(Vec::new()),
        [Some(device)] => Encoded::new(&Notify::new(&Path::new(device), &Arg(1))),
        _ => {
            let (low, high) = devices.split_at(devices.len() / 2);
            let middle = first + low.len() as u16;
            let mut halves =
                Encoded::new(&If::new(&LessThan::new(&Arg(0), &middle), vec![&search(low, first)]));
            halves.push(&Else::new(vec![&search(high, middle)]));
            halves
        }
    }
}
