//! Who is calling: the key, and the User-Agent that has to come with it. Knows no call and no package.

use super::choices::{ForeignUserAgent, MalformedUserAgent};
use super::refusal::{Cause, Refusal};
use crate::choice::Choices;
use crate::model::Request;
use crate::wire::basic;

/// The number that a seller goes by.
pub(super) type Seller = u64;

/// Every seller there is, with its key and secret.
const SELLERS: [(Seller, &str); 2] = [(1001, "seller-key:seller-secret"), (1002, "other-key:other-secret")];

/// How long the name in a User-Agent may be.
const MAX_NAME: usize = 30;

/// Finds the caller (`auth.rejects`).
pub(super) fn caller(request: &Request<'_>, choices: &Choices) -> Result<Seller, Refusal> {
    let user_agent = request.header("user-agent").unwrap_or_default();
    check_user_agent(user_agent, choices)?;
    let held = request.header("authorization").and_then(holder);
    let seller = held.ok_or_else(|| Refusal::new(Cause::BadKey, "no such key, or not its secret"))?;
    let is_foreign = named(user_agent).is_some() && seller_of(user_agent) != Some(seller);
    if is_foreign && choices.get::<ForeignUserAgent>() == ForeignUserAgent::Refuse {
        return Err(Refusal::new(Cause::UserAgent, "the User-Agent names another seller"));
    }
    Ok(seller)
}

/// The seller whose key stands in this header.
pub(super) fn holder(header: &str) -> Option<Seller> {
    let held = basic::credentials(header)?;
    SELLERS.iter().find(|(_, credentials)| held == credentials.as_bytes()).map(|(seller, _)| *seller)
}

/// The seller whose key stands in this header, whatever the secret beside it.
pub(super) fn holder_of_key(header: &str) -> Option<Seller> {
    let held = basic::credentials(header)?;
    let key = |text: &[u8]| text.split(|byte| *byte == b':').next().map(<[u8]>::to_vec);
    SELLERS.iter().find(|(_, known)| key(known.as_bytes()) == key(&held)).map(|(seller, _)| *seller)
}

/// The header that a seller's key makes.
pub(super) fn header_of(seller: Seller) -> Option<String> {
    let (_, credentials) = SELLERS.iter().find(|(known, _)| *known == seller)?;
    Some(basic::header(credentials))
}

fn check_user_agent(sent: &str, choices: &Choices) -> Result<(), Refusal> {
    if sent.trim().is_empty() {
        return Err(Refusal::new(Cause::UserAgent, "a User-Agent is required"));
    }
    if !is_well_formed(sent) && choices.get::<MalformedUserAgent>() == MalformedUserAgent::Refuse {
        return Err(Refusal::new(Cause::UserAgent, "the User-Agent must be `{sellerId} - {name}`"));
    }
    Ok(())
}

/// The seller that a User-Agent names.
pub(super) fn seller_of(user_agent: &str) -> Option<Seller> {
    named(user_agent)?.0.parse().ok()
}

/// The seller that a User-Agent names, and the name behind it.
fn named(user_agent: &str) -> Option<(&str, &str)> {
    let (seller, name) = user_agent.split_once(" - ")?;
    (!seller.is_empty() && seller.bytes().all(|byte| byte.is_ascii_digit())).then_some((seller, name))
}

fn is_well_formed(user_agent: &str) -> bool {
    let fits =
        |name: &str| (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    named(user_agent).is_some_and(|(_, name)| fits(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trendyol::INFOS;

    fn cause(headers: &[(&str, &str)], picks: &[(String, String)]) -> Result<Seller, Cause> {
        let choices = Choices::pick(INFOS, picks).unwrap();
        let request = Request { method: "GET", path: "/", query: None, headers, body: b"" };
        caller(&request, &choices).map_err(|refusal| refusal.cause)
    }

    #[test]
    fn keys_are_told_apart() {
        let with = |key: &str| cause(&[("user-agent", "1001 - Suite"), ("authorization", key)], &[]);
        assert_eq!(with("Basic c2VsbGVyLWtleTpzZWxsZXItc2VjcmV0"), Ok(1001));
        assert_eq!(with("basic b3RoZXIta2V5Om90aGVyLXNlY3JldA=="), Ok(1002));
        for wrong in ["", "Basic", "Basic ", "Basic ???", "Bearer c2VsbGVyLWtleTpzZWxsZXItc2VjcmV0", "seller-key"] {
            assert_eq!(with(wrong), Err(Cause::BadKey), "{wrong}");
        }
        assert_eq!(with(&basic::header("seller-key:other-secret")), Err(Cause::BadKey));
        assert_eq!(with(&basic::header("other-key:seller-secret")), Err(Cause::BadKey));
        assert_eq!(header_of(1001).map(|key| with(&key)), Some(Ok(1001)));
        assert_eq!(header_of(9), None);
    }

    #[test]
    fn a_user_agent_may_have_to_name_the_keys_own_seller() {
        let strict = [("foreign-user-agent".to_owned(), "refuse".to_owned())];
        let with = |user_agent: &str, picks: &[(String, String)]| {
            cause(&[("user-agent", user_agent), ("authorization", &basic::header("other-key:other-secret"))], picks)
        };
        assert_eq!((with("1002 - Suite", &[]), with("1002 - Suite", &strict)), (Ok(1002), Ok(1002)));
        assert_eq!((with("1001 - Suite", &[]), with("1001 - Suite", &strict)), (Ok(1002), Err(Cause::UserAgent)));
    }

    #[test]
    fn the_user_agent_is_looked_at_first() {
        let with = |user_agent: &str, picks: &[(String, String)]| cause(&[("user-agent", user_agent)], picks);
        let lenient = [("malformed-user-agent".to_owned(), "accept".to_owned())];
        assert_eq!(cause(&[], &lenient), Err(Cause::UserAgent));
        for nothing in ["", " "] {
            assert_eq!(with(nothing, &lenient), Err(Cause::UserAgent), "{nothing:?}");
        }
        for odd in ["curl/8", "1001", "1001-Suite", "1001 - ", "x - Suite", " - Suite", "1001 - My Suite", "1001 - é"]
        {
            assert_eq!(with(odd, &[]), Err(Cause::UserAgent), "{odd:?}");
            assert_eq!(with(odd, &lenient), Err(Cause::BadKey), "{odd:?}");
        }
        assert_eq!(with(&format!("1 - {}", "a".repeat(30)), &[]), Err(Cause::BadKey));
        assert_eq!(with(&format!("1 - {}", "a".repeat(31)), &[]), Err(Cause::UserAgent));
    }
}
