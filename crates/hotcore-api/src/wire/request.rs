//! What clients ask. Unknown fields are errors, so that a typing mistake is not silently ignored.

use serde::{Deserialize, Serialize};

/// The body of `vm.resize`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resize {
    /// How many CPUs there shall be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desired_vcpus: Option<u32>,
    /// Bytes of RAM. Cannot be changed yet, so only what there is can be asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desired_ram: Option<u64>,
    /// Bytes of RAM taken by a balloon. There is none yet, so only 0 can be asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desired_balloon: Option<u64>,
    /// How long the guest has to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// How long the guest has to bring up a CPU after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub online_timeout_ms: Option<u64>,
    /// Answer with the operations that were begun.
    #[serde(default)]
    pub report: bool,
}

/// The answer of `vm.resize` with `report`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// The ids of the operations that were begun; none where the machine is as asked already.
    pub operations: Vec<u64>,
}

/// The body of `vm.add-cpu` and `vm.remove-cpu`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OneCpu {
    /// Which.
    pub cpu: u16,
    /// How long the guest has to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// How long the guest has to bring up the CPU after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub online_timeout_ms: Option<u64>,
    /// Answer when the operation has ended, rather than at once.
    #[serde(default = "yes")]
    pub wait: bool,
}

/// The body of `vm.cancel-operation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cancel {
    /// Which operation.
    pub id: u64,
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_has_defaults() {
        let one: OneCpu = serde_json::from_str(r#"{"cpu": 3}"#).unwrap();
        assert!(one.wait && one.timeout_ms.is_none());
        let resize: Resize = serde_json::from_str("{}").unwrap();
        assert_eq!(resize, Resize::default());
        assert_eq!(serde_json::to_string(&resize).unwrap(), r#"{"report":false}"#);
    }

    #[test]
    fn unknown_fields_and_numbers_that_do_not_fit_are_errors() {
        assert!(serde_json::from_str::<OneCpu>(r#"{"cpu": 3, "waits": true}"#).is_err());
        assert!(serde_json::from_str::<OneCpu>(r#"{"cpu": 65537}"#).is_err());
        assert!(serde_json::from_str::<Resize>(r#"{"desired_vcpus": -1}"#).is_err());
        assert!(serde_json::from_str::<Resize>(r#"{"desired_vcpus": 4294967297}"#).is_err());
    }
}
