//! Who answers for an origin: a mock's router, a folder, a server that is already running.

mod diagnosis;
mod directory;
mod populate;
mod range;
mod router;
mod stub;
mod upstream;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::{Request, Response};

pub(crate) use populate::populate;
pub(crate) use router::{serve as serve_router, serve_pipe};
pub(crate) use stub::Stubs;
pub(crate) use upstream::Dialer;

use crate::gateway::Gateway;
use crate::site::Site;
use directory::Directory;
use upstream::Upstream;

/// A server behind an origin.
#[derive(Clone, Debug)]
pub(crate) enum Server {
    Router(Router),
    Directory(Arc<Directory>),
    Upstream(Arc<Upstream>),
}

impl Server {
    pub(crate) fn is_upstream(&self) -> bool {
        matches!(self, Self::Upstream(_))
    }
}

/// Has whoever is responsible answer a request.
pub(crate) async fn serve(gateway: &Gateway, site: &Site, request: Request<Body>) -> Response<Body> {
    match for_request(site, request.uri().path()) {
        Server::Router(router) => router::serve(router, request).await,
        Server::Directory(directory) => directory.serve(request, &site.headers).await,
        Server::Upstream(upstream) => upstream.serve(gateway, site, request).await,
    }
}

/// Who is responsible for a path: the environment for its own, the origin's server for all others.
pub(crate) fn for_request(site: &Site, path: &str) -> Server {
    match &site.overlay {
        Some(overlay) if overlay.paths.iter().any(|own| own == path) => {
            Server::Router(overlay.router.clone())
        }
        _ => site.server.clone(),
    }
}
