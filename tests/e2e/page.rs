//! The built page as it is hosted: by `hosting` in this process, or, with `HOST` set to `nginx`, `caddy` or `github`, by
//! that program with what a deployment for it writes; below the path `BASE` if that is set.

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_TYPE, IF_MODIFIED_SINCE};
use axum::middleware::{Next, from_fn};
use axum_server::tls_rustls::RustlsConfig;
use hosting::Site;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::server::{Server, port_for_a_program};
use crate::watch::Watch;

/// Longer than a page takes to be painted without what is late.
const LATE: Duration = Duration::from_secs(6);

pub struct Page {
    served: Served,
}

enum Served {
    Here(Option<Runtime>),
    /// Ends when it is dropped.
    By {
        _program: Server,
    },
}

/// Known before the page is served: the provider must know the address, and `config.json` the provider's.
pub struct Place {
    /// The name by which the browser asks for it.
    host: &'static str,
    base: String,
    here: Option<TcpListener>,
    port: u16,
    /// What files end in that come late.
    late: Option<&'static str>,
    /// What files end in that come as `application/octet-stream`.
    untyped: Option<&'static str>,
    /// Over https, with a certificate that nobody has signed.
    is_secure: bool,
}

impl Place {
    pub async fn find(host: &'static str) -> Place {
        let base = env::var("BASE").unwrap_or_else(|_| "/".into());
        let (here, port) = if env::var_os("HOST").is_some() {
            (None, port_for_a_program())
        } else {
            let listener = crate::world::listener().await;
            let port = listener.local_addr().expect("it is bound").port();
            (Some(listener), port)
        };
        Place {
            host,
            base,
            here,
            port,
            late: None,
            untyped: None,
            is_secure: false,
        }
    }

    pub fn over_https(mut self) -> Place {
        assert!(
            self.here.is_some(),
            "only a host in this process has a certificate"
        );
        self.is_secure = true;
        self
    }

    /// Below a path that begins and ends with a slash.
    pub fn below(mut self, base: &str) -> Place {
        self.base = base.to_owned();
        self
    }

    /// Where files with this ending are called nothing in particular.
    pub fn with_untyped(mut self, ending: &'static str) -> Place {
        assert!(self.here.is_some(), "only a host in this process forgets a type");
        self.untyped = Some(ending);
        self
    }

    /// Where files with this ending come late.
    pub fn with_late(mut self, ending: &'static str) -> Place {
        assert!(self.here.is_some(), "only a host in this process is ever late");
        self.late = Some(ending);
        self
    }

    /// Where the page is, without its last slash.
    pub fn address(&self) -> String {
        let scheme = if self.is_secure { "https" } else { "http" };
        let base = self.base.trim_end_matches('/');
        format!("{scheme}://{}:{}{base}", self.host, self.port)
    }

    pub fn serve(self, folder: PathBuf, config: Option<Vec<u8>>, watch: Option<&Watch>) -> Page {
        let Place {
            host,
            base,
            here,
            port,
            late,
            untyped,
            is_secure,
        } = self;
        let served = match here {
            Some(listener) => {
                let site = Site {
                    folder,
                    config,
                    base,
                    any_issuer: false,
                };
                // Of its own, so that every connection ends with it: a kept one would go on answering.
                let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
                let runtime = runtime.expect("a thread is free");
                let spoil = move |mut request: Request, next: Next| async move {
                    // It counts in whole seconds, and journeys change files more often.
                    request.headers_mut().remove(IF_MODIFIED_SINCE);
                    let path = request.uri().path();
                    let is_late = late.is_some_and(|ending| path.ends_with(ending));
                    let is_untyped = untyped.is_some_and(|ending| path.ends_with(ending));
                    if is_late {
                        tokio::time::sleep(LATE).await;
                    }
                    let mut answer = next.run(request).await;
                    if is_untyped {
                        let kind = HeaderValue::from_static("application/octet-stream");
                        answer.headers_mut().insert(CONTENT_TYPE, kind);
                    }
                    answer
                };
                let page = hosting::router(&site).layer(from_fn(spoil));
                let page = watch.map_or(page.clone(), |watch| watch.over(page));
                if is_secure {
                    runtime.spawn(serve_over_https(host, listener, page));
                } else {
                    runtime.spawn(async move { axum::serve(listener, page).await });
                }
                Served::Here(Some(runtime))
            }
            None => {
                let host = env::var("HOST").expect("else it is served here");
                let written = || std::fs::read(folder.join("config.json")).unwrap_or_default();
                let config = config.unwrap_or_else(written);
                let (_program, _) = Server::start_at(port, &host, &folder, &config, &base);
                Served::By { _program }
            }
        };
        Page { served }
    }
}

async fn serve_over_https(name: &str, listener: TcpListener, page: Router) -> std::io::Result<()> {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).expect("a certificate can be made");
    let (certificate, key) = (made.cert.der().to_vec(), made.signing_key.serialize_der());
    let settings = RustlsConfig::from_der(vec![certificate], key).await?;
    let server = axum_server::from_tcp_rustls(listener.into_std()?, settings)?;
    server.serve(page.into_make_service()).await
}

impl Drop for Page {
    fn drop(&mut self) {
        if let Served::Here(runtime) = &mut self.served
            && let Some(runtime) = runtime.take()
        {
            runtime.shutdown_background();
        }
    }
}
