//! What `query-qmp-schema` says is what is served: every answer and event is held to it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::support::{Client, Served};

struct Schema {
    entries: BTreeMap<String, Value>,
}

impl Schema {
    fn read(client: &mut Client) -> Self {
        let Value::Array(entries) = client.query("query-qmp-schema") else { panic!("no array") };
        let count = entries.len();
        let named =
            entries.into_iter().map(|entry| (entry["name"].as_str().unwrap().to_owned(), entry));
        let entries: BTreeMap<_, _> = named.collect();
        assert_eq!(entries.len(), count, "names are unique");
        Self { entries }
    }

    fn entry(&self, name: &Value) -> &Value {
        let name = name.as_str().unwrap();
        self.entries.get(name).unwrap_or_else(|| panic!("there is no type {name}"))
    }

    fn names(&self, meta: &str) -> BTreeSet<String> {
        let entries = self.entries.values().filter(|entry| entry["meta-type"] == meta);
        entries.map(|entry| entry["name"].as_str().unwrap().to_owned()).collect()
    }

    /// `value` is of the type of that name.
    fn check(&self, name: &Value, value: &Value) {
        let entry = self.entry(name);
        let fits = match entry["meta-type"].as_str().unwrap() {
            "builtin" => match entry["json-type"].as_str().unwrap() {
                "string" => value.is_string(),
                "int" => value.is_i64() || value.is_u64(),
                "boolean" => value.is_boolean(),
                "value" => true,
                other => panic!("{other}"),
            },
            "enum" => entry["values"].as_array().unwrap().contains(value),
            "array" => {
                for element in value.as_array().unwrap() {
                    self.check(&entry["element-type"], element);
                }
                true
            }
            "object" => {
                let left = self.check_members(entry, value);
                assert!(left.is_empty(), "{name}: {left:?} of {value} are not in the schema");
                true
            }
            other => panic!("{name} is no type but {other}"),
        };
        assert!(fits, "{value} is no {name}");
    }

    /// The members that the type does not know.
    fn check_members(&self, entry: &Value, value: &Value) -> BTreeSet<String> {
        let mut left: BTreeSet<_> = value.as_object().unwrap().keys().cloned().collect();
        for member in entry["members"].as_array().unwrap() {
            let name = member["name"].as_str().unwrap();
            match value.get(name) {
                Some(value) => self.check(&member["type"], value),
                None => assert!(member.get("default").is_some(), "{name} is missing in {value}"),
            }
            left.remove(name);
        }
        if let Some(tag) = entry.get("tag") {
            let case = &value[tag.as_str().unwrap()];
            let variants = entry["variants"].as_array().unwrap();
            let variant = variants.iter().find(|variant| variant["case"] == *case).unwrap();
            let known: BTreeSet<_> = self.check_members_of_variant(variant, value);
            left.retain(|name| !known.contains(name));
        }
        left
    }

    fn check_members_of_variant(&self, variant: &Value, value: &Value) -> BTreeSet<String> {
        let entry = self.entry(&variant["type"]);
        self.check_members(entry, value);
        let members = entry["members"].as_array().unwrap();
        members.iter().map(|member| member["name"].as_str().unwrap().to_owned()).collect()
    }
}

fn names(list: &Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn commands_and_events_are_the_same_wherever_they_are_listed() {
    let served = Served::boot(1, 2);
    let mut client = served.client();
    let schema = Schema::read(&mut client);
    let commands = schema.names("command");
    assert_eq!(names(&client.query("query-commands")), commands);
    assert_eq!(names(&client.query("query-events")), schema.names("event"));
    // Each is there, and takes what its type says: nothing that it does not know.
    for command in &commands {
        let (_, text) = client.error(command, json!({"no-such-argument": 1}));
        let entry = schema.entry(&command.as_str().into());
        let members = schema.entry(&entry["arg-type"])["members"].as_array().unwrap();
        let needs_more = members.iter().any(|member| member.get("default").is_none());
        if command != "qmp_capabilities" {
            assert_eq!(text.ends_with("is missing"), needs_more, "{command}: {text}");
            assert!(needs_more || text.ends_with("is unexpected"), "{command}: {text}");
        }
    }
}

#[test]
fn every_answer_and_every_event_is_as_described() {
    let served = Served::boot(2, 4);
    let mut client = served.client();
    let schema = Schema::read(&mut client);
    let mut ask = |command: &str, arguments: Value| {
        let entry = schema.entry(&command.into());
        schema.check(&entry["arg-type"], &arguments);
        let answer = client.ask(command, arguments);
        schema.check(&entry["ret-type"], &answer);
    };
    ask("device_add", json!({"driver": "host-arm-cpu", "id": "two", "core-id": 2}));
    ask("device_set", json!({"driver": "host-arm-cpu", "core-id": 3, "admin-state": "enable"}));
    for command in schema.names("command").iter().filter(|name| name.starts_with("query-")) {
        ask(command, json!({}));
    }
    ask("device_del", json!({"id": "two"}));
    ask("human-monitor-command", json!({"command-line": "info status"}));
    for command in ["stop", "cont", "system_powerdown", "system_reset", "quit"] {
        ask(command, json!({}));
    }
    served.end();
    let mut seen = BTreeSet::new();
    while let Some(event) = client.next_event() {
        let name = event["event"].as_str().unwrap();
        let data = event.get("data").cloned().unwrap_or(json!({}));
        schema.check(&schema.entry(&name.into())["arg-type"], &data);
        seen.insert(name.to_owned());
    }
    for name in ["STOP", "RESUME", "POWERDOWN", "SHUTDOWN", "ACPI_DEVICE_OST"] {
        assert!(seen.contains(name), "{name}: {seen:?}");
    }
}
