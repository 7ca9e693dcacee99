//! One probe after the other, and the end.

use super::came::Came;
use super::probe::{Group, Probe};
use super::run::Run;
use super::wire::{Halt, Paces, Sends, Wire};
use super::{ladder, open};
use crate::oidc::registration::management;

/// Sign-ins that one check takes at most: a provider that spends the code on a failed try takes six, one that ends tokens
/// wherever it may takes as many; the further redirects take eight.
const MOST_LOGINS: u32 = 20;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A row is there.
    Settled,
    /// The same probe goes on: something was made that has to be stored first.
    Again,
    /// It goes on with a sign-in, for this reason.
    Login(&'static str),
    Stopped,
    Finished,
}

/// Tries the next probe.
pub async fn step(run: &mut Run, wire: &Wire<'_, impl Sends, impl Paces>) -> Step {
    let Some(probe) = run.upcoming() else {
        clean_up(run, wire).await;
        return Step::Finished;
    };
    let tried = match probe.group {
        Group::Open => open::probe(run, wire, probe).await,
        Group::Login | Group::Further => ladder::probe(run, wire, probe).await,
    };
    run.end_probe();
    let came = match tried {
        Ok(came) => came,
        Err(Halt::Again) => return Step::Again,
        Err(Halt::Untried(why)) => Came::untried(probe.id, why),
        Err(Halt::Login(_)) if run.logins >= MOST_LOGINS => Came::untried(
            probe.id,
            "It would take one more sign-in, and there were enough of them.",
        ),
        Err(Halt::Login(why)) => {
            run.waiting.get_or_insert_with(|| why.to_owned());
            return Step::Login(why);
        }
        Err(Halt::Stopped) => {
            run.drop_hand();
            return Step::Stopped;
        }
    };
    run.settle(came);
    Step::Settled
}

/// Deletes what was registered. Not paced: it is the end, also of a check that was stopped.
pub async fn clean_up(run: &mut Run, wire: &Wire<'_, impl Sends, impl Paces>) {
    let Some(probe) = Probe::find("L18") else { return };
    run.leftovers
        .extend(run.client.take().into_iter().chain(run.second.take()));
    run.drop_hand();
    for client in std::mem::take(&mut run.leftovers) {
        let Some(held) = open::usable(run, wire.environment, &client) else {
            continue;
        };
        let outcome = (wire.send)(probe, management::delete_request(held)).await;
        let gone = match &outcome {
            Ok(response) => {
                management::parse_deletion(response).is_ok() || matches!(response.status, 401 | 404)
            }
            Err(_) => false,
        };
        if !gone {
            run.leftovers.push(client);
        }
    }
}
