//! A read of an order that comes in several pages, until it is whole. Knows nothing of what they show.

use std::time::Instant;

use bytes::Bytes;
use countermand_harness::{Page, Reading, Target};
use http::Response;

/// The first pages of a read, what they are of, and when the first was asked for.
#[derive(Default)]
pub(super) struct Pages(Option<(Reading, Page, Instant)>);

impl Pages {
    /// Adds a page, or what has none: what is shown when that is all, and when the read began.
    pub(super) fn add(
        &mut self,
        page: Option<Page>,
        began: Instant,
        response: &Response<Bytes>,
        target: &Target,
    ) -> Option<(Reading, Instant)> {
        let whole = || Reading::new(response.clone());
        let Some(page) = page else { return Some((whole(), began)) };
        let (reading, began) = match self.0.take() {
            _ if page.number == 0 => (whole(), began),
            Some((mut reading, earlier, began)) if earlier.of == page.of && page.number == reading.pages() => {
                reading.add(response.clone());
                (reading, began)
            }
            _ => return None,
        };
        if !reading.is_whole(target) {
            self.0 = Some((reading, page, began));
            return None;
        }
        Some((reading, began))
    }

    /// What was read in part is of no use.
    pub(super) fn forget(&mut self) {
        self.0 = None;
    }
}
