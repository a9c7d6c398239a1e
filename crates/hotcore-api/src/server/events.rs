//! `vm.events`: what happens, as it happens, as Server-Sent Events (WHATWG HTML, 9.2).
//!
//! Nothing is kept for a client here: it has its place in the log of the VMM, which has its bounds. A
//! client that reads too slowly finds a mark where the log had to forget.

use std::cell::Cell;
use std::convert::Infallible;
use std::fmt::Write;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use hotcore_vmm::Followed;
use hyper::StatusCode;
use hyper::body::{Body, Bytes, Frame};
use hyper::http::HeaderMap;
use tokio::sync::mpsc;
use tokio::task::spawn_local;
use tokio::time::sleep;

use super::answer::Answer;
use super::api::Api;
use super::request;
use super::seats::Serving;
use crate::wire::Event;

/// Streams at once, of all the clients there may be: the others find a seat.
pub(super) const STREAMS: usize = 16;
/// Events that are sent at once.
const CHUNK: usize = 64;
/// After so long without an event, a comment tells both sides that the other one is there.
const SILENCE: Duration = Duration::from_secs(15);
const COMMENT: &str = ": nothing happens\n\n";

/// The body of an answer that goes on until the server or its client ends.
pub(super) struct Stream {
    pieces: mpsc::Receiver<Bytes>,
    /// Who follows does not idle.
    serving: Option<Serving>,
    _place: Place,
}

impl Stream {
    /// Keeps the client's seat for as long as it follows.
    pub(super) fn keep(&mut self, serving: Serving) {
        self.serving = Some(serving);
    }
}

impl Body for Stream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = self.pieces.poll_recv(context);
        piece.map(|piece| piece.map(|bytes| Ok(Frame::data(bytes))))
    }
}

/// One of the [`STREAMS`], until it is dropped.
struct Place {
    taken: Rc<Cell<usize>>,
}

impl Place {
    fn take(taken: &Rc<Cell<usize>>) -> Option<Self> {
        if taken.get() >= STREAMS {
            return None;
        }
        taken.set(taken.get() + 1);
        Some(Self { taken: Rc::clone(taken) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.taken.set(self.taken.get() - 1);
    }
}

impl Api {
    /// Follows the events after the one that the client names, or else from now on.
    pub(super) fn follow(
        self: &Rc<Self>,
        query: Option<&str>,
        headers: &HeaderMap,
    ) -> Result<Answer, Answer> {
        let [after] = request::query(query, ["after"])?;
        // A browser that comes back repeats the address, and says where it was in the header.
        let last = headers.get("last-event-id").map(|id| id.to_str().unwrap_or("?"));
        let latest = self.vmm.events().latest();
        let after = match last.or(after) {
            None => latest,
            Some(number) => number.parse().map_err(|_| {
                Answer::bad_request("after, Last-Event-ID: the number of an event is expected")
            })?,
        };
        // A number that is yet to come is of an earlier VMM at this place: all here is news to its client.
        let after = if after > latest { 0 } else { after };
        let Some(place) = Place::take(&self.streams) else {
            let text =
                format!("{STREAMS} clients follow the events already, which is all there can be");
            return Err(Answer::error(StatusCode::SERVICE_UNAVAILABLE, text));
        };
        let (sender, pieces) = mpsc::channel(1);
        spawn_local(feed(Rc::clone(self), after, sender));
        Ok(Answer::stream(Stream { pieces, serving: None, _place: place }))
    }
}

/// Sends events until the server ends, or the client does.
async fn feed(api: Rc<Api>, mut last: u64, sender: mpsc::Sender<Bytes>) {
    let _curious = api.be_curious();
    let (mut changes, mut end) = (api.changes.clone(), api.end.clone());
    let mut text = format!(": events after {last}\n\n");
    loop {
        if !text.is_empty() && sender.send(Bytes::from(text)).await.is_err() {
            return;
        }
        // Marked as seen before looking, so that nothing is missed.
        changes.mark_unchanged();
        let over = end.is_here();
        let followed = api.vmm.events().after(last, CHUNK);
        text = told(&followed);
        if let Some(event) = followed.events.last() {
            last = event.number;
            continue;
        }
        if over {
            return;
        }
        tokio::select! {
            Ok(()) = changes.changed() => {}
            () = end.has_come() => {}
            () = sleep(SILENCE) => COMMENT.clone_into(&mut text),
            () = sender.closed() => return,
        }
    }
}

/// Events in the form of a stream.
fn told(followed: &Followed) -> String {
    let mut text = String::new();
    if let Some(first) = followed.events.first()
        && followed.missed > 0
    {
        let (id, missed) = (first.number - 1, followed.missed);
        let _ = write!(text, "id: {id}\nevent: gap\ndata: {{\"missed\":{missed}}}\n\n");
    }
    for event in &followed.events {
        let event = Event::from(event);
        let Ok(json) = serde_json::to_string(&event) else { continue };
        let (number, name) = (event.number, event.what.name());
        // Writing to a string does not fail.
        let _ = write!(text, "id: {number}\nevent: {name}\ndata: {json}\n\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use hotcore_vmm::EventKind;

    use super::*;

    fn event(number: u64) -> hotcore_vmm::Event {
        hotcore_vmm::Event { number, at: SystemTime::UNIX_EPOCH, kind: EventKind::Booted }
    }

    #[test]
    fn events_have_a_number_a_name_and_one_line_of_data() {
        let text = told(&Followed { missed: 0, events: vec![event(3)] });
        let data = r#"{"number":3,"at_us":0,"event":"booted"}"#;
        assert_eq!(text, format!("id: 3\nevent: booted\ndata: {data}\n\n"));
        assert_eq!(told(&Followed { missed: 0, events: vec![] }), "");
    }

    #[test]
    fn a_gap_is_told_where_it_is() {
        let text = told(&Followed { missed: 5, events: vec![event(9)] });
        assert!(text.starts_with("id: 8\nevent: gap\ndata: {\"missed\":5}\n\nid: 9\n"), "{text}");
    }

    #[test]
    fn there_are_so_many_places() {
        let taken = Rc::new(Cell::new(0));
        let mut all: Vec<_> = (0..STREAMS).map(|_| Place::take(&taken).unwrap()).collect();
        assert!(Place::take(&taken).is_none());
        all.pop();
        assert!(Place::take(&taken).is_some());
    }
}
