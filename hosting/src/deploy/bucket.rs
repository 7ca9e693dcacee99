//! A plain bucket, S3 or Google Cloud Storage: type and caching belong to each object and are given when it is uploaded.
//!
//! `objects.json` is the list for any other tool. `upload.sh` uploads by it: first what pages refer to, then pages, so that
//! no page names a file that is not there yet, and last the worker, which keeps all of them. `headers.json` is what a bucket cannot send and a CDN in front of it can. Nothing is deleted: a page that is open still asks for the old names.

use serde_json::json;

use super::{Deployment, Host, Written, spelled};

pub const HOST: Host = Host {
    name: "bucket",
    sends_headers: false,
    policy_at: super::IN_EACH_PAGE,
    adds_base: false,
    files,
    next,
};

const NOT_FOUND: &str = "404.html";
/// It looks at every other file once it has come.
const WORKER: &str = "worker.js";

/// Said wherever headers are.
pub(super) const LOST: &str = "Lost here, because they only work as headers: frame-ancestors and X-Frame-Options (in a frame the\n\
     page only says that it does not start there), nosniff, Cross-Origin-Opener-Policy, Cross-Origin-Resource-Policy, Permissions-Policy.";

fn files(deployment: &Deployment) -> Vec<Written> {
    let objects = objects(deployment);
    let list: Vec<_> = objects
        .iter()
        .map(|(name, kind, cache)| json!({ "object": name, "content_type": kind, "cache_control": cache }))
        .collect();
    let headers = deployment.headers().iter();
    let headers: Vec<_> = headers
        .map(|(name, value)| json!({ "header": spelled(name), "value": value }))
        .collect();
    vec![
        Written {
            path: "headers.json".into(),
            text: format!("{:#}\n", json!(headers)),
        },
        Written {
            path: "objects.json".into(),
            text: format!("{:#}\n", json!(list)),
        },
        Written {
            path: "upload.sh".into(),
            text: script(&objects),
        },
    ]
}

/// Name, type and caching of each object, in the order of upload.
fn objects(deployment: &Deployment) -> Vec<(String, &'static str, &'static str)> {
    let below = deployment.base.trim_start_matches('/');
    let files = deployment.files.iter();
    let mut objects: Vec<(String, &str)> = files
        .map(|file| (format!("{below}{file}"), file.as_str()))
        .collect();
    if !below.is_empty() {
        objects.push((NOT_FOUND.into(), NOT_FOUND));
    }
    objects.sort_by_key(|(_, file)| (*file == WORKER, file.ends_with(".html")));
    let with_rules = |(name, file)| {
        let (kind, cache) = deployment.about(file);
        (name, kind, cache)
    };
    objects.into_iter().map(with_rules).collect()
}

fn script(objects: &[(String, &str, &str)]) -> String {
    let mut text = String::from(
        r#"#!/bin/sh
# sh upload.sh s3://BUCKET or sh upload.sh gs://BUCKET
set -eu
cd "$(dirname "$0")/site"
packed="$(mktemp)"
trap 'rm -f "$packed"' EXIT INT TERM
# A bucket compresses nothing by itself, and hands on what it was given.
put() {
  gzip -9 -n -c "$1" > "$packed"
  s3="--content-encoding gzip" gs="-h Content-Encoding:gzip"
  send "$packed" "$@"
}
# What is shown in the place of something else.
as_it_is() {
  s3="" gs=""
  send "$1" "$@"
}
send() {
  case "$bucket" in
    s3://*) aws s3 cp --only-show-errors $s3 --content-type "$3" --cache-control "$4" "$1" "$bucket/$2" ;;
    gs://*) gsutil -q $gs -h "Content-Type:$3" -h "Cache-Control:$4" cp "$1" "$bucket/$2" ;;
    *) echo "a bucket is s3://NAME or gs://NAME, not $bucket" >&2; exit 1 ;;
  esac
}
bucket="${1:-nothing}"
bucket="${bucket%/}"
"#,
    );
    for (name, kind, cache) in objects {
        let put = if name.ends_with(NOT_FOUND) {
            "as_it_is"
        } else {
            "put"
        };
        text += &format!("{put} '{name}' '{kind}' '{cache}'\n");
    }
    text
}

fn next(_: &Deployment) -> String {
    format!(
        "in this folder:\n  sh upload.sh s3://BUCKET    (or gs://BUCKET)\nand let the bucket's website show \
         index.html for a folder and 404.html for what is missing:\n  aws s3 website s3://BUCKET --index-document index.html --error-document 404.html\n  gsutil web set \
         -m index.html -e 404.html gs://BUCKET\n{LOST}\nA CDN in front of the bucket can send them: headers.json has the list. It is also what speaks https, \
         which a bucket's website does not and Polar asks for; let it take the website's address as its origin, since the \
         bucket's own knows no index.html."
    )
}
