//! The built page as it is hosted: by `hosting` in this process, or, with `HOST` set to `nginx`, `caddy` or `github`, by
//! that program with what a deployment for it writes; below the path `BASE` if that is set.

use std::env;
use std::path::PathBuf;

use hosting::Site;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::server::Server;
use crate::watch::Watch;

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
        }
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
        let Place { base, here, port, .. } = self;
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
                let page = hosting::router(&site);
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
