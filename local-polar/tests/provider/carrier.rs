//! Over a real socket: the same answers, carried.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use local_polar::{Endpoint, Provider, Trouble, serve};

use crate::browser::provider;

/// What comes over the socket for the key set, to the last byte.
fn keys_over_tcp(provider: &Arc<Provider>) -> String {
    over_tcp(provider, |mut stream| {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    })
}

/// Asks for the key set over a socket; what `read` makes of the connection, while the provider goes on serving.
fn over_tcp<T: Send + 'static>(
    provider: &Arc<Provider>,
    read: impl FnOnce(TcpStream) -> T + Send + 'static,
) -> T {
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
        read(stream)
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

/// Whether enough has come to say that it goes on.
type Enough = fn(&[u8]) -> bool;

#[test]
fn an_answer_without_an_end_goes_on_until_its_client_goes() {
    let two_drops: Enough = |answer| answer.ends_with(b"1\r\n \r\n1\r\n \r\n");
    let a_megabyte: Enough = |answer| answer.len() > 1024 * 1024;
    let provider = Arc::new(provider());
    for (before, (trouble, enough)) in [(Trouble::NeverEnds, a_megabyte), (Trouble::Drips, two_drops)]
        .into_iter()
        .enumerate()
    {
        provider.set_trouble(Some((Endpoint::Keys, trouble)));
        let serving = Arc::clone(&provider);
        over_tcp(&provider, move |mut stream| {
            let patience = Duration::from_secs(10);
            stream.set_read_timeout(Some(patience)).expect("a limit");
            let mut answer = Vec::new();
            let mut part = [0; 4096];
            while !enough(&answer) {
                let length = stream.read(&mut part).expect("it goes on");
                assert_ne!(length, 0, "{trouble:?} ended");
                answer.extend_from_slice(&part[..length]);
            }
            assert!(String::from_utf8_lossy(&answer).contains("{\"keys\""));
            assert_eq!(serving.left_unfinished(), before, "its client is still there");
            drop(stream);
            let gone = Instant::now();
            while serving.left_unfinished() == before {
                assert!(gone.elapsed() < patience, "{trouble:?} goes on");
                std::thread::sleep(Duration::from_millis(10));
            }
        });
    }
}
