//! Pages of a list: `page` from 1, `limit` per page.

use crate::desk::Call;

/// Items on a page where the caller does not say.
const USUAL: usize = 10;
/// Items on a page at most.
const MOST: usize = 100;

/// Which page was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Paging {
    pub(crate) page: usize,
    pub(crate) limit: usize,
}

impl Paging {
    pub(crate) fn of(call: &Call) -> Self {
        let number = |name: &str| call.query(name).and_then(|value| value.parse::<usize>().ok());
        Self {
            page: number("page").unwrap_or(1).max(1),
            limit: number("limit").unwrap_or(USUAL).clamp(1, MOST),
        }
    }

    /// The items on this page.
    pub(crate) fn cut<T>(self, items: Vec<T>) -> Vec<T> {
        let before = (self.page - 1).saturating_mul(self.limit);
        items.into_iter().skip(before).take(self.limit).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_pages_of_a_list_make_up_the_list(count in 0_usize..120, limit in 1_usize..40) {
            let items: Vec<usize> = (0..count).collect();
            let mut together = Vec::new();
            for page in 1..=count.div_ceil(limit) {
                let cut = Paging { page, limit }.cut(items.clone());
                prop_assert!(!cut.is_empty() && cut.len() <= limit);
                together.extend(cut);
            }
            prop_assert_eq!(together, items);
        }

        #[test]
        fn a_page_beyond_the_end_is_empty(count in 0_usize..50, limit in 1_usize..40, beyond in 1_usize..1000) {
            let page = count.div_ceil(limit) + beyond;
            let cut = Paging { page, limit }.cut((0..count).collect::<Vec<_>>());
            prop_assert!(cut.is_empty());
        }
    }
}
