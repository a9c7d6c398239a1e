//! One table, printed.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use hotcore_api::{Client, ClientError};

use super::view::{COLUMNS, Row, TITLES, View};
use crate::look::Look;

/// Looks twice, an interval apart.
pub(super) fn look(socket: &Path, interval: Duration) -> Result<View, ClientError> {
    let mut client = Client::connect(socket)?;
    let began = Instant::now();
    let before = Look::take(&mut client, began)?;
    thread::sleep(interval);
    let now = Look::take(&mut client, began)?;
    Ok(View::new(Some(&before), &now))
}

/// The view as text.
pub(super) fn table(view: &View) -> String {
    let mut text = format!("{}\n{}\n\n{}", view.machine, view.load(), line(&TITLES));
    for row in view.cpus.iter().map(Row::cells) {
        text.push_str(&line(&row.each_ref().map(String::as_str)));
    }
    text
}

fn line([cpu, enabled, power, thread, busy, waits, exits, operation]: &[&str; COLUMNS]) -> String {
    let line = format!(
        "{cpu:>4}  {enabled:<7}  {power:<10}  {thread:>8}  {busy:>7}  {waits:>7}  {exits:>9}  {operation}"
    );
    format!("{}\n", line.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::top::view::tests::looks;

    #[test]
    fn a_machine_in_a_table() {
        let (before, now) = looks();
        assert_eq!(
            table(&View::new(Some(&before), &now)),
            "\
running: 2 of 4 CPUs, 512 MiB, Linux 6.12.43, acpi, soft, up 3.0 s
1.00 of 2 CPUs' time is used

 CPU  ENABLED  POWER         THREAD     BUSY    WAITS    EXITS/S  LAST OPERATION
   0  yes      on              4000   80.0 %    8.0 %        100  -
   1  no       off                -    0.0 %    0.0 %          0  remove: ejected
   3  yes      on              4003   20.0 %    2.0 %        100  remove: delivered
   2  no       off                -        -        -          -  -
"
        );
    }
}
