//! What every reference implementation has in common: a request, a reply, and the state machine between them.

use std::error::Error;
use std::fmt;

/// One call, as bytes: what a server has read off the wire.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method, in upper case.
    pub method: &'a str,
    /// The path, without the query and not percent-decoded.
    pub path: &'a str,
    /// What stands after the `?`, if one was sent.
    pub query: Option<&'a str>,
    /// Headers in the order they came, names in lower case.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body; empty when none was sent.
    pub body: &'a [u8],
}

impl<'a> Request<'a> {
    /// The first header of this (lower-case) name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }
}

/// One answer, as bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body; empty when there is none.
    pub body: Vec<u8>,
    /// The ids of the orders that were dropped to stay within [`Settings::max_orders`].
    pub evicted: Vec<String>,
}

/// A request that a model wants to be sent to someone: what a webhook is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// By which [`Model::delivered`] knows it.
    pub id: u64,
    /// Where it goes, by POST.
    pub url: String,
    /// Headers, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// A reference implementation of one spec.
pub trait Model: Send {
    /// Answers one call. `now_ms` is the time in milliseconds since the Unix epoch.
    fn handle(&mut self, request: &Request<'_>, now_ms: u64) -> Reply {
        self.handle_since(request, now_ms, self.handled())
    }

    /// Answers one call that arrived when [`handled`](Self::handled) said `arrived`. That makes a difference only to a model
    /// whose fault is to overlook what other calls do at the same time.
    fn handle_since(&mut self, request: &Request<'_>, now_ms: u64, arrived: u64) -> Reply;

    /// How many calls were answered so far; only a model that [`is_racy`](Self::is_racy) needs to count.
    fn handled(&self) -> u64 {
        0
    }

    /// Whether it matters what was answered between the arrival of a call and its answer.
    fn is_racy(&self) -> bool {
        false
    }

    /// Makes one order, in the form that the spec's files of orders have: for `modern-dropship`, the body of
    /// `POST /buyer/orders`, with the units that are fulfilled beside it (`"fulfilled": {"V1": 2}`, by variant); for
    /// `trendyol`, the body of `POST /test/order/orders/core`, with the status it has beside it (`"status": "Picking"`).
    ///
    /// # Errors
    /// When the order can't be read, or one of the calls that make it is refused.
    fn place(&mut self, order: &[u8], now_ms: u64) -> Result<(), PlaceError> {
        let _ = (order, now_ms);
        Err(PlaceError::Unsupported)
    }

    /// What is to be sent by now. Each is handed out once, and again only after it was said to have failed.
    fn deliveries(&mut self, now_ms: u64) -> Vec<Delivery> {
        let _ = now_ms;
        Vec::new()
    }

    /// Takes note of how a delivery ended: whether its receiver accepted it.
    fn delivered(&mut self, id: u64, accepted: bool, now_ms: u64) {
        let _ = (id, accepted, now_ms);
    }

    /// When it is worth asking for [`deliveries`](Self::deliveries) again, in milliseconds since the Unix epoch; never, as
    /// long as nothing else happens, if there is none. It may turn out that there is nothing to send by then.
    fn next_delivery(&self) -> Option<u64> {
        None
    }

    /// Forgets every order and starts all counters again: the model is as it was when it was built.
    fn reset(&mut self);

    /// The choices that were read since the model was built or last told to forget, by name.
    ///
    /// What a choice says can only have mattered to a run that read it.
    fn consulted(&self) -> Vec<&'static str> {
        Vec::new()
    }

    /// Starts [`consulted`](Self::consulted) afresh.
    fn forget_consulted(&mut self) {}
}

/// What a model is built with, whatever its spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How many orders are kept; the oldest make room for new ones. The newest stays whatever this says.
    pub max_orders: usize,
    /// Makes the ids of one model differ from another's.
    pub seed: u64,
    /// How many requests each key may send per second, and at once after a pause; unbounded if nothing is said.
    pub rate: Option<u32>,
    /// How long after a failure a delivery comes again, milliseconds.
    pub webhook_retry_ms: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { max_orders: 100_000, seed: 0, rate: None, webhook_retry_ms: 300_000 }
    }
}

/// Why an order was not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaceError {
    /// This model's orders don't come from files.
    Unsupported,
    /// What the mock adds to the body of the call can't be understood.
    Invalid {
        /// What is wrong with it.
        message: String,
    },
    /// One of the calls that make the order was refused.
    Refused {
        /// The call.
        call: &'static str,
        /// The status it was answered with.
        status: u16,
        /// The body it was answered with.
        answer: String,
    },
    /// It would push out an order that came before it.
    NoRoom,
}

impl fmt::Display for PlaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported => write!(f, "this spec has no orders that could be made"),
            Self::Invalid { message } => write!(f, "{message}"),
            Self::Refused { call, status, answer } => write!(f, "{call} is refused with {status}: {answer}"),
            Self::NoRoom => write!(f, "no room is left for it; keep more orders"),
        }
    }
}

impl Error for PlaceError {}

#[cfg(test)]
mod tests {
    use super::*;

    /// A model that does no more than it must.
    struct Bare;

    impl Model for Bare {
        fn handle_since(&mut self, _: &Request<'_>, _: u64, arrived: u64) -> Reply {
            Reply { status: 200, headers: Vec::new(), body: arrived.to_string().into_bytes(), evicted: Vec::new() }
        }

        fn reset(&mut self) {}
    }

    #[test]
    fn what_a_model_says_nothing_of_it_has_not() {
        let request = Request { method: "GET", path: "/", query: None, headers: &[], body: b"" };
        assert_eq!(Bare.handle(&request, 0).body, b"0", "a call arrives when it is answered");
        assert!(!Bare.is_racy() && Bare.consulted().is_empty());
        assert_eq!(Bare.place(b"{}", 0), Err(PlaceError::Unsupported));
    }
}
