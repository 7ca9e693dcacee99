//! Something that is fetched: loading, ready or failed. A newer load replaces an older one, whose late answer is dropped.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::failure_card::FailureCard;
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
                self.state.try_set(match outcome {
                    Ok(value) => Load::Ready(value),
                    Err(failure) => Load::Failed(failure),
                });
            }
        });
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
}

/// Loading, a failure with a way to try again, or what is ready.
#[component]
pub fn Loaded<T, F>(
    loader: Loader<T>,
    /// What is being loaded, in words.
    what: &'static str,
    #[prop(into)] retry: Callback<()>,
    ready: F,
) -> impl IntoView
where
    T: Send + Sync + 'static,
    F: Fn(&T) -> AnyView + Send + 'static,
{
    move || {
        loader.with(|state| match state {
            Load::Loading => {
                view! { <p class="loading" role="status">{format!("Loading {what}…")}</p> }.into_any()
            }
            Load::Failed(failure) => view! {
                <FailureCard failure=failure.clone()>
                    <button type="button" on:click=move |_| retry.run(())>"Try again"</button>
                </FailureCard>
            }
            .into_any(),
            Load::Ready(value) => ready(value),
        })
    }
}
