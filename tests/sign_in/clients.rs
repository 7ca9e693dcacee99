//! A client's whole life: registered, signed in with, read, changed, deleted, and what its deletion ended.

use std::cell::{Cell, RefCell};

use local_polar::Fault;
use polar_connect::clients::proof::{Access, Proof, Refresh, prove};
use polar_connect::clients::sweep::{self, Progress};
use polar_connect::clients::{Clients, Place, ledger::Id};
use polar_connect::http::{Request, Response, TransportError};
use polar_connect::oidc::registration::difference::{Kind, differences};
use polar_connect::oidc::registration::management::{self, Management};
use polar_connect::oidc::registration::{self, Oddity, Registered, Registration, RegistrationError};
use polar_connect::record::redact::Redactor;
use polar_connect::record::report::{self, Form};
use polar_connect::record::step::{self, Step};
use polar_connect::record::timeline::{Attempt, Record};
use polar_connect::record::{curl, recorded};
use polar_connect::session::refresh::{RefreshError, refresh};
use polar_connect::session::signed_in::SignedIn;
use polar_connect::session::stored;
use pollster::block_on;
use url::Url;

use crate::world::*;

fn endpoint(world: &World) -> Url {
    let provider = world.discover().unwrap();
    provider.registration_endpoint().unwrap().clone()
}

fn asked() -> Registration {
    let scopes = ["openid", "email", "organizations:read"].map(str::to_owned);
    Registration::new("polar-connect throwaway", REDIRECT_URI, scopes.into())
}

fn register(world: &World, asked: &Registration) -> Result<Registered, RegistrationError> {
    let endpoint = endpoint(world);
    let response = block_on(world.send(registration::request(&endpoint, asked)))?;
    registration::parse(&response, &endpoint)
}

fn read(world: &World, client: &Registered) -> Result<Registered, RegistrationError> {
    let held = held(client);
    let response = block_on(world.send(management::read_request(held)))?;
    management::parse(&response, &client.client_id, held)
}

fn change(world: &World, client: &Registered, to: &Registration) -> Result<Registered, RegistrationError> {
    let held = held(client);
    let request = management::update_request(held, &client.client_id, to);
    let response = block_on(world.send(request))?;
    management::parse(&response, &client.client_id, held)
}

fn delete(world: &World, held: &Management) -> Result<(), RegistrationError> {
    let response = block_on(world.send(management::delete_request(held)))?;
    management::parse_deletion(&response)
}

fn held(client: &Registered) -> &Management {
    client.management.as_ref().unwrap()
}

fn try_tokens(world: &World, session: &SignedIn) -> Proof {
    let send = async |request| world.send(request).await;
    let refresh = async |session: &SignedIn| refresh(session, send, || world.now()).await;
    block_on(prove(session, send, refresh))
}

/// Somebody is signed in with a client that was made for it.
fn signed_in_with_its_own() -> (World, Registered, SignedIn) {
    let mut world = World::new();
    let client = register(&world, &asked()).unwrap();
    world.environment.client_id = client.client_id.clone();
    let session = world.sign_in();
    assert_eq!(session.client_id(), client.client_id);
    (world, client, session)
}

#[test]
fn as_at_polar_a_deleted_client_takes_its_refresh_token_along_and_not_its_access_token() {
    let (world, client, session) = signed_in_with_its_own();
    delete(&world, held(&client)).unwrap();
    world.provider.forget_requests();
    let proof = try_tokens(&world, &session);
    let until = session.expires_at();
    assert_eq!(proof.access, Access::Works { until });
    let error = "invalid_client".to_owned();
    assert_eq!(proof.refresh, Refresh::Refused { error });
    assert_eq!(world.seen(), [USERINFO, TOKEN]);
    assert!(matches!(world.refresh(&session), Err(RefreshError::Token(_))));
}

#[test]
fn where_a_deletion_ends_everything_that_is_what_is_proven() {
    let (world, client, session) = signed_in_with_its_own();
    world.provider.set_fault(Some(Fault::DeletionKillsTokens));
    delete(&world, held(&client)).unwrap();
    assert_eq!(try_tokens(&world, &session).access, Access::Ended);
}

#[test]
fn where_a_deletion_ends_nothing_the_fresh_tokens_are_not_lost() {
    let (world, client, session) = signed_in_with_its_own();
    world.provider.set_fault(Some(Fault::DeletionKeepsRefresh));
    delete(&world, held(&client)).unwrap();
    let Refresh::Works { session: fresh } = try_tokens(&world, &session).refresh else {
        panic!("the refresh token works")
    };
    assert!(world.refresh(&fresh).is_ok());
}

#[test]
fn a_registration_carries_no_access_token_and_asks_for_nothing_but_what_was_chosen() {
    let world = World::new();
    let client = register(&world, &asked()).unwrap();
    let requests = world.provider.requests();
    let sent = requests
        .iter()
        .find(|it| it.path == REGISTER && it.method == "POST")
        .unwrap();
    assert_eq!(sent.header("authorization"), None);
    assert_eq!(differences(&asked(), &client), []);
    assert_eq!(client.oddities, []);
    let mut carrying = registration::request(&endpoint(&world), &asked());
    let token = world.sign_in().access_token().expose().to_owned();
    carrying = carrying.with_bearer(&token);
    let refused = block_on(world.send(carrying)).unwrap();
    let error = registration::parse(&refused, &endpoint(&world)).unwrap_err();
    assert_eq!(error.code(), "registration.not_permitted");
}

#[test]
fn d22_what_polar_refuses_is_told_apart() {
    let world = World::new();
    let check = |change: fn(&mut Registration), code: &str| {
        let mut wrong = asked();
        change(&mut wrong);
        let error = register(&world, &wrong).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        error
    };
    let public = check(
        |it| it.redirect_uris = vec!["http://app.example/".to_owned()],
        "registration.redirect_uri_refused",
    );
    assert!(
        public.to_string().contains("An HTTPS URL is required"),
        "{public}"
    );
    let fragment = check(
        |it| it.redirect_uris = vec!["https://app.example/#x".to_owned()],
        "registration.redirect_uri_refused",
    );
    assert_eq!(fragment.said().unwrap(), "Invalid claim: 'redirect_uris'");
    check(
        |it| it.scopes = vec!["offline_access".to_owned()],
        "registration.scope_refused",
    );
    check(
        |it| it.grant_types = vec!["web".to_owned()],
        "registration.metadata_refused",
    );
}

#[test]
fn d22_a_bare_host_comes_back_with_a_slash_and_that_is_said() {
    let world = World::new();
    let bare = Registration::new("x", "http://app.localhost:8080", vec!["openid".to_owned()]);
    let came = register(&world, &bare).unwrap();
    let kinds: Vec<_> = differences(&bare, &came).into_iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [Kind::SlashAdded]);
}

#[test]
fn d22_every_odd_answer_is_named_and_no_client_is_lost() {
    let met = |fault| {
        let world = World::new();
        world.provider.set_fault(Some(fault));
        register(&world, &asked())
    };
    let kinds = |came: &Registered| -> Vec<Kind> {
        let found = differences(&asked(), came);
        found.into_iter().map(|it| it.kind).collect()
    };
    let secret = met(Fault::RegistrationSecret).unwrap();
    assert_eq!(secret.oddities, [Oddity::SecretSent]);
    assert!(!format!("{secret:?}").contains("nobody-asked-for"));
    let elsewhere = met(Fault::RegistrationOtherRedirect).unwrap();
    assert_eq!(
        kinds(&elsewhere),
        [Kind::RedirectUriMissing, Kind::RedirectUriAdded]
    );
    let other = met(Fault::RegistrationOtherMethod).unwrap();
    assert_eq!(kinds(&other), [Kind::AuthMethod]);
    let lost = met(Fault::RegistrationNoToken).unwrap();
    assert_eq!(lost.oddities, [Oddity::NoManagement]);
    let foreign = met(Fault::RegistrationForeignManagement).unwrap();
    assert_eq!(foreign.management, None);
    for (fault, code) in [
        (Fault::RegistrationNoClientId, "registration.malformed"),
        (Fault::Registration500, "network.unreachable"),
        (Fault::Registration429, "registration.rate_limited"),
    ] {
        assert_eq!(met(fault).unwrap_err().code(), code);
    }
}

#[test]
fn d23_a_change_keeps_what_it_does_not_change() {
    let world = World::new();
    let client = register(&world, &asked()).unwrap();
    let mut to = read(&world, &client).unwrap().as_asked(&asked());
    to.client_name = "renamed".to_owned();
    let changed = change(&world, &client, &to).unwrap();
    assert_eq!(changed.client_name.as_deref(), Some("renamed"));
    assert_eq!(differences(&to, &changed), []);
    assert_eq!(read(&world, &client).unwrap().redirect_uris, client.redirect_uris);
}

#[test]
fn d23_a_rotated_token_is_the_one_that_goes_on() {
    let world = World::new();
    let client = register(&world, &asked()).unwrap();
    world.provider.set_fault(Some(Fault::RegistrationRotatesToken));
    let rotated = read(&world, &client).unwrap();
    assert_ne!(rotated.management, client.management);
    let error = delete(&world, held(&client)).unwrap_err();
    assert_eq!(error.code(), "registration.client_gone");
    assert_eq!(delete(&world, held(&rotated)), Ok(()));
}

#[test]
fn d23_a_client_that_is_gone_is_said_to_be() {
    let world = World::new();
    let client = register(&world, &asked()).unwrap();
    delete(&world, held(&client)).unwrap();
    for error in [
        read(&world, &client).unwrap_err(),
        change(&world, &client, &asked()).unwrap_err(),
        delete(&world, held(&client)).unwrap_err(),
    ] {
        assert_eq!(error.code(), "registration.client_gone");
    }
}

#[test]
fn many_clients_are_deleted_one_by_one_through_a_429_and_off_the_list() {
    let world = World::new();
    let mut clients = Clients::default();
    for _ in 0..3 {
        let came = register(&world, &asked()).unwrap();
        let id = clients.ledger.add("local", &asked(), &came, world.now());
        clients.put(&id, came.management.unwrap());
    }
    world.provider.set_fault(Some(Fault::Registration429));
    let (clients, waited) = (RefCell::new(clients), Cell::new(0));
    let ids = clients.borrow().deletable();
    let delete_one = async |id: &Id| {
        let held = clients.borrow().management(id).unwrap().clone();
        delete(&world, &held)?;
        clients.borrow_mut().forget(id);
        Ok(())
    };
    let pause = async |millis| {
        waited.set(waited.get() + millis);
        if waited.get() >= 60_000 {
            world.provider.set_fault(None);
        }
    };
    let done = block_on(sweep::sweep(&ids, delete_one, pause, |_| true));
    let expected = Progress {
        deleted: 3,
        of: 3,
        over: true,
        ..Progress::default()
    };
    assert_eq!(done, expected);
    assert_eq!(clients.borrow().ledger.entries().len(), 0);
    assert!(ids.iter().all(|id| clients.borrow().place(id) == Place::Gone));
}

/// Sends, and puts on record what the page would put there.
fn recorded_life(world: &World) -> (Vec<Step>, Management) {
    let (steps, redactor) = (
        RefCell::new(Vec::new()),
        RefCell::new(Redactor::new("tab".to_owned())),
    );
    let send = |kind, request: Request| -> Result<Response, TransportError> {
        let log = |make: &dyn Fn(&mut Redactor) -> Step| {
            steps.borrow_mut().push(make(&mut redactor.borrow_mut()));
        };
        let send = async |request| world.send(request).await;
        block_on(recorded(request, kind, send, log, || world.now()))
    };
    let endpoint = endpoint(world);
    let response = send(step::Kind::Register, registration::request(&endpoint, &asked())).unwrap();
    let client = registration::parse(&response, &endpoint).unwrap();
    let held = client.management.unwrap();
    send(step::Kind::ReadClient, management::read_request(&held)).unwrap();
    let update = management::update_request(&held, &client.client_id, &asked());
    send(step::Kind::ChangeClient, update).unwrap();
    send(step::Kind::DeleteClient, management::delete_request(&held)).unwrap();
    (steps.into_inner(), held)
}

#[test]
fn a_clients_life_is_on_record_without_its_token() {
    let world = World::new();
    world.provider.set_fault(Some(Fault::RegistrationSecret));
    let (steps, held) = recorded_life(&world);
    let titles: Vec<_> = steps.iter().map(|step| step.kind.title()).collect();
    assert_eq!(
        titles,
        [
            "Register a client",
            "Read the client",
            "Change the client",
            "Delete the client"
        ]
    );
    for step in &steps {
        let text = format!("{step:?} {:?} {:?}", curl::curl(step), curl::fetch(step));
        for secret in [held.token().expose(), "nobody-asked-for"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
    let shown = format!("{:?}", steps[0]);
    assert!(
        shown.contains("⟨polar_crt · ") && shown.contains("⟨polar_cs · "),
        "{shown}"
    );
    assert!(
        shown.contains("polar-connect throwaway"),
        "the body is readable: {shown}"
    );
}

#[test]
fn a_report_of_a_clients_life_carries_its_bodies_as_json_and_no_secret() {
    let world = World::new();
    let (steps, held) = recorded_life(&world);
    let record = Record {
        attempts: vec![Attempt {
            steps,
            ..Attempt::default()
        }],
    };
    for form in [Form::Json, Form::Markdown, Form::Har] {
        let text = report::write(&record, form, true, |_| String::new()).unwrap();
        assert!(!text.contains(held.token().expose()), "{text}");
    }
    let har = report::write(&record, Form::Har, true, |_| String::new()).unwrap();
    let har: serde_json::Value = har.parse().unwrap();
    let sent = &har["log"]["entries"][0]["request"]["postData"];
    assert_eq!(sent["mimeType"], "application/json");
    let body: serde_json::Value = sent["text"].as_str().unwrap().parse().unwrap();
    assert_eq!(body["client_name"], "polar-connect throwaway");
}

#[test]
fn only_the_registration_tokens_are_secret_of_what_is_stored() {
    let world = World::new();
    let came = register(&world, &asked()).unwrap();
    let mut clients = Clients::default();
    let id = clients.ledger.add("local", &asked(), &came, world.now());
    clients.put(&id, held(&came).clone());
    let list = stored::write(&clients.ledger);
    for secret in world.secrets() {
        assert!(!list.contains(&secret), "{list}");
    }
    assert!(stored::write(&clients.in_tab).contains(held(&came).token().expose()));
}
