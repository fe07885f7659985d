//! Mocks: axum routers, called in this process.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use journal::ExchangeId;
use tokio::io::DuplexStream;
use tower::Service as _;

/// Has a router answer.
pub(crate) async fn serve(mut router: Router, request: Request<Body>) -> Response<Body> {
    // A router without state is always ready.
    let answered: Result<_, Infallible> = router.call(request).await;
    match answered {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Has a router serve one connection over a pipe, as a WebSocket needs it.
pub(crate) async fn serve_pipe(router: Router, pipe: DuplexStream, exchange: ExchangeId) {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(exchange);
        let router = router.clone();
        async move { Ok::<_, Infallible>(serve(router, request.map(Body::new)).await) }
    });
    // What goes wrong here shows on the other end of the pipe.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(pipe), service)
        .with_upgrades()
        .await;
}
