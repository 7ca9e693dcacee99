//! oidc-provider from npm: a certified provider that shares no line and no habit with Polar.

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

const SERVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/e2e/independent.mjs");

pub struct Independent {
    process: Child,
    origin: String,
}

impl Independent {
    /// `None` without the folder that it is installed in.
    pub fn start() -> Option<Self> {
        env::var_os("OIDC_PROVIDER")?;
        let mut node = Command::new("node");
        let spawned = node.arg(SERVER).stdout(Stdio::piped()).spawn();
        let mut process = spawned.expect("node is on the PATH");
        let said = process.stdout.take().expect("its output is piped");
        let origin = BufReader::new(said)
            .lines()
            .map_while(Result::ok)
            .find(|line| line.starts_with("http://"));
        Some(Self {
            process,
            origin: origin.expect("oidc-provider starts"),
        })
    }

    pub fn environment(&self, id: &str) -> Value {
        json!({
            "id": id,
            "name": "oidc-provider",
            "discovery_url": format!("{}/.well-known/openid-configuration", self.origin),
            "issuer": self.origin,
            "api_url": self.origin,
            "client_id": "",
            "scopes": ["openid", "email"],
        })
    }
}

impl Drop for Independent {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
