//! The pages of a trace: every document that a tab showed.

use std::collections::HashMap;
use std::sync::Arc;

use journal::fact::NavigationStage;
use journal::{Event, Fact};

use super::format::{Page, PageTimings};
use super::iso8601_us;

/// A page with what is needed to tell which requests belong to it.
pub(super) struct Span {
    pub(super) page: Page,
    pub(super) from_us: u64,
}

/// One page per document that a tab committed to; its time begins with the navigation, so that the document's
/// own request is part of it.
pub(super) fn pages(events: &[Arc<Event>]) -> Vec<Span> {
    let mut spans: Vec<(Span, &str)> = Vec::new();
    let mut started: Vec<(&str, u64)> = Vec::new();
    let mut asked: HashMap<&str, u64> = HashMap::new();
    for event in events {
        if let Fact::Request(request) = &event.fact {
            asked.insert(&request.url, event.at.wall_us);
        }
        let Fact::Navigation(navigation) = &event.fact else {
            continue;
        };
        if !navigation.top_level {
            continue;
        }
        let context = navigation.context.as_str();
        match navigation.stage {
            NavigationStage::Started => started.push((context, event.at.wall_us)),
            NavigationStage::Committed => {
                // Where the browser did not tell of the start, the document's own request does.
                let from_us = started
                    .iter()
                    .find(|(other, _)| *other == context)
                    .map(|(_, began)| *began)
                    .or_else(|| asked.get(navigation.url.as_str()).copied())
                    .unwrap_or(event.at.wall_us);
                started.retain(|(other, _)| *other != context);
                let page = Page {
                    started_date_time: iso8601_us(from_us),
                    id: format!("page_{}", spans.len() + 1),
                    title: navigation.url.clone(),
                    page_timings: PageTimings {
                        on_content_load: -1.0,
                        on_load: -1.0,
                    },
                };
                spans.push((Span { page, from_us }, context));
            }
            NavigationStage::Loaded => {
                if let Some((span, _)) = spans.iter_mut().rev().find(|(_, other)| *other == context) {
                    let took_us = event.at.wall_us.saturating_sub(span.from_us);
                    span.page.page_timings.on_load = super::entries::milliseconds(took_us);
                }
            }
            NavigationStage::Failed => started.retain(|(other, _)| *other != context),
            NavigationStage::SameDocument => {}
        }
    }
    let mut spans: Vec<Span> = spans.into_iter().map(|(span, _)| span).collect();
    spans.sort_by_key(|span| span.from_us);
    spans
}

/// The page that a request at this time belongs to: the newest one that had begun.
pub(super) fn page_at(spans: &[Span], wall_us: u64) -> Option<String> {
    spans
        .iter()
        .rev()
        .find(|span| span.from_us <= wall_us)
        .or_else(|| spans.first())
        .map(|span| span.page.id.clone())
}
