//! How a value looks in JSON where serde's own way is not ours.
//!
//! A plain [`crate::Decimal`], in any list, map or option, already is an exact JSON number, because this crate
//! turns on the two features of `rust_decimal` that make it so; [`decimal`] says the same explicitly.

/// A JSON number with exactly these digits, as a default with a fraction needs it.
///
/// # Panics
/// When the text is no JSON number; generated text always is.
pub fn number(digits: &str) -> serde_json::Value {
    serde_json::from_str(digits).expect("the text of a number is JSON")
}

/// `Decimal` as an exact JSON number: `#[serde(with = "aqueduct::wire::decimal")]`.
pub mod decimal {
    pub use rust_decimal::serde::arbitrary_precision::{deserialize, serialize};

    /// `Option<Decimal>`, to be used with `default` and `skip_serializing_if`.
    pub mod optional {
        pub use rust_decimal::serde::arbitrary_precision_option::{deserialize, serialize};
    }
}

/// `Vec<u8>` as base64 text: `#[serde(with = "aqueduct::wire::bytes")]`.
pub mod bytes {
    use std::borrow::Cow;

    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes base64 with padding.
    pub fn serialize<S: Serializer>(value: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(value))
    }

    /// Reads base64 with padding; anything else is an error.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        STANDARD
            .decode(text.as_ref())
            .map_err(|error| D::Error::custom(format!("not base64: {error}")))
    }

    /// `Option<Vec<u8>>`, to be used with `default` and `skip_serializing_if`.
    pub mod optional {
        use serde::{Deserialize, Deserializer, Serializer};

        /// Writes base64, or `null` when absent.
        #[allow(
            clippy::ref_option,
            reason = "serde's `with` hands over the field by reference"
        )]
        pub fn serialize<S: Serializer>(value: &Option<Vec<u8>>, serializer: S) -> Result<S::Ok, S::Error> {
            match value {
                Some(bytes) => super::serialize(bytes, serializer),
                None => serializer.serialize_none(),
            }
        }

        /// Reads base64 or `null`.
        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<u8>>, D::Error> {
            #[derive(Deserialize)]
            struct Text(#[serde(with = "super")] Vec<u8>);
            Ok(Option::<Text>::deserialize(deserializer)?.map(|text| text.0))
        }
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Serialize};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Sample {
        plain: Decimal,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tip: Option<Decimal>,
        list: Vec<Decimal>,
        #[serde(with = "super::bytes")]
        data: Vec<u8>,
        #[serde(
            default,
            skip_serializing_if = "Option::is_none",
            with = "super::bytes::optional"
        )]
        more: Option<Vec<u8>>,
    }

    #[test]
    fn a_plain_decimal_is_an_exact_number_both_ways() {
        let json = r#"{"plain":12345678901234567.10,"tip":0.30,"list":[1,2.50],"data":"AAEC","more":"/w=="}"#;
        let sample: Sample = serde_json::from_str(json).unwrap();
        assert_eq!(sample.more, Some(vec![255]));
        assert_eq!(serde_json::to_string(&sample).unwrap(), json);
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(Sample::deserialize(&value).unwrap(), sample);
        assert_eq!(serde_json::to_value(&sample).unwrap(), value);
    }
}
