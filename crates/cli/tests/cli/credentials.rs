//! Whose credentials were given: what nobody gave is not made up, and what is made up for the mock is sent to no other machine.

use countermand_event::Verdict;

use crate::folder::Folder;
use crate::program::{Told, countermand, end, told};
use crate::served::Served;

/// The keys of the mock, as the variables that hold them.
const SELLER: (&str, &str) = ("COUNTERMAND_SELLER_KEY", "seller-key");
const BUYER: (&str, &str) = ("COUNTERMAND_BUYER_KEY", "buyer-key");
const OTHER: (&str, &str) = ("COUNTERMAND_OTHER_SELLER_KEY", "other-seller-key");

/// What needs another seller, and what does not, played with these keys.
fn with(keys: &[(&str, &str)], url: &str) -> Told {
    let cases = ["--filter", "refusal/other-companys-item", "--filter", "refusal/wrong-keys"];
    let args = ["run", "--strict", "--target", url].into_iter().chain(cases);
    told(countermand(args.chain(["--spec", "modern-dropship"])).envs(keys.iter().copied()))
}

#[test]
fn a_caller_whose_key_nobody_gave_is_not_covered_and_nobody_is_accused() {
    let served = Served::start(&[]);
    let run = with(&[SELLER, BUYER], &served.url());
    run.ended.exits(0);
    let case = run.case("other-companys-item");
    assert_eq!((case.verdict, case.mismatches.len()), (Verdict::NotCovered, 0));
    let why = case.trouble.as_ref().map(|trouble| trouble.message.as_str()).unwrap_or_default();
    assert!(why.contains("`other_seller`") && why.contains("`COUNTERMAND_OTHER_SELLER_KEY`"), "{why}");
    assert_eq!(run.case("wrong-keys").verdict, Verdict::Passed);
    assert!(!run.jsonl.contains("other-seller-key"), "a made-up key was sent");
}

#[test]
fn a_key_that_was_given_is_played_and_so_is_the_mock_with_its_own() {
    let served = Served::start(&[]);
    for keys in [&[SELLER, BUYER, OTHER][..], &[]] {
        let run = with(keys, &served.url());
        run.ended.exits(0);
        assert!(run.cases().all(|case| case.verdict == Verdict::Passed), "{}", run.ended.stdout);
    }
}

#[test]
fn what_was_played_without_a_key_is_played_again_without_it() {
    let served = Served::start(&[]);
    let folder = Folder::new();
    let target = "format: 1\ntarget: acme\nspec: modern-dropship\nbase_url: \"${ACME_URL}\"\n";
    let target = folder.write("acme.yaml", target).display().to_string();
    for (name, keys) in [("none", &[][..]), ("two", &[SELLER, BUYER])] {
        let kept = folder.file(name).display().to_string();
        let filter = ["--filter", "refusal/", "--ledger", &format!("{kept}.jsonl")].map(str::to_owned);
        let args = ["run", "--target", &target, "--save-exchanges", &kept].map(str::to_owned);
        let args: Vec<String> = args.into_iter().chain(filter).collect();
        let mut run = countermand(args.iter().map(String::as_str));
        let run = end(run.env("ACME_URL", served.url()).envs(keys.iter().copied()));
        run.exits(0);
        // The address and the keys are of that run's environment.
        end(&mut countermand(["replay", &kept, "--filter", "refusal/"])).exits(0);
    }
}

#[test]
fn another_machine_is_never_sent_the_keys_of_the_mock() {
    // A name that is nobody's; nothing is sent.
    let args = ["run", "--spec", "modern-dropship", "--yes", "--target", "https://shop.invalid"];
    for (given, missing) in [(&[][..], BUYER.0), (&[SELLER][..], BUYER.0), (&[BUYER][..], SELLER.0)] {
        let ended = end(countermand(args).envs(given.iter().copied()));
        ended.exits(2);
        assert!(ended.stderr.contains(&format!("set the environment variable `{missing}`")), "{}", ended.stderr);
    }
}

/// What Trendyol's calls are made with, as the mock knows it.
const TRENDYOL: [(&str, &str); 3] = [
    ("COUNTERMAND_SELLER_ID", "1001"),
    ("COUNTERMAND_SELLER_KEY", "seller-key"),
    ("COUNTERMAND_SELLER_SECRET", "seller-secret"),
];

#[test]
fn another_machine_is_never_sent_the_ids_of_the_mock() {
    let args = ["run", "--spec", "trendyol", "--yes", "--target", "https://shop.invalid"];
    for missing in TRENDYOL {
        let given = TRENDYOL.into_iter().filter(|variable| *variable != missing);
        let ended = end(countermand(args).envs(given));
        ended.exits(2);
        assert!(ended.stderr.contains(&format!("set the environment variable `{}`", missing.0)), "{}", ended.stderr);
    }
}

#[test]
fn an_id_that_stands_in_vars_alone_is_asked_for_by_its_name() {
    let folder = Folder::new();
    let callers = "callers:\n  seller: { bearer: \"${ACME_TOKEN}\" }\n";
    let target = format!("format: 1\ntarget: acme\nspec: trendyol\nbase_url: https://shop.invalid\n{callers}");
    let target = folder.write("acme.yaml", &target).display().to_string();
    let ended = end(countermand(["run", "--yes", "--target", &target]).env("ACME_TOKEN", "t"));
    ended.exits(2);
    let message = "`vars.seller` is not given: set the environment variable `COUNTERMAND_SELLER_ID`";
    assert!(ended.stderr.contains(message), "{}", ended.stderr);
}

/// Every User-Agent that a caller's requests carry, and every key.
fn sent(run: &Told) -> (Vec<String>, Vec<String>) {
    let exchanges = run.cases().flat_map(|case| &case.steps).flat_map(|step| &step.exchanges);
    let headers: Vec<(&str, String)> = exchanges
        .flat_map(|exchange| &exchange.request_headers)
        .map(|(name, value)| (name.as_str(), value.clone()))
        .collect();
    let of = |wanted: &str| {
        let mut values: Vec<String> =
            headers.iter().filter(|(name, _)| *name == wanted).map(|(_, value)| value.clone()).collect();
        values.sort();
        values.dedup();
        values
    };
    (of("user-agent"), of("authorization"))
}

#[test]
fn another_seller_comes_with_a_user_agent_of_its_own() {
    let served = Served::of("trendyol", &["--choice", "foreign-user-agent=refuse"]);
    let args = ["run", "--spec", "trendyol", "--strict", "--verbose", "--filter", "auth/other-seller"];
    let run = told(&mut countermand(args.into_iter().chain(["--target", &served.url()])));
    run.ended.exits(0);
    assert!(
        run.cases().count() == 3 && run.cases().all(|case| case.verdict == Verdict::Passed),
        "{}",
        run.ended.stdout
    );
    let agents = ["$COUNTERMAND_OTHER_SELLER_ID - Countermand", "$COUNTERMAND_SELLER_ID - Countermand"];
    assert_eq!(sent(&run).0, agents);
    // What lets any seller cancel that comes with a User-Agent of its own is caught.
    let served = Served::of("trendyol", &["--fault", "other-seller-cancels"]);
    let run = told(&mut countermand(args.into_iter().chain(["--target", &served.url()])));
    run.ended.exits(1);
}
