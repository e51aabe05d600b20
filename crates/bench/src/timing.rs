//! Sides that take turns, and what their measurements come to: medians, and ratios round by round.

use anyhow::{Context, Result};

/// What a side was measured at once.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Reading {
    /// What the figure is about: a time, a rate, an amount of memory.
    pub(crate) value: f64,
    /// How long processors were busy with it. A busy machine changes this least.
    pub(crate) cpu: f64,
}

/// One side of a comparison: a name, and how it is measured once.
pub(crate) struct Side<'s> {
    pub(crate) name: String,
    run: Box<dyn FnMut() -> Result<Reading> + 's>,
}

impl<'s> Side<'s> {
    pub(crate) fn new(name: impl Into<String>, run: impl FnMut() -> Result<Reading> + 's) -> Self {
        Self { name: name.into(), run: Box::new(run) }
    }

    /// Measures it once.
    pub(crate) fn once(&mut self) -> Result<Reading> {
        (self.run)().with_context(|| self.name.clone())
    }
}

/// What one side was measured at, round by round. Never empty.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Samples(Vec<Reading>);

/// Measures every side in every round, there and back again in turn, so that neither the machine's mood nor the place in
/// the round favours one. A first round warms the caches and does not count.
pub(crate) fn interleave(rounds: u32, sides: &mut [Side<'_>]) -> Result<Vec<Samples>> {
    let mut samples = vec![Samples::default(); sides.len()];
    for round in 0..=rounds {
        for turn in 0..sides.len() {
            let index = if round % 2 == 0 { turn } else { sides.len() - 1 - turn };
            let value = sides[index].once()?;
            if round > 0 {
                samples[index].0.push(value);
            }
        }
    }
    Ok(samples)
}

impl Samples {
    pub(crate) fn median(&self) -> f64 {
        median(self.values())
    }

    pub(crate) fn least(&self) -> f64 {
        self.values().fold(f64::INFINITY, f64::min)
    }

    pub(crate) fn most(&self) -> f64 {
        self.values().fold(f64::NEG_INFINITY, f64::max)
    }

    /// The mean of processor times: they are counted in ticks, too coarse for a single reading.
    pub(crate) fn cpu(&self) -> f64 {
        self.0.iter().map(|reading| reading.cpu).sum::<f64>() / self.0.len() as f64
    }

    /// The median of the ratios to another side, each within its round: what both sides suffered cancels out.
    pub(crate) fn ratio_to(&self, other: &Self) -> f64 {
        median(self.values().zip(other.values()).map(|(own, other)| own / other))
    }

    fn values(&self) -> impl Iterator<Item = f64> {
        self.0.iter().map(|reading| reading.value)
    }
}

/// The middle one; of an even number the upper of the middle two.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples<const N: usize>(values: [f64; N]) -> Samples {
        Samples(values.map(|value| Reading { value, cpu: value }).into())
    }

    #[test]
    fn the_median_is_a_measurement() {
        let samples = samples([5.0, 1.0, 4.5]);
        assert_eq!((samples.least(), samples.median(), samples.most()), (1.0, 4.5, 5.0));
        assert_eq!(samples.cpu(), 3.5);
    }

    #[test]
    fn ratios_are_taken_within_a_round() {
        let slow_twice = samples([1.0, 10.0, 1.0]);
        let other = samples([2.0, 20.0, 2.0]);
        assert_eq!(slow_twice.ratio_to(&other), 0.5);
    }

    #[test]
    fn sides_take_turns_and_the_first_round_does_not_count() {
        let order = std::cell::RefCell::new(String::new());
        let side = |name: &'static str| {
            let order = &order;
            let mut times = 0.0;
            Side::new(name, move || {
                order.borrow_mut().push_str(name);
                times += 1.0;
                Ok(Reading { value: times, cpu: 0.0 })
            })
        };
        let measured = interleave(3, &mut [side("a"), side("b")]).unwrap();
        assert!(measured.iter().all(|side| side.values().eq([2.0, 3.0, 4.0])));
        assert_eq!(*order.borrow(), "abbaabba");
    }
}
