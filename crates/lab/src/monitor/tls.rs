//! Connections to an endpoint over TLS, with the certificates that a target file names. Where this program is built without TLS
//! there are none.

use countermand_harness::Tls;
use hyper_util::client::legacy::connect::HttpConnector;

/// Trusts what this machine trusts, and the authority of the target file too.
#[cfg(feature = "tls")]
pub(super) fn connector(http: HttpConnector, tls: &Tls) -> Result<hyper_rustls::HttpsConnector<HttpConnector>, String> {
    use std::sync::Arc;

    use rustls::ClientConfig;
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    use rustls_platform_verifier::Verifier;

    let unusable = |error: &dyn std::fmt::Display| format!("unusable certificate: {error}");
    let certificates = |pem: &[u8]| -> Result<Vec<CertificateDer<'static>>, String> {
        CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(|error| unusable(&error))
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Verifier::new_with_extra_roots(certificates(&tls.authority)?, Arc::clone(&provider));
    let verifier = verifier.map_err(|error| format!("the certificates of this machine can't be used: {error}"))?;
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| error.to_string())?.dangerous();
    let config = config.with_custom_certificate_verifier(Arc::new(verifier));
    let config = match tls.identity.is_empty() {
        true => config.with_no_client_auth(),
        false => {
            let key = PrivateKeyDer::from_pem_slice(&tls.identity).map_err(|error| unusable(&error))?;
            let own = config.with_client_auth_cert(certificates(&tls.identity)?, key);
            own.map_err(|error| unusable(&error))?
        }
    };
    let builder = hyper_rustls::HttpsConnectorBuilder::new().with_tls_config(config);
    Ok(builder.https_only().enable_http1().wrap_connector(http))
}

#[cfg(not(feature = "tls"))]
pub(super) fn connector(_: HttpConnector, _: &Tls) -> Result<HttpConnector, String> {
    Err("this program was built without TLS".to_owned())
}
