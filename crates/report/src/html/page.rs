//! The frame of every page: head, style and script, and the policy that lets nothing else in. Knows nothing of runs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countermand_event::{Blame, Level, Verdict};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// A whole page.
pub(crate) fn page(title: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (body)
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

/// Nothing is loaded from anywhere, and only this style and this script count.
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

/// What the script filters cases by. Without a script there is nothing to filter with, and all of them are shown.
pub(super) fn filter() -> Markup {
    let verdicts = [
        Verdict::Failed,
        Verdict::Warned,
        Verdict::CouldNotRun,
        Verdict::KnownFailure,
        Verdict::NotCovered,
        Verdict::Passed,
    ];
    html! {
        form #filter hidden {
            label { "Verdict " select name="verdict" {
                option value="" { "all" }
                @for verdict in verdicts { option value=(verdict.name()) { (crate::words::verdict(verdict)) } }
            } }
            label { "Level " select name="level" {
                option value="" { "all" }
                @for level in Level::ALL { option value=(level.name()) { (level.name()) } }
            } }
            label { "Blame " select name="blame" {
                option value="" { "all" }
                @for blame in Blame::ALL { option { (blame.name()) } }
            } }
            label { "Clause or case " input type="search" name="text"; }
            output {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text within the first element of this name.
    fn within<'p>(page: &'p str, name: &str) -> &'p str {
        let rest = page.split_once(&format!("<{name}>")).map_or("", |(_, rest)| rest);
        rest.split_once(&format!("</{name}>")).map_or("", |(text, _)| text)
    }

    #[test]
    fn the_policy_names_the_style_and_the_script_of_the_page() {
        let page = page("<title>", &html! { p { "<p>" } });
        for name in ["style", "script"] {
            let text = within(&page, name);
            let hash = STANDARD.encode(Sha256::digest(text.as_bytes()));
            assert!(!text.is_empty() && page.contains(&format!("{name}-src 'sha256-{hash}'")), "{name}");
        }
        assert!(page.contains("<title>&lt;title&gt;</title>") && page.contains("<p>&lt;p&gt;</p>"));
    }
}
