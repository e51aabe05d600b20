//! A scenario file as a tree: each row of it makes a case, all of them at once or one by itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use countermand_text::{Key, Node, Problem, Reader, SourceFile, Tree, suggest, yaml};

use super::form::Form;
use super::table;
use super::table::Row;
use crate::scenario::Case;
use crate::spec::Spec;

/// The tree of a file, with its text to show places in it.
#[derive(Debug)]
pub(crate) struct Document {
    source: Arc<SourceFile>,
    root: Node,
    /// Its steps expect nothing.
    pub(crate) is_sequence: bool,
}

impl Document {
    pub(crate) fn parse(path: &str, bytes: &[u8]) -> Result<Self, Problem> {
        let (source, root) = yaml::parse(path, bytes)?;
        Ok(Self { source, root, is_sequence: false })
    }

    /// The cases of all rows, in their order; `name` is the file's within its spec.
    pub(crate) fn cases(&self, name: &str, specs: &BTreeMap<String, Arc<Spec>>) -> Result<Vec<Case>, Vec<Problem>> {
        let reader = Reader::new(Arc::clone(&self.source));
        let cases = self.read(&reader, name, specs);
        if reader.has_problems() { Err(reader.into_problems()) } else { Ok(cases) }
    }

    /// The case of one row, which is nothing where the file is not what it was taken for.
    pub(crate) fn case(&self, row: usize, spec: &Arc<Spec>, id: String) -> Option<Case> {
        let reader = Reader::new(Arc::clone(&self.source));
        let case = self.fill(&reader, self.rows(&reader).get(row)?.as_ref(), spec, id);
        case.filter(|_| !reader.has_problems())
    }

    fn read(&self, reader: &Reader, name: &str, specs: &BTreeMap<String, Arc<Spec>>) -> Vec<Case> {
        reader.entries(&self.root, "a scenario: a map with `format`, `spec`, `title`, `order` and `steps`");
        if !matches!(self.root.tree, Tree::Map(_)) {
            return Vec::new();
        }
        let Some(spec_name) = self.find("spec") else {
            reader.problem(
                self.root.at,
                "a scenario needs `spec`: the contract it belongs to",
                suggest::hint("", specs.keys().map(String::as_str)),
            );
            return Vec::new();
        };
        let at = spec_name.at;
        let Some(spec_name) = reader.text(spec_name, "the spec's name") else { return Vec::new() };
        let Some(spec) = specs.get(spec_name) else {
            reader.known(at, "spec", spec_name, specs.keys().map(String::as_str));
            return Vec::new();
        };
        let id = |row: Option<&Row<'_>>| match row {
            None => format!("{}/{name}", spec.name),
            Some(row) => format!("{}/{name}/{}", spec.name, row.name),
        };
        let rows = self.rows(reader);
        rows.iter().map(Option::as_ref).filter_map(|row| self.fill(reader, row, spec, id(row))).collect()
    }

    /// The rows of the table; without one there is a single case, which is no row.
    fn rows(&self, reader: &Reader) -> Vec<Option<Row<'_>>> {
        match self.find("table") {
            None => vec![None],
            Some(table) => table::rows(reader, table).into_iter().map(Some).collect(),
        }
    }

    fn fill(&self, reader: &Reader, row: Option<&Row<'_>>, spec: &Arc<Spec>, id: String) -> Option<Case> {
        let form = if self.is_sequence { Form::Sequence } else { Form::of(&id, spec) };
        super::read(form, reader, &table::fill(reader, &self.root, row), spec, id)
    }

    fn find(&self, wanted: &str) -> Option<&Node> {
        let Tree::Map(entries) = &self.root.tree else { return None };
        entries.iter().find(|(key, _): &&(Key, Node)| key.text == wanted).map(|(_, node)| node)
    }
}
