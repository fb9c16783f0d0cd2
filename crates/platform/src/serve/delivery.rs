//! Answers on their way out, and how long a client may take to fetch them.
//!
//! HTTP/2 lets a client ask and then refuse to be sent anything, while pings keep the connection
//! lively. So each connection knows its oldest answer that is not wholly sent, and how old it is.

use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Instant,
};

use axum::body::{Body, HttpBody};
use http::Response;
use hyper::body::{Bytes, Frame, SizeHint};

/// The answers of one connection that are not wholly sent, the oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Deliveries(Arc<Mutex<Waiting>>);

#[derive(Debug, Default)]
struct Waiting {
    next: u64,
    since: BTreeMap<u64, Instant>,
}

impl Deliveries {
    /// Notes an answer until it is sent or given up.
    pub(super) fn note(&self, response: Response<Body>) -> Response<Delivery> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = waiting.next;
        waiting.next += 1;
        waiting.since.insert(number, Instant::now());
        drop(waiting);
        response.map(|body| Delivery { body, number, deliveries: self.clone() })
    }

    /// Since when the oldest one waits.
    pub(super) fn oldest(&self) -> Option<Instant> {
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.since.first_key_value().map(|(_, since)| *since)
    }
}

/// The body of an answer on its way.
#[derive(Debug)]
pub(super) struct Delivery {
    body: Body,
    number: u64,
    deliveries: Deliveries,
}

impl HttpBody for Delivery {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        let mut waiting = self.deliveries.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.since.remove(&self.number);
    }
}
