//! `BroadcastChannel`: what one opens another hears, under the same name only.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use polar_connect::browser::channel::Channel;
use wasm_bindgen_test::wasm_bindgen_test;

fn listening(name: &str) -> (Channel, Rc<RefCell<Vec<String>>>) {
    let heard = Rc::new(RefCell::new(Vec::new()));
    let ear = Rc::clone(&heard);
    let channel = Channel::open(name, move |text| ear.borrow_mut().push(text)).unwrap();
    (channel, heard)
}

#[wasm_bindgen_test]
async fn a_text_reaches_the_others_of_its_name_and_not_its_sender() {
    let (sender, own) = listening("test.channel");
    let (_other, heard) = listening("test.channel");
    let (_stranger, nothing) = listening("test.elsewhere");
    sender.post("fresh tokens");
    TimeoutFuture::new(100).await;
    assert_eq!(*heard.borrow(), ["fresh tokens"]);
    assert!(own.borrow().is_empty());
    assert!(nothing.borrow().is_empty());
}
