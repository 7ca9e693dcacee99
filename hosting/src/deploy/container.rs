//! A container: Caddy with the very files that `caddy` writes, in an image that holds nothing else.
//!
//! Why Caddy and not `hosting`: its settings are tested against the real program, it compresses, and a fix in it is a rebuild
//! on a newer image, without a compiler. Why not nginx: it wants writable folders for its temporary files. Caddy runs here
//! as nobody, without a capability, on a read-only root; all it misses is a place to save its settings, and it says so once.
//! It cannot ask itself whether it answers, so one static program that can is put beside it; there is no shell.

use super::{Deployment, Host, Written, caddy};

pub const HOST: Host = Host {
    name: "container",
    sends_headers: true,
    policy_at: ("polar-connect.caddy", "Content-Security-Policy "),
    adds_base: false,
    files,
    next,
};

fn files(deployment: &Deployment) -> Vec<Written> {
    let mut files = caddy::files(deployment);
    files.push(Written {
        path: "Dockerfile".into(),
        text: dockerfile(deployment),
    });
    files
}

fn dockerfile(Deployment { base, at, port, .. }: &Deployment) -> String {
    format!(
        r#"FROM docker.io/library/caddy:2-alpine AS caddy
# A copy loses the file capability, with which Caddy could not start once all capabilities are dropped.
RUN cp /usr/bin/caddy /caddy

FROM docker.io/library/busybox:musl AS busybox

FROM scratch
COPY --from=caddy /caddy /caddy
COPY --from=busybox /bin/wget /wget
COPY Caddyfile polar-connect.caddy {at}/
COPY site {at}/site
ENV HOME=/tmp
USER 65532:65532
EXPOSE {port}
HEALTHCHECK --interval=30s --timeout=3s CMD ["/wget", "-q", "-O", "/dev/null", "http://127.0.0.1:{port}{base}config.json"]
ENTRYPOINT ["/caddy", "run", "--config", "{at}/Caddyfile"]
"#
    )
}

fn next(Deployment { port, .. }: &Deployment) -> String {
    format!(
        "in this folder:\n  docker build --tag polar-connect .\n  docker run --read-only --cap-drop ALL --security-opt no-new-privileges \
         --publish {port}:{port} polar-connect"
    )
}
