//! The screen, drawn: as much of it as there is room for.

use ratatui::Frame;
use ratatui::layout::{Alignment, Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Text};
use ratatui::widgets::{Block, Cell, Clear, Paragraph, Row, Table, TableState};

use super::screen::Screen;
use super::view::{self, COLUMNS, TITLES, View};

const KEYS: &str = "\u{2191}\u{2193} select  a add  r remove  ? help  q quit";
/// The columns' widths; the last one has what remains.
const WIDTHS: [u16; COLUMNS - 1] = [5, 7, 10, 9, 8, 8, 9];
/// Which columns hold numbers, that end where their titles do.
const NUMBERS: [bool; COLUMNS] = [true, false, false, true, true, true, true, false];

const HELP: [&str; 14] = [
    "\u{2191} \u{2193}                select a CPU",
    "Page Up, Page Down ... by pages",
    "Home, End          ... the first, the last",
    "a +                add it, or the lowest missing",
    "r -                remove it",
    "q Escape           quit",
    "",
    "BUSY     of the time since the last look, what",
    "         the host spent on the CPU's thread",
    "WAITS    and what that waited for the host, with",
    "         something to do",
    "EXITS/S  how often it needed the VMM",
    "",
    "Any key goes back.",
];

/// Draws the screen.
pub(super) fn draw(frame: &mut Frame<'_>, screen: &mut Screen, table: &mut TableState) {
    let parts =
        [Constraint::Length(2), Constraint::Min(0), Constraint::Length(1), Constraint::Length(1)];
    let [head, body, status, keys] = Layout::vertical(parts).areas(frame.area());
    // Below the titles.
    screen.page = usize::from(body.height.saturating_sub(1));
    if let Some(view) = &screen.view {
        frame.render_widget(Paragraph::new(headline(view)), head);
        table.select(screen.row());
        frame.render_stateful_widget(rows(view), body, table);
    } else {
        // A paragraph may have no room, where a bare text may not.
        frame.render_widget(Paragraph::new("asks the VMM"), head);
    }
    let color = if screen.alarm { Color::Red } else { Color::Reset };
    frame.render_widget(Paragraph::new(screen.status.as_str()).style(color), status);
    frame.render_widget(Paragraph::new(KEYS).style(Modifier::DIM), keys);
    if screen.help {
        help(frame);
    }
}

fn headline(view: &View) -> Text<'_> {
    let machine = Line::styled(view.machine.as_str(), Modifier::BOLD);
    Text::from(vec![machine, Line::raw(view.load())])
}

fn rows(view: &View) -> Table<'_> {
    let mut widths = WIDTHS.map(Constraint::Length).to_vec();
    widths.push(Constraint::Min(0));
    let titles = cells(TITLES.map(str::to_owned)).style(Modifier::UNDERLINED);
    Table::new(view.cpus.iter().map(row), widths)
        .header(titles)
        .column_spacing(1)
        .row_highlight_style(Modifier::REVERSED)
}

fn row(row: &view::Row) -> Row<'static> {
    let style = match (row.enabled, row.busy_percent) {
        (false, _) => Style::new().add_modifier(Modifier::DIM),
        (true, Some(busy)) if busy >= 90.0 => Style::new().fg(Color::Yellow),
        (true, _) => Style::new(),
    };
    cells(row.cells()).style(style)
}

fn cells(texts: [String; COLUMNS]) -> Row<'static> {
    let cells = texts.into_iter().zip(NUMBERS).map(|(text, number)| {
        let alignment = if number { Alignment::Right } else { Alignment::Left };
        Cell::from(Text::from(text).alignment(alignment))
    });
    Row::new(cells)
}

fn help(frame: &mut Frame<'_>) {
    let area = middle(frame.area());
    let block = Block::bordered().title(" hotcore top ");
    let text = Text::from_iter(HELP);
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(text).block(block), area);
}

/// Room for the help in the middle, or as much as there is.
fn middle(all: Rect) -> Rect {
    let width = 52.min(all.width);
    let height = 16.min(all.height);
    Rect { x: all.x + (all.width - width) / 2, y: all.y + (all.height - height) / 2, width, height }
}
