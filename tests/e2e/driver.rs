//! One driver for all journeys that run at the same time, where it can have several browsers; it goes when the last of them
//! does.

use std::net::TcpStream;
use std::process::Child;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use thirtyfour::WebDriver;

use crate::engine::{Engine, Extent};

pub struct Driver {
    process: Child,
    port: u16,
    engine: Engine,
}

impl Driver {
    pub fn of(engine: Engine) -> Arc<Driver> {
        static CURRENT: Mutex<Weak<Driver>> = Mutex::new(Weak::new());
        if !engine.shares_its_driver() {
            return Arc::new(Driver::start(engine));
        }
        let mut current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
        current.upgrade().unwrap_or_else(|| {
            let driver = Arc::new(Driver::start(engine));
            *current = Arc::downgrade(&driver);
            driver
        })
    }

    fn start(engine: Engine) -> Driver {
        let (process, port) = engine.start();
        // One that does not say so listens a moment later.
        for _ in 0..100 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Driver {
            process,
            port,
            engine,
        }
    }

    /// A browser with a profile of its own.
    pub async fn browser(&self, extent: Extent) -> WebDriver {
        let address = format!("http://127.0.0.1:{}", self.port);
        let start = async || WebDriver::new(&address, self.engine.capabilities(extent)).await;
        // On a busy machine one is late for its own driver now and then, and no journey is about that.
        let browser = match start().await {
            Ok(browser) => browser,
            Err(_) => start().await.expect("the browser starts"),
        };
        if !self.engine.has_devtools() {
            let sized = browser.set_window_rect(0, 0, 1280, 900).await;
            sized.expect("the window takes a size");
        }
        browser
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
