//! Something that is fetched: loading, ready or failed. A newer load replaces an older one, whose late answer is dropped.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::failure_card::failure_card;
use crate::app::el::{dynamic, el};
use crate::app::signals::{RwSignal, StoredValue};
use crate::failure::Failure;

pub enum Load<T> {
    Loading,
    Ready(T),
    Failed(Failure),
}

/// The state of one fetch, and the way to start it again.
pub struct Loader<T: Send + Sync + 'static> {
    state: RwSignal<Load<T>>,
    newest: StoredValue<u32>,
}

impl<T: Send + Sync> Clone for Loader<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync> Copy for Loader<T> {}

impl<T: Send + Sync> Default for Loader<T> {
    fn default() -> Self {
        Self {
            state: RwSignal::new(Load::Loading),
            newest: StoredValue::new(0),
        }
    }
}

impl<T: Send + Sync> Loader<T> {
    pub fn start(self, work: impl Future<Output = Result<T, Failure>> + 'static) {
        let number = self.newest.try_update_value(|newest| {
            *newest += 1;
            *newest
        });
        self.state.set(Load::Loading);
        spawn_local(async move {
            let outcome = work.await;
            // The page may be gone, or may be loading something newer.
            if self.newest.try_get_value() == number {
                self.state.set(match outcome {
                    Ok(value) => Load::Ready(value),
                    Err(failure) => Load::Failed(failure),
                });
            }
        });
    }

    /// As if nothing had been started; what is under way is dropped.
    pub fn reset(self) {
        self.newest.try_update_value(|newest| *newest += 1);
        self.state.set(Load::Loading);
    }

    pub fn with<U>(self, read: impl FnOnce(&Load<T>) -> U) -> U {
        self.state.with(read)
    }

    pub fn ready<U>(self, read: impl FnOnce(&T) -> U) -> Option<U> {
        self.state.with(|state| match state {
            Load::Ready(value) => Some(read(value)),
            _ => None,
        })
    }

    pub fn failure(self) -> Option<Failure> {
        self.state.with(|state| match state {
            Load::Failed(failure) => Some(failure.clone()),
            _ => None,
        })
    }

    /// Loading, a failure with a way to try again, or what is ready. `what` is being loaded, in words.
    pub fn view(
        self,
        what: &'static str,
        retry: impl Fn() + Copy + Send + 'static,
        ready: impl Fn(&T) -> AnyView + Send + 'static,
    ) -> AnyView {
        dynamic(move || {
            self.with(|state| match state {
                Load::Loading => loading(&format!("Loading {what}…")),
                Load::Failed(failure) => failure_card(failure.clone(), try_again(retry)),
                Load::Ready(value) => ready(value),
            })
        })
    }
}

pub fn loading(words: &str) -> AnyView {
    el("p")
        .class("loading")
        .attr("role", "status")
        .child(words)
        .view()
}

pub fn try_again(run: impl Fn() + 'static) -> AnyView {
    el("button")
        .attr("type", "button")
        .on("click", move |_| run())
        .child("Try again")
        .view()
}
