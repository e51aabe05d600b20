//! A target: something that can be played against by a spec's binding, or by a file that is laid over it.

mod credentials;
mod file;
mod host;
mod pacer;
mod pool;
mod recognise;
mod resolve;
mod session;

#[cfg(test)]
pub(crate) use file::read as read_target;
pub use file::{TargetFile, Tls, load_target, parse_target};
pub(crate) use pacer::Pacer;
pub(crate) use recognise::order_data;
pub use recognise::{Concern, Meaning, OrderKeys, Page, Recognised, Recogniser, Sender, Unknowable};
pub(crate) use resolve::Header;
pub use resolve::{Target, TargetError, TargetOptions};
pub(crate) use session::{LoggedIn, LoginState, captured_secret, logged_in};
