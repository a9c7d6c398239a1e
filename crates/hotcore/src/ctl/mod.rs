//! `hotcore ctl`: commands to a machine that runs elsewhere, and how they end.

mod follow;
pub(crate) mod table;
pub(crate) mod words;

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::CommandFactory;
use clap::error::ErrorKind;
use hotcore_api::wire::{OneCpu, Operation, Operations, Resize};
use hotcore_api::{Client, ClientError};
use serde::Serialize;

use crate::cli::{Cli, Ctl, CtlCommand};
use crate::{report, status};

/// The most that is read of a machine's configuration: what the server takes, and one byte.
const CONFIG_LIMIT: u64 = (64 << 10) + 1;

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
enum CtlError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("standard output: {0}")]
    Output(#[source] io::Error),
    #[error("the answer cannot be written as JSON: {0}")]
    Json(#[source] serde_json::Error),
    #[error("{} cannot be read", path.display())]
    Config { path: PathBuf, source: io::Error },
    #[error("{} is not JSON: {source}", path.display())]
    NotJson { path: PathBuf, source: serde_json::Error },
}

/// Carries out one command.
pub(crate) fn main(arguments: &Ctl) -> ExitCode {
    let Some(socket) = &arguments.api_socket else {
        let text = "--api-socket PATH is required: the one that `hotcore run` was started with";
        Cli::command().error(ErrorKind::MissingRequiredArgument, text).exit();
    };
    let result = Client::connect(socket).map_err(CtlError::from);
    let result = result.and_then(|client| Session { client, arguments }.carry_out());
    let status = result.unwrap_or_else(|error| {
        report::error(&error);
        status::FAILURE
    });
    status.into()
}

struct Session<'a> {
    client: Client,
    arguments: &'a Ctl,
}

impl Session<'_> {
    fn carry_out(&mut self) -> Result<u8, CtlError> {
        match self.arguments.command {
            CtlCommand::Info => self.info(),
            CtlCommand::Ping => self.ping(),
            CtlCommand::Create { ref config } => self.create(config),
            CtlCommand::Resize { count } => self.resize(count),
            CtlCommand::Add { cpu } => {
                let operation = self.client.add(self.one(cpu))?;
                self.single(operation)
            }
            CtlCommand::Remove { cpu } => {
                let operation = self.client.remove(self.one(cpu))?;
                self.single(operation)
            }
            CtlCommand::Cancel { operation } => done(self.client.cancel(operation)),
            CtlCommand::Operations => self.operations(),
            CtlCommand::Counters => self.counters(),
            CtlCommand::Boot => done(self.client.boot()),
            CtlCommand::Pause => done(self.client.pause()),
            CtlCommand::Resume => done(self.client.resume()),
            CtlCommand::Delete => done(self.client.delete()),
            CtlCommand::Reset => done(self.client.reboot()),
            CtlCommand::Shutdown => done(self.client.shutdown()),
            CtlCommand::PowerButton => done(self.client.power_button()),
        }
    }

    fn ping(&mut self) -> Result<u8, CtlError> {
        let ping = self.client.ping()?;
        if self.arguments.json {
            print_json(&ping)?;
        } else {
            print(&format!("hotcore {}, process {}\n", ping.version, ping.pid))?;
        }
        Ok(status::SUCCESS)
    }

    fn create(&mut self, path: &Path) -> Result<u8, CtlError> {
        let read = if path == Path::new("-") {
            io::read_to_string(io::stdin().take(CONFIG_LIMIT))
        } else {
            File::open(path).and_then(|file| io::read_to_string(file.take(CONFIG_LIMIT)))
        };
        let text = read.map_err(|source| CtlError::Config { path: path.to_owned(), source })?;
        let config = serde_json::from_str(&text)
            .map_err(|source| CtlError::NotJson { path: path.to_owned(), source })?;
        done(self.client.create(&config))
    }

    fn info(&mut self) -> Result<u8, CtlError> {
        let info = self.client.info()?;
        if self.arguments.json {
            print_json(&info)?;
        } else {
            print(&table::of(&info))?;
        }
        Ok(status::SUCCESS)
    }

    fn operations(&mut self) -> Result<u8, CtlError> {
        let all = Operations { operations: self.client.operations()? };
        if self.arguments.json {
            print_json(&all)?;
        } else {
            print(&table::of_operations(&all.operations))?;
        }
        Ok(status::SUCCESS)
    }

    fn counters(&mut self) -> Result<u8, CtlError> {
        let counters = self.client.counters()?;
        if self.arguments.json {
            print_json(&counters)?;
        } else {
            print(&table::of_counters(&counters))?;
        }
        Ok(status::SUCCESS)
    }

    fn resize(&mut self, count: u32) -> Result<u8, CtlError> {
        let begun = self.client.resize(Resize {
            desired_vcpus: Some(count),
            timeout_ms: millis(self.arguments.timeout),
            online_timeout_ms: millis(self.arguments.online_timeout),
            ..Resize::default()
        })?;
        let mut operations = Vec::new();
        for id in begun.operations {
            let operation = follow::look(&mut self.client, id)?;
            operations.push(self.follow(operation)?);
        }
        if self.arguments.json {
            let all = Operations { operations };
            print_json(&all)?;
            return Ok(words::worst(&all.operations));
        }
        if operations.is_empty() {
            print(&format!("{count} CPUs are enabled, or about to be, already\n"))?;
        }
        for operation in &operations {
            print(&words::sentence(operation))?;
        }
        Ok(words::worst(&operations))
    }

    fn single(&mut self, operation: Operation) -> Result<u8, CtlError> {
        let operation = self.follow(operation)?;
        if self.arguments.json {
            print_json(&operation)?;
        } else {
            print(&words::sentence(&operation))?;
        }
        Ok(words::status(&operation))
    }

    fn follow(&mut self, operation: Operation) -> Result<Operation, CtlError> {
        if self.arguments.no_wait {
            return Ok(operation);
        }
        Ok(follow::to_the_end(&mut self.client, operation, self.arguments.json)?)
    }

    fn one(&self, cpu: u16) -> OneCpu {
        OneCpu {
            cpu,
            timeout_ms: millis(self.arguments.timeout),
            online_timeout_ms: millis(self.arguments.online_timeout),
            wait: false,
        }
    }
}

fn done(result: Result<(), ClientError>) -> Result<u8, CtlError> {
    result?;
    Ok(status::SUCCESS)
}

fn millis(time: Option<Duration>) -> Option<u64> {
    time.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

fn print(text: &str) -> Result<(), CtlError> {
    io::stdout().write_all(text.as_bytes()).map_err(CtlError::Output)
}

fn print_json(value: &impl Serialize) -> Result<(), CtlError> {
    let text = serde_json::to_string_pretty(value).map_err(CtlError::Json)?;
    print(&format!("{text}\n"))
}
