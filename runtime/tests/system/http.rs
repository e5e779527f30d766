//! A client of one request per connection.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

pub async fn request(address: SocketAddr, method: &str, path: &str, headers: &str, body: &str) -> Answer {
    let length = body.len();
    let text = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    );
    raw(address, &text).await
}

pub async fn post(address: SocketAddr, path: &str, body: &str) -> Answer {
    request(address, "POST", path, "content-type: application/json\r\n", body).await
}

pub async fn post_with_key(address: SocketAddr, path: &str, key: &str, body: &str) -> Answer {
    let headers = format!("content-type: application/json\r\nidempotency-key: {key}\r\n");
    request(address, "POST", path, &headers, body).await
}

pub async fn get(address: SocketAddr, path: &str) -> Answer {
    request(address, "GET", path, "", "").await
}

pub async fn raw(address: SocketAddr, text: &str) -> Answer {
    try_raw(address, text).await.expect("the program answers")
}

/// A post to a program that may be gone; `None` when there was no whole answer.
pub async fn try_post(address: SocketAddr, path: &str, body: &str) -> Option<Answer> {
    let length = body.len();
    let head =
        format!("POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n");
    try_raw(address, &format!("{head}content-length: {length}\r\n\r\n{body}")).await
}

async fn try_raw(address: SocketAddr, text: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    // A server that refuses early may close before it has read everything.
    let _ = stream.write_all(text.as_bytes()).await;
    let mut received = Vec::new();
    let _ = stream.read_to_end(&mut received).await;
    let text = String::from_utf8(received).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    Some(Answer {
        status,
        headers: headers.collect(),
        text: body.to_owned(),
    })
}
