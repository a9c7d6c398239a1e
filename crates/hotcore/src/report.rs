//! What people read on stderr besides the log.

use std::error::Error;

use hotcore_vmm::in_full;

/// Prints an error with everything that caused it.
pub(crate) fn error(error: &dyn Error) {
    eprintln!("hotcore: error: {}", in_full(error));
}

/// Prints something a person should know, that stops nothing.
pub(crate) fn warning(text: &str) {
    eprintln!("hotcore: warning: {text}");
}

/// Prints what a person is waiting to know.
pub(crate) fn note(text: &str) {
    eprintln!("hotcore: {text}");
}
