//! Brings logout tokens to relying parties (OpenID Connect Back-Channel Logout 1.0, §2.5): over plain HTTP,
//! to this machine and nowhere else.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::{Method, Request, header};
use hyper_util::rt::TokioIo;
use mocks::{BackChannel, LogoutCall};
use url::Url;

use super::log::Log;
use crate::server::Dialer;
use crate::tasks::Tasks;

/// How long a relying party may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Delivers until the tasks are ended.
pub(super) fn begin(channel: &BackChannel, log: &Arc<Log>, tasks: &Tasks) {
    let (channel, log, own) = (channel.clone(), Arc::clone(log), tasks.clone());
    tasks.spawn(async move {
        loop {
            let call = channel.next().await;
            let (channel, log) = (channel.clone(), Arc::clone(&log));
            // Each on its own: a relying party that takes long keeps no other from being told.
            own.spawn(async move {
                let answered = post(&call).await;
                let shown = match &answered {
                    Ok(status) => status.to_string(),
                    Err(reason) => format!("not delivered: {reason}"),
                };
                log.say(&format!("back channel  POST {} {shown}", call.url));
                channel.answered(&call, None, answered.ok());
            });
        }
    });
}

/// Posts a logout token, and gives the status.
async fn post(call: &LogoutCall) -> Result<u16, String> {
    let url = Url::parse(&call.url).map_err(|error| format!("its address is none: {error}"))?;
    if url.scheme() != "http" {
        return Err("it is not on plain HTTP; only applications of this machine are told".to_owned());
    }
    let dialer =
        Dialer::of(&url).ok_or("it is not on this machine; only applications of this machine are told")?;
    let request = Request::builder()
        .method(Method::POST)
        .uri(&url[url::Position::BeforePath..url::Position::AfterQuery])
        .header(
            header::HOST,
            &url[url::Position::BeforeHost..url::Position::AfterPort],
        )
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(call.body.clone()))
        .map_err(|error| format!("its address cannot be used: {error}"))?;
    let exchange = async {
        let stream = dialer.dial().await.map_err(|error| error.to_string())?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| error.to_string())?;
        let mut response = std::pin::pin!(sender.send_request(request));
        // The connection is driven beside the request, and may end with the very answer.
        let response = tokio::select! {
            biased;
            response = &mut response => response,
            _ = connection => response.await,
        };
        response
            .map(|response| response.status().as_u16())
            .map_err(|error| error.to_string())
    };
    tokio::time::timeout(PATIENCE, exchange)
        .await
        .unwrap_or_else(|_| Err(format!("no answer within {} s", PATIENCE.as_secs())))
}
