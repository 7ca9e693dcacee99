//! The last rung: the client is deleted, and what that ended.

use super::{Climb, refreshes};
use crate::check::came::{Came, Taken};
use crate::check::open;
use crate::check::run::{Hand, Run};
use crate::check::wire::{Halt, Paces, Sends};
use crate::oidc::token;

impl<S: Sends, P: Paces> Climb<'_, '_, S, P> {
    pub(super) async fn delete(&self, run: &mut Run) -> Result<Came, Halt> {
        let client = match run.client.clone() {
            Some(client) if open::usable(run, self.wire.environment, &client).is_some() => client,
            _ => {
                return Err(Halt::Untried(
                    "It is your own client, or one that cannot be deleted from here.".to_owned(),
                ));
            }
        };
        let tokens = match run.exchanges {
            true => Some(self.tokens(run).await?),
            false => None,
        };
        run.client = None;
        let id = client.id.clone();
        if !open::delete(run, self.wire, self.probe, client).await? {
            return Ok(Came::new("L18", "not deleted", "The client is still registered."));
        }
        let Some(tokens) = tokens else {
            return Err(Halt::Untried(
                "The client is deleted. There were no tokens to look at afterwards.".to_owned(),
            ));
        };
        if tokens.refresh_token.is_some() {
            refreshes(run)?;
        }
        let access = self.is_alive(&tokens.access_token).await?;
        let refresh = match &tokens.refresh_token {
            Some(token) => {
                let request = token::refresh_request(self.endpoint(), &id, token);
                match Taken::of(&self.ask(request).await?) {
                    Taken::Silent(why) => return Err(Halt::Untried(why)),
                    taken => taken.is_accepted(),
                }
            }
            None => false,
        };
        run.hand = Hand::default();
        let (word, said) = match (access, refresh) {
            (false, false) => (
                "deleted, nothing alive",
                "The client is deleted, and its tokens are ended with it.",
            ),
            (true, false) => (
                "deleted, access token alive",
                "The client is deleted and the refresh token refused; the access token still works.",
            ),
            (false, true) => (
                "deleted, refresh token alive",
                "The client is deleted, and its refresh token still works.",
            ),
            (true, true) => (
                "deleted, both alive",
                "The client is deleted, and both its tokens still work.",
            ),
        };
        Ok(Came::new("L18", word, said))
    }
}
