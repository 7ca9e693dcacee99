//! A built folder over HTTP as a good host sends it: brotli 11, hashed names kept for a year, pages asked for each time.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;

use anyhow::{Context, Result};

use crate::{sizes, start};

/// Texts, which a host packs; pictures are packed already.
const PACKED: &[&str] = &["html", "js", "css", "wasm", "json", "svg", "webmanifest"];

/// A page with one word and nothing to load.
pub const EMPTY: &str = "/empty.html";

struct File {
    content: Vec<u8>,
    packed: bool,
    media_type: &'static str,
    kept: bool,
}

pub struct Server {
    port: u16,
}

impl Server {
    /// Serves until the process ends.
    pub fn start(folder: &Path, provider: u16) -> Result<Server> {
        let mut files = HashMap::new();
        sizes::walk(folder, &mut |path| {
            let name = path.strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
            files.insert(format!("/{name}"), read(path, &name, provider)?);
            Ok(())
        })?;
        files.insert(EMPTY.to_owned(), empty());
        let listener = TcpListener::bind("127.0.0.1:0").context("no port is free")?;
        let port = listener.local_addr()?.port();
        let files = Arc::new(files);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let files = Arc::clone(&files);
                thread::spawn(move || {
                    // A browser that goes away ends its own connection.
                    let _ = serve(&stream, &files);
                });
            }
        });
        Ok(Server { port })
    }

    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }
}

fn empty() -> File {
    let page = "<!doctype html><meta charset=utf-8><link rel=icon href=data:,><title>Empty</title><p>Empty";
    File {
        content: page.into(),
        packed: false,
        media_type: "text/html; charset=utf-8",
        kept: false,
    }
}

fn read(path: &Path, name: &str, provider: u16) -> Result<File> {
    let mut content = fs::read(path)?;
    if name == "config.json" {
        // Where a build looks for the local Polar unless told otherwise; here it has another port.
        let written = format!("localhost:{}", start::POLAR);
        let text = String::from_utf8_lossy(&content).replace(&written, &format!("localhost:{provider}"));
        content = text.into_bytes();
    }
    let ending = name.rsplit('.').next().unwrap_or_default();
    let packed = PACKED.contains(&ending);
    if packed {
        content = sizes::packed(&content)?;
    }
    Ok(File {
        content,
        packed,
        media_type: media_type(ending),
        kept: is_hashed(name),
    })
}

fn media_type(ending: &str) -> &'static str {
    match ending {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript",
        "css" => "text/css",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

/// `app-0123456789abcdef.js`, `app-0123456789abcdef_bg.wasm`
fn is_hashed(name: &str) -> bool {
    let hash = name.rsplit('-').next().unwrap_or_default();
    let digits = hash.bytes().take_while(u8::is_ascii_hexdigit).count();
    name.contains('-') && digits >= 15
}

fn serve(mut stream: &TcpStream, files: &HashMap<String, File>) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first)? == 0 {
            return Ok(());
        }
        loop {
            let mut header = String::new();
            if reader.read_line(&mut header)? == 0 || header.trim().is_empty() {
                break;
            }
        }
        let target = first.split(' ').nth(1).unwrap_or("/");
        stream.write_all(&answer(target, files))?;
    }
}

fn answer(target: &str, files: &HashMap<String, File>) -> Vec<u8> {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let page = format!("{}/index.html", path.trim_end_matches('/'));
    let Some(file) = files.get(path).or_else(|| files.get(&page)) else {
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec();
    };
    let cache = if file.kept {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let encoding = if file.packed {
        "Content-Encoding: br\r\n"
    } else {
        ""
    };
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: {cache}\r\n{encoding}\r\n",
        file.media_type,
        file.content.len()
    )
    .into_bytes();
    answer.extend(&file.content);
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(kept: bool) -> File {
        File {
            content: b"x".to_vec(),
            packed: true,
            media_type: "text/html; charset=utf-8",
            kept,
        }
    }

    #[test]
    fn a_page_is_a_folder_with_a_query_and_what_is_missing_is_missing() {
        let files = HashMap::from([("/flow/index.html".to_owned(), file(false))]);
        let said = |target| String::from_utf8(answer(target, &files)).unwrap();
        for target in ["/flow/", "/flow", "/flow/?a=b", "/flow/index.html"] {
            assert!(said(target).starts_with("HTTP/1.1 200 OK\r\n"), "{target}");
        }
        assert!(said("/flow/").contains("Cache-Control: no-cache\r\nContent-Encoding: br\r\n\r\nx"));
        assert!(said("/flo").starts_with("HTTP/1.1 404"));
    }

    #[test]
    fn only_hashed_names_are_kept() {
        assert!(is_hashed("polar-connect-3c01c144ce35348_bg.wasm"));
        assert!(is_hashed("base-e55306d6fb69f462.css"));
        for plain in ["index.html", "boot.js", "a-b.js", "config.json"] {
            assert!(!is_hashed(plain), "{plain}");
        }
    }
}
