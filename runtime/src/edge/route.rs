//! Which API a method and path belong to. Literal parts win over parameters.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;

use crate::topology::{Method, Topology};

#[derive(Debug)]
pub(super) struct Routes(Vec<Known>);

#[derive(Debug)]
struct Known {
    method: Method,
    parts: Vec<Part>,
    index: usize,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Literal(String),
    Parameter(String),
}

/// Names and decoded values of the parameters of a path.
pub(super) type Parameters = Vec<(String, String)>;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// No API has this path.
    Nothing,
    /// The path exists, for these methods.
    OtherMethods(String),
    /// This one.
    Api { index: usize, parameters: Parameters },
}

impl Routes {
    pub(super) fn new(topology: &Topology) -> Self {
        let mut known: Vec<_> = topology
            .apis
            .iter()
            .enumerate()
            .map(|(index, api)| {
                let parts = parts(&api.path).map(|part| {
                    match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                        Some(name) => Part::Parameter(name.to_owned()),
                        None => Part::Literal(part.to_owned()),
                    }
                });
                Known {
                    method: api.method,
                    parts: parts.collect(),
                    index,
                }
            })
            .collect();
        known.sort_by(|left, right| left.parts.cmp(&right.parts));
        Self(known)
    }

    pub(super) fn find(&self, method: &str, path: &str) -> Found {
        let method = if method == "HEAD" { "GET" } else { method };
        let mut allowed = BTreeSet::new();
        for known in &self.0 {
            let Some(parameters) = matched(&known.parts, path) else {
                continue;
            };
            if known.method.name() == method {
                return Found::Api {
                    index: known.index,
                    parameters,
                };
            }
            allowed.insert(known.method.name());
        }
        match allowed.is_empty() {
            true => Found::Nothing,
            false => Found::OtherMethods(allowed.into_iter().collect::<Vec<_>>().join(", ")),
        }
    }
}

/// The parts between slashes; a slash at the end means nothing.
fn parts(path: &str) -> impl Iterator<Item = &str> {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.strip_suffix('/').unwrap_or(path).split('/')
}

fn matched(known: &[Part], path: &str) -> Option<Parameters> {
    let mut parameters = Parameters::new();
    let mut given = parts(path);
    for part in known {
        let given = percent_decode_str(given.next()?).decode_utf8().ok()?;
        match part {
            Part::Literal(literal) if *literal == given => {}
            Part::Parameter(name) if !given.is_empty() => parameters.push((name.clone(), given.into_owned())),
            Part::Literal(_) | Part::Parameter(_) => return None,
        }
    }
    given.next().is_none().then_some(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Api;

    #[test]
    fn literal_parts_win_and_parameters_are_decoded() {
        let topology = Topology::new("Test")
            .api(Api::get("/rides/{ride_id}"))
            .api(Api::get("/rides/open"))
            .api(Api::delete("/rides/{id}"))
            .api(Api::post("/rides"));
        let routes = Routes::new(&topology);
        let found = |index, parameters: &[(&str, &str)]| {
            let parameters = parameters
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            Found::Api {
                index,
                parameters: parameters.collect(),
            }
        };
        assert_eq!(
            routes.find("GET", "/rides/a%20b"),
            found(0, &[("ride_id", "a b")])
        );
        assert_eq!(routes.find("HEAD", "/rides/open"), found(1, &[]));
        assert_eq!(routes.find("POST", "/rides/"), found(3, &[]));
        assert_eq!(
            routes.find("PUT", "/rides/1"),
            Found::OtherMethods("DELETE, GET".to_owned())
        );
        assert_eq!(routes.find("GET", "/rides/1/2"), Found::Nothing);
    }
}
