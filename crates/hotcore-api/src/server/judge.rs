//! What is said of a body before anything is done with it: for tests that throw anything at it.

use hyper::Method;

use super::answer::Answer;
use super::routes::Route;
use super::{create, request};
use crate::BASE;
use crate::wire::{Cancel, OneCpu, Resize};

/// The status and the text with which PUT of a path below the base is refused for its body; `None`: it is
/// understood. Nothing is done.
#[doc(hidden)]
pub fn refusal(path: &str, body: &[u8]) -> Option<(u16, String)> {
    understood(path, body).err().map(Answer::into_text)
}

fn understood(path: &str, body: &[u8]) -> Result<(), Answer> {
    let path = format!("{BASE}{path}");
    match Route::of(&Method::PUT, &path)?.0 {
        Route::Create => create::machine(request::parse(body)?).map(drop),
        Route::Resize => request::parse::<Resize>(body).map(drop),
        Route::AddCpu | Route::RemoveCpu => request::parse::<OneCpu>(body).map(drop),
        Route::CancelOperation => request::parse::<Cancel>(body).map(drop),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As in `fuzz/fuzz_targets/api_body.rs`.
    fn is_answered_well(path: &str, body: &[u8]) {
        let Some((status, text)) = refusal(path, body) else { return };
        assert!([400, 404, 405, 501].contains(&status), "{status} {text}");
        assert!(text.is_ascii());
        let texts: Vec<String> = serde_json::from_str(&text).unwrap();
        assert!(texts.len() == 1 && !texts[0].is_empty(), "{text}");
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            (0..5i64).prop_map(Into::into),
            "File|Off|Null|Tty|yes|\\PC{0,3}".prop_map(Into::into),
        ];
        let name = "payload|kernel|cpus|(boot|max)_vcpus|memory|size|serial|mode|file|topology|hotcore|\
                    removable|disks|platform|affinity|desired_vcpus|cpu|wait|id|\\PC{0,3}";
        leaf.prop_recursive(4, 32, 6, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..3).prop_map(Into::into),
                proptest::collection::hash_map(name, inner, 0..6).prop_map(|fields| fields
                    .into_iter()
                    .collect::<serde_json::Map<_, _>>()
                    .into()),
            ]
        })
    }

    const PATHS: &str = "vm\\.(create|resize|add-cpu|remove-cpu|cancel-operation|add-fs|x)";

    proptest! {
        #[test]
        fn any_bytes_are_answered(path in PATHS, body: Vec<u8>) {
            is_answered_well(&path, &body);
        }

        #[test]
        fn any_json_is_answered(path in PATHS, body in json()) {
            is_answered_well(&path, body.to_string().as_bytes());
        }
    }
}
