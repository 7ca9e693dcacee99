//! Web Locks: what runs under one name runs one after the other.

use std::cell::RefCell;
use std::rc::Rc;

use futures_util::future::join;
use gloo_timers::future::TimeoutFuture;
use polar_connect::browser::lock;
use wasm_bindgen_test::wasm_bindgen_test;

type Order = Rc<RefCell<Vec<&'static str>>>;

async fn work(order: Order, begins: &'static str, ends: &'static str) -> &'static str {
    order.borrow_mut().push(begins);
    TimeoutFuture::new(30).await;
    order.borrow_mut().push(ends);
    ends
}

#[wasm_bindgen_test]
async fn two_under_one_name_never_overlap_and_both_give_their_outcome() {
    let order = Order::default();
    let first = lock::with("test.same", work(Rc::clone(&order), "a begins", "a ends"));
    let second = lock::with("test.same", work(Rc::clone(&order), "b begins", "b ends"));
    assert_eq!(join(first, second).await, ("a ends", "b ends"));
    assert_eq!(*order.borrow(), ["a begins", "a ends", "b begins", "b ends"]);
}

#[wasm_bindgen_test]
async fn two_under_different_names_do_not_wait_for_each_other() {
    let order = Order::default();
    let first = lock::with("test.one", work(Rc::clone(&order), "a begins", "a ends"));
    let second = lock::with("test.two", work(Rc::clone(&order), "b begins", "b ends"));
    join(first, second).await;
    assert!(order.borrow()[..2].iter().all(|step| step.ends_with("begins")));
}
