#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| polar_connect_fuzz::run("redaction", input));
