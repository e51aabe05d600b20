//! An answer as it came, and as the binding's rules read it.

use std::time::Duration;

use bytes::Bytes;

use super::OutcomeRules;
use super::answer::{Answer, Outcome};
use crate::template::{self, Data, ExprError, Scope};

/// Seconds beyond which it makes no difference how long a target asks to wait.
const LONGEST_WAIT: u64 = 24 * 60 * 60;

/// One answer. A rule that can't be worked out over it does not hold of it.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Data,
    pub(crate) body: Data,
    pub(crate) is_json: bool,
    /// Whether its header says that it is JSON.
    pub(crate) claims_json: bool,
}

impl Reply {
    pub(crate) fn new(status: http::StatusCode, headers: &http::HeaderMap, body: &Bytes) -> Self {
        let parsed = template::parse_json(body);
        let pairs = headers
            .iter()
            .map(|(name, value)| (name.as_str(), Data::from(String::from_utf8_lossy(value.as_bytes()).into_owned())));
        Self {
            status: status.as_u16(),
            headers: template::map(pairs),
            is_json: parsed.is_some(),
            claims_json: headers.get(http::header::CONTENT_TYPE).is_some_and(says_json) && !body.is_empty(),
            body: parsed.unwrap_or(Data::UNDEFINED),
        }
    }

    /// How long to wait where the target asks for it: what `Retry-After` says in seconds, or a little.
    pub(crate) fn asks_to_wait(&self) -> Duration {
        let header = self.headers.get_attr("retry-after").ok().and_then(|value| value.as_str()?.parse().ok());
        header.map_or(Duration::from_millis(250), |seconds: u64| Duration::from_secs(seconds.min(LONGEST_WAIT)))
    }

    pub(crate) fn scope(&self) -> Scope {
        let mut scope = Scope::default();
        self.tell(&mut scope);
        scope
    }

    /// Sets what an answer adds to what expressions can name.
    pub(crate) fn tell(&self, scope: &mut Scope) {
        scope.set("status", Data::from(self.status));
        scope.set("headers", self.headers.clone());
        scope.set("body", self.body.clone());
    }

    /// What every outcome rule can name.
    fn outcome_scope(&self, rules: &OutcomeRules) -> Result<(Scope, Option<String>), ExprError> {
        let scope = self.scope();
        let reason = match &rules.reason {
            Some(reason) => reason.answered().json(&scope)?.filter(|reason| !reason.is_null()),
            None => None,
        };
        let reason = reason.map(|reason| reason.as_str().map_or_else(|| reason.to_string(), str::to_owned));
        let named = reason.as_deref().map_or(Data::UNDEFINED, Data::from);
        Ok((scope.with("reason", named), reason))
    }

    /// Whether the target asks to wait, or something before it answers in its place.
    pub(crate) fn is_busy(&self, rules: &OutcomeRules) -> Result<bool, ExprError> {
        rules.busy.answered().holds(&self.outcome_scope(rules)?.0)
    }

    pub(crate) fn is_accepted(&self, rules: &OutcomeRules) -> Result<bool, ExprError> {
        Ok(self.judge(rules)?.is_some_and(|answer| answer.outcome == Outcome::Accepted))
    }

    /// The answer as the binding reads it; nothing where the target asks to wait.
    pub(crate) fn judge(&self, rules: &OutcomeRules) -> Result<Option<Answer>, ExprError> {
        let (scope, reason) = self.outcome_scope(rules)?;
        if rules.busy.answered().holds(&scope)? {
            return Ok(None);
        }
        let is_fault = rules.fault.as_ref().map_or(Ok(false), |fault| fault.answered().holds(&scope))?;
        let outcome = if is_fault {
            Outcome::Broken
        } else if rules.accepted.answered().holds(&scope)? {
            Outcome::Accepted
        } else if rules.refused.answered().holds(&scope)? {
            Outcome::Refused
        } else {
            Outcome::Broken
        };
        let (headers, body) = (self.headers.clone(), self.body.clone());
        Ok(Some(Answer { outcome, status: self.status, reason, headers, body }))
    }

    /// The status, and the reason in the target's own words where it gives one.
    pub(crate) fn told(&self, rules: &OutcomeRules) -> String {
        match self.outcome_scope(rules) {
            Ok((_, Some(reason))) => format!("{} ({reason})", self.status),
            _ => self.status.to_string(),
        }
    }
}

/// Whether this kind of body is JSON: `application/json` or `application/problem+json`, in any case and whatever parameters follow.
fn says_json(kind: &http::HeaderValue) -> bool {
    let kind = String::from_utf8_lossy(kind.as_bytes()).to_ascii_lowercase();
    kind.split(';').next().is_some_and(|kind| kind.trim().ends_with("json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_to_be_json_and_is_cut_off_is_told_apart_from_what_is_no_json_at_all() {
        let cut_off = |kind: &str| {
            let mut headers = http::HeaderMap::new();
            headers.insert(http::header::CONTENT_TYPE, kind.parse().expect("a header"));
            let reply = Reply::new(http::StatusCode::OK, &headers, &Bytes::from_static(b"{\"cancelled\": tr"));
            (reply.claims_json, reply.is_json)
        };
        for kind in [
            "application/json",
            "application/json; charset=utf-8",
            "application/json;charset=utf-8",
            "Application/JSON ; charset=\"utf-8\"; profile=x",
            "application/problem+json",
            "application/vnd.acme.v2+json; q=1",
        ] {
            assert_eq!(cut_off(kind), (true, false), "{kind}");
        }
        for kind in ["text/plain", "text/html; charset=utf-8", "text/plain; name=a.json"] {
            assert_eq!(cut_off(kind), (false, false), "{kind}");
        }
    }
}
