//! The commands. One table of names, types and functions is what calls are dispatched by, arguments are
//! checked against, and `query-commands` and `query-qmp-schema` are made of.

mod cpus;
mod human;
mod machine;
mod query;

use std::fmt;

use crate::arguments::Arguments;
use crate::door::{Answer, Door};
use crate::schema::{EMPTY, Enum, Object, SCHEMA_INFO, Type, object, optional, required};

/// A command.
pub(crate) struct Command {
    pub(crate) name: &'static str,
    pub(crate) arguments: &'static Object,
    pub(crate) returns: Type,
    pub(crate) run: Run,
}

/// What a command does.
#[derive(Clone, Copy)]
pub(crate) enum Run {
    /// Ends the negotiation of the session that it is given in.
    Negotiate,
    /// Something with the VMM.
    Door(fn(&mut Door, &Arguments) -> Answer),
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Command {
    pub(crate) fn find(name: &str) -> Option<&'static Self> {
        COMMANDS.iter().find(|command| command.name == name)
    }

    /// One with arguments that changes something.
    const fn action(
        name: &'static str,
        arguments: &'static Object,
        run: fn(&mut Door, &Arguments) -> Answer,
    ) -> Self {
        Self { name, arguments, returns: Type::Object(&EMPTY), run: Run::Door(run) }
    }

    /// One that tells something.
    const fn query(
        name: &'static str,
        returns: Type,
        run: fn(&mut Door, &Arguments) -> Answer,
    ) -> Self {
        Self { name, arguments: &EMPTY, returns, run: Run::Door(run) }
    }
}

/// Every command.
pub(crate) static COMMANDS: &[Command] = &[
    Command {
        name: "qmp_capabilities",
        arguments: &CAPABILITIES,
        returns: Type::Object(&EMPTY),
        run: Run::Negotiate,
    },
    Command::action("cont", &EMPTY, machine::cont),
    Command::action("device_add", &cpus::ADD, cpus::add),
    Command::action("device_del", &cpus::DEL, cpus::del),
    Command::action("device_set", &cpus::SET, cpus::set),
    Command {
        name: "human-monitor-command",
        arguments: &human::ARGUMENTS,
        returns: Type::Str,
        run: Run::Door(human::command),
    },
    Command::query(
        "query-acpi-ospm-status",
        Type::Array(&Type::Object(&crate::events::OST_INFO)),
        query::ospm_status,
    ),
    Command::query("query-commands", Type::Array(&Type::Object(&NAMED)), query::commands),
    Command::query("query-cpus-fast", Type::Array(&Type::Object(&query::CPU)), query::cpus),
    Command::query("query-events", Type::Array(&Type::Object(&NAMED)), query::events),
    Command::query(
        "query-hotpluggable-cpus",
        Type::Array(&Type::Object(&query::HOTPLUGGABLE)),
        query::hotpluggable,
    ),
    Command::query("query-kvm", Type::Object(&query::KVM), query::kvm),
    Command::query("query-machines", Type::Array(&Type::Object(&query::MACHINE)), query::machines),
    Command::query("query-name", Type::Object(&query::NAME), query::name),
    Command::query("query-qmp-schema", Type::Array(&Type::Object(&SCHEMA_INFO)), query::schema),
    Command::query("query-status", Type::Object(&query::STATUS), query::status),
    Command::query("query-target", Type::Object(&query::TARGET), query::target),
    Command::query("query-version", Type::Object(&query::VERSION), query::version),
    Command::action("quit", &EMPTY, machine::quit),
    Command::action("stop", &EMPTY, machine::stop),
    Command::action("system_powerdown", &EMPTY, machine::powerdown),
    Command::action("system_reset", &EMPTY, machine::reset),
];

static CAPABILITIES: Object =
    object("qmp_capabilities-arg", &[optional("enable", Type::Array(&Type::Enum(&CAPABILITY)))]);
static CAPABILITY: Enum = Enum { name: "QMPCapability", values: &["oob"] };
static NAMED: Object = object("CommandInfo", &[required("name", Type::Str)]);
