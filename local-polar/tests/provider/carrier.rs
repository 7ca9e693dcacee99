//! Over a real socket: the same answers, carried.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use local_polar::{Endpoint, Provider, Trouble, serve};

use crate::browser::provider;

/// What comes over the socket for the key set, to the last byte.
fn keys_over_tcp(provider: &Arc<Provider>) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    let asking = std::thread::spawn(move || {
        let mut stream = TcpStream::connect(address).expect("a connection");
        let request =
            "GET /.well-known/jwks.json HTTP/1.1\r\nHost: x\r\nOrigin: null\r\nConnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    });
    let answer = runtime.block_on(async {
        let served = tokio::spawn(serve(Arc::clone(provider), listener));
        let answer = tokio::task::spawn_blocking(move || asking.join()).await;
        served.abort();
        answer
    });
    answer.expect("a thread").expect("an answer")
}

#[test]
fn a_request_over_tcp_gets_the_providers_answer() {
    let provider = Arc::new(provider());
    let answer = keys_over_tcp(&provider);
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("access-control-allow-origin: *\r\n"), "{answer}");
    assert!(answer.contains("polar_local"), "{answer}");
    assert_eq!(provider.requests().len(), 1);
}

#[test]
fn an_answer_that_breaks_off_begins_and_does_not_end() {
    let provider = Arc::new(provider());
    provider.set_trouble(Some((Endpoint::Keys, Trouble::BreaksOff)));
    let answer = keys_over_tcp(&provider);
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("{\"keys\""), "{answer}");
    assert!(
        !answer.ends_with("0\r\n\r\n"),
        "the last chunk never comes: {answer}"
    );
}
