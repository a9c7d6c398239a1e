//! `hotcore ctl`, as a person runs it.

use serde_json::Value;

/// How a run of `hotcore ctl --json` ended.
#[derive(Debug, Clone)]
pub struct Ctl {
    /// Its exit status.
    pub status: i32,
    /// What it printed, where that was JSON.
    pub json: Value,
    /// What it printed on standard error.
    pub errors: String,
}

impl Ctl {
    /// The outcomes of the operations that were begun, in order.
    pub fn outcomes(&self) -> Vec<String> {
        let records = match &self.json["operations"] {
            Value::Array(records) => records.clone(),
            _ => vec![self.json.clone()],
        };
        let outcome = |record: &Value| record["outcome"].as_str().unwrap_or("none").to_owned();
        records.iter().map(outcome).collect()
    }

    /// Panics with everything that is known unless the one operation ended as said.
    #[track_caller]
    pub fn expect(&self, outcome: &str) -> &Self {
        let all_so = self.outcomes().iter().all(|o| o == outcome);
        assert!(all_so, "{outcome} expected: {self:?}");
        self
    }
}
