//! `hotcore top`: a machine's vCPUs at work, live.
//!
//! [`feed`] looks at the machine, [`view`] makes of two looks what is shown, [`screen`] is what keys
//! change, [`draw`] draws it on the [`terminal`]; [`once`] prints it instead.

mod draw;
mod feed;
mod once;
mod options;
mod screen;
mod terminal;
mod view;

use std::io::{self, IsTerminal, Write, stdout};
use std::process::ExitCode;
use std::time::Duration;

use hotcore_api::ClientError;
use ratatui::crossterm::event::{self, Event, KeyEventKind};
use ratatui::widgets::TableState;

pub(crate) use self::options::{HELP, Top};
pub(crate) use self::terminal::restore;

use self::feed::{Feed, FeedError};
use self::screen::{Effect, Screen};
use self::terminal::Taken;
use crate::ending::{self, Signals, SignalsError};
use crate::{report, status};

/// How long news wait to be shown, while no key is pressed.
const PATIENCE: Duration = Duration::from_millis(100);

/// Why it ended before it was asked to.
#[derive(Debug, thiserror::Error)]
enum TopError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Feed(#[from] FeedError),
    #[error(transparent)]
    Signals(#[from] SignalsError),
    #[error("standard output is not a terminal; `hotcore top --once` prints one table")]
    NoTerminal,
    #[error("the terminal")]
    Terminal(#[source] io::Error),
    #[error("standard output")]
    Output(#[source] io::Error),
    #[error("the view cannot be written as JSON")]
    Json(#[source] serde_json::Error),
}

/// Shows a machine until a key or a signal ends it.
pub(crate) fn main(arguments: &Top) -> ExitCode {
    let result = if arguments.once { print(arguments) } else { live(arguments) };
    let status = result.unwrap_or_else(|error| {
        report::error(&error);
        status::FAILURE
    });
    status.into()
}

fn print(arguments: &Top) -> Result<u8, TopError> {
    let view = once::look(&arguments.api_socket, arguments.interval)?;
    let text = if arguments.json {
        serde_json::to_string_pretty(&view).map_err(TopError::Json)? + "\n"
    } else {
        once::table(&view)
    };
    stdout().write_all(text.as_bytes()).map_err(TopError::Output)?;
    Ok(status::SUCCESS)
}

fn live(arguments: &Top) -> Result<u8, TopError> {
    if !stdout().is_terminal() {
        return Err(TopError::NoTerminal);
    }
    let feed = Feed::start(&arguments.api_socket, arguments.interval)?;
    ending::end_on_panic();
    let signals = Signals::watch_for(|| {})?;
    let taken = Taken::new().map_err(TopError::Terminal)?;
    run(taken, &feed, &signals)?;
    Ok(signals.received().map_or(status::SUCCESS, status::of_signal))
}

fn run(mut taken: Taken, feed: &Feed, signals: &Signals) -> Result<(), TopError> {
    let mut screen = Screen::default();
    let mut table = TableState::default();
    while signals.received().is_none() {
        while let Some(news) = feed.news()? {
            screen.tell(news);
        }
        let drawn = taken.terminal.draw(|frame| draw::draw(frame, &mut screen, &mut table));
        drawn.map_err(TopError::Terminal)?;
        if !event::poll(PATIENCE).map_err(TopError::Terminal)? {
            continue;
        }
        let Event::Key(key) = event::read().map_err(TopError::Terminal)? else { continue };
        if key.kind == KeyEventKind::Release {
            continue;
        }
        match screen.key(key) {
            Some(Effect::Quit) => break,
            Some(Effect::Ask(ask)) if !feed.ask(ask) => {
                screen.say("the VMM has yet to answer earlier requests", true);
            }
            Some(Effect::Ask(_)) | None => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
