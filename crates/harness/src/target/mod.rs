//! A target and its binding: how a spec's set-up, calls and views are spoken to something that can be played against.

mod binding;
mod env;
mod file;
mod host;
mod pacer;
mod pool;
mod recognise;
mod reply;
mod resolve;
mod session;
pub(crate) mod template;
mod webhooks;

pub(crate) use binding::{
    Binding, BindingPart, Call, Caller, KindView, Limits, Login, Pages, Products, Provision, Request, Setting, View,
    WEBHOOKS,
};
pub(crate) use env::{EnvText, Secret};
#[cfg(test)]
pub(crate) use file::read_target;
pub(crate) use file::{RATES, SpecNames, read_binding};
pub use file::{TargetFile, Tls, load_target, parse_target};
pub(crate) use pacer::Pacer;
pub(crate) use recognise::order_data;
pub use recognise::{Concern, Meaning, OrderKeys, Page, Recognised, Recogniser, Sender, Unknowable};
pub(crate) use reply::Reply;
pub(crate) use resolve::{Header, is_credential, stand_in_for};
pub use resolve::{Target, TargetError, TargetOptions};
pub(crate) use session::{LoggedIn, LoginState, captured_secret, logged_in};
pub(crate) use webhooks::{Webhooks, WebhooksPart};
