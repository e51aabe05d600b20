//! The pages in a real browser. Chromium and its driver have to be on the PATH; nothing is installed from here.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::folder::Folder;
use crate::program::{countermand, end, report};
use crate::webdriver::{Browser, ENTER, TAB};

const HOSTILE: &str = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">";

/// The page as the browser has it once its script has run.
fn shown(page: &Path, query: &str) -> String {
    let url = format!("file://{}{query}", page.display());
    let quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000", "--dump-dom"];
    let mut browser = Command::new("chromium");
    let ended = end(browser.args(quiet).arg(format!("--user-data-dir={}.profile", page.display())).arg(url));
    ended.exits(0);
    ended.stdout
}

/// A run of failing and passing cases in which everything an endpoint can say is hostile, as a page.
fn hostile_page(folder: &Folder) -> std::path::PathBuf {
    let run = folder.file("run.jsonl");
    end(&mut countermand(["run", "three", "wrong", "-q", &report(&run)])).exits(1);
    let text = fs::read_to_string(&run).unwrap();
    let hostile = text.lines().map(|line| {
        let mut event: serde_json::Value = serde_json::from_str(line).unwrap();
        for step in event["steps"].as_array_mut().into_iter().flatten() {
            step["outcome"] = HOSTILE.into();
            step["state"]["order"][HOSTILE] = HOSTILE.into();
            step["exchanges"].as_array_mut().into_iter().flatten().for_each(|exchange| {
                exchange["response_body"] = HOSTILE.into();
            });
        }
        event["mismatches"].as_array_mut().into_iter().flatten().for_each(|found| found["actual"] = HOSTILE.into());
        event.to_string() + "\n"
    });
    let told = folder.write("hostile.jsonl", &hostile.collect::<String>());
    let page = folder.file("page.html");
    let html = format!("--report=html={}", page.display());
    end(&mut countermand(["merge", "-q", told.to_str().unwrap(), &html])).exits(1);
    page
}

#[test]
#[ignore = "needs chromium on the PATH: .ci/run installs it and runs this"]
fn what_an_endpoint_sends_never_runs() {
    let folder = Folder::new();
    let dom = shown(&hostile_page(&folder), "");
    assert!(dom.contains("<title>mock · Countermand</title>"), "the title was changed");
    assert!(dom.matches("&lt;script&gt;").count() >= 3 && !dom.contains("<img"), "it is shown as text");
}

#[test]
#[ignore = "needs chromium on the PATH: .ci/run installs it and runs this"]
fn cases_are_filtered_and_found_by_a_link() {
    let folder = Folder::new();
    let page = hostile_page(&folder);
    let hidden = |dom: &str| dom.matches("hidden=\"\"").count();
    let all = shown(&page, "");
    assert!(all.contains("<output>4 of 4</output>"), "the script runs");
    assert_eq!(hidden(&all), 0);
    let failed = shown(&page, "?verdict=failed");
    assert!(failed.contains("<output>1 of 4</output>"));
    assert_eq!(hidden(&failed), 4, "three cases, and the list of them");
    let found = shown(&page, "?text=a-wrong");
    assert!(found.contains("<output>1 of 4</output>"));
}

#[test]
#[ignore = "needs chromium on the PATH: .ci/run installs it and runs this"]
fn everything_is_there_without_a_script() {
    let folder = Folder::new();
    let browser = Browser::without_scripts(&hostile_page(&folder), &folder.file("profile"));
    assert_eq!(browser.tell("document.querySelectorAll('.case').length"), 4);
    assert_eq!(browser.tell("document.getElementById('filter').hidden"), true, "what does nothing is not shown");
    let failed = browser.tell("document.querySelector('details.case').textContent");
    assert!(failed.as_str().unwrap().contains("<script>"), "what was sent is there as text");
}

/// A person with a keyboard and no mouse filters the cases, and opens one.
#[test]
#[ignore = "needs chromium and its driver on the PATH: .ci/run installs them and runs this"]
fn a_keyboard_is_enough() {
    let folder = Folder::new();
    let browser = Browser::open(&hostile_page(&folder), &folder.file("profile"));
    let focused = || browser.tell("document.activeElement.name || document.activeElement.localName");
    // Nothing stands on the way that can't be seen, and the order is that of the page.
    let mut way = Vec::new();
    let is_case = "document.activeElement.matches('.case > summary')";
    while browser.tell(is_case) != true {
        browser.press(TAB);
        way.push(focused().as_str().unwrap().to_owned());
        assert!(way.len() < 60, "no case is reached: {way:?}");
    }
    let controls: Vec<&String> =
        way.iter().filter(|name| ["verdict", "level", "blame", "text"].contains(&name.as_str())).collect();
    assert_eq!(controls, ["verdict", "level", "blame", "text"]);
    // A case opens and closes.
    let is_open = "document.activeElement.parentElement.open";
    let before = browser.tell(is_open);
    browser.press(ENTER);
    assert_ne!(browser.tell(is_open), before);
    browser.press(ENTER);
    assert_eq!(browser.tell(is_open), before);
    // What is typed into the text filters at once.
    browser.tell("document.querySelector('[name=text]').focus()");
    browser.press("a-wrong");
    assert_eq!(browser.tell("document.querySelector('output').textContent"), "1 of 4");
    // Where one is, is seen.
    assert_ne!(browser.tell("getComputedStyle(document.activeElement).outlineStyle"), "none");
}

/// A large page opens in time.
#[test]
#[ignore = "needs chromium on the PATH: .ci/run installs it and runs this"]
fn ten_thousand_cases_are_shown() {
    let folder = Folder::new();
    let run = folder.file("run.jsonl");
    end(&mut countermand(["run", "three", "-q", &report(&run)])).exits(0);
    let text = fs::read_to_string(&run).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let many = (0..10_000).map(|n| lines[1].replacen("\"id\":\"", &format!("\"id\":\"{n}/"), 1) + "\n");
    let first = lines[0].replacen("\"cases\":3", "\"cases\":10000", 1);
    let told = folder.write("many.jsonl", &format!("{first}\n{}{}\n", many.collect::<String>(), lines[4]));
    let page = folder.file("many.html");
    let html = format!("--report=html={}", page.display());
    end(&mut countermand(["merge", "-q", told.to_str().unwrap(), &html])).exits(0);
    assert!(shown(&page, "").contains("<output>10000 of 10000</output>"));
}
