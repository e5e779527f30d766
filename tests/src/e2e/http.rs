//! A blocking client of HTTP/1.1 over one kept connection: what a test needs, and every broken answer is an error.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// How long an answer may take.
const SLOWEST: Duration = Duration::from_secs(20);

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// A connection that is made when it is needed and made again after it broke.
#[derive(Debug)]
pub struct Client {
    address: SocketAddr,
    token: String,
    stream: Option<BufReader<TcpStream>>,
}

impl Client {
    /// Nothing is connected yet. Every request brings the token, unless there is none.
    pub fn new(address: SocketAddr, token: &str) -> Self {
        Self {
            address,
            token: token.to_owned(),
            stream: None,
        }
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// When the connection can't be made or breaks before the last byte; nobody knows then what has happened.
    pub fn request(&mut self, method: &str, path: &str, headers: &str, body: &str) -> io::Result<Answer> {
        let outcome = self.exchange(method, path, headers, body);
        let closing = |answer: &Answer| answer.header("connection") == Some("close");
        if !outcome.as_ref().is_ok_and(|answer| !closing(answer)) {
            self.stream = None;
        }
        outcome
    }

    /// Gets what is at a path.
    ///
    /// # Panics
    /// When there is no answer.
    pub fn get(&mut self, path: &str) -> Answer {
        self.request("GET", path, "", "").expect("the program answers")
    }

    /// Sends JSON.
    ///
    /// # Panics
    /// When there is no answer.
    pub fn send(&mut self, method: &str, path: &str, body: &str) -> Answer {
        let answer = self.request(method, path, "content-type: application/json\r\n", body);
        answer.expect("the program answers")
    }

    fn exchange(&mut self, method: &str, path: &str, headers: &str, body: &str) -> io::Result<Answer> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => none.insert(connect(self.address)?),
        };
        let token = match self.token.as_str() {
            "" => String::new(),
            token => format!("authorization: Bearer {token}\r\n"),
        };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n{token}{headers}\r\n{body}",
            body.len()
        );
        stream.get_mut().write_all(request.as_bytes())?;
        let status = line(stream)?;
        let status = status
            .strip_prefix("HTTP/1.1 ")
            .and_then(|rest| rest.get(..3)?.parse().ok());
        let status = status.ok_or(io::ErrorKind::InvalidData)?;
        let mut headers = Vec::new();
        loop {
            let line = line(stream)?;
            match line.split_once(": ") {
                Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.to_owned())),
                None if line.is_empty() => break,
                None => return Err(io::ErrorKind::InvalidData.into()),
            }
        }
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let length = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
        let mut text = vec![0; length];
        stream.read_exact(&mut text)?;
        let text = String::from_utf8(text).map_err(|_| io::ErrorKind::InvalidData)?;
        Ok(Answer {
            status,
            headers,
            text,
        })
    }
}

fn connect(address: SocketAddr) -> io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect_timeout(&address, SLOWEST)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(SLOWEST))?;
    Ok(BufReader::new(stream))
}

/// One line of the head without its end; an end of the connection is an error.
fn line(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    let _ = stream.read_line(&mut line)?;
    match line.strip_suffix("\r\n") {
        Some(whole) => Ok(whole.to_owned()),
        None => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}
