//! Web Locks: one tab at a time does something that must not happen twice. Missing on insecure pages, where the lock is
//! simply not there and only this tab is serialised by its caller.

use std::cell::RefCell;
use std::rc::Rc;

use futures_util::FutureExt as _;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

/// Runs `work` while no other tab of this origin holds the lock of this name.
pub async fn with<T: 'static>(name: &str, work: impl Future<Output = T> + 'static) -> T {
    let Some((locks, request)) = manager() else {
        return work.await;
    };
    let outcome = Rc::new(RefCell::new(None));
    let work = Rc::new(RefCell::new(Some(work.boxed_local())));
    let (slot, waiting) = (Rc::clone(&outcome), Rc::clone(&work));
    let granted = Closure::<dyn FnMut(JsValue) -> Promise>::new(move |_lock| {
        let (slot, work) = (Rc::clone(&slot), waiting.borrow_mut().take());
        future_to_promise(async move {
            if let Some(work) = work {
                let done = work.await;
                *slot.borrow_mut() = Some(done);
            }
            Ok(JsValue::UNDEFINED)
        })
    });
    if let Ok(promise) = request.call2(&locks, &JsValue::from_str(name), granted.as_ref()) {
        let _ = JsFuture::from(promise.unchecked_into::<Promise>()).await;
    }
    let done = outcome.borrow_mut().take();
    if let Some(done) = done {
        return done;
    }
    // The browser refused the lock: the work is still to be done, without it.
    let left = work.borrow_mut().take();
    match left {
        Some(work) => work.await,
        None => std::future::pending().await,
    }
}

/// Takes the lock of this name until this page goes, unless another one has it: `false` then.
pub async fn hold(name: &str) -> bool {
    let Some((locks, request)) = manager() else {
        return true;
    };
    let options = js_sys::Object::new();
    let _ = Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE);
    let told = Promise::new(&mut |tell, _| {
        let granted = Closure::once_into_js(move |lock: JsValue| {
            let is_ours = lock.is_object();
            let _ = tell.call1(&JsValue::NULL, &is_ours.into());
            // As long as this promise is open, the lock is held.
            is_ours.then(|| Promise::new(&mut |_, _| {}))
        });
        let _ = request.call3(&locks, &JsValue::from_str(name), &options, &granted);
    });
    // A browser that refuses to answer is as one that has no locks.
    JsFuture::from(told)
        .await
        .is_ok_and(|is_ours| is_ours.is_truthy())
}

fn manager() -> Option<(JsValue, Function)> {
    let navigator = web_sys::window()?.navigator();
    let locks = Reflect::get(&navigator, &"locks".into())
        .ok()
        .filter(JsValue::is_object)?;
    let request = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    Some((locks, request))
}
