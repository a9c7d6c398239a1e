//! `query-qmp-schema`: every command and event that is served, with every type that they lead to.

mod types;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::commands::COMMANDS;
use crate::events::EVENTS;
pub(crate) use types::{EMPTY, Enum, Object, Type, Variants, object, optional, required};

/// The type of one entry (QAPI's `SchemaInfo`).
pub(crate) static SCHEMA_INFO: Object = Object {
    name: "SchemaInfo",
    members: &[required("name", Type::Str), required("meta-type", Type::Enum(&META_TYPE))],
    variants: Some(&Variants {
        tag: "meta-type",
        cases: &[
            ("builtin", &BUILTIN),
            ("enum", &ENUM),
            ("array", &ARRAY),
            ("object", &OBJECT),
            ("command", &COMMAND),
            ("event", &EVENT),
        ],
    }),
};
static META_TYPE: Enum = Enum {
    name: "SchemaMetaType",
    values: &["builtin", "enum", "array", "object", "command", "event"],
};
static JSON_TYPE: Enum = Enum { name: "JSONType", values: &["string", "int", "boolean", "value"] };
static BUILTIN: Object =
    object("SchemaInfoBuiltin", &[required("json-type", Type::Enum(&JSON_TYPE))]);
static ENUM: Object = object(
    "SchemaInfoEnum",
    &[
        required("members", Type::Array(&Type::Object(&ENUM_MEMBER))),
        required("values", Type::Array(&Type::Str)),
    ],
);
static ENUM_MEMBER: Object = object("SchemaInfoEnumMember", &[required("name", Type::Str)]);
static ARRAY: Object = object("SchemaInfoArray", &[required("element-type", Type::Str)]);
static OBJECT: Object = object(
    "SchemaInfoObject",
    &[
        required("members", Type::Array(&Type::Object(&OBJECT_MEMBER))),
        optional("tag", Type::Str),
        optional("variants", Type::Array(&Type::Object(&OBJECT_VARIANT))),
    ],
);
static OBJECT_MEMBER: Object = object(
    "SchemaInfoObjectMember",
    &[required("name", Type::Str), required("type", Type::Str), optional("default", Type::Any)],
);
static OBJECT_VARIANT: Object =
    object("SchemaInfoObjectVariant", &[required("case", Type::Str), required("type", Type::Str)]);
static COMMAND: Object = object(
    "SchemaInfoCommand",
    &[
        required("arg-type", Type::Str),
        required("ret-type", Type::Str),
        required("allow-oob", Type::Bool),
    ],
);
static EVENT: Object = object("SchemaInfoEvent", &[required("arg-type", Type::Str)]);

/// All of it.
pub(crate) fn describe() -> Value {
    let mut types = BTreeMap::new();
    let mut entries = Vec::new();
    for command in COMMANDS {
        let arguments = Type::Object(command.arguments);
        entries.push(json!({
            "name": command.name,
            "meta-type": "command",
            "arg-type": arguments.name(),
            "ret-type": command.returns.name(),
            "allow-oob": false,
        }));
        follow(arguments, &mut types);
        follow(command.returns, &mut types);
    }
    for event in EVENTS {
        let data = Type::Object(event.data);
        entries.push(json!({
            "name": event.name,
            "meta-type": "event",
            "arg-type": data.name(),
        }));
        follow(data, &mut types);
    }
    entries.extend(types.into_values());
    entries.into()
}

/// Describes a type, and those that it leads to, where that is not yet done.
fn follow(kind: Type, types: &mut BTreeMap<String, Value>) {
    let name = kind.name();
    if types.contains_key(&name) {
        return;
    }
    types.insert(name.clone(), describe_type(&name, kind));
    match kind {
        Type::Array(element) => follow(*element, types),
        Type::Object(object) => {
            for member in object.members {
                follow(member.kind, types);
            }
            for (_, variant) in object.variants.map_or(&[][..], |variants| variants.cases) {
                follow(Type::Object(variant), types);
            }
        }
        Type::Str | Type::Int | Type::Bool | Type::Any | Type::Enum(_) => {}
    }
}

fn describe_type(name: &str, kind: Type) -> Value {
    let builtin = |json_type| json!({"name": name, "meta-type": "builtin", "json-type": json_type});
    match kind {
        Type::Str => builtin("string"),
        Type::Int => builtin("int"),
        Type::Bool => builtin("boolean"),
        Type::Any => builtin("value"),
        Type::Enum(kind) => {
            let members: Vec<_> = kind.values.iter().map(|value| json!({"name": value})).collect();
            json!({"name": name, "meta-type": "enum", "members": members, "values": kind.values})
        }
        Type::Array(element) => {
            json!({"name": name, "meta-type": "array", "element-type": element.name()})
        }
        Type::Object(object) => describe_object(name, object),
    }
}

fn describe_object(name: &str, object: &Object) -> Value {
    let members: Vec<_> = object
        .members
        .iter()
        .map(|member| {
            let mut told = json!({"name": member.name, "type": member.kind.name()});
            if member.optional {
                // That it is there says "optional"; QAPI gives it no other value.
                told["default"] = Value::Null;
            }
            told
        })
        .collect();
    let mut told = json!({"name": name, "meta-type": "object", "members": members});
    if let Some(variants) = object.variants {
        let cases = variants.cases.iter();
        let cases: Vec<_> =
            cases.map(|(case, object)| json!({"case": case, "type": object.name})).collect();
        told["tag"] = variants.tag.into();
        told["variants"] = cases.into();
    }
    told
}
