//! Any bytes as tables and as mailboxes: the bodies of the fuzz targets, which property tests run, too.

pub(crate) mod mailbox;
pub(crate) mod tables;
