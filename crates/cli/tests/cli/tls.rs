//! An endpoint spoken to over TLS: what arrives is handed on in the clear. The certificate is of an authority that nobody trusts.

use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::thread;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto};

const PEM: &[u8] = include_bytes!("../certificates/server.pem");

/// The port under which an endpoint is at `localhost` over TLS.
pub(crate) fn before(endpoint: SocketAddr) -> u16 {
    let chain = CertificateDer::pem_slice_iter(PEM).collect::<Result<Vec<_>, _>>().unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let config = config.with_single_cert(chain, PrivateKeyDer::from_pem_slice(PEM).unwrap()).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let (told, port) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            told.send(listener.local_addr().unwrap().port()).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let Ok(mut inside) = acceptor.accept(stream).await else { return };
                    let Ok(mut outside) = TcpStream::connect(endpoint).await else { return };
                    let _ended = copy_bidirectional(&mut inside, &mut outside).await;
                });
            }
        });
    });
    port.recv().unwrap()
}
