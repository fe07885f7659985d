//! What is known of tabs, frames, script contexts and requests, kept up to date by events.
//!
//! Events are taken in order, before any answer that came after them, so that after a command's answer
//! everything that happened before it is known here and recorded in the journal.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use journal::fact::Frame;
use journal::{Recorder, Source};
use tokio::sync::watch;

use crate::bidi::Event;
use crate::bidi::command::ContextInfo;
use crate::bidi::event::{
    LogEntry, MixedContentInfo, NavigationInfo, NavigationStep, RealmInfo, RequestInfo,
};
use crate::forgotten::Heard;
use crate::insecure::{Unasked, is_mixed};
use crate::page_code::{Marks, SANDBOX};
use crate::recording;

/// How often the driver is asked for a script context that it has forgotten.
const ASKED_AT_MOST: u32 = 3;

/// Everything known.
#[derive(Debug)]
pub(crate) struct Registry {
    state: Mutex<State>,
    changes: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct State {
    /// The driver forgets script contexts, and is asked for them.
    recalls: bool,
    /// The developer tools are asked what they are told.
    asks: bool,
    unasked: Vec<Unasked>,
    born: u64,
    frames: HashMap<String, FrameRecord>,
    realms: HashMap<String, String>,
    requests: HashMap<String, PendingRequest>,
    shares: HashMap<String, Arc<Share>>,
}

/// What page reports are recognised by, and where they go: one per user context.
#[derive(Debug)]
pub(crate) struct Share {
    /// User context id.
    pub(crate) id: String,
    /// Its journal.
    pub(crate) recorder: Recorder,
    /// Mark the harness's own reports.
    pub(crate) marks: Marks,
    /// Texts of unhandled rejections that the browser will report as errors.
    pub(crate) rejections: Mutex<Vec<String>>,
    /// The browser does not tell of all mixed content: loads that failed are looked at.
    pub(crate) infers_mixed_content: bool,
}

#[derive(Debug, Clone)]
struct FrameRecord {
    born: u64,
    parent: Option<String>,
    opener: Option<String>,
    user_context: Option<String>,
    url: String,
    page_realm: Option<String>,
    sandbox_realm: Option<String>,
    /// In which sandbox a document said what its origin is, and what.
    origin: Option<(String, String)>,
    navigating: Option<Underway>,
    /// A script context of its went away, and how often the driver was asked for it since.
    lost: Option<u32>,
    heard: Heard,
}

#[derive(Debug, Clone)]
struct Underway {
    id: Option<String>,
    url: String,
    since: Instant,
}

#[derive(Debug, Clone)]
struct PendingRequest {
    context: Option<String>,
    url: String,
    since: Instant,
}

/// A frame, as of now.
#[derive(Debug, Clone)]
pub(crate) struct FrameView {
    pub(crate) context: String,
    pub(crate) tab: String,
    pub(crate) parent: Option<String>,
    pub(crate) opener: Option<String>,
    pub(crate) url: String,
    /// Harness code is there.
    pub(crate) listens: bool,
}

/// Which world of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum World {
    /// The page's own.
    Page,
    /// The harness's sandbox.
    Sandbox,
}

impl Registry {
    pub(crate) fn new(recalls: bool) -> Self {
        Self {
            state: Mutex::new(State {
                recalls,
                ..State::default()
            }),
            changes: watch::Sender::new(0),
        }
    }

    /// A user context's events are recorded from now on.
    pub(crate) fn adopt(&self, share: Arc<Share>) {
        self.state().shares.insert(share.id.clone(), share);
    }

    /// A user context is gone.
    pub(crate) fn forget(&self, user_context: &str) {
        let mut state = self.state();
        state.shares.remove(user_context);
        let gone: Vec<String> = state
            .frames
            .iter()
            .filter(|(_, frame)| frame.user_context.as_deref() == Some(user_context))
            .map(|(context, _)| context.clone())
            .collect();
        for context in gone {
            state.remove(&context);
        }
    }

    /// Grows with every event; for waiting until something is different.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Takes an event in.
    pub(crate) fn observe(&self, event: Event) {
        let mut state = self.state();
        match event {
            Event::ContextCreated(info) => state.created(info),
            Event::ContextDestroyed(info) => state.destroyed(&info),
            Event::Navigation(step, info) => state.navigated(step, &info),
            Event::RealmCreated(info) => state.realm_created(info),
            Event::RealmDestroyed(realm) => state.realm_destroyed(&realm),
            Event::RequestSent(info) => state.request_sent(info),
            Event::RequestEnded(info) => {
                state.requests.remove(&info.request);
            }
            Event::UserPromptOpened(prompt) => {
                if let Some((share, frame)) = state.owner(&prompt.context) {
                    recording::dialog(&share, frame, &prompt);
                }
            }
            Event::LogEntry(entry) => state.log_entry(&entry),
            Event::FrameMoved { context, session } => state.ask(context, Some(session)),
            Event::MixedContent(info) => state.mixed_content(&info),
        }
        drop(state);
        self.changes.send_modify(|count| *count += 1);
    }

    /// A tab that the driver said it made; its event may come later.
    pub(crate) fn expect_tab(&self, context: &str, user_context: &str) {
        let mut state = self.state();
        let born = state.next_born();
        state
            .frames
            .entry(context.to_owned())
            .or_insert_with(|| FrameRecord::new(born))
            .user_context = Some(user_context.to_owned());
    }

    /// Whether a tab or frame is there.
    pub(crate) fn exists(&self, context: &str) -> bool {
        self.state().frames.contains_key(context)
    }

    /// The frames of a user context, oldest first; parents before children.
    pub(crate) fn frames(&self, user_context: &str) -> Vec<FrameView> {
        let state = self.state();
        let mut found: Vec<(u64, FrameView)> = state
            .frames
            .iter()
            .filter(|(context, _)| state.user_context_of(context) == Some(user_context))
            .map(|(context, frame)| (frame.born, state.view(context, frame)))
            .collect();
        found.sort_by_key(|(born, _)| *born);
        found.into_iter().map(|(_, view)| view).collect()
    }

    /// The frames of a tab in tree order.
    pub(crate) fn frames_of_tab(&self, tab: &str) -> Vec<FrameView> {
        let state = self.state();
        let mut ordered = Vec::new();
        state.collect(tab, &mut ordered);
        ordered
    }

    /// A document's script context, where it is known.
    pub(crate) fn realm(&self, context: &str, world: World) -> Option<String> {
        let state = self.state();
        let frame = state.frames.get(context)?;
        match world {
            World::Page => frame.page_realm.clone(),
            World::Sandbox => frame.sandbox_realm.clone(),
        }
    }

    /// The origin of a frame's document, where it has been noted.
    pub(crate) fn origin(&self, context: &str) -> Option<String> {
        let state = self.state();
        let frame = state.frames.get(context)?;
        let (realm, origin) = frame.origin.as_ref()?;
        (frame.sandbox_realm.as_ref() == Some(realm)).then(|| origin.clone())
    }

    /// Notes what a document said of its origin. It keeps it: this counts as long as it has its place.
    pub(crate) fn note_origin(&self, context: &str, sandbox_realm: String, origin: String) {
        if let Some(frame) = self.state().frames.get_mut(context) {
            frame.origin = Some((sandbox_realm, origin));
        }
    }

    /// Whether a frame's document is there and no navigation is under way.
    pub(crate) fn is_parsed(&self, context: &str) -> bool {
        self.state()
            .frames
            .get(context)
            .is_some_and(|frame| frame.navigating.is_none())
    }

    /// The URL of a frame's document.
    pub(crate) fn url(&self, context: &str) -> Option<String> {
        self.state().frames.get(context).map(|frame| frame.url.clone())
    }

    /// What of a user context has not ended: navigations younger than `loading`, requests younger than `answering`,
    /// script contexts on their way back, what the developer tools have still to tell.
    pub(crate) fn underway(&self, user_context: &str, loading: Duration, answering: Duration) -> Vec<String> {
        let state = self.state();
        let ours = |context: &str| state.user_context_of(context) == Some(user_context);
        let navigations = state
            .frames
            .iter()
            .filter(|(context, _)| ours(context))
            .filter_map(|(_, frame)| frame.navigating.as_ref())
            .filter(|underway| underway.since.elapsed() < loading)
            .map(|underway| format!("navigation to {}", underway.url));
        let requests = state
            .requests
            .values()
            .filter(|request| request.since.elapsed() < answering)
            .filter(|request| request.context.as_deref().is_some_and(ours))
            .map(|request| format!("request of {}", request.url));
        let forgotten = state
            .frames
            .iter()
            .filter(|(context, frame)| frame.is_forgotten() && ours(context))
            .map(|(context, _)| format!("script contexts of frame {context}"));
        let unasked = state
            .unasked
            .iter()
            .filter(|one| ours(&one.context))
            .map(|one| format!("what the developer tools know of {}", one.context));
        navigations
            .chain(requests)
            .chain(forgotten)
            .chain(unasked)
            .collect()
    }

    /// Frames whose document is without one of its script contexts, though nothing takes its place.
    pub(crate) fn forgotten(&self) -> Vec<String> {
        let state = self.state();
        let forgotten = state.frames.iter().filter(|(_, frame)| frame.is_forgotten());
        forgotten.map(|(context, _)| context.clone()).collect()
    }

    /// From now on the developer tools are asked about every tab and frame, those included that are there.
    pub(crate) fn ask_developer_tools(&self) {
        let mut state = self.state();
        state.asks = true;
        let tabs = state.frames.iter().filter(|(_, frame)| frame.parent.is_none());
        let tabs: Vec<String> = tabs.map(|(context, _)| context.clone()).collect();
        for tab in tabs {
            state.ask(tab, None);
        }
        drop(state);
        self.changes.send_modify(|count| *count += 1);
    }

    /// Of which tabs and frames the developer tools have still to be asked.
    pub(crate) fn unasked(&self) -> Vec<Unasked> {
        self.state().unasked.clone()
    }

    /// They have been asked, and have told what they knew.
    pub(crate) fn note_asked(&self, asked: &Unasked) {
        self.state().unasked.retain(|one| one != asked);
        self.changes.send_modify(|count| *count += 1);
    }

    /// The driver is asked for a frame's script contexts.
    pub(crate) fn note_recall(&self, context: &str) {
        let mut state = self.state();
        let frame = state.frames.get_mut(context);
        if let Some(asked) = frame.and_then(|frame| frame.lost.as_mut()) {
            *asked += 1;
        }
    }

    /// From now on frames of the same tab may repeat what they said.
    pub(crate) fn begin_replay(&self, context: &str) {
        self.state()
            .each_of_tab(context, |frame| frame.heard.begin_replay());
    }

    /// What they say now is new.
    pub(crate) fn end_replay(&self, context: &str) {
        self.state()
            .each_of_tab(context, |frame| frame.heard.end_replay());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn next_born(&mut self) -> u64 {
        self.born += 1;
        self.born
    }

    fn created(&mut self, info: ContextInfo) {
        let born = self.next_born();
        let known = self.frames.remove(&info.context);
        let known = known.unwrap_or_else(|| FrameRecord::new(born));
        let record = FrameRecord {
            parent: info.parent.clone(),
            opener: info.original_opener.clone(),
            user_context: info.user_context.clone().or(known.user_context),
            url: info.url.clone(),
            ..known
        };
        self.frames.insert(info.context.clone(), record);
        if info.parent.is_none() {
            self.ask(info.context.clone(), None);
        }
        if let Some((share, frame)) = self.owner(&info.context) {
            recording::context_opened(&share, frame, &info);
        }
        for child in info.children.unwrap_or_default() {
            self.created(child);
        }
    }

    fn destroyed(&mut self, info: &ContextInfo) {
        if let Some((share, _)) = self.owner(&info.context) {
            recording::context_closed(&share, &info.context, &info.url);
        }
        self.remove(&info.context);
    }

    fn remove(&mut self, context: &str) {
        let children: Vec<String> = self
            .frames
            .iter()
            .filter(|(_, frame)| frame.parent.as_deref() == Some(context))
            .map(|(child, _)| child.clone())
            .collect();
        for child in children {
            self.remove(&child);
        }
        self.frames.remove(context);
        self.unasked.retain(|one| one.context != context);
        self.realms.retain(|_, owner| owner != context);
        self.requests
            .retain(|_, request| request.context.as_deref() != Some(context));
    }

    fn navigated(&mut self, step: NavigationStep, info: &NavigationInfo) {
        let Some(frame) = self.frames.get_mut(&info.context) else {
            return;
        };
        match step {
            NavigationStep::Started => {
                frame.navigating = Some(Underway {
                    id: info.navigation.clone(),
                    url: info.url.clone(),
                    since: Instant::now(),
                });
            }
            NavigationStep::Committed | NavigationStep::SameDocument => frame.url.clone_from(&info.url),
            NavigationStep::Parsed | NavigationStep::Loaded => {
                frame.url.clone_from(&info.url);
                frame.end_navigation(info);
            }
            NavigationStep::Failed | NavigationStep::Aborted => frame.end_navigation(info),
        }
        if let Some((share, frame)) = self.owner(&info.context) {
            let top_level = frame.context == frame.tab;
            recording::navigation(&share, top_level, step, info);
            if step == NavigationStep::Failed
                && share.infers_mixed_content
                && let Some((_, embedder)) = self.embedder(&info.context)
                && is_mixed(&embedder.url, &info.url)
            {
                recording::mixed_content(&share, Source::Browser, embedder, info.url.clone());
            }
        }
    }

    fn ask(&mut self, context: String, session: Option<String>) {
        let one = Unasked { context, session };
        if self.asks && !self.unasked.contains(&one) {
            self.unasked.push(one);
        }
    }

    fn mixed_content(&mut self, info: &MixedContentInfo) {
        let asked_by = if info.is_navigation {
            self.embedder(&info.context)
        } else {
            self.owner(&info.context)
        };
        if let Some((share, frame)) = asked_by {
            recording::mixed_content(&share, Source::Browser, frame, info.url.clone());
        }
    }

    /// The frame that holds another one, and whose journal its events belong in.
    fn embedder(&self, context: &str) -> Option<(Arc<Share>, Frame)> {
        self.owner(self.frames.get(context)?.parent.as_deref()?)
    }

    fn realm_created(&mut self, info: RealmInfo) {
        if info.kind != "window" {
            return;
        }
        let Some(context) = info.context else { return };
        let Some(frame) = self.frames.get_mut(&context) else {
            return;
        };
        match info.sandbox.as_deref() {
            None | Some("") => frame.page_realm = Some(info.realm.clone()),
            Some(SANDBOX) => frame.sandbox_realm = Some(info.realm.clone()),
            Some(_) => return,
        }
        if frame.page_realm.is_some() && frame.sandbox_realm.is_some() {
            frame.lost = None;
        }
        self.realms.insert(info.realm, context);
    }

    fn realm_destroyed(&mut self, realm: &str) {
        let Some(context) = self.realms.remove(realm) else {
            return;
        };
        let Some(frame) = self.frames.get_mut(&context) else {
            return;
        };
        for known in [&mut frame.page_realm, &mut frame.sandbox_realm] {
            if known.as_deref() == Some(realm) {
                *known = None;
                if self.recalls {
                    frame.lost = frame.lost.or(Some(0));
                }
            }
        }
    }

    fn log_entry(&mut self, entry: &LogEntry) {
        let context = entry.source.context.as_deref().unwrap_or_default();
        let Some(frame) = self.frames.get_mut(context) else {
            return;
        };
        if frame.heard.take(entry)
            && let Some((share, frame)) = self.owner(context)
        {
            recording::log_entry(&share, frame, entry);
        }
    }

    fn each_of_tab(&mut self, context: &str, change: impl Fn(&mut FrameRecord)) {
        let tab = self.tab_of(context);
        let contexts: Vec<String> = self
            .frames
            .keys()
            .filter(|one| self.tab_of(one) == tab)
            .cloned()
            .collect();
        for context in contexts {
            if let Some(frame) = self.frames.get_mut(&context) {
                change(frame);
            }
        }
    }

    fn request_sent(&mut self, info: RequestInfo) {
        self.requests.insert(
            info.request,
            PendingRequest {
                context: info.context,
                url: info.url,
                since: Instant::now(),
            },
        );
    }

    /// Whose journal a frame's events belong in, and the frame as facts name it.
    fn owner(&self, context: &str) -> Option<(Arc<Share>, Frame)> {
        let share = self.shares.get(self.user_context_of(context)?)?;
        let url = self
            .frames
            .get(context)
            .map(|frame| frame.url.clone())
            .unwrap_or_default();
        let frame = Frame {
            context: context.to_owned(),
            tab: self.tab_of(context),
            origin: origin_of(&url),
            url,
        };
        Some((Arc::clone(share), frame))
    }

    fn user_context_of(&self, context: &str) -> Option<&str> {
        let frame = self.frames.get(context)?;
        match (&frame.user_context, &frame.parent) {
            (Some(user_context), _) => Some(user_context),
            (None, Some(parent)) => self.user_context_of(parent),
            (None, None) => None,
        }
    }

    fn tab_of(&self, context: &str) -> String {
        match self.frames.get(context).and_then(|frame| frame.parent.as_deref()) {
            Some(parent) => self.tab_of(parent),
            None => context.to_owned(),
        }
    }

    fn view(&self, context: &str, frame: &FrameRecord) -> FrameView {
        FrameView {
            context: context.to_owned(),
            tab: self.tab_of(context),
            parent: frame.parent.clone(),
            opener: frame.opener.clone(),
            url: frame.url.clone(),
            listens: frame.sandbox_realm.is_some(),
        }
    }

    fn collect(&self, context: &str, into: &mut Vec<FrameView>) {
        let Some(frame) = self.frames.get(context) else {
            return;
        };
        into.push(self.view(context, frame));
        let mut children: Vec<(u64, &String)> = self
            .frames
            .iter()
            .filter(|(_, child)| child.parent.as_deref() == Some(context))
            .map(|(id, child)| (child.born, id))
            .collect();
        children.sort_unstable();
        for (_, child) in children {
            self.collect(child, into);
        }
    }
}

impl FrameRecord {
    /// One of which nothing else is known yet.
    fn new(born: u64) -> Self {
        Self {
            born,
            parent: None,
            opener: None,
            user_context: None,
            url: "about:blank".to_owned(),
            page_realm: None,
            sandbox_realm: None,
            origin: None,
            navigating: None,
            lost: None,
            heard: Heard::default(),
        }
    }

    fn is_forgotten(&self) -> bool {
        self.navigating.is_none() && self.lost.is_some_and(|asked| asked < ASKED_AT_MOST)
    }

    fn end_navigation(&mut self, info: &NavigationInfo) {
        let same = |underway: &Underway| {
            underway.id.is_none() || info.navigation.is_none() || underway.id == info.navigation
        };
        if self.navigating.as_ref().is_some_and(same) {
            self.navigating = None;
        }
    }
}

/// The origin a URL has by itself; what a sandbox or an inherited origin makes of it, only the page knows.
pub(crate) fn origin_of(url: &str) -> String {
    url::Url::parse(url).map_or_else(|_| "null".to_owned(), |url| url.origin().ascii_serialization())
}
