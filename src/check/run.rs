//! One check from its first request to its last: what is planned, what came, and what is held between two rungs.
//!
//! It is stored after each rung, in the tab's session storage beside the attempts of sign-ins and under the same rule, so a
//! redirect or a reload only interrupts it. What leaves as a result is [`Came`], which holds no secret.

use serde_json::{Map, Value};
use url::Url;

use super::came::Came;
use super::probe::{Group, Probe};
use super::verdict::Verdict;
use crate::config::Environment;
use crate::json::stored::stored;
use crate::oidc::authorization::Ask;
use crate::oidc::discovery::{Provider, is_safe_address};
use crate::oidc::pkce::CodeVerifier;
use crate::oidc::registration::management::Management;
use crate::oidc::registration::{Registered, Registration};
use crate::oidc::secret::Secret;
use crate::oidc::token::Tokens;
use crate::time::Timestamp;

/// The issuer whose habits are known. Polar names it in every environment.
const POLAR: &str = "https://polar.sh";
/// Seconds after which a code is not used any more: Polar's live 300, and a pause or a limit may lie in between.
const CODE_LIVES: i64 = 240;
/// How throwaway clients call themselves on a consent page.
const CLIENT_NAME: &str = "Polar Connect login check";
/// Said of the rows that are not tried once somebody has signed out.
pub const SIGNED_OUT: &str = "You signed out, which ends a check.";
/// Probes whose refusal means something once the right exchange has worked.
const WRONG_EXCHANGES: [&str; 5] = ["L2", "L3", "L4", "L5", "L6"];
/// What is asked for: little, and enough to refresh with less.
const SCOPES: [&str; 2] = ["openid", "email"];

/// The client of a check: made here, or one that the person says is theirs.
#[derive(Clone, Debug, PartialEq)]
pub struct Client {
    pub id: String,
    /// `None`: it cannot be deleted from here.
    pub management: Option<Management>,
}

stored!(Client { id, management });

impl From<Registered> for Client {
    fn from(registered: Registered) -> Self {
        Self {
            id: registered.client_id,
            management: registered.management,
        }
    }
}

/// A sign-in of this check that has left for the provider.
#[derive(Clone, Debug, PartialEq)]
pub struct Departure {
    pub(super) probe: String,
    pub(super) ask: Ask,
    pub(super) state: Secret,
    pub(super) nonce: Secret,
    pub(super) verifier: CodeVerifier,
    pub(super) at: Timestamp,
    /// Not back yet.
    pub(super) out: bool,
}

stored!(Departure {
    probe,
    ask,
    state,
    nonce,
    verifier,
    at,
    out,
});

/// What the last sign-in of this check brought, as far as it is still good.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hand {
    /// The answer as a query, code and all.
    pub(super) answer: Option<Secret>,
    pub(super) arrived: Timestamp,
    /// The probes that were tried on this code.
    pub(super) tried: Vec<String>,
    /// The code was exchanged.
    pub(super) spent: bool,
    pub(super) replayed: bool,
    /// The nonce of this sign-in is that of one before.
    pub(super) nonce_again: bool,
    pub(super) tokens: Option<Tokens>,
    /// The tokens before the last refresh.
    pub(super) before: Option<Tokens>,
    pub(super) subject: Option<String>,
}

stored!(Hand {
    answer,
    arrived,
    tried,
    spent,
    replayed,
    nonce_again,
    tokens,
    before,
    subject,
});

#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub environment: String,
    pub on_polar: bool,
    pub started_at: Timestamp,
    redirect_uri: Url,
    /// A client that the person says is theirs.
    own_client: Option<String>,
    /// Ids of probes, in order, and the place of the next one.
    plan: Vec<String>,
    pub(super) at: u32,
    /// A probe is under way: what it used up is not known until it ends.
    busy: bool,
    pub came: Vec<Came>,
    pub(super) document: Option<Map<String, Value>>,
    pub(super) keys: Option<Map<String, Value>>,
    pub(super) provider: Option<Provider>,
    pub(super) client: Option<Client>,
    /// A client that was made for one probe and is deleted by it.
    pub(super) second: Option<Client>,
    /// Clients that could not be deleted yet.
    pub(super) leftovers: Vec<Client>,
    pub(super) departure: Option<Departure>,
    pub(super) hand: Hand,
    /// The right exchange has worked.
    pub(super) exchanges: bool,
    /// A refresh has worked.
    pub(super) refreshes: bool,
    /// A failed try spends the code, so each rung takes a sign-in of its own.
    pub(super) burns: bool,
    pub(super) logins: u32,
    /// Why a sign-in is waited for.
    pub waiting: Option<String>,
    /// Whether it was begun by an address, so that nobody presses anything.
    pub unattended: bool,
    /// What the provider publishes otherwise than at the check before, and when that was.
    pub changes: Vec<String>,
    pub compared_with: Option<Timestamp>,
}

stored!(Run {
    environment,
    on_polar,
    started_at,
    redirect_uri,
    own_client,
    plan,
    at,
    busy,
    came,
    document,
    keys,
    provider,
    client,
    second,
    leftovers,
    departure,
    hand,
    exchanges,
    refreshes,
    burns,
    logins,
    waiting,
    unattended,
    changes,
    compared_with,
});

/// What an exchange names beside the code.
pub struct Sent<'a> {
    pub client_id: &'a str,
    pub redirect_uri: &'a str,
    pub verifier: &'a str,
}

/// Whether people and money are behind an environment: there a check is begun by more than a press.
pub fn is_production(environment: &Environment) -> bool {
    environment.id == "production" || environment.api_url.host_str() == Some("api.polar.sh")
}

impl Run {
    /// `own_client` is a client that the person says is theirs; without one a throwaway client is made.
    pub fn new(
        environment: &Environment,
        redirect_uri: Url,
        own_client: Option<String>,
        now: Timestamp,
    ) -> Self {
        Self {
            environment: environment.id.clone(),
            on_polar: environment.issuer == POLAR,
            started_at: now,
            redirect_uri,
            own_client,
            plan: Vec::new(),
            at: 0,
            busy: false,
            came: Vec::new(),
            document: None,
            keys: None,
            provider: None,
            client: None,
            second: None,
            leftovers: Vec::new(),
            departure: None,
            hand: Hand::default(),
            exchanges: false,
            refreshes: false,
            burns: false,
            logins: 0,
            waiting: None,
            unattended: false,
            changes: Vec::new(),
            compared_with: None,
        }
    }

    /// Plans the probes that are chosen and not planned yet.
    pub fn plan(&mut self, chosen: impl Fn(&Probe) -> bool) {
        for group in [Group::Open, Group::Login, Group::Further] {
            for probe in Probe::of(group) {
                if chosen(probe) && !self.is_planned(probe) {
                    self.plan.push(probe.id.to_owned());
                }
            }
        }
    }

    pub fn is_planned(&self, probe: &Probe) -> bool {
        self.plan.iter().any(|id| id == probe.id)
    }

    /// The probe that is tried next; `None` at the end.
    pub fn upcoming(&self) -> Option<&'static Probe> {
        Probe::find(self.plan.get(self.at as usize)?)
    }

    /// How many of how many are done.
    pub fn progress(&self) -> (u32, u32) {
        (self.at, self.plan.len().try_into().unwrap_or(u32::MAX))
    }

    pub fn is_over(&self) -> bool {
        self.upcoming().is_none()
    }

    /// Whether it has been at the provider already.
    pub const fn has_left(&self) -> bool {
        self.logins > 0
    }

    /// To be stored before a probe is tried, so that a reload in between is noticed.
    pub fn begin_probe(&mut self) {
        self.busy = true;
    }

    pub(super) fn end_probe(&mut self) {
        self.busy = false;
    }

    /// What is held is not used any more.
    pub(super) fn drop_hand(&mut self) {
        self.hand = Hand::default();
        self.departure = None;
    }

    /// After a reload. What was under way may have used up what was held, so none of it is used again.
    pub fn interrupted(&mut self) {
        if std::mem::take(&mut self.busy) {
            self.hand = Hand::default();
            // They may be deleted already; if not, they are deleted at the end.
            self.leftovers.extend(self.second.take());
            if self.upcoming().is_some_and(|probe| probe.id == "L18") {
                self.leftovers.extend(self.client.take());
            }
        }
    }

    pub fn came(&self, id: &str) -> Option<&Came> {
        self.came.iter().find(|came| came.id == id)
    }

    pub fn verdict(&self, probe: &Probe) -> Option<Verdict> {
        let came = self.came(probe.id)?;
        Some(Verdict::of(probe, came, self.on_polar))
    }

    /// The heaviest verdict so far.
    pub fn worst(&self) -> Verdict {
        let verdicts = self.came.iter().filter_map(|came| {
            let probe = Probe::find(&came.id)?;
            Some(Verdict::of(probe, came, self.on_polar))
        });
        Verdict::worst(verdicts)
    }

    /// How many rows have this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        let of = |came: &&Came| {
            Probe::find(&came.id).is_some_and(|probe| Verdict::of(probe, came, self.on_polar) == verdict)
        };
        self.came.iter().filter(of).count()
    }

    pub(super) fn settle(&mut self, came: Came) {
        if came.id == "L7" && !came.was_tried() {
            self.take_back_refusals();
        }
        self.came.retain(|known| known.id != came.id);
        self.came.push(came);
        self.at += 1;
        self.waiting = None;
    }

    /// A provider that also refuses the right exchange has not shown what it refuses the wrong ones for.
    pub(super) fn take_back_refusals(&mut self) {
        for came in &mut self.came {
            if WRONG_EXCHANGES.contains(&came.id.as_str()) && came.word.starts_with("refused ") {
                *came = Came::untried(
                    &came.id,
                    "It was refused, but no right exchange has worked, so that says nothing. See L7.",
                );
            }
        }
    }

    /// Everything that is still planned and takes a sign-in cannot be tried.
    pub fn give_up(&mut self, why: &str) {
        self.departure = None;
        self.hand = Hand::default();
        while let Some(probe) = self.upcoming() {
            self.settle(Came::untried(probe.id, why));
        }
    }

    /// Whether it was ended by signing out.
    pub fn ended_with_session(&self) -> bool {
        self.came.iter().any(|came| came.said == SIGNED_OUT)
    }

    /// The client that is used; made here or the person's.
    pub fn client_id(&self) -> Option<&str> {
        let made = self.client.as_ref().map(|client| client.id.as_str());
        made.or(self.own_client.as_deref())
    }

    pub fn own_client(&self) -> Option<&str> {
        self.own_client.as_deref()
    }

    /// Clients that were made here and are still registered.
    pub fn made_here(&self) -> impl Iterator<Item = &Client> {
        let current = self.client.iter().chain(&self.second).chain(&self.leftovers);
        current.filter(|client| client.management.is_some())
    }

    /// Those of the little that a check asks for which the provider offers.
    pub(super) fn scopes(&self) -> impl Iterator<Item = &'static str> {
        let offered = self.texts("scopes_supported");
        SCOPES.into_iter().filter(move |scope| {
            *scope == "openid" || offered.as_ref().is_none_or(|offered| offered.contains(scope))
        })
    }

    /// The client that a check registers for one redirect URI.
    pub fn registration(&self, redirect_uri: &str) -> Registration {
        Registration::new(
            CLIENT_NAME,
            redirect_uri,
            self.scopes().map(str::to_owned).collect(),
        )
    }

    pub const fn redirect_uri(&self) -> &Url {
        &self.redirect_uri
    }

    pub const fn document(&self) -> Option<&Map<String, Value>> {
        self.document.as_ref()
    }

    pub const fn keys(&self) -> Option<&Map<String, Value>> {
        self.keys.as_ref()
    }

    pub(super) fn member(&self, name: &str) -> Option<&Value> {
        self.document.as_ref()?.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn texts(&self, name: &str) -> Option<Vec<&str>> {
        Some(
            self.member(name)?
                .as_array()?
                .iter()
                .filter_map(Value::as_str)
                .collect(),
        )
    }

    /// An endpoint that secrets may be sent to: safe, and on an origin that is configured.
    pub(super) fn endpoint(&self, environment: &Environment, name: &str) -> Option<Url> {
        let url = Url::parse(self.member(name)?.as_str()?).ok()?;
        let trusted =
            environment.expecting(|expected| expected.trusted.iter().any(|it| it.origin() == url.origin()));
        (is_safe_address(&url) && trusted).then_some(url)
    }

    /// Whether the code that is held can still be tried.
    pub(super) fn has_code(&self, now: Timestamp) -> bool {
        let age = now.seconds_since(self.hand.arrived);
        self.hand.answer.is_some() && !self.hand.spent && (0..=CODE_LIVES).contains(&age)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::json::arbitrary;
    use crate::json::stored::Stored;
    use crate::session::stored;

    fn environment(id: &str, api: &str) -> Environment {
        let api_url = Url::parse(api).unwrap();
        Environment {
            id: id.to_owned(),
            name: id.to_owned(),
            discovery_url: api_url.clone(),
            issuer: POLAR.to_owned(),
            api_url,
            client_id: String::new(),
            scopes: Vec::new(),
        }
    }

    #[test]
    fn production_is_known_by_its_name_and_by_its_host() {
        for (id, api, expected) in [
            ("production", "https://idp.example", true),
            ("mine", "https://api.polar.sh", true),
            ("sandbox", "https://sandbox-api.polar.sh", false),
            ("local", "http://localhost:8081", false),
        ] {
            assert_eq!(is_production(&environment(id, api)), expected, "{id}");
        }
    }

    #[test]
    fn habits_of_polar_are_expected_of_polar_alone() {
        let callback = Url::parse("https://app.example/callback/").unwrap();
        let mut other = environment("other", "https://idp.example");
        other.issuer = "https://idp.example".to_owned();
        let polar = environment("sandbox", "https://sandbox-api.polar.sh");
        let run = |environment| Run::new(environment, callback.clone(), None, Timestamp::default());
        assert!(run(&polar).on_polar && !run(&other).on_polar);
    }

    /// In the middle of a rung, with something in each of its members.
    fn under_way() -> Run {
        let callback = Url::parse("https://app.example/callback/").unwrap();
        let sandbox = environment("sandbox", "https://sandbox-api.polar.sh");
        let mut run = Run::new(
            &sandbox,
            callback.clone(),
            Some("mine".to_owned()),
            Timestamp::default(),
        );
        run.plan(|_| true);
        run.settle(Came::untried("D1", "not asked").fact("status", "503"));
        run.at = u32::try_from(run.plan.iter().position(|id| id == "L18").unwrap()).unwrap();
        run.begin_probe();
        run.document = json!({ "issuer": POLAR, "scopes_supported": ["openid"] })
            .as_object()
            .cloned();
        run.keys = json!({ "keys": [] }).as_object().cloned();
        let management = json!({ "uri": "https://api.polar.sh/v1/oauth2/register/a", "token": "t" });
        let client = json!({ "id": "a", "management": management });
        run.client = Client::from_value(&client);
        run.second = Client::from_value(&client);
        run.leftovers.extend(Client::from_value(&client));
        let tokens = Tokens {
            access_token: Secret::new("a"),
            refresh_token: Some(Secret::new("r")),
            id_token: Some(Secret::new("i")),
            expires_in: Some(3600),
            received_at: Timestamp::from_seconds(7),
            scopes: Some(vec!["openid".to_owned()]),
        };
        let asked = Ask {
            client_id: "a".to_owned(),
            redirect_uri: callback,
            scopes: vec!["openid".to_owned()],
            extra: vec![("prompt".to_owned(), "none".to_owned())],
        };
        run.departure = Some(Departure {
            probe: "L1".to_owned(),
            ask: asked,
            state: Secret::new("s"),
            nonce: Secret::new("n"),
            verifier: CodeVerifier::draw(&|bytes| {
                bytes.fill(7);
                Ok(())
            })
            .unwrap(),
            at: Timestamp::from_seconds(5),
            out: true,
        });
        run.hand = Hand {
            answer: Some(Secret::new("code=c")),
            tried: vec!["L2".to_owned()],
            tokens: Some(tokens.clone()),
            before: Some(tokens),
            subject: Some("u".to_owned()),
            ..Hand::default()
        };
        run.waiting = Some("the answer".to_owned());
        run.changes.push("The key a is new.".to_owned());
        run.compared_with = Some(Timestamp::from_seconds(3));
        run
    }

    #[test]
    fn a_check_is_read_as_it_was_written() {
        let run = under_way();
        assert_eq!(stored::read(&stored::write(&run)), Ok(run));
    }

    #[test]
    fn what_was_under_way_is_used_no_more_and_its_clients_are_deleted_at_the_end() {
        let mut run = under_way();
        run.interrupted();
        assert_eq!((run.hand.clone(), run.leftovers.len()), (Hand::default(), 3));
        assert_eq!(
            (run.made_here().count(), &run.client, &run.second),
            (3, &None, &None)
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn an_edited_check_is_read_as_it_stands_or_not_at_all_and_comes_to_its_end(put in arbitrary::put(under_way().to_value())) {
            for (place, edited) in arbitrary::everywhere(under_way().to_value(), put) {
                let Some(mut run) = stored::reads_faithfully::<Run>(&edited)? else {
                    continue;
                };
                let was_busy = run.busy;
                run.interrupted();
                prop_assert!(!was_busy || run.hand == Hand::default(), "{}", place);
                run.give_up("You pressed Stop.");
                prop_assert!(run.is_over() && !run.has_code(Timestamp::default()), "{}", place);
                // What is shown of it.
                let _ = (run.progress(), run.worst(), run.count(Verdict::Unsound), run.registration("https://app.example/"));
            }
        }
    }
}
