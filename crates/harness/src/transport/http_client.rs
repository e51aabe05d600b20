//! The transport over real sockets. The only file that names reqwest.

use std::error::Error;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};

use super::{BoxFuture, MAX_ANSWER, Transport, TransportError};
use crate::coding::decoded;

/// What can be set on the HTTP client.
#[derive(Debug, Clone, Default)]
pub struct HttpOptions {
    /// How long making a connection may take.
    pub connect_timeout: Duration,
    /// Connections kept open per host.
    pub idle_connections: usize,
    /// Whether the target is at an https:// URL: only then the certificates of this machine are looked at.
    pub https: bool,
    /// The URL of a proxy that every request goes through. The environment's own settings are not looked at.
    pub proxy: Option<String>,
    /// The certificate of an authority that is trusted too, as PEM; empty for none.
    pub authority: Vec<u8>,
    /// A certificate of our own with its key, as PEM; empty for none.
    pub identity: Vec<u8>,
}

/// Requests over HTTP/1.1 with kept connections. Redirects are handed back, never followed: a credential goes nowhere else.
#[derive(Debug)]
pub struct HttpTransport {
    client: reqwest::Client,
}

impl HttpTransport {
    /// A client with these options.
    ///
    /// # Errors
    /// [`TransportError::Connect`] where the TLS set-up of this machine is unusable.
    pub fn new(options: &HttpOptions) -> Result<Self, TransportError> {
        let builder = tls(reqwest::Client::builder().no_proxy(), options)?;
        let builder = match &options.proxy {
            Some(url) => {
                builder.proxy(reqwest::Proxy::all(url).map_err(|error| TransportError::Connect(chain(&error)))?)
            }
            None => builder,
        };
        let client = builder
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(options.connect_timeout)
            .pool_max_idle_per_host(options.idle_connections)
            .http1_only()
            .build();
        client.map(|client| Self { client }).map_err(|error| TransportError::Connect(chain(&error)))
    }

    async fn exchange(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let request = reqwest::Request::try_from(request).map_err(|error| TransportError::Broken(chain(&error)))?;
        let mut response = self.client.execute(request).await.map_err(|error| failure(&error))?;
        let mut reply = http::Response::builder().status(response.status());
        if let Some(headers) = reply.headers_mut() {
            *headers = std::mem::take(response.headers_mut());
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
            if body.len() + chunk.len() > MAX_ANSWER {
                return Err(TransportError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let reply = reply.body(body.freeze()).map_err(|error| TransportError::Broken(error.to_string()))?;
        uncompressed(reply)
    }
}

/// The answer as it was before it was compressed, and nothing that says it was: nobody further on has to know.
fn uncompressed(mut reply: http::Response<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
    if reply.headers().contains_key(CONTENT_ENCODING) && !reply.body().is_empty() {
        *reply.body_mut() = decoded(reply.headers(), reply.body(), MAX_ANSWER).map_err(TransportError::Undecodable)?;
        reply.headers_mut().remove(CONTENT_ENCODING);
        reply.headers_mut().remove(CONTENT_LENGTH);
    }
    Ok(reply)
}

/// Prepares a client for TLS, or for a plain connection, which needs nothing of this machine.
#[cfg(feature = "tls")]
fn tls(builder: reqwest::ClientBuilder, options: &HttpOptions) -> Result<reqwest::ClientBuilder, TransportError> {
    let unusable = |error: reqwest::Error| TransportError::Connect(format!("unusable certificate: {}", chain(&error)));
    // Where a program that embeds us has chosen a provider already, that one stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    if !options.https {
        return Ok(builder.tls_certs_only([]));
    }
    let authorities = reqwest::Certificate::from_pem_bundle(&options.authority).map_err(unusable)?;
    let builder = builder.tls_certs_merge(authorities);
    match options.identity.is_empty() {
        true => Ok(builder),
        false => Ok(builder.identity(reqwest::Identity::from_pem(&options.identity).map_err(unusable)?)),
    }
}

#[cfg(not(feature = "tls"))]
fn tls(builder: reqwest::ClientBuilder, options: &HttpOptions) -> Result<reqwest::ClientBuilder, TransportError> {
    match options.https {
        true => Err(TransportError::Connect("this program was built without TLS".to_owned())),
        false => Ok(builder),
    }
}

impl Transport for HttpTransport {
    fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, TransportError>> {
        Box::pin(async move {
            match tokio::time::timeout(timeout, self.exchange(request)).await {
                Ok(answer) => answer,
                Err(_) => Err(TransportError::TimedOut(timeout)),
            }
        })
    }
}

fn failure(error: &reqwest::Error) -> TransportError {
    if error.is_connect() { TransportError::Connect(chain(error)) } else { TransportError::Broken(chain(error)) }
}

/// The innermost causes say what happened; the outer ones only that something did.
fn chain(error: &reqwest::Error) -> String {
    let mut causes = Vec::new();
    let mut next: Option<&dyn Error> = error.source();
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    causes.dedup();
    if causes.is_empty() { error.to_string() } else { causes.join(": ") }
}
