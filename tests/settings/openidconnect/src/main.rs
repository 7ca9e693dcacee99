//! Signs in with the snippet as an app would, and refreshes twice at once.

mod sign_in;

use std::io::{BufRead as _, stdin};

use openidconnect::url::Url;
use openidconnect::OAuth2TokenResponse as _;
use tokio::sync::Mutex;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), sign_in::Failure> {
    let http = sign_in::http()?;
    let client = sign_in::client(&http).await?;
    let (address, attempt) = sign_in::sign_in(&client);
    println!("open {address}");
    let mut answer = String::new();
    stdin().lock().read_line(&mut answer)?;
    let (tokens, claims) = sign_in::complete(&client, &http, attempt, &Url::parse(answer.trim())?).await?;
    let used = tokens.access_token().clone();
    let held = Mutex::new(tokens);
    let refresh = || sign_in::refresh(&client, &http, &held, &used);
    let (first, second) = tokio::join!(refresh(), refresh());
    first.and(second)?;
    let fresh = held.lock().await.access_token().secret() != used.secret();
    let subject = claims.subject().as_str();
    println!("done {}", serde_json::json!({"subject": subject, "fresh": fresh, "client": sign_in::CLIENT_ID}));
    Ok(())
}
