//! `--gdb PATH|HOST:PORT`: where gdb can reach the guest.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// Where gdb comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// A Unix socket.
    Socket(PathBuf),
    /// A port of this machine's own network.
    Port(SocketAddr),
}

/// Why gdb cannot come in there.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PlaceError {
    #[error("the path of a socket or HOST:PORT is expected")]
    Empty,
    #[error("`{0}` is no port; a number up to 65535 is expected")]
    NoPort(String),
    #[error(
        "`{0}` is not this machine's loopback: whoever reaches the port owns the guest, so only \
         localhost, 127.0.0.1 and [::1] are served; from elsewhere, forward the port (ssh -L)"
    )]
    NotLoopback(String),
}

/// Reads the value of `--gdb`. What has a slash is a path, what else has a colon is a port.
pub(crate) fn parse(text: &str) -> Result<Place, PlaceError> {
    if text.is_empty() {
        return Err(PlaceError::Empty);
    }
    let Some((host, port)) = text.rsplit_once(':').filter(|_| !text.contains('/')) else {
        return Ok(Place::Socket(text.into()));
    };
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    let number = port.parse().ok().filter(|_| digits);
    let port = number.ok_or_else(|| PlaceError::NoPort(port.to_owned()))?;
    let address = loopback(host).ok_or_else(|| PlaceError::NotLoopback(host.to_owned()))?;
    Ok(Place::Port(SocketAddr::new(address, port)))
}

fn loopback(host: &str) -> Option<IpAddr> {
    if matches!(host, "" | "localhost") {
        return Some(Ipv4Addr::LOCALHOST.into());
    }
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    bare.parse().ok().filter(IpAddr::is_loopback)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_and_ports() {
        for (text, port) in [
            ("127.0.0.1:1234", "127.0.0.1:1234"),
            ("localhost:1", "127.0.0.1:1"),
            (":0", "127.0.0.1:0"),
            ("127.9.9.9:65535", "127.9.9.9:65535"),
            ("[::1]:1234", "[::1]:1234"),
            ("::1:1234", "[::1]:1234"),
        ] {
            assert_eq!(parse(text), Ok(Place::Port(port.parse().unwrap())), "{text}");
        }
        for path in ["/tmp/gdb", "gdb.sock", "./a:1", "/tmp/a:1"] {
            assert_eq!(parse(path), Ok(Place::Socket(path.into())));
        }
    }

    #[test]
    fn other_machines_are_not_let_in() {
        for host in ["0.0.0.0", "10.0.0.1", "[::]", "::", "example.org", "[127.0.0.1", "*"] {
            let refused = Err(PlaceError::NotLoopback(host.into()));
            assert_eq!(parse(&format!("{host}:1234")), refused);
        }
        for port in ["", "x", "65536", "-1", "+1"] {
            let refused = Err(PlaceError::NoPort(port.into()));
            assert_eq!(parse(&format!("localhost:{port}")), refused);
        }
        assert_eq!(parse(""), Err(PlaceError::Empty));
    }

    proptest! {
        #[test]
        fn whatever_is_served_is_loopback(text in "[0-9a-f:.\\[\\]]{0,20}:[0-9]{1,6}") {
            if let Ok(Place::Port(address)) = parse(&text) {
                prop_assert!(address.ip().is_loopback());
            }
        }
    }
}
