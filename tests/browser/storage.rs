//! `sessionStorage`, and `localStorage` for what outlives a tab, under this app's prefix.

use std::cell::Cell;
use std::rc::Rc;

use polar_connect::browser::storage::{self, Key, Unwritable};
use wasm_bindgen_test::wasm_bindgen_test;

fn raw() -> web_sys::Storage {
    web_sys::window().unwrap().session_storage().unwrap().unwrap()
}

#[wasm_bindgen_test]
fn reads_back_what_it_wrote_and_forgets_what_it_removed() {
    assert!(storage::is_available());
    storage::write(Key::Choice, "kept").unwrap();
    assert_eq!(storage::read(Key::Choice).as_deref(), Some("kept"));
    assert_eq!(
        raw().get_item("polar-connect.choice").unwrap().as_deref(),
        Some("kept")
    );
    storage::remove(Key::Choice);
    assert_eq!(storage::read(Key::Choice), None);
}

#[wasm_bindgen_test]
fn each_step_has_a_place_of_its_own_which_is_none_of_the_record() {
    for place in [0, 7, u32::MAX] {
        storage::write(Key::Step(place), &place.to_string()).unwrap();
    }
    assert_eq!(storage::read(Key::Record), None);
    assert_eq!(storage::read(Key::Step(7)).as_deref(), Some("7"));
    assert_eq!(
        raw().get_item("polar-connect.record.7").unwrap().as_deref(),
        Some("7")
    );
    storage::remove(Key::Step(7));
    assert_eq!(storage::read(Key::Step(7)), None);
    assert_eq!(storage::read(Key::Step(0)).as_deref(), Some("0"));
    let mut kept = storage::steps();
    kept.sort_unstable();
    assert_eq!(kept, [0, u32::MAX]);
    for place in [0, u32::MAX] {
        storage::remove(Key::Step(place));
    }
}

#[wasm_bindgen_test]
fn the_list_of_clients_outlives_the_tab_and_their_tokens_only_on_purpose() {
    let local = web_sys::window().unwrap().local_storage().unwrap().unwrap();
    let name = "polar-connect.registration_tokens";
    storage::write(Key::RegistrationTokens, "of the tab").unwrap();
    assert_eq!(raw().get_item(name).unwrap().as_deref(), Some("of the tab"));
    assert_eq!(local.get_item(name).unwrap(), None);
    storage::write(Key::KeptTokens, "on purpose").unwrap();
    storage::write(Key::Clients, "a list").unwrap();
    assert_eq!(local.get_item(name).unwrap().as_deref(), Some("on purpose"));
    assert_eq!(raw().get_item("polar-connect.clients").unwrap(), None);
    for key in [Key::RegistrationTokens, Key::KeptTokens, Key::Clients] {
        storage::remove(key);
        assert_eq!(storage::read(key), None);
    }
}

#[wasm_bindgen_test]
fn f04_a_full_storage_is_a_value_and_not_a_panic() {
    let long = "x".repeat(12 * 1024 * 1024);
    assert_eq!(storage::write(Key::Attempts, &long), Err(Unwritable::Full));
    assert_eq!(storage::read(Key::Attempts), None);
}

#[wasm_bindgen_test]
fn a10_names_of_object_prototypes_are_no_keys() {
    for name in ["__proto__", "constructor", "toString"] {
        assert_eq!(raw().get_item(name).unwrap(), None, "{name}");
    }
    assert_eq!(storage::read(Key::Session), None);
}

#[wasm_bindgen_test]
fn hears_of_its_own_records_from_other_tabs_until_it_is_dropped() {
    let heard = Rc::new(Cell::new(0));
    let tell = |key: Option<&str>| {
        let told = web_sys::StorageEventInit::new();
        told.set_key(key);
        let event = web_sys::StorageEvent::new_with_event_init_dict("storage", &told).unwrap();
        web_sys::window().unwrap().dispatch_event(&event).unwrap();
    };
    let listening = storage::on_written_elsewhere(&[Key::Clients], {
        let heard = Rc::clone(&heard);
        move || heard.set(heard.get() + 1)
    });
    tell(Some("polar-connect.baselines"));
    tell(Some("clients"));
    assert_eq!(heard.get(), 0, "that is somebody else's");
    tell(Some("polar-connect.clients"));
    tell(None);
    assert_eq!(heard.get(), 2);
    drop(listening);
    tell(None);
    assert_eq!(heard.get(), 2);
}
