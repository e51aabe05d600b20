//! From a method and a path to a call. Which calls there are, each spec says in one function of a method and the parts of a
//! path; what stands against the others is read off that function here.

use std::fmt;

/// The methods that a call can have, in the order in which they are told.
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// Some of the methods; shown as an `Allow` header has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Methods([bool; METHODS.len()]);

/// Why no call is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Miss {
    /// Nothing is at this path, by whatever method.
    Path,
    /// Something is there, by these methods.
    Method(Methods),
}

/// Finds a call by what `call` makes of the method and the parts of the path between its slashes.
pub(crate) fn find<'a, C>(
    method: &str,
    path: &'a str,
    call: impl Fn(&str, &[&'a str]) -> Option<C>,
) -> Result<C, Miss> {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    call(method, &parts).ok_or_else(|| match Methods(METHODS.map(|method| call(method, &parts).is_some())) {
        Methods(allowed) if !allowed.contains(&true) => Miss::Path,
        allowed => Miss::Method(allowed),
    })
}

impl fmt::Display for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut allowed = METHODS.iter().zip(self.0).filter(|(_, is_allowed)| *is_allowed).map(|(method, _)| method);
        allowed.next().map_or(Ok(()), |first| f.write_str(first))?;
        allowed.try_for_each(|method| write!(f, ", {method}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(method: &str, path: &'a str) -> Result<&'a str, String> {
        let call = |method: &str, parts: &[&'a str]| match (method, parts) {
            ("GET" | "DELETE" | "PATCH", ["things", id]) => Some(*id),
            ("POST", ["things"]) => Some(""),
            _ => None,
        };
        find(method, path, call).map_err(|miss| match miss {
            Miss::Path => "nothing".to_owned(),
            Miss::Method(allowed) => allowed.to_string(),
        })
    }

    #[test]
    fn a_path_that_is_not_known_is_told_from_a_method_that_is_not() {
        assert_eq!(found("GET", "/things/7"), Ok("7"));
        assert_eq!(found("GET", "/things/"), Ok(""));
        assert_eq!(found("GET", "/things"), Err("POST".into()));
        assert_eq!(found("POST", "/things/7"), Err("GET, PATCH, DELETE".into()));
        assert_eq!(found("BREW", "/things"), Err("POST".into()));
        for nowhere in ["", "/", "things", "/things/7/", "//things"] {
            assert_eq!(found("GET", nowhere), Err("nothing".into()), "{nowhere}");
        }
    }
}
