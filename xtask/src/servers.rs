//! Programs that run side by side until Ctrl-C, or until one of them ends.

use std::io::{ErrorKind, Read, Write};
use std::iter;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// How often to look, in milliseconds: a person does not notice, a processor neither.
const LOOK: Duration = Duration::from_millis(100);

/// Running programs; dropping this ends them.
pub struct Servers {
    running: Vec<(&'static str, Child)>,
    stop: Receiver<()>,
}

impl Servers {
    /// From here on Ctrl-C, or a polite kill, ends the servers instead of only this program.
    pub fn new() -> Result<Servers> {
        let (sender, stop) = channel();
        ctrlc::set_handler(move || {
            // Nobody listens when the end has come already.
            let _ = sender.send(());
        })
        .context("cannot listen for Ctrl-C")?;
        Ok(Servers {
            running: Vec::new(),
            stop,
        })
    }

    pub fn start(&mut self, name: &'static str, command: &mut Command) -> Result<()> {
        let child = command.spawn().with_context(|| format!("cannot start {name}"))?;
        self.running.push((name, child));
        Ok(())
    }

    /// Waits until the port answers HTTP. False when Ctrl-C came first.
    pub fn wait_for(&mut self, port: u16) -> Result<bool> {
        loop {
            if self.stopped()? {
                return Ok(false);
            }
            if answers(port) {
                return Ok(true);
            }
        }
    }

    /// Waits for Ctrl-C; an error when one of the programs ends by itself.
    pub fn wait(mut self) -> Result<()> {
        while !self.stopped()? {}
        println!("\n── stopped");
        Ok(())
    }

    /// Looks for a moment whether Ctrl-C came; an error when one of the programs has ended by itself.
    pub fn stopped(&mut self) -> Result<bool> {
        match self.stop.recv_timeout(LOOK) {
            Ok(()) => return Ok(true),
            Err(RecvTimeoutError::Disconnected) => bail!("nothing listens for Ctrl-C any more"),
            Err(RecvTimeoutError::Timeout) => {}
        }
        for (name, child) in &mut self.running {
            if let Some(status) = child.try_wait()? {
                // In a terminal Ctrl-C reaches every program at once, and this may be the first sign of it.
                if self.stop.recv_timeout(LOOK).is_ok() {
                    return Ok(true);
                }
                bail!("{name} ended by itself ({status}), so the others are stopped too");
            }
        }
        Ok(false)
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        for (_, child) in &mut self.running {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// An error with one line when another program has the port.
pub fn check_free(port: u16, for_what: &str) -> Result<()> {
    for address in ["127.0.0.1", "::1"] {
        if let Err(error) = TcpListener::bind((address, port))
            && error.kind() == ErrorKind::AddrInUse
        {
            bail!("port {port}, for {for_what}, is taken by another program: stop it and try again");
        }
    }
    Ok(())
}

/// A port that nobody listens at, for a program that binds it itself: none that the system gives to whoever asks for any,
/// and programs that run side by side begin at places of their own.
pub fn free_port() -> Result<u16> {
    static TRIED: AtomicU32 = AtomicU32::new(0);
    let begin = std::process::id().wrapping_mul(97);
    let offsets = iter::repeat_with(|| begin.wrapping_add(TRIED.fetch_add(1, Ordering::Relaxed)) % 20_000);
    let ports = offsets
        .take(20_000)
        .filter_map(|offset| u16::try_from(10_000 + offset).ok());
    let mut free = ports.filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.next().context("no port is free")
}

/// Whether there is an HTTP server at the port.
fn answers(port: u16) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(("localhost", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        write!(
            stream,
            "GET / HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"
        )?;
        let mut start = [0; 5];
        stream.read_exact(&mut start)?;
        Ok(&start == b"HTTP/")
    };
    ask().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_one_clear_line() {
        let holder = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = holder.local_addr().unwrap().port();
        let refusal = check_free(port, "the app").unwrap_err().to_string();
        assert_eq!(
            refusal,
            format!("port {port}, for the app, is taken by another program: stop it and try again")
        );
        drop(holder);
        assert!(check_free(port, "the app").is_ok());
    }

    #[test]
    fn a_free_port_is_never_one_that_anybody_may_be_given_and_never_the_same_twice() {
        let (one, other) = (free_port().unwrap(), free_port().unwrap());
        assert!(one < 32_768 && other < 32_768, "{one} {other}");
        assert_ne!(one, other);
        // The one that would come next.
        let next = if other == 29_999 { 10_000 } else { other + 1 };
        let _taken = TcpListener::bind(("127.0.0.1", next));
        assert_ne!(free_port().unwrap(), next);
    }
}
