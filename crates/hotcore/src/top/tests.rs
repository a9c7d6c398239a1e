//! The screen, drawn on a terminal that is not there.

#![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use serde_json::{Value, json};

use super::*;
use crate::look::Look;
use crate::look::tests::look as look_at;
use crate::top::feed::{Ask, News};
use crate::top::view::tests::looks;

fn look(at_ms: u64, cpus: &[(bool, u64, u64)], operations: &Value) -> Box<Look> {
    Box::new(look_at(at_ms, cpus, operations))
}

fn terminal(screen: &mut Screen, width: u16, height: u16) -> Terminal<TestBackend> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let mut table = TableState::default();
    terminal.draw(|frame| draw::draw(frame, screen, &mut table)).unwrap();
    terminal
}

fn draw_on(screen: &mut Screen, width: u16, height: u16) -> String {
    let lines = terminal(screen, width, height).backend().to_string();
    lines.lines().map(|line| line.trim_matches('"').trim_end().to_owned() + "\n").collect()
}

fn screen() -> Screen {
    let mut screen = Screen::default();
    let (before, now) = looks();
    screen.tell(News::Looked(Box::new(before)));
    screen.tell(News::Looked(Box::new(now)));
    screen
}

fn press(screen: &mut Screen, code: KeyCode) -> Option<Effect> {
    screen.key(KeyEvent::new(code, KeyModifiers::NONE))
}

fn typed(screen: &mut Screen, key: char) -> Option<Effect> {
    press(screen, KeyCode::Char(key))
}

#[test]
fn a_machine_on_the_screen() {
    let mut screen = screen();
    screen.tell(News::Asked(Ask::Remove(3), Ok(9)));
    assert_eq!(
        draw_on(&mut screen, 80, 10),
        "\
running: 2 of 4 CPUs, 512 MiB, Linux 6.12.43, acpi, soft, up 3.0 s
1.00 of 2 CPUs' time is used
  CPU ENABLED POWER         THREAD     BUSY    WAITS   EXITS/S LAST OPERATION
    0 yes     on              4000   80.0 %    8.0 %       100 -
    1 no      off                -    0.0 %    0.0 %         0 remove: ejected
    3 yes     on              4003   20.0 %    2.0 %       100 remove: delivered
    2 no      off                -        -        -         - -

asked the guest to remove CPU 3
\u{2191}\u{2193} select  a add  r remove  ? help  q quit
"
    );
}

#[test]
fn the_help_lies_over_it_until_a_key_is_pressed() {
    let mut screen = screen();
    assert_eq!(typed(&mut screen, '?'), None);
    let help = draw_on(&mut screen, 60, 18);
    assert!(help.contains(" hotcore top ") && help.contains("Any key goes back."), "{help}");
    assert_eq!(typed(&mut screen, 'a'), None, "the key is for the help");
    assert!(!draw_on(&mut screen, 60, 18).contains("Any key"));
}

#[test]
fn no_size_of_a_terminal_is_too_small() {
    let mut empty = Screen::default();
    let mut screen = screen();
    let mut helped = self::screen();
    helped.help = true;
    for width in (0..=12).chain([40, 53, 90, 400]) {
        for height in (0..=8).chain([15, 100]) {
            for screen in [&mut empty, &mut screen, &mut helped] {
                terminal(screen, width, height);
            }
        }
    }
}

#[test]
fn five_hundred_cpus_scroll() {
    let mut screen = Screen::default();
    screen.tell(News::Looked(look(1, &[(true, 5, 5); 512], &json!([]))));
    draw_on(&mut screen, 80, 14);
    assert_eq!(screen.page, 9);
    press(&mut screen, KeyCode::PageDown);
    press(&mut screen, KeyCode::Down);
    assert_eq!(screen.row(), Some(10));
    press(&mut screen, KeyCode::End);
    assert_eq!(screen.row(), Some(511));
    assert!(draw_on(&mut screen, 80, 14).contains("\n  511 yes"));
    press(&mut screen, KeyCode::PageUp);
    press(&mut screen, KeyCode::Up);
    assert_eq!(screen.row(), Some(501));
    press(&mut screen, KeyCode::Home);
    press(&mut screen, KeyCode::Up);
    assert_eq!(screen.row(), Some(0));
}

#[test]
fn keys_ask_for_what_is_selected() {
    let mut screen = screen();
    let add = |cpu| Some(Effect::Ask(Ask::Add(cpu)));
    assert_eq!(typed(&mut screen, '+'), add(1), "CPU 0 is there: the lowest missing");
    assert_eq!(typed(&mut screen, 'r'), Some(Effect::Ask(Ask::Remove(0))), "the VMM will object");
    press(&mut screen, KeyCode::End);
    assert_eq!(typed(&mut screen, 'a'), add(2), "the selected one");
    assert_eq!(typed(&mut screen, '-'), None);
    assert!(screen.alarm && screen.status.starts_with("CPU 2 is not enabled"));
    press(&mut screen, KeyCode::Up);
    assert_eq!(typed(&mut screen, '-'), Some(Effect::Ask(Ask::Remove(3))));
}

#[test]
fn the_selection_stays_with_its_cpu() {
    let mut screen = Screen::default();
    screen.tell(News::Looked(look(1, &[(true, 5, 5), (false, 0, 0), (false, 0, 0)], &json!([]))));
    press(&mut screen, KeyCode::End);
    assert_eq!(screen.row(), Some(2));
    screen.tell(News::Looked(look(2, &[(true, 5, 5), (false, 0, 0), (true, 1, 1)], &json!([]))));
    assert_eq!(screen.row(), Some(1), "CPU 2 has moved up");
}

#[test]
fn nothing_can_be_asked_before_there_is_a_machine() {
    let mut screen = Screen::default();
    for key in "a+r-".chars() {
        assert_eq!(typed(&mut screen, key), None);
    }
    let full = look(1, &[(true, 5, 5)], &json!([]));
    screen.tell(News::Looked(full));
    assert_eq!(typed(&mut screen, 'a'), None);
    assert_eq!(screen.status, "every possible CPU is enabled");
}

#[test]
fn quitting_works_from_everywhere() {
    let mut screen = screen();
    assert_eq!(typed(&mut screen, 'q'), Some(Effect::Quit));
    assert_eq!(press(&mut screen, KeyCode::Esc), Some(Effect::Quit));
    typed(&mut screen, '?');
    assert_eq!(typed(&mut screen, 'q'), Some(Effect::Quit));
    let interrupt = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert_eq!(screen.key(interrupt), Some(Effect::Quit));
}

#[test]
fn the_status_tells_what_became_of_a_request() {
    let mut screen = Screen::default();
    screen.tell(News::Asked(Ask::Add(1), Err("it is enabled already".into())));
    assert_eq!((&*screen.status, screen.alarm), ("cannot add CPU 1: it is enabled already", true));
    screen.tell(News::Asked(Ask::Remove(1), Ok(4)));
    assert!(!screen.alarm);
    let operation = |outcome| {
        json!([{
            "id": 4, "cpu": 1, "kind": "unplug", "stage": "ended", "outcome": outcome,
            "ost": {"source": 3, "status": 0x82, "text": "the device is busy"}, "vmm_time_us": 5,
            "timings": {"requested_us": 7, "ended_us": 9007},
        }])
    };
    let refused = look(1, &[(true, 5, 5), (true, 1, 1)], &operation("refused"));
    screen.tell(News::Looked(refused));
    assert!(screen.alarm && screen.status.contains("the device is busy"), "{}", screen.status);
    let later = look(2, &[(true, 5, 5), (true, 1, 1)], &operation("ejected"));
    let status = screen.status.clone();
    screen.tell(News::Looked(later));
    assert_eq!(screen.status, status, "each end is told once");
}
