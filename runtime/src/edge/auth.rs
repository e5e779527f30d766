//! Who may call: signed tokens (RFC 7519) in the `Authorization` header (RFC 6750), checked against known keys.

use std::path::Path;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;

use super::Problem;

/// Whom to believe.
pub(crate) struct Tokens {
    keys: Vec<Key>,
    issuer: String,
    audience: String,
}

/// A key of the issuer. It is good for one algorithm: what a token says about itself chooses nothing.
struct Key {
    id: Option<String>,
    algorithm: Algorithm,
    secret: DecodingKey,
}

/// What is read of a token beyond what is checked.
#[derive(Clone, Deserialize)]
struct Claims {
    #[serde(default)]
    sub: Option<String>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Keys stay out of every log.
        out.debug_struct("Tokens")
            .field("keys", &self.keys.len())
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .finish()
    }
}

impl Tokens {
    /// The keys of a file in the form of RFC 7517, a JSON Web Key Set.
    ///
    /// # Errors
    /// Says what is wrong with the file.
    pub(crate) fn read(file: &Path, issuer: &str, audience: &str) -> Result<Self, String> {
        let name = file.display();
        let text = std::fs::read_to_string(file).map_err(|error| format!("cannot read {name}: {error}"))?;
        Self::of(&text, issuer, audience).map_err(|problem| format!("{name} {problem}"))
    }

    fn of(keys: &str, issuer: &str, audience: &str) -> Result<Self, String> {
        let set: JwkSet = serde_json::from_str(keys)
            .map_err(|error| format!("is no JSON Web Key Set, `{{\"keys\": [...]}}`: {error}"))?;
        let mut problem = "has no key in it".to_owned();
        let mut keys = Vec::with_capacity(set.keys.len());
        // Issuers publish keys of all their algorithms, those for encryption among them.
        let signing = |jwk: &&Jwk| jwk.common.public_key_use != Some(PublicKeyUse::Encryption);
        for jwk in set.keys.iter().filter(signing) {
            match Key::of(jwk) {
                Ok(key) => keys.push(key),
                Err(unusable) => {
                    tracing::warn!(%unusable, "a key of the issuer is left out");
                    problem = unusable;
                }
            }
        }
        if keys.is_empty() {
            return Err(problem);
        }
        Ok(Self {
            keys,
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
        })
    }

    /// Lets a request pass whose token is signed by one of the keys, in time, and meant for this program. Answers with
    /// the caller that it names.
    pub(crate) fn check(&self, headers: &HeaderMap) -> Result<Option<String>, Problem> {
        let Some(given) = headers.get(AUTHORIZATION) else {
            return Err(Problem::unauthorized(
                "this needs a token: `Authorization: Bearer …`",
                None,
            ));
        };
        let token = given.to_str().ok().and_then(|text| text.split_once(' '));
        let token = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let Some((_, token)) = token else {
            return Err(Problem::unauthorized(
                "the `Authorization` header has no token: it is `Bearer`, a blank, and the token",
                None,
            ));
        };
        self.judge(token.trim())
            .map_err(|problem| Problem::unauthorized(problem, Some(problem)))
    }

    /// What is wrong with a token; as little as helps its owner.
    fn judge(&self, token: &str) -> Result<Option<String>, &'static str> {
        let header = decode_header(token).map_err(|_| "the token is not a signed JWT")?;
        let id = header.kid.as_ref();
        let fits = |key: &&Key| {
            let named = id.is_none() || key.id.is_none() || key.id.as_ref() == id;
            named && key.algorithm == header.alg
        };
        let mut verdict = Err("no known key has signed the token");
        for key in self.keys.iter().filter(fits) {
            match decode::<Claims>(token, &key.secret, &self.validation(key.algorithm)) {
                Ok(token) => return Ok(token.claims.sub),
                Err(error) => match error.kind() {
                    // Another key may have signed it.
                    ErrorKind::InvalidSignature => {}
                    kind => verdict = Err(reason(kind)),
                },
            }
        }
        verdict
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        // A minute of difference between clocks is borne with.
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.validate_nbf = true;
        validation
    }
}

impl Key {
    fn of(jwk: &Jwk) -> Result<Self, String> {
        let algorithm = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => Algorithm::RS256,
            AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => {
                Algorithm::ES256
            }
            AlgorithmParameters::OctetKeyPair(_) => Algorithm::EdDSA,
            // RFC 7518, section 3.2: as long as the digest; 32 bytes are 43 letters.
            AlgorithmParameters::OctetKey(octets) if octets.value.len() < 43 => {
                return Err("has a shared secret of less than 32 bytes".to_owned());
            }
            AlgorithmParameters::OctetKey(_) => Algorithm::HS256,
            AlgorithmParameters::EllipticCurve(_) => {
                return Err("has a key on another curve than P-256".to_owned());
            }
        };
        let id = jwk.common.key_id.clone();
        let name = id.as_deref().unwrap_or("without a kid");
        let declared = jwk.common.key_algorithm.map(|declared| declared.to_string());
        if let Some(declared) = declared.filter(|declared| *declared != format!("{algorithm:?}")) {
            return Err(format!(
                "has key {name} for {declared}; RS256, ES256, EdDSA and HS256 are understood"
            ));
        }
        let secret =
            DecodingKey::from_jwk(jwk).map_err(|error| format!("has a key {name} that is none: {error}"))?;
        Ok(Self {
            id,
            algorithm,
            secret,
        })
    }
}

/// What a failed check means to the owner of a token.
fn reason(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::ExpiredSignature => "the token has expired",
        ErrorKind::ImmatureSignature => "the token is not valid yet",
        ErrorKind::InvalidIssuer => "the token is of another issuer",
        ErrorKind::InvalidAudience => "the token is meant for others",
        ErrorKind::MissingRequiredClaim(_) => "the token lacks one of exp, iss and aud",
        _ => "the token cannot be read",
    }
}

#[cfg(test)]
mod tests;
