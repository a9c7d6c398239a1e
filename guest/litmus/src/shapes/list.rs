//! The shapes themselves, by the names that the literature has for them.

use super::{NONE, Outcome, Shape, Thread};
use crate::instructions::{dmb_ish, dmb_ishld, dmb_ishst, isb, ldar, ldr, stlr, str, swpal};

const fn forbidden(
    name: &'static str,
    threads: &'static [Thread],
    odd: fn(&Outcome<'_>) -> bool,
) -> Shape {
    Shape { name, threads, odd, allowed: false, lse: false }
}

const fn allowed(
    name: &'static str,
    threads: &'static [Thread],
    odd: fn(&Outcome<'_>) -> bool,
) -> Shape {
    Shape { name, threads, odd, allowed: true, lse: false }
}

/// Store buffering: both threads write, then read what the other writes; both read the old value.
fn both_read_old(outcome: &Outcome<'_>) -> bool {
    outcome.read[0][0] == 0 && outcome.read[1][0] == 0
}

/// Message passing: the flag has come and the message has not.
fn flag_without_message(outcome: &Outcome<'_>) -> bool {
    outcome.read[1] == [1, 0]
}

/// Load buffering: both threads read what the other writes after its own read.
fn both_read_new(outcome: &Outcome<'_>) -> bool {
    outcome.read[0][0] == 1 && outcome.read[1][0] == 1
}

/// One thread's write after a write that the other, later, says came first.
fn write_passed_read(outcome: &Outcome<'_>) -> bool {
    outcome.y == 2 && outcome.read[1][0] == 0
}

/// Both places end with the first of one thread's writes, though the other's came after it there.
fn both_end_with_first(outcome: &Outcome<'_>) -> bool {
    outcome.x == 1 && outcome.y == 1
}

/// Two readers see two independent writes in opposite orders.
fn readers_disagree(outcome: &Outcome<'_>) -> bool {
    outcome.read[2] == [1, 0] && outcome.read[3] == [1, 0]
}

/// The third thread knows of the second's write and not of the first's, of which the second knew.
fn cause_is_missing(outcome: &Outcome<'_>) -> bool {
    outcome.read[1][0] == 1 && outcome.read[2] == [1, 0]
}

/// Every shape. What is said of one is what makes it fail.
pub(super) const SHAPES: &[Shape] = &[
    // With no barrier a store waits in the store buffer while a later load goes ahead.
    allowed(
        "SB",
        &[
            |p| {
                str(&p.x.0, 1);
                [ldr(&p.y.0), 0]
            },
            |p| {
                str(&p.y.0, 1);
                [ldr(&p.x.0), 0]
            },
        ],
        both_read_old,
    ),
    // Seen where DMB is no instruction of the host, or one that lets a load pass a store.
    forbidden(
        "SB+dmb",
        &[
            |p| {
                str(&p.x.0, 1);
                dmb_ish();
                [ldr(&p.y.0), 0]
            },
            |p| {
                str(&p.y.0, 1);
                dmb_ish();
                [ldr(&p.x.0), 0]
            },
        ],
        both_read_old,
    ),
    // LDAR never goes before an earlier STLR (RCsc). Seen where STLR is the host's plain store,
    // which is enough for a release in C and not for this.
    forbidden(
        "SB+stlr-ldar",
        &[
            |p| {
                stlr(&p.x.0, 1);
                [ldar(&p.y.0), 0]
            },
            |p| {
                stlr(&p.y.0, 1);
                [ldar(&p.x.0), 0]
            },
        ],
        both_read_old,
    ),
    // An atomic instruction that acquires and releases orders what is before it with what is after
    // it. Seen where it is made of parts with no barrier of their own.
    Shape {
        lse: true,
        ..forbidden(
            "SB+swpal",
            &[
                |p| {
                    str(&p.x.0, 1);
                    swpal(&p.z.0, 1);
                    [ldr(&p.y.0), 0]
                },
                |p| {
                    str(&p.y.0, 1);
                    swpal(&p.z.0, 2);
                    [ldr(&p.x.0), 0]
                },
            ],
            both_read_old,
        )
    },
    // DMB ISHST does not order a store with a later load: a mapping may leave it out on x86.
    allowed(
        "SB+dmb.st",
        &[
            |p| {
                str(&p.x.0, 1);
                dmb_ishst();
                [ldr(&p.y.0), 0]
            },
            |p| {
                str(&p.y.0, 1);
                dmb_ishst();
                [ldr(&p.x.0), 0]
            },
        ],
        both_read_old,
    ),
    allowed(
        "MP",
        &[
            |p| {
                str(&p.x.0, 1);
                str(&p.y.0, 1);
                NONE
            },
            |p| {
                let flag = ldr(&p.y.0);
                [flag, ldr(&p.x.0)]
            },
        ],
        flag_without_message,
    ),
    // Seen where stores or loads of the host change places and the barriers do nothing about it.
    forbidden(
        "MP+dmb.st-dmb.ld",
        &[
            |p| {
                str(&p.x.0, 1);
                dmb_ishst();
                str(&p.y.0, 1);
                NONE
            },
            |p| {
                let flag = ldr(&p.y.0);
                dmb_ishld();
                [flag, ldr(&p.x.0)]
            },
        ],
        flag_without_message,
    ),
    // Seen where STLR does not release or LDAR not acquire.
    forbidden(
        "MP+stlr-ldar",
        &[
            |p| {
                str(&p.x.0, 1);
                stlr(&p.y.0, 1);
                NONE
            },
            |p| {
                let flag = ldar(&p.y.0);
                [flag, ldr(&p.x.0)]
            },
        ],
        flag_without_message,
    ),
    // A branch on the flag and ISB order the loads. Seen where ISB forgets loads made early.
    forbidden(
        "MP+dmb-ctrl.isb",
        &[
            |p| {
                str(&p.x.0, 1);
                dmb_ish();
                str(&p.y.0, 1);
                NONE
            },
            |p| {
                let flag = ldr(&p.y.0);
                if flag == 1 {
                    isb();
                }
                [flag, ldr(&p.x.0)]
            },
        ],
        flag_without_message,
    ),
    allowed(
        "LB",
        &[
            |p| {
                let seen = ldr(&p.x.0);
                str(&p.y.0, 1);
                [seen, 0]
            },
            |p| {
                let seen = ldr(&p.y.0);
                str(&p.x.0, 1);
                [seen, 0]
            },
        ],
        both_read_new,
    ),
    // Seen where a load is made only when its value is wanted.
    forbidden(
        "LB+dmb.ld",
        &[
            |p| {
                let seen = ldr(&p.x.0);
                dmb_ishld();
                str(&p.y.0, 1);
                [seen, 0]
            },
            |p| {
                let seen = ldr(&p.y.0);
                dmb_ishld();
                str(&p.x.0, 1);
                [seen, 0]
            },
        ],
        both_read_new,
    ),
    forbidden(
        "LB+ldar",
        &[
            |p| {
                let seen = ldar(&p.x.0);
                str(&p.y.0, 1);
                [seen, 0]
            },
            |p| {
                let seen = ldar(&p.y.0);
                str(&p.x.0, 1);
                [seen, 0]
            },
        ],
        both_read_new,
    ),
    allowed(
        "R",
        &[
            |p| {
                str(&p.x.0, 1);
                str(&p.y.0, 1);
                NONE
            },
            |p| {
                str(&p.y.0, 2);
                [ldr(&p.x.0), 0]
            },
        ],
        write_passed_read,
    ),
    // As SB, seen through the order of writes to one place.
    forbidden(
        "R+dmb",
        &[
            |p| {
                str(&p.x.0, 1);
                dmb_ish();
                str(&p.y.0, 1);
                NONE
            },
            |p| {
                str(&p.y.0, 2);
                dmb_ish();
                [ldr(&p.x.0), 0]
            },
        ],
        write_passed_read,
    ),
    // Seen where stores reach memory in another order than they were made.
    forbidden(
        "2+2W+dmb.st",
        &[
            |p| {
                str(&p.x.0, 1);
                dmb_ishst();
                str(&p.y.0, 2);
                NONE
            },
            |p| {
                str(&p.y.0, 1);
                dmb_ishst();
                str(&p.x.0, 2);
                NONE
            },
        ],
        both_end_with_first,
    ),
    // Two loads of one place never go back in time. Seen where a value is kept that was read
    // before (a store that is still in a buffer of the emulator's own, say).
    forbidden(
        "CoRR",
        &[
            |p| {
                str(&p.x.0, 1);
                NONE
            },
            |p| {
                let first = ldr(&p.x.0);
                [first, ldr(&p.x.0)]
            },
        ],
        flag_without_message,
    ),
    // Seen where a write reaches some CPUs before others (memory is "other-multi-copy atomic").
    forbidden(
        "IRIW+dmb.ld",
        &[
            |p| {
                str(&p.x.0, 1);
                NONE
            },
            |p| {
                str(&p.y.0, 1);
                NONE
            },
            |p| {
                let first = ldr(&p.x.0);
                dmb_ishld();
                [first, ldr(&p.y.0)]
            },
            |p| {
                let first = ldr(&p.y.0);
                dmb_ishld();
                [first, ldr(&p.x.0)]
            },
        ],
        readers_disagree,
    ),
    forbidden(
        "IRIW+ldar",
        &[
            |p| {
                stlr(&p.x.0, 1);
                NONE
            },
            |p| {
                stlr(&p.y.0, 1);
                NONE
            },
            |p| {
                let first = ldar(&p.x.0);
                [first, ldar(&p.y.0)]
            },
            |p| {
                let first = ldar(&p.y.0);
                [first, ldar(&p.x.0)]
            },
        ],
        readers_disagree,
    ),
    forbidden(
        "WRC+stlr-ldar",
        &[
            |p| {
                str(&p.x.0, 1);
                NONE
            },
            |p| {
                let seen = ldr(&p.x.0);
                stlr(&p.y.0, 1);
                [seen, 0]
            },
            |p| {
                let flag = ldar(&p.y.0);
                [flag, ldr(&p.x.0)]
            },
        ],
        cause_is_missing,
    ),
];
