//! Ids from a seed and a counter: unique and rising within a model, and others than those of a model with another seed.

/// Whole numbers of 15 digits, which a double still tells apart.
#[derive(Clone, Debug)]
pub(crate) struct NumberIds {
    last: u64,
}

impl NumberIds {
    pub(crate) fn new(seed: u64) -> Self {
        Self { last: (100_000 + spread(seed) % 900_000) * 1_000_000_000 }
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }
}

/// Texts of 24 hexadecimal digits.
#[derive(Clone, Debug)]
pub(crate) struct HexIds {
    prefix: u64,
    last: u64,
}

impl HexIds {
    pub(crate) fn new(seed: u64) -> Self {
        // The set bit keeps all-zero ids free for callers who need one that nobody has.
        Self { prefix: spread(seed) | 0x1000_0000, last: 0 }
    }

    pub(crate) fn next(&mut self) -> String {
        self.last += 1;
        format!("{:08x}{:016x}", self.prefix, self.last)
    }
}

/// Spreads small seeds over 32 bits, by a multiplicative hash.
fn spread(seed: u64) -> u64 {
    seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32
}

#[cfg(test)]
mod tests {
    use super::{HexIds, NumberIds};

    #[test]
    fn ids_rise_and_are_of_one_length() {
        for seed in [0, 1, 2, u64::MAX] {
            let (mut numbers, mut texts) = (NumberIds::new(seed), HexIds::new(seed));
            let (number, text) = (numbers.next(), texts.next());
            assert!(number < numbers.next() && text < texts.next());
            assert_eq!((number.to_string().len(), text.len()), (15, 24));
            assert_ne!((number, text), (NumberIds::new(seed ^ 4).next(), HexIds::new(seed ^ 4).next()));
        }
    }
}
