//! Tokens of every algorithm, made with another library, and each way in which one can be bad.

use http::HeaderValue;
use http::header::WWW_AUTHENTICATE;
use jsonwebtoken::{EncodingKey, Header, encode, get_current_timestamp};
use serde_json::{Value, json};

use super::*;

const KEYS: &str = include_str!("keys.json");
const ISSUER: &str = "https://issuer.example";
/// Until the year 2100, signed by python's `cryptography`.
const SIGNED: [(&str, &str); 3] = [
    (
        "RS256",
        "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InJzYSJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwiYXVkIjoicmlkZXMiLCJzdWIiOiJhZGEiLCJleHAiOjQxMDI0NDQ4MDB9.Q793b1an4dsHh2MmlquYy-LglIrZy3A6v95gjF3OQ2FCUO-qfO8AbxU1QVQlUvBF6D9ZLD8qYIsob7iZLvMnNXJzML99oH9Pst8b8F-KGLmza4P4nCOLv7xb-IR6rJE_G1qA6BJt7_ETLLcTt8gctu8wgj7_NMy0p96AKlulMf4KARqfH4y_yIwXY8N7awVmEdizSnYEPZUySjilBR4u_2KXrDMuIsljtGbZSjRNdMAiTnAAS2AmK-mCYEsTbFRJCPuuYMakxkqL4agzfmDefMwMixlbCwQlIxyBeNJXTmKVJDBYHrpSh7qjQTKmvUxg9PhJdJ8iD3pePWrQO1Rh8Q",
    ),
    (
        "ES256",
        "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImVjIn0.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwiYXVkIjoicmlkZXMiLCJzdWIiOiJhZGEiLCJleHAiOjQxMDI0NDQ4MDB9.zlmPs-ySEGnhPXU1HOvKpiQsIc4EHI5L6XrpdxeredLRdqqQS4GDMSotZJEo_eemT9D7rjcljRD6ycIqAoITIg",
    ),
    (
        "EdDSA",
        "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6ImVkIn0.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwiYXVkIjoicmlkZXMiLCJzdWIiOiJhZGEiLCJleHAiOjQxMDI0NDQ4MDB9.-B2rKdIWY0-8owI8uK_JoXVedMd48vkiP82KOn9A0RHj6RAjq9it2xbieFfsU20s9Cbsmj9R2rPBh7_Bu1hvCg",
    ),
];

fn tokens() -> Tokens {
    Tokens::of(KEYS, ISSUER, "rides").unwrap()
}

fn answer(authorization: &str) -> Result<(), (u16, String, String)> {
    let mut headers = HeaderMap::new();
    if !authorization.is_empty() {
        let _ = headers.insert(AUTHORIZATION, HeaderValue::from_str(authorization).unwrap());
    }
    tokens().check(&headers).map(drop).map_err(|problem| {
        let response = problem.into_response();
        let body: Value = serde_json::from_slice(response.body()).unwrap();
        let asked = response
            .headers()
            .get(WWW_AUTHENTICATE)
            .unwrap()
            .to_str()
            .unwrap();
        (
            response.status().as_u16(),
            asked.to_owned(),
            body["detail"].as_str().unwrap().to_owned(),
        )
    })
}

fn signed(header: &Header, claims: &Value, secret: &[u8]) -> String {
    encode(header, claims, &EncodingKey::from_secret(secret)).unwrap()
}

fn claims() -> Value {
    json!({"iss": ISSUER, "aud": "rides", "exp": get_current_timestamp() + 60})
}

const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";

#[test]
fn a_token_of_every_algorithm_passes_and_a_changed_one_does_not() {
    for (algorithm, token) in SIGNED {
        assert_eq!(answer(&format!("Bearer {token}")), Ok(()), "{algorithm}");
        let (head, signature) = token.rsplit_once('.').unwrap();
        let (head, body) = head.split_once('.').unwrap();
        let other = body.replacen('c', "d", 1);
        let changed = format!("Bearer {head}.{other}.{signature}");
        assert!(answer(&changed).is_err(), "{algorithm}");
        let foreign: String = signature.chars().rev().collect();
        assert!(
            answer(&format!("Bearer {head}.{body}.{foreign}")).is_err(),
            "{algorithm}"
        );
    }
    let own = signed(&Header::default(), &claims(), SECRET);
    assert_eq!(
        answer(&format!("bearer {own}")),
        Ok(()),
        "without a kid, and the scheme in any case"
    );
}

#[test]
fn every_claim_is_checked() {
    let now = get_current_timestamp();
    for (name, value, detail) in [
        ("exp", json!(now - 120), "the token has expired"),
        ("nbf", json!(now + 120), "the token is not valid yet"),
        (
            "iss",
            json!("https://other.example"),
            "the token is of another issuer",
        ),
        ("aud", json!("others"), "the token is meant for others"),
        ("exp", Value::Null, "the token lacks one of exp, iss and aud"),
        ("iss", Value::Null, "the token lacks one of exp, iss and aud"),
        ("aud", Value::Null, "the token lacks one of exp, iss and aud"),
    ] {
        let mut claims = claims();
        if value.is_null() {
            let _ = claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value;
        }
        let token = signed(&Header::default(), &claims, SECRET);
        let (status, asked, said) = answer(&format!("Bearer {token}")).unwrap_err();
        assert_eq!((status, said.as_str()), (401, detail), "{name}");
        assert_eq!(
            asked,
            format!("Bearer error=\"invalid_token\", error_description=\"{detail}\"")
        );
    }
}

#[test]
fn who_brings_no_token_is_told_what_is_wanted() {
    for header in ["", "Basic YTpi", "Bearer"] {
        let (status, asked, _) = answer(header).unwrap_err();
        assert_eq!((status, asked.as_str()), (401, "Bearer"), "{header}");
    }
    let (_, _, said) = answer("Bearer nonsense").unwrap_err();
    assert_eq!(said, "the token is not a signed JWT");
}

#[test]
fn a_token_can_not_choose_how_it_is_checked() {
    let foreign = signed(
        &Header::default(),
        &claims(),
        b"another secret, just as long as it",
    );
    assert!(answer(&format!("Bearer {foreign}")).is_err());
    // The public key of another algorithm as a shared secret.
    let set: Value = serde_json::from_str(KEYS).unwrap();
    let public = set["keys"][2]["x"].as_str().unwrap();
    let header = Header {
        kid: Some("ed".to_owned()),
        ..Header::default()
    };
    let confused = signed(&header, &claims(), public.as_bytes());
    assert!(answer(&format!("Bearer {confused}")).is_err());
    let unsigned = "eyJhbGciOiJub25lIn0.e30.";
    assert!(answer(&format!("Bearer {unsigned}")).is_err());
}

#[test]
fn a_file_without_usable_keys_is_refused() {
    for (keys, problem) in [
        ("{}", "is no JSON Web Key Set"),
        (r#"{"keys": []}"#, "has no key in it"),
        (
            r#"{"keys": [{"kty": "oct", "k": "AAAA"}]}"#,
            "has a shared secret of less than 32 bytes",
        ),
        (
            r#"{"keys": [{"kty": "oct", "kid": "a", "alg": "HS512", "k": "0123456789012345678901234567890123456789012"}]}"#,
            "has key a for HS512",
        ),
    ] {
        let said = Tokens::of(keys, "i", "a").unwrap_err();
        assert!(said.starts_with(problem), "{said}");
    }
}
