//! One scenario's share of a browser.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::bidi::command::{
    Activate, AddPreloadScript, CloseContext, CookiePartition, CreateContext, CreateUserContext, GetCookies,
    Navigate, ReadinessState, RemovePreloadScript, RemoveUserContext,
};
use crate::page_code::{self, Marks, SANDBOX};
use crate::registry::{FrameView, Share};
use crate::session::Session;
use crate::settle::{self, Rest, Round};
use crate::{ContextOptions, Cookie, Error, ErrorKind, Held, Patience, Result, Tab, time};

/// How often a tab is asked to leave a page that goes elsewhere by itself.
const ATTEMPTS_TO_LEAVE: u32 = 3;

/// One scenario's share of a browser: own cookies, storage, proxy and journal.
#[derive(Debug)]
pub struct UserContext {
    inner: Arc<Inner>,
}

/// What a user context and its tabs share.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) session: Arc<Session>,
    pub(crate) share: Arc<Share>,
    patience: Duration,
    pub(crate) held: Held,
    scripts: Mutex<Scripts>,
    /// Popups that post messages for the scenario, by tab and address.
    senders: Mutex<HashMap<(String, String), String>>,
}

#[derive(Debug, Default)]
struct Scripts {
    sandbox: Option<String>,
    page: Option<String>,
}

impl UserContext {
    pub(crate) async fn open(session: Arc<Session>, options: ContextOptions) -> Result<Self> {
        let attempt = "open a user context";
        let table = session.table();
        let created = session
            .send(&CreateUserContext {
                proxy: table.proxy(&options.proxy.to_string()),
                accept_insecure_certs: table.accepts_insecure.then_some(true),
            })
            .await
            .map_err(|error| error.during(attempt))?;
        let share = Arc::new(Share {
            id: created.user_context,
            recorder: options.recorder,
            marks: Marks {
                page: secret(),
                sandbox: secret(),
                fence: secret(),
            },
            rejections: Mutex::default(),
            infers_mixed_content: !table.tells_mixed_content,
        });
        session.registry.adopt(Arc::clone(&share));
        let inner = Arc::new(Inner {
            session,
            share,
            patience: options.patience,
            held: options.held,
            scripts: Mutex::default(),
            senders: Mutex::default(),
        });
        inner.preload().await.map_err(|error| error.during(attempt))?;
        Ok(Self { inner })
    }

    /// Opens an empty tab and brings it to the front.
    ///
    /// # Errors
    /// The browser is gone or refuses.
    pub async fn open_tab(&self) -> Result<Tab> {
        let inner = &self.inner;
        let attempt = "open a tab";
        let background = inner.session.table().one_visible_tab;
        let created = inner
            .session
            .send(&CreateContext {
                kind: "tab",
                user_context: &inner.share.id,
                background,
            })
            .await
            .map_err(|error| error.during(attempt))?;
        inner
            .session
            .registry
            .expect_tab(&created.context, &inner.share.id);
        let tab = Tab::new(Arc::clone(inner), created.context);
        if background {
            tab.activate().await.map_err(|error| error.during(attempt))?;
        }
        Ok(tab)
    }

    /// The open tabs, popups of pages included, oldest first.
    #[must_use]
    pub fn tabs(&self) -> Vec<Tab> {
        self.inner
            .tabs()
            .into_iter()
            .map(|id| Tab::new(Arc::clone(&self.inner), id))
            .collect()
    }

    /// One round of settling: every frame runs a task, every message on its way between frames is
    /// delivered, short timers run out, and known requests and navigations end.
    ///
    /// The caller adds what it knows (an idle gateway) and calls again while anything stirs: pages are
    /// at rest after two rounds in a row in which nothing did. A poll (an interval, or a timer that
    /// starts itself again and again) does not count as moving, and neither does a request or a
    /// navigation that is older than a second: whoever delays it knows better.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn settle_round(&self) -> Result<Round> {
        settle::round(&self.inner).await
    }

    /// Rounds until two in a row see nothing stir, or the deadline passes.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn settle(&self, deadline: Duration) -> Result<Rest> {
        settle::settle(&self.inner, deadline).await
    }

    /// Moves the clock of the journal and of every frame ahead together, firing what falls due on the
    /// way, and says how many timers fired.
    ///
    /// Timers fire in order of time, across frames too. After each one that sent a message or a request,
    /// or that never ran before, time stands still until the messages are delivered and the answers are
    /// there. A timer that has run before without doing either fires together with others of its frame,
    /// so that the polls of two hours take no time; should it then do something after all, other frames
    /// may be ahead of it by at most a fortieth of the jump.
    ///
    /// # Errors
    /// The browser is pristine or gone.
    pub async fn advance(&self, by: Duration) -> Result<u64> {
        time::advance(&self.inner, by).await
    }

    /// The cookies that an origin's host (`https://host[:port]`) may get, from every partition.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn cookies(&self, origin: &str) -> Result<Vec<Cookie>> {
        let host = url::Url::parse(origin)
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned))
            .unwrap_or_else(|| origin.to_owned());
        let all = self.all_cookies().await?;
        Ok(all
            .into_iter()
            .filter(|cookie| match cookie.domain.strip_prefix('.') {
                Some(domain) => host == domain || host.ends_with(&cookie.domain),
                None => host == cookie.domain,
            })
            .collect())
    }

    /// Every cookie of this user context.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn all_cookies(&self) -> Result<Vec<Cookie>> {
        let answer = self
            .inner
            .session
            .send(&GetCookies {
                partition: CookiePartition {
                    kind: "storageKey",
                    user_context: &self.inner.share.id,
                },
            })
            .await
            .map_err(|error| error.during("read the cookies"))?;
        Ok(answer.cookies.iter().map(Cookie::read).collect())
    }

    /// Looks away from every tab, as a person who turns to something else: pages are told that they are hidden, and
    /// what they send in such a moment goes out while they are still there. False, and nothing happens, in engines
    /// where all tabs count as visible.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn look_away(&self) -> Result<bool> {
        let Some(tab) = self.inner.session.empty_tab() else {
            return Ok(false);
        };
        let attempt = "look away from the pages";
        self.inner
            .activate(tab)
            .await
            .map_err(|error| error.during(attempt))?;
        Ok(true)
    }

    /// Sends every tab to `about:blank`, so that pages unload as for a person who leaves and their
    /// last beacons go out.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn leave(&self) -> Result<()> {
        time::stop(&self.inner)
            .await
            .map_err(|error| error.during("leave the pages"))?;
        for tab in self.inner.every_tab() {
            self.leave_tab(&tab)
                .await
                .map_err(|error| error.during("leave the pages"))?;
        }
        Ok(())
    }

    /// Sends a tab to `about:blank`; again, where a page that is sent round in circles has gone elsewhere meanwhile.
    async fn leave_tab(&self, tab: &str) -> Result<()> {
        const BLANK: &str = "about:blank";
        let session = &self.inner.session;
        for _ in 0..ATTEMPTS_TO_LEAVE {
            let command = Navigate {
                context: tab,
                url: BLANK,
                wait: ReadinessState::Interactive,
            };
            match session.send(&command).await {
                Err(error) if error.is_gone() => return Err(error),
                _ => {}
            }
            if session.registry.url(tab).is_none_or(|url| url == BLANK) {
                break;
            }
        }
        Ok(())
    }

    /// Removes tabs, page code and the context itself.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn close(self) -> Result<()> {
        self.inner
            .close()
            .await
            .map_err(|error| error.during("close the user context"))
    }
}

impl Inner {
    /// How long an action waits, from now.
    pub(crate) fn patience(&self) -> Patience {
        Patience::new(&self.share.recorder, self.patience)
    }

    /// Registers the page code for every document to come.
    async fn preload(&self) -> Result<()> {
        let marks = &self.share.marks;
        let code = page_code::sandbox_preload(marks, self.session.libraries()?);
        let sandbox = self.add_script(&code, Some(SANDBOX)).await?;
        self.scripts().sandbox = Some(sandbox);
        let code = if self.session.pristine {
            page_code::pristine_preload(marks)
        } else {
            page_code::page_preload(marks, self.share.recorder.clock().offset_ms())
        };
        let page = self.add_script(&code, None).await?;
        self.scripts().page = Some(page);
        Ok(())
    }

    /// Documents to come start with this offset. Gives back the script that said otherwise, to be
    /// removed: until then, the newer one has the last word.
    pub(crate) async fn preload_offset(&self, offset_ms: i64) -> Result<Option<String>> {
        let code = page_code::page_preload(&self.share.marks, offset_ms);
        let fresh = self.add_script(&code, None).await?;
        Ok(self.scripts().page.replace(fresh))
    }

    async fn add_script(&self, code: &str, sandbox: Option<&str>) -> Result<String> {
        let added = self
            .session
            .send(&AddPreloadScript {
                function_declaration: code,
                user_contexts: [&self.share.id],
                sandbox,
            })
            .await?;
        Ok(added.script)
    }

    pub(crate) async fn remove_script(&self, script: &str) -> Result<()> {
        self.session.send(&RemovePreloadScript { script }).await.map(drop)
    }

    async fn close(&self) -> Result<()> {
        let scripts = std::mem::take(&mut *self.scripts());
        for script in [scripts.sandbox, scripts.page].into_iter().flatten() {
            self.remove_script(&script).await?;
        }
        let removed = self
            .session
            .send(&RemoveUserContext {
                user_context: &self.share.id,
            })
            .await;
        self.session.registry.forget(&self.share.id);
        removed.map(drop)
    }

    /// The tabs a person would see.
    pub(crate) fn tabs(&self) -> Vec<String> {
        let senders = self.senders();
        self.every_tab()
            .into_iter()
            .filter(|tab| !senders.values().any(|sender| sender == tab))
            .collect()
    }

    fn every_tab(&self) -> Vec<String> {
        self.frames()
            .into_iter()
            .filter(|frame| frame.parent.is_none())
            .map(|frame| frame.context)
            .collect()
    }

    /// All frames of all tabs.
    pub(crate) fn frames(&self) -> Vec<FrameView> {
        self.session.registry.frames(&self.share.id)
    }

    /// The popups that post for the scenario.
    pub(crate) fn senders(&self) -> MutexGuard<'_, HashMap<(String, String), String>> {
        self.senders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn scripts(&self) -> MutexGuard<'_, Scripts> {
        self.scripts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings a tab to the front.
    pub(crate) async fn activate(&self, tab: &str) -> Result<()> {
        self.session.send(&Activate { context: tab }).await.map(drop)
    }

    /// Closes a tab.
    pub(crate) async fn close_tab(&self, tab: &str) -> Result<()> {
        self.session
            .send(&CloseContext {
                context: tab,
                prompt_unload: false,
            })
            .await
            .map(drop)
    }

    /// What only an instrumented page can do.
    pub(crate) fn need_instrumentation(&self, attempt: &str) -> Result<()> {
        if self.session.pristine {
            return Err(Error::new(attempt, ErrorKind::NeedsInstrumentation));
        }
        Ok(())
    }
}

/// A word no page can guess.
fn secret() -> String {
    use std::hash::{BuildHasher, Hasher};
    let word = || {
        std::collections::hash_map::RandomState::new()
            .build_hasher()
            .finish()
    };
    format!("rehearse-{:016x}{:016x}", word(), word())
}
