//! What people do, one file a theme; a test's name is the sentence that it proves.

mod addresses;
mod callbacks;
mod choices;
mod clients;
mod conformance;
mod desk;
mod faults;
mod flow;
mod guards;
mod hosted;
mod keyboard;
mod looks;
mod matrix;
mod offline;
mod organizations;
mod refresh;
mod replay;
mod requests;
mod reveal;
mod setup;
mod sign_in;
mod sign_out;
mod slow;
mod storage;
mod sweep;
mod tabs;
