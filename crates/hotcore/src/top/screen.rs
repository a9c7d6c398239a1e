//! What is on the screen besides the view, and what keys do to it. Nothing here talks to anybody.

use hotcore_api::wire::Outcome;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::feed::{Ask, News};
use super::view::View;
use crate::ctl::words;
use crate::look::Look;

/// Requests whose end is waited for. The VMM remembers the end of older ones, if anybody asks.
const FOLLOWED: usize = 64;

/// What a key asks of whoever runs the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Quit,
    Ask(Ask),
}

/// Everything on the screen.
#[derive(Debug, Default)]
pub(super) struct Screen {
    pub(super) view: Option<View>,
    last: Option<Look>,
    /// The selected CPU's number: its row may move.
    selected: u16,
    pub(super) help: bool,
    /// What became of requests.
    pub(super) status: String,
    /// It is not as somebody wanted it to be.
    pub(super) alarm: bool,
    followed: Vec<u64>,
    /// How many rows there were room for.
    pub(super) page: usize,
}

impl Screen {
    /// Which row is selected.
    pub(super) fn row(&self) -> Option<usize> {
        let view = self.view.as_ref().filter(|view| !view.cpus.is_empty())?;
        Some(view.place(self.selected).unwrap_or(0))
    }

    /// Takes news from the VMM.
    pub(super) fn tell(&mut self, news: News) {
        match news {
            News::Looked(look) => self.look(*look),
            News::Asked(ask, Ok(operation)) => {
                self.say(format!("asked the guest to {}", ask.in_words()), false);
                self.followed.push(operation);
                let surplus = self.followed.len().saturating_sub(FOLLOWED);
                self.followed.drain(..surplus);
            }
            News::Asked(ask, Err(reason)) => {
                self.say(format!("cannot {}: {reason}", ask.in_words()), true);
            }
        }
    }

    fn look(&mut self, look: Look) {
        self.view = Some(View::new(self.last.as_ref(), &look));
        let operations = look.machine.iter().flat_map(|machine| &machine.info.hotcore.operations);
        for operation in operations {
            let followed = self.followed.iter().position(|id| *id == operation.id);
            if let (Some(place), Some(outcome)) = (followed, operation.outcome) {
                self.followed.remove(place);
                let well = matches!(outcome, Outcome::Online | Outcome::Ejected);
                (self.status, self.alarm) = (words::sentence(operation), !well);
            }
        }
        self.last = Some(look);
    }

    /// Shows this below the table.
    pub(super) fn say(&mut self, text: impl Into<String>, alarm: bool) {
        self.status = text.into();
        self.alarm = alarm;
    }

    /// Does what a key means.
    pub(super) fn key(&mut self, key: KeyEvent) -> Option<Effect> {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        if control {
            return (key.code == KeyCode::Char('c')).then_some(Effect::Quit);
        }
        if self.help {
            self.help = false;
            return (key.code == KeyCode::Char('q')).then_some(Effect::Quit);
        }
        match key.code {
            KeyCode::Char('q') | KeyCode::Esc => return Some(Effect::Quit),
            KeyCode::Char('?' | 'h') => self.help = true,
            KeyCode::Up => self.select(|row, _| row.saturating_sub(1)),
            KeyCode::Down => self.select(|row, _| row + 1),
            KeyCode::PageUp => self.select(usize::saturating_sub),
            KeyCode::PageDown => self.select(usize::saturating_add),
            KeyCode::Home => self.select(|_, _| 0),
            KeyCode::End => self.select(|_, _| usize::MAX),
            KeyCode::Char('a' | '+') => return self.add().map(Effect::Ask),
            KeyCode::Char('r' | '-') => return self.remove().map(Effect::Ask),
            _ => {}
        }
        None
    }

    /// Selects the row that `to` makes of the selected one and the size of a page.
    fn select(&mut self, to: impl Fn(usize, usize) -> usize) {
        let Some(row) = self.row() else { return };
        let Some(view) = &self.view else { return };
        let row = to(row, self.page.max(1)).min(view.cpus.len().saturating_sub(1));
        self.selected = view.cpus.get(row).map_or(self.selected, |row| row.cpu);
    }

    /// The selected CPU if it is missing, otherwise the lowest that is.
    fn add(&mut self) -> Option<Ask> {
        let view = self.view.as_ref()?;
        let selected = self.row().and_then(|row| view.cpus.get(row)).filter(|row| !row.enabled);
        let cpu = selected.map(|row| row.cpu).or_else(|| view.lowest_missing());
        if cpu.is_none() {
            self.say("every possible CPU is enabled", true);
        }
        cpu.map(Ask::Add)
    }

    fn remove(&mut self) -> Option<Ask> {
        let view = self.view.as_ref()?;
        let row = self.row().and_then(|row| view.cpus.get(row))?;
        if !row.enabled {
            let text = format!("CPU {} is not enabled; select one that is", row.cpu);
            self.say(text, true);
            return None;
        }
        Some(Ask::Remove(row.cpu))
    }
}
