//! What the proxy tells of an exchange: that it has begun, and how it ended. Data only.

use std::time::Instant;

use bytes::Bytes;
use http::{Method, Request, Response, Uri};

/// An exchange as it went through, copied.
#[derive(Debug)]
pub struct Exchange {
    /// As the client sent it.
    pub request: Request<Bytes>,
    /// As the endpoint answered it.
    pub response: Response<Bytes>,
    /// Both bodies were copied to their ends.
    pub is_whole: bool,
    /// When the first of the answer was there.
    pub answered: Instant,
}

/// How an exchange ended.
#[derive(Debug)]
pub enum End {
    /// With an answer.
    Answered(Box<Exchange>),
    /// The endpoint was never asked.
    Unsent,
    /// Nobody knows: the connection broke, or the client left.
    Lost,
}

/// One thing that happened to an exchange.
#[derive(Debug)]
pub enum Mark {
    /// Its head is there, and nothing has been sent to the endpoint yet.
    Begun {
        /// The method.
        method: Method,
        /// The path and the query.
        uri: Uri,
        /// When.
        at: Instant,
    },
    /// It is over.
    Ended(End),
}

/// A mark of an exchange, in its turn.
#[derive(Debug)]
pub struct Event {
    /// The exchange's number. It tells no order: that is the order of the marks.
    pub number: u64,
    /// What happened.
    pub mark: Mark,
    /// How many exchanges had been missed by then, because judging was too far behind.
    pub missed: u64,
}
