//! The AML interpreter: on the tables that Hotcore's VMM makes, in comparison with ACPICA's interpreter,
//! and on anything at all.

mod dsdt;
mod machine;
