//! A development issuer: so that a system with `auth jwt` can be tried at once. Its key never leaves the project.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::{Value, json};

/// The `iss` and `aud` of its tokens.
const NAME: &str = "aqueduct-dev";

/// How long a token is good, in seconds.
const LIFE: u64 = 24 * 60 * 60;

/// The issuer of one project.
#[derive(Debug)]
pub(crate) struct Issuer {
    /// Its keys as a JSON Web Key Set.
    keys: PathBuf,
    secret: Vec<u8>,
}

impl Issuer {
    /// That of a project, made when it is asked for first.
    pub(crate) fn of(folder: &Path) -> anyhow::Result<Self> {
        let keys = folder.join(".aqueduct").join("dev").join("keys.json");
        if !keys.exists() {
            make(&keys).with_context(|| format!("can't write {}", keys.display()))?;
        }
        let text = fs::read_to_string(&keys).with_context(|| format!("can't read {}", keys.display()))?;
        let secret = serde_json::from_str::<Value>(&text)
            .ok()
            .and_then(|set| URL_SAFE_NO_PAD.decode(set.pointer("/keys/0/k")?.as_str()?).ok())
            .with_context(|| {
                format!(
                    "{} isn't what this command has written; delete it, and a new one is made",
                    keys.display()
                )
            })?;
        Ok(Self { keys, secret })
    }

    /// A token that is good for a day.
    pub(crate) fn token(&self) -> anyhow::Result<String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let claims = json!({ "iss": NAME, "aud": NAME, "sub": "you", "exp": now + LIFE });
        Ok(encode(
            &Header::default(),
            &claims,
            &EncodingKey::from_secret(&self.secret),
        )?)
    }

    /// The flags with which a program believes it.
    pub(crate) fn flags(&self) -> Vec<std::ffi::OsString> {
        vec![
            "--jwt-keys".into(),
            self.keys.clone().into_os_string(),
            "--jwt-issuer".into(),
            NAME.into(),
            "--jwt-audience".into(),
            NAME.into(),
        ]
    }
}

/// A new key, readable by its owner only from the first moment on.
fn make(keys: &Path) -> anyhow::Result<()> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    let set = json!({ "keys": [{ "kty": "oct", "alg": "HS256", "k": URL_SAFE_NO_PAD.encode(secret) }] });
    if let Some(folder) = keys.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    let _ = options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let _ = options.mode(0o600);
    }
    let mut file = options.open(keys)?;
    file.write_all(serde_json::to_string_pretty(&set)?.as_bytes())?;
    Ok(())
}
