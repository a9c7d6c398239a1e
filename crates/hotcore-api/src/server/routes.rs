//! Which method and path means what.

use hyper::{Method, StatusCode};

use super::absent;
use super::answer::Answer;
use crate::BASE;

/// What a client wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    Ping,
    Info,
    Counters,
    Operation,
    Operations,
    OneOperation,
    CancelOne,
    Events,
    Metrics,
    OpenApi,
    Create,
    Boot,
    Pause,
    Resume,
    Delete,
    Leave,
    Resize,
    AddCpu,
    RemoveCpu,
    CancelOperation,
    PowerButton,
    Reboot,
    Shutdown,
}

/// Every path below the base. A name that ends with a slash is followed by the id of an operation.
const PATHS: [(&str, Method, Route); 23] = [
    ("vmm.ping", Method::GET, Route::Ping),
    ("vmm.shutdown", Method::PUT, Route::Leave),
    ("vm.info", Method::GET, Route::Info),
    ("vm.counters", Method::GET, Route::Counters),
    ("vm.create", Method::PUT, Route::Create),
    ("vm.boot", Method::PUT, Route::Boot),
    ("vm.pause", Method::PUT, Route::Pause),
    ("vm.resume", Method::PUT, Route::Resume),
    ("vm.reboot", Method::PUT, Route::Reboot),
    ("vm.power-button", Method::PUT, Route::PowerButton),
    ("vm.shutdown", Method::PUT, Route::Shutdown),
    ("vm.delete", Method::PUT, Route::Delete),
    ("vm.resize", Method::PUT, Route::Resize),
    ("vm.add-cpu", Method::PUT, Route::AddCpu),
    ("vm.remove-cpu", Method::PUT, Route::RemoveCpu),
    ("vm.operations", Method::GET, Route::Operations),
    ("vm.operations/", Method::GET, Route::OneOperation),
    ("vm.operations/", Method::DELETE, Route::CancelOne),
    ("vm.operation", Method::GET, Route::Operation),
    ("vm.cancel-operation", Method::PUT, Route::CancelOperation),
    ("vm.events", Method::GET, Route::Events),
    ("metrics", Method::GET, Route::Metrics),
    ("openapi.yaml", Method::GET, Route::OpenApi),
];

/// Where scrapers look for it.
const METRICS: &str = "/metrics";

impl Route {
    /// The route of a request and the id in its path, or the answer that there is none.
    pub(super) fn of<'a>(method: &Method, path: &'a str) -> Result<(Self, &'a str), Answer> {
        let name = if path == METRICS { Some("metrics") } else { path.strip_prefix(BASE) };
        let Some(name) = name else { return Err(nothing(path)) };
        let mut allowed = Vec::new();
        for (known, of, route) in PATHS {
            let Some(id) = matched(known, name) else { continue };
            if *method == of {
                return Ok((route, id));
            }
            allowed.push(of);
        }
        for (known, of, what) in absent::PATHS {
            if known == name && *method == of {
                return Err(absent::path(name, what));
            }
            if known == name {
                allowed.push(of);
            }
        }
        if allowed.is_empty() {
            return Err(nothing(path));
        }
        let allowed: Vec<&str> = allowed.iter().map(Method::as_str).collect();
        Err(Answer::wrong_method(path, allowed.join(", ")))
    }

    /// Whether parameters may follow the path.
    pub(super) fn takes_a_query(self) -> bool {
        matches!(self, Self::Operation | Self::Events)
    }
}

/// What follows a name that ends with a slash; nothing after others.
fn matched<'a>(known: &str, name: &'a str) -> Option<&'a str> {
    let rest = name.strip_prefix(known)?;
    (rest.is_empty() != known.ends_with('/') && !rest.contains('/')).then_some(rest)
}

fn nothing(path: &str) -> Answer {
    Answer::error(StatusCode::NOT_FOUND, format!("there is no {path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_names_below_the_base_are_paths() {
        assert_eq!(Route::of(&Method::GET, "/api/v1/vm.info").unwrap(), (Route::Info, ""));
        assert_eq!(Route::of(&Method::GET, "/metrics").unwrap(), (Route::Metrics, ""));
        let one = Route::of(&Method::DELETE, "/api/v1/vm.operations/17").unwrap();
        assert_eq!(one, (Route::CancelOne, "17"));
        for path in [
            "",
            "/",
            "/vm.info",
            "/api/v1/",
            "/api/v1/vm.info/",
            "/api/v2/vm.info",
            "/api/v1/vm.operations/",
            "/api/v1/vm.operations/1/2",
            "/api/v1/vm.information",
        ] {
            assert!(Route::of(&Method::GET, path).is_err(), "{path}");
        }
    }

    /// The methods and paths of the description, in its order.
    fn described() -> Vec<(String, String)> {
        let mut path = "";
        let mut all = Vec::new();
        for line in super::super::OPENAPI.lines() {
            if let Some(name) = line.strip_prefix("  /") {
                path = name.trim_end_matches(':');
            } else if let Some(method) = line.strip_prefix("    ")
                && let Some(method) = method.strip_suffix(':')
                && ["get", "put", "delete", "post", "patch"].contains(&method)
            {
                all.push((method.to_uppercase(), path.to_owned()));
            }
        }
        all
    }

    #[test]
    fn the_description_has_what_is_served_and_nothing_else() {
        let served = PATHS.map(|(name, method, _)| (method, name.to_owned()));
        let absent = absent::PATHS.map(|(name, method, _)| (method, name.to_owned()));
        let mut expected: Vec<_> = served
            .into_iter()
            .chain(absent)
            .map(|(method, name)| {
                let id = if name.ends_with('/') { "{id}" } else { "" };
                (method.to_string(), name + id)
            })
            .collect();
        let mut described = described();
        expected.sort();
        described.sort();
        assert_eq!(described, expected);
    }
}
