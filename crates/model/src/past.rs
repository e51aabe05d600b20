//! What things were before the last calls changed them: for a model whose fault is to decide by what was there when a call
//! arrived, and not by what other calls did since.

use std::collections::VecDeque;

/// States before the last `MOST` changes, with the number of the call that made each.
#[derive(Clone, Debug)]
pub(crate) struct Past<T, const MOST: usize>(VecDeque<(u64, T)>);

impl<T, const MOST: usize> Default for Past<T, MOST> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T, const MOST: usize> Past<T, MOST> {
    /// Takes note of what something was before the call of this number.
    pub(crate) fn note(&mut self, call: u64, before: T) {
        self.0.push_back((call, before));
        if self.0.len() > MOST {
            self.0.pop_front();
        }
    }

    /// What such a thing was when no more than this many calls had been handled; nothing, if none noted it since.
    pub(crate) fn as_of(&self, calls: u64, is_such: impl Fn(&T) -> bool) -> Option<&T> {
        let since = self.0.iter().find(|(call, before)| *call > calls && is_such(before));
        since.map(|(_, before)| before)
    }
}

#[cfg(test)]
mod tests {
    use super::Past;

    #[test]
    fn what_was_there_before_later_calls() {
        let mut past = Past::<_, 2>::default();
        past.note(1, "forgotten");
        past.note(4, "first");
        past.note(6, "second");
        assert_eq!(
            [0, 3, 4, 5, 6].map(|calls| past.as_of(calls, |_| true).copied()),
            [Some("first"), Some("first"), Some("second"), Some("second"), None]
        );
        assert_eq!(past.as_of(0, |it| *it == "second"), Some(&"second"));
    }
}
