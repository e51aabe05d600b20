//! What follows from what. A mismatch is charged to the demand that it breaks, at that demand's level; but what an earlier
//! mismatch put in doubt can tell nothing new. From one of the same level or a graver one it follows. After one that is less
//! grave, or that is allowed, it can't be judged: it may follow, and it may not.

use countermand_event::{Difference, Level, Mismatch};

use super::{Found, Made, Names, Spot};
use crate::scenario::{On, OrderRef};
use crate::spec::Spec;

/// What the steps of a case have put in doubt so far.
#[derive(Debug, Default)]
pub(crate) struct Doubts(Vec<Doubt>);

/// A spot that differs from what was expected of it.
#[derive(Debug, Clone)]
struct Doubt {
    spot: Spot,
    because: Because,
    /// It is of what is told of the spot, and not of what is read of it.
    heard: bool,
}

/// The mismatch that something may follow from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Because {
    /// The step, from 1.
    pub(crate) step: usize,
    pub(crate) clause: String,
    pub(crate) level: Level,
}

impl Because {
    /// In place of a mismatch: nothing came that tells of what the clause speaks of, and it can't be judged.
    pub(super) fn nothing_came(step: usize, clause: &str) -> Self {
        Self { step, clause: clause.to_owned(), level: Level::May }
    }

    /// Why a clause is not judged in a step after this.
    pub(crate) fn why(&self, step: usize, clause: &str) -> String {
        if *self == Self::nothing_came(step, clause) {
            return "nothing came that tells of it".to_owned();
        }
        let Self { step, clause, level } = self;
        format!("what differs may follow from `{clause}` in step {step}, which is a {}", level.name())
    }
}

/// What a mismatch counts for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Weight {
    /// It breaks its clause.
    Counts,
    /// It follows from one that counts at least as much.
    Follows,
    /// Whether it follows from one that counts less can't be told.
    Unknown(Because),
}

/// What a step was made on: what was in doubt of that puts the step's answer in doubt, and what became of it.
struct Touched {
    call: String,
    order: usize,
    /// The thing; nothing for the order and all that is in it.
    root: Option<String>,
}

impl Touched {
    /// Whether what comes of the call may depend on it.
    fn depends_on(&self, spot: &Spot) -> bool {
        let matters = spot.matters_to.as_ref().is_none_or(|calls| calls.contains(&self.call));
        matters && self.order == spot.order && (self.root.is_none() || self.root == spot.root)
    }

    /// Whether the call may change it.
    fn changes(&self, spot: &Spot) -> bool {
        self.order == spot.order && (self.root.is_none() || spot.root.is_none() || self.root == spot.root)
    }
}

/// What the calls of a step were made on; nothing for one on what nobody has.
fn touched(made: &[Made<'_>], names: &[Names]) -> Vec<Touched> {
    let of = |made: &Made<'_>| match (&made.call.on, &made.on, made.call.order) {
        (On::Unknown(_), ..) | (.., OrderRef::Unknown) => None,
        (_, Some((order, ident)), _) => {
            let Spot { order, root, .. } = Spot::of_thing(*order, names, ident);
            Some(Touched { call: made.call.name.clone(), order, root })
        }
        (_, None, OrderRef::Named(order)) => Some(Touched { call: made.call.name.clone(), order, root: None }),
    };
    made.iter().filter_map(of).collect()
}

impl Doubts {
    /// Weighs what a step has shown against what was in doubt before it, and remembers what is in doubt now. `earlier` are the
    /// mismatches of the case so far.
    pub(crate) fn weigh(
        &mut self,
        (spec, profile): (&Spec, &str),
        (step, made, names): (usize, &[Made<'_>], &[Names]),
        found: &[Found],
        earlier: &[Mismatch],
    ) -> Vec<Weight> {
        self.weigh_touched((spec, profile), step, &touched(made, names), found, earlier)
    }

    fn weigh_touched(
        &mut self,
        (spec, profile): (&Spec, &str),
        step: usize,
        touched: &[Touched],
        found: &[Found],
        earlier: &[Mismatch],
    ) -> Vec<Weight> {
        let mut now = Vec::new();
        let mut weights = Vec::new();
        for found in found {
            let level = spec.level(&found.clause, profile);
            let is_rule = found.deviation.difference == Difference::Rule;
            let is_repeated = || earlier.iter().any(|it| it.clause == found.clause && it.path == found.deviation.path);
            // An invariant holds whatever a scenario expected before: only its own repetition follows from something.
            let weight = match is_rule {
                true if is_repeated() => Weight::Follows,
                true => weight_after(found.rests_on.iter(), level),
                false => self.weight(found, level, touched),
            };
            // What nobody was told of may well be so: only what is told later is in doubt. An invariant says of which spots it
            // speaks, not which are wrong.
            let is_doubted = if found.heard { found.deviation.difference == Difference::Missing } else { !is_rule };
            if is_doubted {
                let because = match &weight {
                    Weight::Unknown(because) => because.clone(),
                    Weight::Counts | Weight::Follows => Because { step, clause: found.clause.clone(), level },
                };
                let doubt = |spot: &Spot| Doubt { spot: spot.clone(), because: because.clone(), heard: found.heard };
                now.extend(found.deviation.spots.iter().map(doubt));
            }
            weights.push(weight);
        }
        self.0.extend(now);
        weights
    }

    fn weight(&self, found: &Found, level: Level, touched: &[Touched]) -> Weight {
        let is_touched = |spot: &Spot| touched.iter().any(|touched| touched.changes(spot));
        let spots = &found.deviation.spots;
        let depends = found.is_of_answer() || spots.iter().any(is_touched);
        let concerns = |doubt: &&Doubt| {
            if doubt.heard {
                return found.heard && spots.iter().any(|spot| spot.is_beside(&doubt.spot));
            }
            let is_same = || !found.is_of_answer() && spots.iter().any(|spot| spot.overlaps(&doubt.spot));
            is_same() || depends && touched.iter().any(|touched| touched.depends_on(&doubt.spot))
        };
        let before = self.0.iter().filter(concerns).map(|doubt| &doubt.because);
        weight_after(found.rests_on.iter().chain(before), level)
    }
}

/// What a mismatch of this level counts for after others that it may follow from.
fn weight_after<'b>(before: impl Iterator<Item = &'b Because>, level: Level) -> Weight {
    match before.reduce(|a, b| if b.level > a.level { b } else { a }) {
        None => Weight::Counts,
        Some(because) if because.level >= level => Weight::Follows,
        Some(because) => Weight::Unknown(because.clone()),
    }
}

#[cfg(test)]
mod tests {
    use countermand_text::Span;

    use super::*;
    use crate::check::Deviation;
    use crate::spec::parse;

    /// A contract of items with a count and a note, and of the levels of three clauses.
    fn spec() -> Spec {
        let text = "format: 1\nspec: t\ntitle: t\nprofiles: { p: p }\n\
            clauses:\n  must: { level: MUST, text: t, source: s }\n  should: { level: SHOULD, text: t, source: s }\n  \
            may: { level: MAY, text: t, source: s }\n\
            kinds: { item: { plural: items, fields: { count: {}, note: { matters_to: [] } } } }\n\
            order: { unknown: x, fields: { flag: {} } }\ncallers: [me]\n\
            calls: { go: { on: item, as: me } }\n\
            frame: { accepted: may, refused: may, extra: may, missing: may, at_once: may, late: may }\n";
        parse("t.yaml", text.as_bytes()).unwrap_or_else(|problems| panic!("{problems:?}"))
    }

    struct Steps {
        spec: Spec,
        doubts: Doubts,
        number: usize,
    }

    impl Steps {
        fn new() -> Self {
            Self { spec: spec(), doubts: Doubts::default(), number: 0 }
        }

        fn spot(&self, of: (usize, &str, &str)) -> Spot {
            let (order, thing, field) = of;
            let spot = if thing.is_empty() { Spot::of_order(order) } else { Spot::of_thing(order, &[], thing) };
            match field {
                "" => spot,
                field => spot.in_field(&self.spec, if thing.is_empty() { "" } else { "item" }, field),
            }
        }

        /// Weighs one mismatch of a step whose call touched `thing`.
        fn weigh(&mut self, thing: (usize, &str), clause: &str, path: &str, spots: &[(usize, &str, &str)]) -> Weight {
            self.number += 1;
            let deviation = Deviation {
                path: path.to_owned(),
                difference: Difference::Differs,
                expected: String::new(),
                wanted: None,
                actual: None,
                spots: spots.iter().map(|spot| self.spot(*spot)).collect(),
            };
            let found = Found::new(deviation, clause, &self.spec.file, Span::default());
            let root = (!thing.1.is_empty()).then(|| thing.1.to_owned());
            let touched = [Touched { call: "go".to_owned(), order: thing.0, root }];
            let weights = self.doubts.weigh_touched((&self.spec, "p"), self.number, &touched, &[found], &[]);
            weights.into_iter().next().expect("one for each")
        }
    }

    fn unknown(weight: &Weight) -> bool {
        matches!(weight, Weight::Unknown(_))
    }

    const MUG: (usize, &str) = (0, "mug");
    const TEE: (usize, &str) = (0, "tee");

    #[test]
    fn what_counts_as_much_is_followed_and_what_counts_less_leaves_it_open() {
        for (first, then, weight) in [
            ("must", "must", Weight::Follows),
            ("must", "should", Weight::Follows),
            ("should", "should", Weight::Follows),
        ] {
            let mut steps = Steps::new();
            assert_eq!(steps.weigh(MUG, first, "items.mug.count", &[(0, "mug", "count")]), Weight::Counts);
            assert_eq!(steps.weigh(MUG, then, "items.mug.count", &[(0, "mug", "count")]), weight);
        }
        for (first, then) in [("should", "must"), ("may", "must"), ("may", "should")] {
            let mut steps = Steps::new();
            steps.weigh(MUG, first, "items.mug.count", &[(0, "mug", "count")]);
            let weight = steps.weigh(MUG, then, "items.mug.count", &[(0, "mug", "count")]);
            assert!(unknown(&weight), "{first} {then}: {weight:?}");
        }
    }

    #[test]
    fn what_only_tells_puts_nothing_else_in_doubt() {
        let mut steps = Steps::new();
        steps.weigh(MUG, "should", "items.mug.note", &[(0, "mug", "note")]);
        let answer = steps.weigh(MUG, "must", "answer", &[(0, "mug", ""), (0, "", "")]);
        assert_eq!(answer, Weight::Counts, "no call hangs on a note");
        let mut steps = Steps::new();
        steps.weigh(MUG, "should", "items.mug.count", &[(0, "mug", "count")]);
        assert!(unknown(&steps.weigh(MUG, "must", "answer", &[(0, "mug", "")])));
    }

    #[test]
    fn a_call_on_something_else_is_judged() {
        let mut steps = Steps::new();
        steps.weigh(MUG, "should", "answer", &[(0, "mug", ""), (0, "", "")]);
        assert_eq!(steps.weigh(TEE, "must", "answer", &[(0, "tee", "")]), Weight::Counts);
        let mut steps = Steps::new();
        steps.weigh(MUG, "should", "answer", &[(0, "mug", ""), (0, "", "")]);
        assert_eq!(steps.weigh(MUG, "must", "items.tee.count", &[(0, "tee", "count")]), Weight::Counts);
        let mut steps = Steps::new();
        steps.weigh(MUG, "should", "answer", &[(0, "mug", ""), (0, "", "")]);
        assert!(unknown(&steps.weigh((0, ""), "must", "answer", &[(0, "", "")])), "all of the order is on the mug too");
    }

    #[test]
    fn what_stands_in_another_order_is_another_thing() {
        for (thing, field, path) in [("mug", "count", "items.mug.count"), ("", "flag", "order.flag")] {
            let mut steps = Steps::new();
            steps.weigh((0, thing), "must", path, &[(0, thing, field)]);
            assert_eq!(steps.weigh((1, thing), "must", path, &[(1, thing, field)]), Weight::Counts);
        }
    }

    #[test]
    fn what_may_follow_puts_in_doubt_what_comes_after_it() {
        let mut steps = Steps::new();
        steps.weigh(MUG, "may", "answer", &[(0, "mug", "count")]);
        assert!(unknown(&steps.weigh(MUG, "must", "order.flag", &[(0, "", "flag")])));
        let weight = steps.weigh(TEE, "must", "order.flag", &[(0, "", "flag")]);
        assert_eq!(weight, Weight::Unknown(Because { step: 1, clause: "may".to_owned(), level: Level::May }));
    }
}
