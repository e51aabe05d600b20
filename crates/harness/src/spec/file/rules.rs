//! The keys of calls, of the frame around them, and of invariants: what may move, and what must always hold.

use countermand_text::{Node, Tree};

use super::Vocabulary;
use crate::spec::words::{Call, Each, Frame, Group, Invariant, Kind, WHILE};
use crate::template::Expr;

impl Vocabulary<'_> {
    /// The spec's frame, or a call's changes to it.
    pub(super) fn frame(&self, node: &Node, base: Option<&Frame>) -> Option<Frame> {
        let mut fields = self.reader.fields(node, "a frame");
        let mut part = |key: &'static str, base: Option<&String>| {
            let node = if base.is_some() { fields.take(key) } else { fields.need(key) };
            node.and_then(|node| self.clause(node)).or_else(|| base.cloned())
        };
        let accepted = part("accepted", base.map(|frame| &frame.accepted));
        let refused = part("refused", base.map(|frame| &frame.refused));
        let extra = part("extra", base.map(|frame| &frame.extra));
        let missing = part("missing", base.map(|frame| &frame.missing));
        let at_once = part("at_once", base.map(|frame| &frame.at_once));
        let late = part("late", base.map(|frame| &frame.late));
        fields.finish();
        Some(Frame {
            accepted: accepted?,
            refused: refused?,
            extra: extra?,
            missing: missing?,
            at_once: at_once?,
            late: late?,
        })
    }

    pub(super) fn calls(&self, node: &Node, kinds: &[Kind], callers: &[String], frame: &Frame) -> Vec<Call> {
        let reader = self.reader;
        let mut calls = Vec::new();
        for (key, node) in reader.entries(node, "calls") {
            let mut fields = reader.fields(node, "a call");
            let on = fields.take("on").and_then(|node| {
                let kind = reader.text(node, "a kind")?;
                reader
                    .known(node.at, "kind", kind, kinds.iter().map(|kind| kind.name.as_str()))
                    .then(|| kind.to_owned())
            });
            let caller = fields.need("as").and_then(|node| {
                let caller = reader.text(node, "a caller")?;
                reader.known(node.at, "caller", caller, callers.iter().map(String::as_str)).then(|| caller.to_owned())
            });
            let frame =
                fields.take("frame").and_then(|node| self.frame(node, Some(frame))).unwrap_or_else(|| frame.clone());
            let moves = fields.take("moves").map(|node| self.moves(node, kinds)).unwrap_or_default();
            let unless_kept = fields.take("unless_kept").and_then(|node| Expr::parse(reader, node, &["with"]));
            fields.finish();
            // A call with a fault in it is a call all the same: what speaks of it is not wrong for that.
            let (name, caller) = (key.text.clone(), caller.unwrap_or_default());
            calls.push(Call { name, on, caller, frame, moves, unless_kept });
        }
        calls
    }

    /// `[KIND.FIELD, …]`.
    fn moves(&self, node: &Node, kinds: &[Kind]) -> Vec<(String, String)> {
        let of_kind = |kind: &Kind| kind.fields.iter().map(|field| format!("{}.{}", kind.name, field.name)).collect();
        let words: Vec<String> = kinds.iter().flat_map(|kind| -> Vec<String> { of_kind(kind) }).collect();
        let mut moves = Vec::new();
        for word in self.reader.texts(node, "a field as KIND.FIELD") {
            if self.reader.known(node.at, "field", word, words.iter().map(String::as_str)) {
                moves.extend(word.split_once('.').map(|(kind, field)| (kind.to_owned(), field.to_owned())));
            }
        }
        moves
    }

    pub(super) fn invariants(
        &self,
        node: &Node,
        kinds: &[Kind],
        groups: &[Group],
        step_names: &[String],
    ) -> Vec<Invariant> {
        let list = self.reader.list(node, "a list of invariants");
        list.iter().filter_map(|node| self.invariant(node, kinds, groups, step_names)).collect()
    }

    fn invariant(&self, node: &Node, kinds: &[Kind], groups: &[Group], step_names: &[String]) -> Option<Invariant> {
        let reader = self.reader;
        let mut fields = reader.fields(node, "an invariant");
        let clause = fields.need("clause").and_then(|node| self.clause(node));
        let each = fields.need("each").and_then(|node| {
            let word = reader.text(node, "what it is asked of")?;
            let kind_names = kinds.iter().map(|kind| kind.name.as_str());
            let group_names = groups.iter().map(|group| group.name.as_str());
            let words: Vec<&str> = ["order", "answer"].into_iter().chain(kind_names).chain(group_names).collect();
            reader.known(node.at, "thing to ask of", word, words.iter().copied()).then(|| match word {
                "order" => Each::Order,
                "answer" => Each::Answer,
                _ if kinds.iter().any(|kind| kind.name == word) => Each::Kind(word.to_owned()),
                _ => Each::Group(word.to_owned()),
            })
        });
        let settled = fields.need("while").and_then(|node| reader.word(node, "time", &WHILE)) == Some("settled");
        let names: Vec<&str> = step_names.iter().map(String::as_str).collect();
        let covers = !fields.take("covers").is_some_and(|node| matches!(node.tree, Tree::Bool(false)));
        let when = fields.take("when").and_then(|node| Expr::parse(reader, node, &names));
        let holds = fields.need("holds").and_then(|node| Expr::parse(reader, node, &names));
        fields.finish();
        Some(Invariant { clause: clause?, each: each?, settled, covers, when, holds: holds? })
    }
}
