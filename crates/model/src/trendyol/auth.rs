//! Who is calling: the key, and the User-Agent that has to come with it. Knows no call and no package.

use super::choices::MalformedUserAgent;
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
    check_user_agent(request.header("user-agent").unwrap_or_default(), choices)?;
    let held = request.header("authorization").and_then(holder);
    held.ok_or_else(|| Refusal::new(Cause::BadKey, "no such key, or not its secret"))
}

/// The seller whose key stands in this header.
pub(super) fn holder(header: &str) -> Option<Seller> {
    let held = basic::credentials(header)?;
    SELLERS.iter().find(|(_, credentials)| held == credentials.as_bytes()).map(|(seller, _)| *seller)
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

/// Whose id it names is not looked at: the key tells who is calling.
fn is_well_formed(user_agent: &str) -> bool {
    let Some((seller, name)) = user_agent.split_once(" - ") else {
        return false;
    };
    let digits = !seller.is_empty() && seller.bytes().all(|byte| byte.is_ascii_digit());
    digits && (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
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
        assert_eq!(header_of(1001).map(|key| with(&key)), Some(Ok(1001)));
        assert_eq!(header_of(9), None);
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
