//! The keys of calls, of the frame around them, and of invariants: what may move, and what must always hold.

use countermand_text::{Node, Tree};

use super::Vocabulary;
use crate::spec::shapes;
use crate::spec::words::{Call, Each, Frame, Group, Invariant, Kind, Parameter, WHILE};
use crate::template::{Expr, Nameable, Record, Shape};

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
            let arguments = fields.take("arguments").map(|node| self.parameters(node));
            let strays = fields.take("strays").map(|node| reader.texts(node, "the name of an argument"));
            let strays: Vec<String> = strays.unwrap_or_default().into_iter().map(str::to_owned).collect();
            let frame =
                fields.take("frame").and_then(|node| self.frame(node, Some(frame))).unwrap_or_else(|| frame.clone());
            let moves = fields.take("moves").map(|node| self.moves(node, kinds)).unwrap_or_default();
            let with = arguments.as_ref().map(|known| shapes::given_to(known, &strays)).unwrap_or_default();
            let names = Nameable::default().with("with", with);
            let unless_kept = fields.take("unless_kept").and_then(|node| Expr::parse(reader, node, &names));
            fields.finish();
            // A call with a fault in it is a call all the same: what speaks of it is not wrong for that.
            let (name, caller) = (key.text.clone(), caller.unwrap_or_default());
            calls.push(Call { name, on, caller, arguments, strays, frame, moves, unless_kept });
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

    /// `[reasonId, { lines: [lineId, quantity] }]`: names, and what stands in one.
    fn parameters(&self, node: &Node) -> Vec<Parameter> {
        let reader = self.reader;
        let mut parameters = Vec::new();
        for node in reader.list(node, "a list of what the call is given") {
            match &node.tree {
                Tree::Map(entries) => parameters.extend(
                    entries
                        .iter()
                        .map(|(key, node)| Parameter { name: key.text.clone(), inside: self.parameters(node) }),
                ),
                _ => parameters.extend(
                    reader
                        .text(node, "the name of an argument")
                        .map(|name| Parameter { name: name.to_owned(), inside: Vec::new() }),
                ),
            }
        }
        parameters
    }

    pub(super) fn invariants(
        &self,
        node: &Node,
        kinds: &[Kind],
        groups: &[Group],
        step_names: &Nameable,
    ) -> Vec<Invariant> {
        let list = self.reader.list(node, "a list of invariants");
        list.iter().filter_map(|node| self.invariant(node, kinds, groups, step_names)).collect()
    }

    fn invariant(&self, node: &Node, kinds: &[Kind], groups: &[Group], step_names: &Nameable) -> Option<Invariant> {
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
        let subject = match &each {
            Some(Each::Kind(name)) => {
                kinds.iter().find(|kind| kind.name == *name).map(|kind| shapes::entity(kinds, kind))
            }
            Some(Each::Group(name)) => groups.iter().find(|group| group.name == *name).map(shapes::row),
            // What is asked of answers was nothing before.
            Some(Each::Answer) => Some(Record::default()),
            Some(Each::Order) | None => None,
        };
        let is_answer = each == Some(Each::Answer);
        let answer = Record::default().with("status", Shape::Any).with("body", Shape::Any);
        let was = subject.map_or_else(|| step_names.shape("order"), Shape::from);
        let now = if is_answer { answer.into() } else { was.clone() };
        let names = step_names.clone().with("was", was).with("now", now);
        let covers = !fields.take("covers").is_some_and(|node| matches!(node.tree, Tree::Bool(false)));
        let when = fields.take("when").and_then(|node| Expr::parse(reader, node, &names));
        let holds = fields.need("holds").and_then(|node| Expr::parse(reader, node, &names));
        fields.finish();
        Some(Invariant { clause: clause?, each: each?, settled, covers, when, holds: holds? })
    }
}
