//! How a scenario file is laid out: indentation, quotes, spaces, line breaks and columns. Changes nothing that a file says, keeps its
//! comments, and knows none of its keys.

use pretty_yaml::config::{FormatOptions, LayoutOptions};

use crate::node::{Node, Tree};
use crate::source::{Problem, SourceFile, Span};
use crate::yaml;

/// The longest line of a scenario, characters: a flow map that would be longer is broken up.
const WIDTH: usize = 140;

/// The text of a scenario file as it should be laid out; nothing where a file is none: a scenario has `steps`. Expectations, rows
/// and roles that stand in one line each, one below the other, begin in one column.
///
/// # Errors
/// Why it is not YAML, with the place; or that it can't be laid out.
pub fn laid_out(path: &str, bytes: &[u8]) -> Result<Option<String>, Problem> {
    let (source, root) = yaml::parse(path, bytes)?;
    let is_scenario = matches!(&root.tree, Tree::Map(entries) if entries.iter().any(|(key, _)| key.text == "steps"));
    is_scenario.then(|| formatted(path, &source, &root)).transpose()
}

fn formatted(path: &str, source: &SourceFile, before: &Node) -> Result<String, Problem> {
    let layout = LayoutOptions { print_width: WIDTH, ..LayoutOptions::default() };
    let options = FormatOptions { layout, ..FormatOptions::default() };
    let unusual = || {
        let hint = Some("lay it out by hand, or write it with less of YAML".to_owned());
        Problem::of_file(path, "it can't be laid out so that it surely says the same", hint)
    };
    let text = pretty_yaml::format_text(&source.text, &options).map_err(|_| unusual())?;
    let (_, root) = yaml::parse(path, text.as_bytes()).map_err(|_| unusual())?;
    let text = aligned(&text, &root);
    let (_, after) = yaml::parse(path, text.as_bytes()).map_err(|_| unusual())?;
    let is_same = before.to_json() == after.to_json() && content(&source.text) == content(&text);
    is_same.then_some(text).ok_or_else(unusual)
}

/// What of a text is no layout: that is the same before and after, comments too.
fn content(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '"' | '\'' | '\\' | ',' | '\u{feff}')).collect()
}

/// The text, with spaces before the values that share a column.
fn aligned(text: &str, root: &Node) -> String {
    let mut pads = Vec::new();
    columns(text, root, &mut pads);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for (at, spaces) in pads {
        let Some(line) = lines.get_mut(at.line as usize - 1) else { continue };
        if let Some((byte, _)) = line.char_indices().nth(at.column as usize - 1) {
            line.insert_str(byte, &" ".repeat(spaces));
        }
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

/// Before which values stand how many spaces.
fn columns(text: &str, node: &Node, pads: &mut Vec<(Span, usize)>) {
    match &node.tree {
        Tree::List(list) => list.iter().for_each(|node| columns(text, node, pads)),
        Tree::Map(entries) => {
            // A step has keys of every kind: there nothing is a column.
            let is_table = entries.iter().all(|(_, value)| matches!(value.tree, Tree::Map(_)));
            let mut run: Vec<Span> = Vec::new();
            for (key, value) in entries {
                let is_flow = is_table && begins_with_brace(text, value.at);
                let is_one_line = key.at.line == value.at.line && last_line(value) == key.at.line;
                let goes_on = run.last().is_none_or(|above| above.line + 1 == key.at.line);
                if !(is_flow && is_one_line && goes_on) {
                    pad(&mut run, pads);
                }
                if is_flow && is_one_line {
                    run.push(value.at);
                } else {
                    columns(text, value, pads);
                }
            }
            pad(&mut run, pads);
        }
        _ => {}
    }
}

fn pad(run: &mut Vec<Span>, pads: &mut Vec<(Span, usize)>) {
    let widest = run.iter().map(|at| at.column).max().unwrap_or(0);
    // Several in one line are a map in flow style: nothing of that is a column.
    let is_column = run.iter().zip(run.iter().skip(1)).all(|(above, below)| above.line < below.line);
    pads.extend(run.drain(..).filter(|_| is_column).map(|at| (at, (widest - at.column) as usize)));
}

fn begins_with_brace(text: &str, at: Span) -> bool {
    let line = text.lines().nth(at.line as usize - 1).unwrap_or_default();
    line.chars().nth(at.column as usize - 1) == Some('{')
}

fn last_line(node: &Node) -> u32 {
    match &node.tree {
        Tree::List(list) => list.iter().map(last_line).max().unwrap_or(0).max(node.at.line),
        Tree::Map(entries) => entries.iter().map(|(_, node)| last_line(node)).max().unwrap_or(0).max(node.at.line),
        _ => node.at.line,
    }
}

#[cfg(test)]
mod tests {
    use super::{formatted, laid_out};
    use crate::yaml;

    fn format(text: &str) -> String {
        let formatted =
            yaml::parse("a.yaml", text.as_bytes()).and_then(|(source, root)| formatted("a.yaml", &source, &root));
        formatted.unwrap_or_else(|problem| problem.to_string())
    }

    #[test]
    fn what_is_no_scenario_is_left_alone() {
        assert_eq!(laid_out("a.yaml", b"target:   acme\n"), Ok(None));
        assert_eq!(laid_out("a.yaml", b"- steps\n"), Ok(None));
        assert_eq!(laid_out("a.yaml", b"steps:   []\n"), Ok(Some("steps: []\n".to_owned())));
    }

    #[test]
    fn comments_and_blank_lines_stay_where_they_are() {
        let text = "# above\nformat:   1   # beside\n\n\n\n# of the steps\nsteps:\n- call:  read\n  # within\n  on: mug\n# at the end\n";
        let formatted = "# above\nformat: 1 # beside\n\n# of the steps\nsteps:\n  - call: read\n    # within\n    on: mug\n  # at the end\n";
        assert_eq!(format(text), formatted);
    }

    #[test]
    fn maps_below_each_other_share_a_column() {
        let text = "expect:\n  a.b: {answer: accepted}\n  much.longer:    { items: { mug: { new: tee } } }\n  # between\n  c: { a: 1 }\n  d:\n    e: 1\n";
        let formatted = "expect:\n  a.b:         { answer: accepted }\n  much.longer: { items: { mug: { new: tee } } }\n  # between\n  c: { a: 1 }\n  d:\n    e: 1\n";
        assert_eq!(format(text), formatted);
    }

    #[test]
    fn what_was_formatted_stays_as_it_is() {
        let text = "table:\n    a: {x: '1'}\n    bcd: { x: \"it's\" }\nsteps: [ {call: read,\n  on: mug } ]\n";
        let once = format(text);
        assert_eq!(format(&once), once);
        assert_eq!(once.lines().nth(1), Some("  a:   { x: \"1\" }"));
    }

    #[test]
    fn a_text_over_several_lines_is_nobodys_layout() {
        let text = "request:\n  body: |\n    { \"a\":   1 }\n    b:  { }\n    ccc: { }\n";
        assert_eq!(format(text), text);
    }

    #[test]
    fn a_line_that_is_too_long_is_broken() {
        let roles: Vec<String> = (0..12).map(|n| format!("role-{n}: {{ cancelled: true }}")).collect();
        let formatted = format(&format!("items: {{ {} }}\n", roles.join(", ")));
        assert!(formatted.lines().count() > 12, "{formatted}");
        assert!(formatted.lines().all(|line| line.chars().count() <= super::WIDTH));
    }

    #[test]
    fn what_is_no_yaml_has_a_place() {
        let problem = laid_out("a.yaml", b"a: [1").unwrap_err();
        assert_eq!((problem.place.file.as_str(), problem.place.line > 0), ("a.yaml", true));
    }
}
