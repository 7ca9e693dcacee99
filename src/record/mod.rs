//! What went over the wire, redacted as it is captured: nothing that is written here can open anything.
//!
//! [`recorded`] wraps a transport; [`step`] is what one request or one event leaves behind; [`redact`] puts a fingerprint in
//! the place of each secret; [`line`] is what stays of it in memory; [`timeline`] keeps the last sign-ins, bounded; [`sequence`]
//! says who spoke to whom; [`curl`] and [`report`] take it elsewhere, and [`scan`] looks once more before anything leaves.

pub mod curl;
pub mod line;
pub mod redact;
pub mod report;
pub mod scan;
pub mod sequence;
pub mod step;
pub mod timeline;

use crate::http::{Request, Response, TransportError};
use crate::time::Timestamp;
use redact::Redactor;
use step::{Kind, Step};

/// Sends, and hands what went over the wire to `log`. `kind` is what the caller is about; the token endpoint's requests say
/// themselves what they are, unless they are probes.
pub async fn recorded<S>(
    request: Request,
    kind: Kind,
    send: S,
    log: impl FnOnce(&dyn Fn(&mut Redactor) -> Step),
    now: impl Fn() -> Timestamp,
) -> Result<Response, TransportError>
where
    S: AsyncFnOnce(Request) -> Result<Response, TransportError>,
{
    let started = now();
    let outcome = send(request.clone()).await;
    let millis = now().millis() - started.millis();
    log(&|redactor| {
        let kind = match kind {
            Kind::Probe(_) => kind,
            _ => Kind::of(&request).unwrap_or(kind),
        };
        Step::captured(kind, &request, &outcome, started, millis, redactor)
    });
    outcome
}
