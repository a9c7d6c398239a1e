//! The ways to read and write a System register, as the words that [`super::rows`] uses.
//!
//! ```text
//! fixed(V)               EL1 reads V, nobody writes
//! kept(EL0, EL1: f)      from EL0 on reads the field f of SystemRegisters, from EL1 on writes it
//! kept(EL0, EL1: f & M)  likewise; of what is written only the bits M are kept
//! reads(EL0: g)          from EL0 on reads what g answers
//! writes(EL0: s)         from EL0 on s is given what is written; the next instruction follows
//! ends(EL0: s)           likewise; the block ends
//! interface              a register of the GIC CPU interface
//! ```
//! `reads`, `writes` and `ends` may be combined, as in `reads(EL0: g) writes(EL1: s)`.

/// A [`super::table::Way`] that reads.
macro_rules! reading {
    ($level:ident, |$cpu:ident, $step:ident| $value:expr) => {
        Some($crate::system::table::Way {
            run: |$cpu, $step| {
                $crate::system::table::least($cpu, level!($level))?;
                let value: Result<u64, $crate::trap::Trapped> = $value;
                $cpu.set_x($step.d, value?);
                Ok(())
            },
            flow: $crate::step::Flow::Next,
            uses_fp: false,
        })
    };
}

/// A [`super::table::Way`] that writes.
macro_rules! writing {
    ($level:ident, $flow:ident, |$cpu:ident, $step:ident, $value:ident| $done:expr) => {
        Some($crate::system::table::Way {
            run: |$cpu, $step| {
                $crate::system::table::least($cpu, level!($level))?;
                let $value = $cpu.x($step.n);
                $done
            },
            flow: $crate::step::Flow::$flow,
            uses_fp: false,
        })
    };
}

macro_rules! level {
    (EL0) => {
        $crate::pstate::Level::El0
    };
    (EL1) => {
        $crate::pstate::Level::El1
    };
}

/// (`Row::read`, `Row::write`) of a description.
macro_rules! ways {
    (fixed($value:expr)) => {
        (reading!(EL1, |cpu, step| Ok($value)), None::<$crate::system::table::Way>)
    };
    (kept($read:ident, $write:ident: $field:ident $([$index:literal])?)) => {
        ways!(kept($read, $write: $field $([$index])? & u64::MAX))
    };
    (kept($read:ident, $write:ident: $field:ident $([$index:literal])? & $mask:expr)) => {
        (
            reading!($read, |cpu, step| Ok(cpu.system.$field$([$index])?)),
            writing!($write, Next, |cpu, _step, value| {
                cpu.system.$field$([$index])? = value & $mask;
                Ok(())
            }),
        )
    };
    (reads($level:ident: $get:expr)) => {
        (reading!($level, |cpu, step| $get(cpu, step)), None::<$crate::system::table::Way>)
    };
    (writes($level:ident: $set:expr)) => {
        (None::<$crate::system::table::Way>, writing!($level, Next, |cpu, step, value| $set(cpu, step, value)))
    };
    (ends($level:ident: $set:expr)) => {
        (None::<$crate::system::table::Way>, writing!($level, Ends, |cpu, step, value| $set(cpu, step, value)))
    };
    (reads($($read:tt)+) $write:ident($($written:tt)+)) => {
        (ways!(reads($($read)+)).0, ways!($write($($written)+)).1)
    };
    (interface) => {
        ways!(reads(EL1: interface::read) ends(EL1: interface::write))
    };
    (fp($($ways:tt)+)) => {{
        let (read, write) = ways!($($ways)+);
        (using_fp(read), using_fp(write))
    }};
}

/// The rows of a table.
macro_rules! rows {
    ($($name:literal [$op0:literal $op1:literal $crn:literal $crm:literal $op2:literal]
        $($ways:ident $(($($description:tt)+))?)+;)+) => {
        &[$({
            let (read, write) = ways!($($ways $(($($description)+))?)+);
            Row { name: $name, encoding: encoding($op0, $op1, $crn, $crm, $op2), read, write }
        }),+]
    };
}
