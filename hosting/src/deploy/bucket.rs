//! A plain bucket, S3 or Google Cloud Storage: type and caching belong to each object and are given when it is uploaded.
//!
//! `objects.json` is the list for any other tool. `upload.sh` uploads by it: first what pages refer to, pages last, so that
//! no page names a file that is not there yet. `headers.json` is what a bucket cannot send and a CDN in front of it can. Nothing is deleted: a page that is open still asks for the old names.

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
    let mut files: Vec<&String> = deployment.files.iter().collect();
    files.sort_by_key(|file| file.ends_with(".html"));
    let mut objects: Vec<_> = files
        .into_iter()
        .map(|file| {
            let (kind, cache) = deployment.about(file);
            (format!("{below}{file}"), kind, cache)
        })
        .collect();
    if !below.is_empty() {
        let (kind, cache) = deployment.about("404.html");
        objects.push(("404.html".into(), kind, cache));
    }
    objects
}

fn script(objects: &[(String, &str, &str)]) -> String {
    let mut text = String::from(
        r#"#!/bin/sh
# sh upload.sh s3://BUCKET or sh upload.sh gs://BUCKET
set -eu
cd "$(dirname "$0")/site"
put() {
  case "$bucket" in
    s3://*) aws s3 cp --only-show-errors --content-type "$2" --cache-control "$3" "$1" "$bucket/$1" ;;
    gs://*) gsutil -q -h "Content-Type:$2" -h "Cache-Control:$3" cp "$1" "$bucket/$1" ;;
    *) echo "a bucket is s3://NAME or gs://NAME, not $bucket" >&2; exit 1 ;;
  esac
}
bucket="${1:-nothing}"
bucket="${bucket%/}"
"#,
    );
    for (name, kind, cache) in objects {
        text += &format!("put '{name}' '{kind}' '{cache}'\n");
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
