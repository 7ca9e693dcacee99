//! The built page as it is hosted: by `hosting` in this process, or, with `HOST` set to `nginx`, `caddy` or `github`, by
//! that program with what a deployment for it writes; below the path `BASE` if that is set.

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use hosting::Site;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::server::Server;
use crate::watch::Watch;

/// Longer than a page takes to be painted without what is late.
const LATE: Duration = Duration::from_secs(3);

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
}

impl Place {
    pub async fn find(host: &'static str) -> Place {
        let base = env::var("BASE").unwrap_or_else(|_| "/".into());
        let listener = crate::world::listener().await;
        let port = listener.local_addr().expect("it is bound").port();
        // A program binds the port itself.
        let here = env::var_os("HOST").is_none().then_some(listener);
        Place {
            host,
            base,
            here,
            port,
            late: None,
        }
    }

    /// Where files with this ending come late.
    pub fn with_late(mut self, ending: &'static str) -> Place {
        assert!(self.here.is_some(), "only a host in this process is ever late");
        self.late = Some(ending);
        self
    }

    /// Where the page is, without its last slash.
    pub fn address(&self) -> String {
        format!(
            "http://{}:{}{}",
            self.host,
            self.port,
            self.base.trim_end_matches('/')
        )
    }

    pub fn serve(self, folder: PathBuf, config: Option<Vec<u8>>, watch: Option<&Watch>) -> Page {
        let Place {
            base,
            here,
            port,
            late,
            ..
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
                let wait = move |request: Request, next: Next| async move {
                    if late.is_some_and(|ending| request.uri().path().ends_with(ending)) {
                        tokio::time::sleep(LATE).await;
                    }
                    next.run(request).await
                };
                let page = hosting::router(&site).layer(from_fn(wait));
                let page = watch.map_or(page.clone(), |watch| watch.over(page));
                runtime.spawn(async move { axum::serve(listener, page).await });
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

impl Drop for Page {
    fn drop(&mut self) {
        if let Served::Here(runtime) = &mut self.served
            && let Some(runtime) = runtime.take()
        {
            runtime.shutdown_background();
        }
    }
}
