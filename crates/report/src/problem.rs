//! What is wrong in the files a person wrote, as that person reads it: message, place, help.

use std::collections::BTreeSet;
use std::io::{self, Write};

use countermand_text::Problem;

use crate::snippet;
use crate::style::{Ink, Style};
use crate::text;

/// Writes every problem and how many there are, within `width` columns. Of no problems it says nothing.
///
/// # Errors
/// Whatever the writer says.
pub fn write_problems(out: &mut dyn Write, problems: &[Problem], style: Style, width: usize) -> io::Result<()> {
    for problem in problems {
        write_problem(out, problem, style, width)?;
        writeln!(out)?;
    }
    if problems.is_empty() {
        return Ok(());
    }
    let files: BTreeSet<&str> = problems.iter().map(|problem| problem.place.file.as_str()).collect();
    let sum = format!("{} in {}", text::count(problems.len(), "problem"), text::count(files.len(), "file"));
    writeln!(out, "{}", style.paint(Ink::Strong, &sum))
}

fn write_problem(out: &mut dyn Write, problem: &Problem, style: Style, width: usize) -> io::Result<()> {
    let error = style.paint(Ink::Bad, "error:");
    writeln!(out, "{error} {}", style.paint(Ink::Strong, &lines(&problem.message, 7)))?;
    let place = &problem.place;
    let snippet = match place.text.trim().is_empty() {
        // Nothing to point at: the file as a whole, or its end.
        true => vec![snippet::heading(place, style)],
        false => snippet::lines(place, "", Ink::Bad, style, width),
    };
    snippet.iter().try_for_each(|line| writeln!(out, "{line}"))?;
    let Some(hint) = &problem.hint else {
        return Ok(());
    };
    let gutter = snippet::gutter(place);
    let key = style.paint(Ink::Dim, "= help");
    writeln!(out, "{:gutter$}{key}  {}", "", lines(hint, gutter + 8))
}

/// A message of ours keeps its lines; what it quotes is made visible.
fn lines(message: &str, indent: usize) -> String {
    let lines: Vec<String> = message.lines().map(|line| text::excerpt(line, text::BODY)).collect();
    lines.join(&format!("\n{:indent$}", ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use countermand_text::Place;

    fn shown(problems: &[Problem]) -> String {
        let mut out = Vec::new();
        write_problems(&mut out, problems, Style::Plain, 100).expect("a vector takes all");
        String::from_utf8(out).expect("text")
    }

    fn problem(line: u32, column: u32, width: u32, text: &str, message: &str, hint: Option<&str>) -> Problem {
        let file = "scenarios/modern-dropship/partial/splits-the-item.yaml".to_owned();
        Problem {
            place: Place { file, line, column, width, text: text.to_owned() },
            message: message.to_owned(),
            hint: hint.map(str::to_owned),
        }
    }

    #[test]
    fn problems_are_pointed_at_and_counted() {
        let clause = problem(
            17,
            7,
            20,
            "      partial.new-quantitty: { items: { mug-rest: { quantity: 3 } } }",
            "unknown clause `partial.new-quantitty`",
            Some("did you mean `partial.new-quantity`?"),
        );
        let role = problem(
            105,
            11,
            4,
            "    on:   mugg",
            "unknown role `mugg`\nexpected one of: mug, tee",
            Some("declare it under `order:`\nor mend its name"),
        );
        let file = Problem::of_file("targets/acme.yaml", "no such file", None);
        insta::assert_snapshot!(shown(&[clause, role, file]), @"
        error: unknown clause `partial.new-quantitty`
          ╭─ scenarios/modern-dropship/partial/splits-the-item.yaml:17:7
        17│       partial.new-quantitty: { items: { mug-rest: { quantity: 3 } } }
          │       ^^^^^^^^^^^^^^^^^^^^
          = help  did you mean `partial.new-quantity`?

        error: unknown role `mugg`
               expected one of: mug, tee
           ╭─ scenarios/modern-dropship/partial/splits-the-item.yaml:105:11
        105│     on:   mugg
           │           ^^^^
           = help  declare it under `order:`
                   or mend its name

        error: no such file
          ╭─ targets/acme.yaml

        3 problems in 2 files
        ");
    }

    #[test]
    fn one_problem_is_one_problem() {
        insta::assert_snapshot!(shown(&[problem(2, 1, 5, "steps:", "no steps", None)]), @"
        error: no steps
          ╭─ scenarios/modern-dropship/partial/splits-the-item.yaml:2:1
         2│ steps:
          │ ^^^^^

        1 problem in 1 file
        ");
        assert_eq!(shown(&[]), "");
    }
}
