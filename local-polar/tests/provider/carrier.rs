//! Over a real socket: the same answers, carried.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use local_polar::serve;

use crate::browser::provider;

#[test]
fn a_request_over_tcp_gets_the_providers_answer() {
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
    let provider = Arc::new(provider());
    let answer = runtime.block_on(async {
        let served = tokio::spawn(serve(Arc::clone(&provider), listener));
        let answer = tokio::task::spawn_blocking(move || asking.join()).await;
        served.abort();
        answer
    });
    let answer = answer.expect("a thread").expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("access-control-allow-origin: *\r\n"), "{answer}");
    assert!(answer.contains("polar_local"), "{answer}");
    assert_eq!(provider.requests().len(), 1);
}
