//! What is saved is played again, and nothing else.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::folder::{Folder, fixtures};
use crate::program::{countermand, signal};

#[test]
fn what_is_saved_is_played_again() {
    let folder = Folder::new();
    let text = |name: &str| std::fs::read_to_string(fixtures().join(name)).unwrap();
    folder.write("a.yaml", &text("three/a.yaml"));
    folder.write("b.yaml", &text("three/b.yaml"));
    let mut child = countermand(["run", folder.path().to_str().unwrap(), "--watch", "-q"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut until_it_watches =
        || lines.by_ref().take_while(|line| !line.starts_with("watching 2 files")).collect::<Vec<_>>();
    let first = until_it_watches().join("\n");
    assert!(first.contains("2 passed"), "{first}");
    // What is wrong is told, and the next save mends it. Both at one stroke: what is half written would be played too.
    let save = |text: &str| std::fs::rename(folder.write("a.saved", text), folder.file("a.yaml")).unwrap();
    save("format: 1\nwrong: true\n");
    let wrong = until_it_watches();
    assert!(!wrong.iter().any(|line| line.contains("passed")), "{wrong:?}");
    save(&text("three/a.yaml"));
    let mended = until_it_watches().join("\n");
    assert!(mended.contains("1 passed"), "{mended}");
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
