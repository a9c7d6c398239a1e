//! `--qmp unix:PATH`: where QMP's clients come in.

use std::path::PathBuf;

/// The path of the socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place(pub(crate) PathBuf);

/// QMP cannot be served there.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PlaceError {
    #[error(
        "unix:PATH is expected; whoever reaches QMP owns the machine, so it is served on Unix sockets only"
    )]
    NotUnix,
    #[error(
        "only the path is expected: it is always a server, which waits for nobody (QEMU's server=on,wait=off)"
    )]
    Options,
}

/// Reads the value of `--qmp`.
pub(crate) fn parse(text: &str) -> Result<Place, PlaceError> {
    let path = text.strip_prefix("unix:").filter(|path| !path.is_empty());
    let path = path.ok_or(PlaceError::NotUnix)?;
    // Who comes from QEMU shall not find a socket of a strange name.
    if path.contains(",server") || path.contains(",wait") || path.contains(",nowait") {
        return Err(PlaceError::Options);
    }
    Ok(Place(path.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unix_sockets() {
        assert_eq!(parse("unix:/run/vm.qmp"), Ok(Place("/run/vm.qmp".into())));
        assert_eq!(parse("unix:a,b"), Ok(Place("a,b".into())));
        for text in ["", "unix:", "/run/vm.qmp", "tcp:localhost:4444", "stdio"] {
            assert_eq!(parse(text), Err(PlaceError::NotUnix));
        }
        for text in ["unix:/a,server=on,wait=off", "unix:/a,server,nowait"] {
            assert_eq!(parse(text), Err(PlaceError::Options));
        }
    }
}
