//! A scenario, in two forms: the keys of its file (`file`), and a [`Case`] that is resolved against its spec (`case`, `claim`). Which
//! files there are, and when a case has its turn, is said in `suite`.

mod case;
mod claim;
mod file;
mod naming;

pub use case::Case;
pub(crate) use case::{Argument, CallUse, On, OrderRef, OrderSetUp, RequestOverride, RoleSetUp, Step};
pub(crate) use claim::{Claim, EntityClaim, Expectation, FieldClaim, JsonType, Test, WebhookClaim};
pub(crate) use file::{Document, OPERATORS, PROOF};
pub(crate) use naming::{name_of, product_of};
