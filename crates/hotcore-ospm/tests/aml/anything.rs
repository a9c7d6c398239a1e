//! Any bytes as a table: loading and evaluating them ends, with an error or without.
//!
//! The body of a test here and of a fuzz target, which includes this file.

use std::time::Duration;

use hotcore_ospm::aml::{Evaluator, Interpreter, NameSeg, Node, Surroundings, Value};
use hotcore_ospm::{Bus, Fault, Width};

/// Registers that read differently each time, and refuse to be accessed now and then.
#[derive(Debug)]
struct Registers(u64);

impl Bus for Registers {
    fn read(&mut self, address: u64, width: Width) -> Result<u64, Fault> {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(address);
        if self.0 >> 56 == 0 {
            return Err(Fault { address });
        }
        assert_eq!(address % width.bytes(), 0, "accesses are aligned");
        Ok(self.0 >> 8 & u64::MAX >> (64 - 8 * width.bytes()))
    }

    fn write(&mut self, address: u64, width: Width, value: u64) -> Result<(), Fault> {
        assert_eq!(address % width.bytes(), 0, "accesses are aligned");
        assert!(value <= u64::MAX >> (64 - 8 * width.bytes()), "values fit");
        Ok(())
    }
}

impl Surroundings for Registers {
    fn notify(&mut self, _: Node, _: u64) {}
    fn wait(&mut self, _: Duration) {}
}

/// A table of this code.
pub(crate) fn table(code: &[u8]) -> Vec<u8> {
    let length = 36 + code.len() as u32;
    let mut table = [b"DSDT".as_slice(), &length.to_le_bytes(), &[2, 0], &[0; 26], code].concat();
    table[9] = table.iter().fold(0u8, |sum, &byte| sum.wrapping_sub(byte));
    table
}

/// Loads `code` and evaluates what has a name in it. The number of objects that had a value.
pub(crate) fn load_and_evaluate(code: &[u8]) -> usize {
    let mut registers = Registers(code.len() as u64);
    let Ok(mut aml) = Interpreter::new(&[&table(code)], &mut registers) else { return 0 };
    let mut names: Vec<[u8; 4]> = code.windows(4).filter_map(|it| it.try_into().ok()).collect();
    names.retain(|name| name.iter().all(|&byte| byte == b'_' || byte.is_ascii_alphanumeric()));
    names.sort_unstable();
    names.dedup();
    let arguments = [3, 0x84, 1].map(Value::Integer);
    let mut scopes: Vec<Node> = aml.find("\\").into_iter().collect();
    scopes.extend(aml.devices(None).into_iter().map(|(device, _)| device));
    scopes.truncate(8);
    let mut values = 0;
    for scope in scopes {
        for name in names.iter().take(64).copied().map(NameSeg) {
            if aml.has(scope, name) {
                values +=
                    usize::from(aml.evaluate(scope, name, &arguments, &mut registers).is_ok());
            }
        }
        scopes_below(&aml, scope);
    }
    values
}

/// Walks down, as a driver does.
fn scopes_below(aml: &Interpreter, scope: Node) {
    let mut below = aml.devices(Some(scope));
    while let Some((device, _)) = below.pop() {
        assert!(aml.path(device).starts_with('\\'));
        below.extend(aml.devices(Some(device)));
    }
}
