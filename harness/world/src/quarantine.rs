//! The quarantine port: where a browser's own noise lands, outside of every world.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use http::{Request, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use crate::Error;
use crate::exchange::text;
use crate::gateway::BREATHER;
use crate::tasks::Tasks;

/// A proxy that refuses everything.
///
/// Browsers phone home despite all switches. With this as the session's own proxy, and a world's as that
/// of each user context, such requests never reach a world. They are counted, not journalled.
#[must_use = "the port closes when this is dropped"]
#[derive(Debug)]
pub struct Quarantine {
    address: SocketAddr,
    refused: Arc<Mutex<BTreeMap<String, u64>>>,
    tasks: Tasks,
}

impl Quarantine {
    /// Opens a port on loopback.
    ///
    /// # Errors
    /// The port cannot be opened.
    pub async fn open() -> Result<Self, Error> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .map_err(|source| Error::Listen { source })?;
        let address = listener.local_addr().map_err(|source| Error::Listen { source })?;
        let quarantine = Self {
            address,
            refused: Arc::default(),
            tasks: Tasks::default(),
        };
        let (refused, tasks) = (Arc::clone(&quarantine.refused), quarantine.tasks.clone());
        quarantine.tasks.spawn(async move {
            loop {
                let Some(stream) = taken(listener.accept().await).await else {
                    continue;
                };
                let refused = Arc::clone(&refused);
                let service = service_fn(move |request| {
                    count(&refused, &request);
                    async { Ok::<_, Infallible>(text(StatusCode::FORBIDDEN, Body::from("quarantine\n"))) }
                });
                tasks.spawn(async move {
                    // Whatever a refused client does then is its own affair.
                    let _ = http1::Builder::new()
                        .keep_alive(false)
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Ok(quarantine)
    }

    /// The proxy's address, on loopback.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many requests were refused.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused_by_authority().values().sum()
    }

    /// How many requests were refused, by the `host:port` they asked for.
    #[must_use]
    pub fn refused_by_authority(&self) -> BTreeMap<String, u64> {
        self.refused
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Closes the port and waits until its tasks are gone.
    pub async fn shutdown(self) {
        self.tasks.end().await;
    }
}

impl Drop for Quarantine {
    fn drop(&mut self) {
        self.tasks.stop();
    }
}

/// The connection that came. Where there is none, as on a machine that is out of files, waits for better times.
async fn taken(accepted: io::Result<(TcpStream, SocketAddr)>) -> Option<TcpStream> {
    match accepted {
        Ok((stream, _)) => Some(stream),
        Err(error) => {
            tracing::warn!("the quarantine port failed to accept a connection: {error}");
            tokio::time::sleep(BREATHER).await;
            None
        }
    }
}

fn count(refused: &Mutex<BTreeMap<String, u64>>, request: &Request<Incoming>) {
    let authority = request
        .uri()
        .authority()
        .map_or_else(|| "no host".to_owned(), ToString::to_string);
    let mut refused = refused.lock().unwrap_or_else(PoisonError::into_inner);
    *refused.entry(authority).or_default() += 1;
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn a_machine_out_of_files_is_not_kept_busy() {
        let began = Instant::now();
        let failed = io::Error::from_raw_os_error(24); // EMFILE
        assert!(taken(Err(failed)).await.is_none());
        assert!(began.elapsed() >= BREATHER);
    }
}
