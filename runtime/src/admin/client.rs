//! Asks a running program, blocking, without tokio.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use super::{Error, Request, Response, SOCKET};

/// A connection to a running program.
#[derive(Debug)]
pub struct Client {
    reader: BufReader<UnixStream>,
}

impl Client {
    /// Connects to the program that has this data directory open.
    ///
    /// # Errors
    /// `NotFound` or `ConnectionRefused` when no program runs there; [`super::offline`] can answer then.
    pub fn connect(data: impl AsRef<Path>) -> io::Result<Self> {
        // The socket of a deep directory is elsewhere, behind a link: the path itself may be too long to connect to.
        let socket = data.as_ref().join(SOCKET);
        let socket = std::fs::read_link(&socket).unwrap_or(socket);
        Ok(Self {
            reader: BufReader::new(UnixStream::connect(socket)?),
        })
    }

    /// Asks and waits for the answer.
    ///
    /// # Errors
    /// When the connection breaks. A refusal is no error but [`Response::Error`].
    pub fn request(&mut self, request: &Request) -> Result<Response, Error> {
        self.send(request)?;
        match self.receive()? {
            Some(response) => Ok(response),
            None => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
        }
    }

    /// Asks for [`Request::Tail`] and gives each answer until the program stops.
    /// When it returns, the program has begun to tell: nothing that happens from now on is missing.
    ///
    /// # Errors
    /// When the connection breaks, or the program refuses.
    pub fn tail(mut self) -> Result<impl Iterator<Item = Result<Response, Error>>, Error> {
        match self.request(&Request::Tail)? {
            Response::Listening => {}
            other => return Err(io::Error::other(format!("the program answers {other:?} to a tail")).into()),
        }
        Ok(std::iter::from_fn(move || self.receive().transpose()))
    }

    fn send(&mut self, request: &Request) -> Result<(), Error> {
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        Ok(self.reader.get_mut().write_all(&line)?)
    }

    fn receive(&mut self) -> Result<Option<Response>, Error> {
        let mut line = String::new();
        match self.reader.read_line(&mut line)? {
            0 => Ok(None),
            _ => Ok(Some(serde_json::from_str(&line)?)),
        }
    }
}
