//! The table of trouble on the line: six requests, seventeen kinds. Read here, and by the journeys in `tests/e2e`.

use local_polar::Trouble::{self, *};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The device is offline: the browser sends nothing.
    Offline,
    /// The policy of the page forbids it: the browser sends nothing.
    Forbidden,
    OnTheLine(Trouble),
}

use Kind::*;

/// By endpoint, in the order of `Endpoint::ALL`; an empty code is a visit that goes through.
pub type Row = (Kind, [&'static str; 6], &'static str);

#[rustfmt::skip]
pub const ROWS: [Row; 17] = [
    (Offline, ["network.offline"; 6], "I01"),
    (OnTheLine(Unreachable), NOT_REACHED, "I01"),
    (OnTheLine(NoCors), NOT_REACHED, "I02"),
    // Only a request with a token has a preflight.
    (OnTheLine(PreflightRefused), ["", "", "", "", NOT_REACHED[4], NOT_REACHED[5]], "I03"),
    (Forbidden, ["network.blocked_by_policy"; 6], "I04"),
    (OnTheLine(Silent), TOO_LATE, "I05"),
    (OnTheLine(Late), TOO_LATE, "I06"),
    (OnTheLine(Redirect), NOT_REACHED, "I07"),
    (OnTheLine(NoContent), OTHER_STATUS, "I08"),
    (OnTheLine(Accepted), OTHER_STATUS, "I08"),
    (OnTheLine(Limited), LIMITED, "I09"),
    (OnTheLine(Down), DOWN, "I10"),
    (OnTheLine(BreaksOff), ["network.incomplete"; 6], "I11"),
    (OnTheLine(Huge), ["network.too_large"; 6], "I12"),
    (OnTheLine(Gate), NO_JSON, "I13"),
    (OnTheLine(Commands), [""; 6], "I14"),
    (OnTheLine(ResetOnce), NOT_REACHED, "I17"),
];

const NOT_REACHED: [&str; 6] = ["network.unreachable"; 6];
const TOO_LATE: [&str; 6] = ["network.timed_out"; 6];
const OTHER_STATUS: [&str; 6] = [
    "discovery.unexpected_status",
    "keys.unexpected_status",
    "token.unexpected_status",
    "token.unexpected_status",
    "userinfo.unexpected_status",
    "api.unexpected_status",
];
const LIMITED: [&str; 6] = [
    OTHER_STATUS[0],
    OTHER_STATUS[1],
    "token.rate_limited",
    "token.rate_limited",
    "api.rate_limited",
    "api.rate_limited",
];
const DOWN: [&str; 6] = [
    OTHER_STATUS[0],
    OTHER_STATUS[1],
    OTHER_STATUS[2],
    OTHER_STATUS[3],
    OTHER_STATUS[4],
    "api.server_error",
];
const NO_JSON: [&str; 6] = [
    "discovery.wrong_content_type",
    "keys.wrong_content_type",
    "token.wrong_content_type",
    "token.wrong_content_type",
    "userinfo.wrong_content_type",
    "api.wrong_content_type",
];
