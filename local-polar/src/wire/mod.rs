//! HTTP as plain data: reading a call, writing an answer, and who may read that answer in a browser.

pub(crate) mod answer;
pub(crate) mod call;
pub(crate) mod cors;
pub(crate) mod failure;
