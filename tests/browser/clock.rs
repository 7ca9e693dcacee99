//! `Date`: now, and moments in words.

use polar_connect::browser::clock;
use polar_connect::time::Timestamp;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn now_is_after_this_was_written_and_does_not_stand_still() {
    assert!(clock::now() > Timestamp::from_seconds(1_795_000_000));
}

#[wasm_bindgen_test]
fn reads_what_polar_writes_with_and_without_fractions() {
    let expected = Some(Timestamp::from_seconds(1_795_478_562));
    assert_eq!(clock::parse("2026-11-24T00:02:42Z"), expected);
    let fraction = clock::parse("2026-11-24T00:02:42.995690Z").unwrap();
    assert_eq!(fraction.seconds(), 1_795_478_562);
    for odd in ["", "yesterday", "2026-13-45T99:99:99Z"] {
        assert_eq!(clock::parse(odd), None, "{odd}");
    }
}

#[wasm_bindgen_test]
fn e15_words_a_moment_in_utc_and_never_throws() {
    let moment = Timestamp::from_seconds(1_795_478_562);
    assert_eq!(clock::utc(moment), "2026-11-24 00:02:42 UTC");
    assert!(!clock::local(moment).is_empty());
    let beyond = Timestamp::from_millis(i64::MAX);
    assert!(clock::utc(beyond).ends_with("after 1970"));
    assert_eq!(clock::local(beyond), clock::utc(beyond));
}

#[wasm_bindgen_test]
fn writes_what_it_reads() {
    let text = "2026-11-24T00:02:42.995Z";
    assert_eq!(clock::rfc3339(clock::parse(text).unwrap()), text);
    assert_eq!(clock::rfc3339(Timestamp::from_millis(i64::MAX)), "");
}
