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
