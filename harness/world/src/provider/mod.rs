//! The providers of the single sign-on by themselves: plain HTTP on loopback, no world, no gateway, the
//! machine's own clock. For an application in development.
//!
//! Each provider has a port, and with it an origin, of its own. [`listen`] opens the ports, [`doorman`] turns
//! away whoever names another host, [`log`] says in plain words what was asked and why it was refused, and
//! [`delivery`] brings logout tokens to relying parties.

mod delivery;
mod doorman;
mod listen;
mod log;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use fixtures::ProviderSpec;
use http::{HeaderValue, Request, Response, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use journal::{Clock, ExchangeId, Recorder};
use mocks::{IssuerCard, PersonCard, Providers, Setting};
use tokio::net::TcpStream;

use crate::Error;
use crate::server::serve_router;
use crate::tasks::Tasks;
use listen::Door;
use log::Log;

/// Which providers to serve, and where.
#[derive(Clone, Debug)]
pub struct ProviderPlan {
    /// The providers.
    pub specs: Vec<ProviderSpec>,
    /// The origins that addresses of clients refer to, by name.
    pub origins: BTreeMap<String, String>,
    /// Secrets of confidential clients that shall not be made anew.
    pub secrets: BTreeMap<String, String>,
    /// The first provider's port; the others take those after it. 0 takes free ones.
    pub port: u16,
}

/// Providers that are up.
///
/// Dropping it ends its tasks without waiting for them; [`Provider::shutdown`] waits.
#[must_use = "the providers end when this is dropped"]
#[derive(Debug)]
pub struct Provider {
    providers: Arc<Providers>,
    tasks: Tasks,
}

impl Provider {
    /// Opens the ports and answers from then on. Each line of the log is given to `say`.
    ///
    /// # Errors
    /// A port cannot be opened, or fixture data is malformed.
    pub async fn open(
        mut plan: ProviderPlan,
        say: impl Fn(&str) + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let names: Vec<String> = plan.specs.iter().map(|spec| spec.origin.clone()).collect();
        let doors = listen::open(&names, plan.port).await?;
        for (name, door) in names.iter().zip(&doors) {
            plan.origins.insert(name.clone(), door.origin());
        }
        let log = Arc::new(Log::new(say));
        let listener = Arc::clone(&log);
        let providers = Providers::new(
            Setting {
                recorder: Recorder::to_listener(Clock::new(), move |event| listener.note(event)),
                origins: plan.origins,
                switches: BTreeMap::new(),
                // Applications trust what is drawn here for as long as they are developed against it.
                seed: None,
            },
            plan.specs,
            plan.secrets,
        )?;
        let opened = Self {
            providers: Arc::new(providers),
            tasks: Tasks::default(),
        };
        let exchanges = Arc::new(AtomicU64::new(0));
        for (name, door) in names.into_iter().zip(doors) {
            let house = House {
                host: HeaderValue::try_from(door.host()).unwrap_or(HeaderValue::from_static("localhost")),
                name,
                router: opened.providers.router(),
                log: Arc::clone(&log),
                exchanges: Arc::clone(&exchanges),
            };
            opened.take_visitors(door, &Arc::new(house));
        }
        delivery::begin(&opened.providers.back_channel(), &log, &opened.tasks);
        Ok(opened)
    }

    /// What applications need to know.
    #[must_use]
    pub fn issuers(&self) -> Vec<IssuerCard> {
        self.providers.issuers()
    }

    /// Who can sign in.
    #[must_use]
    pub fn people(&self) -> Vec<PersonCard> {
        self.providers.people()
    }

    /// Ends at once, whatever is open, and waits until everything is gone.
    pub async fn shutdown(self) {
        self.tasks.end().await;
    }

    fn take_visitors(&self, door: Door, house: &Arc<House>) {
        for listener in door.listeners {
            let (house, tasks) = (Arc::clone(house), self.tasks.clone());
            self.tasks.spawn(async move {
                loop {
                    let stream = listen::accept(&listener, &house.log).await;
                    tasks.spawn(visit(Arc::clone(&house), stream));
                }
            });
        }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.tasks.stop();
    }
}

/// One provider, as its connections see it.
struct House {
    name: String,
    /// What its mock takes for its own host.
    host: HeaderValue,
    router: Router,
    log: Arc<Log>,
    /// Numbers the requests of all providers.
    exchanges: Arc<AtomicU64>,
}

async fn visit(house: Arc<House>, stream: TcpStream) {
    // Without it answers wait for acknowledgements; a failure only makes it slower.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let house = Arc::clone(&house);
        async move { Ok::<_, Infallible>(house.answer(request).await) }
    });
    // What goes wrong on a connection is its client's to notice: there is nobody else to tell.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

impl House {
    async fn answer(&self, mut request: Request<Incoming>) -> Response<Body> {
        let exchange = ExchangeId(self.exchanges.fetch_add(1, Ordering::Relaxed) + 1);
        let entry = self.log.begin(&self.name, exchange, &request);
        if let Some(refused) = doorman::turn_away(&request) {
            entry.end(refused.response.status(), Some(&refused.reason));
            return refused.response;
        }
        // Whichever of this machine's names was used, the provider has one origin.
        request.headers_mut().insert(header::HOST, self.host.clone());
        let (mut parts, body) = request.into_parts();
        parts.extensions.insert(exchange);
        if let Some(path) = parts.uri.path_and_query().cloned() {
            parts.uri = path.into();
        }
        let request = Request::from_parts(parts, Body::new(body));
        let response = serve_router(self.router.clone(), request).await;
        entry.end(response.status(), None);
        response
    }
}
