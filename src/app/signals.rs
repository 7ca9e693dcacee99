//! Leptos' signals, memos, stored values and effects, each of one type inside.
//!
//! A signal is compiled anew for every type of value, a memo and an effect for every closure, and each time that is one to
//! two kilobytes before they are packed. Here what they hold and run stands behind a pointer, and a value more costs the
//! look through it. Names and methods are those of Leptos, as far as they are used.

use std::any::Any;
use std::marker::PhantomData;
use std::ops::Deref;

use leptos::prelude::{
    self, Read, ReadUntracked, ReadValue, Set as _, Track, UpdateValue as _, Write as _, on_cleanup,
};
use leptos::reactive::graph::{Observer, Source as _, ToAnySource as _};

type Held = Box<dyn Any + Send + Sync>;
type Signal = prelude::RwSignal<Held>;
type Derived = prelude::Memo<Held>;
type Place = prelude::StoredValue<Held>;

/// Leptos' own, and what it holds.
pub struct Typed<S, T>(S, PhantomData<fn() -> T>);

pub type RwSignal<T> = Typed<Signal, T>;
pub type Memo<T> = Typed<Derived, T>;
/// What nobody is told about when it changes.
pub type StoredValue<T> = Typed<Place, T>;

impl<S: Copy, T> Clone for Typed<S, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: Copy, T> Copy for Typed<S, T> {}

/// What signals and memos have in common.
impl<S, T: 'static> Typed<S, T>
where
    S: Read<Value: Deref<Target = Held>> + ReadUntracked<Value: Deref<Target = Held>> + Track + Readers,
{
    pub fn track(self) {
        self.0.let_go();
        self.0.track();
    }

    pub fn with<U>(self, look: impl FnOnce(&T) -> U) -> U {
        let held = read(self.0);
        look(typed(&held))
    }

    pub fn with_untracked<U>(self, look: impl FnOnce(&T) -> U) -> U {
        let held = read_untracked(self.0);
        look(typed(&held))
    }

    pub fn get(self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }

    pub fn get_untracked(self) -> T
    where
        T: Clone,
    {
        self.with_untracked(T::clone)
    }

    /// `None` where it is gone with its page.
    pub fn try_with_untracked<U>(self, look: impl FnOnce(&T) -> U) -> Option<U> {
        let held = try_read_untracked(self.0)?;
        Some(look(typed(&held)))
    }

    pub fn try_get_untracked(self) -> Option<T>
    where
        T: Clone,
    {
        self.try_with_untracked(T::clone)
    }
}

impl<T: Send + Sync + 'static> RwSignal<T> {
    pub fn new(value: T) -> Self {
        Self(new_signal(Box::new(value)), PhantomData)
    }

    /// Nothing happens where the signal is gone with its page.
    pub fn set(self, value: T) {
        set_signal(self.0, Box::new(value));
    }

    pub fn update(self, change: impl FnOnce(&mut T)) {
        self.try_update(change);
    }

    /// `None` where the signal is gone with its page.
    pub fn try_update<U>(self, change: impl FnOnce(&mut T) -> U) -> Option<U> {
        once(change, |change| update_signal(self.0, change))
    }
}

impl<T: Send + Sync + 'static> Memo<T> {
    pub fn new(compute: impl Fn() -> T + Send + Sync + 'static) -> Self
    where
        T: PartialEq,
    {
        let compute = move |_: Option<&Held>| -> Held { Box::new(compute()) };
        Self(new_memo(Box::new(compute), differ::<T>), PhantomData)
    }
}

impl<T: Send + Sync + 'static> StoredValue<T> {
    pub fn new(value: T) -> Self {
        Self(new_place(Box::new(value)), PhantomData)
    }

    pub fn with_value<U>(self, read: impl FnOnce(&T) -> U) -> U {
        let held = read_place(self.0).expect("it is there as long as who asks");
        read(typed(&held))
    }

    pub fn get_value(self) -> T
    where
        T: Clone,
    {
        self.with_value(T::clone)
    }

    /// `None` where it is gone with its page, or is being changed further up.
    pub fn try_get_value(self) -> Option<T>
    where
        T: Clone,
    {
        Some(typed::<T>(&*read_place(self.0)?).clone())
    }

    /// Nothing happens where it is gone with its page, or in use further up.
    pub fn set_value(self, value: T) {
        self.update_value(|before| *before = value);
    }

    pub fn update_value(self, change: impl FnOnce(&mut T)) {
        self.try_update_value(change);
    }

    /// `None` where it is gone with its page, or in use further up.
    pub fn try_update_value<U>(self, change: impl FnOnce(&mut T) -> U) -> Option<U> {
        once(change, |change| update_place(self.0, change))
    }
}

/// Runs soon, never at once, and again whenever something that it has read has changed. It is told whether it is the first time.
pub fn effect(run: impl FnMut(bool) + 'static) {
    new_effect(Box::new(run));
}

fn typed<T: 'static>(held: &Held) -> &T {
    held.downcast_ref().expect("what a signal holds has its type")
}

/// Hands a change that is made once to what may call it any number of times.
fn once<T: 'static, U>(
    change: impl FnOnce(&mut T) -> U,
    update: impl FnOnce(&mut dyn FnMut(&mut Held)),
) -> Option<U> {
    let mut change = Some(change);
    let mut outcome = None;
    update(&mut |held| {
        if let (Some(change), Some(value)) = (change.take(), held.downcast_mut()) {
            outcome = Some(change(value));
        }
    });
    outcome
}

fn differ<T: PartialEq + 'static>(before: Option<&Held>, after: Option<&Held>) -> bool {
    before.map(typed::<T>) != after.map(typed::<T>)
}

// Compiled once for each of the three, whatever is held.

#[inline(never)]
fn new_signal(value: Held) -> Signal {
    Signal::new(value)
}

#[inline(never)]
fn read<S: Read + Readers>(source: S) -> S::Value {
    source.let_go();
    source.read()
}

/// Leptos leaves whoever has read a signal in its list until it changes, so one that never changes would gather all that was
/// ever on a page.
pub trait Readers {
    /// Who reads it now is taken off its list when it is gone.
    fn let_go(&self);
}

impl Readers for Signal {
    #[inline(never)]
    fn let_go(&self) {
        if let Some(reader) = Observer::get() {
            let source = self.to_any_source();
            on_cleanup(move || source.remove_subscriber(&reader));
        }
    }
}

/// A memo is let go of with its page, or changes with every page.
impl Readers for Derived {
    fn let_go(&self) {}
}

#[inline(never)]
fn read_untracked<S: ReadUntracked>(source: S) -> S::Value {
    source.read_untracked()
}

#[inline(never)]
fn try_read_untracked<S: ReadUntracked>(source: S) -> Option<S::Value> {
    source.try_read_untracked()
}

#[inline(never)]
fn set_signal(signal: Signal, value: Held) {
    signal.try_set(value);
}

#[inline(never)]
fn update_signal(signal: Signal, change: &mut dyn FnMut(&mut Held)) {
    if let Some(mut held) = signal.try_write() {
        change(&mut held);
    }
}

type Compute = Box<dyn Fn(Option<&Held>) -> Held + Send + Sync>;

#[inline(never)]
fn new_memo(compute: Compute, differ: fn(Option<&Held>, Option<&Held>) -> bool) -> Derived {
    Derived::new_with_compare(compute, differ)
}

#[inline(never)]
fn new_place(value: Held) -> Place {
    Place::new(value)
}

#[inline(never)]
fn read_place(place: Place) -> Option<<Place as ReadValue>::Value> {
    place.try_read_value()
}

#[inline(never)]
fn update_place(place: Place, change: &mut dyn FnMut(&mut Held)) {
    place.try_update_value(|held| change(held));
}

#[inline(never)]
fn new_effect(mut run: Box<dyn FnMut(bool)>) {
    prelude::Effect::new(move |before: Option<()>| run(before.is_none()));
}
