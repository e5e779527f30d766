//! Whose tokens the program believes; it doesn't start while that is open.

use super::TokenOptions;
use crate::edge::Edge;
use crate::topology::Topology;

/// What gives the edge its guard.
///
/// # Errors
/// Says what to give, or what is wrong with it.
#[cfg(feature = "jwt")]
pub(super) fn guard(
    topology: &Topology,
    options: &TokenOptions,
) -> Result<impl FnOnce(Edge) -> Edge + use<>, String> {
    let tokens = guarded(topology)
        .map(|operation| read(&operation, options))
        .transpose()?;
    Ok(move |edge: Edge| edge.believing(tokens))
}

#[cfg(feature = "jwt")]
fn read(operation: &str, options: &TokenOptions) -> Result<crate::edge::auth::Tokens, String> {
    let (Some(keys), Some(issuer), Some(audience)) = (&options.keys, &options.issuer, &options.audience)
    else {
        return Err(format!(
            "{operation} has `auth jwt`; give --jwt-keys, --jwt-issuer and --jwt-audience, or AQUEDUCT_JWT_KEYS, \
             AQUEDUCT_JWT_ISSUER and AQUEDUCT_JWT_AUDIENCE (`aqueduct run` makes an issuer for trying)"
        ));
    };
    crate::edge::auth::Tokens::read(keys, issuer, audience)
}

/// The same of a program that was built without the means: it would let everyone in.
#[cfg(not(feature = "jwt"))]
pub(super) fn guard(
    topology: &Topology,
    _: &TokenOptions,
) -> Result<impl FnOnce(Edge) -> Edge + use<>, String> {
    match guarded(topology) {
        Some(operation) => Err(format!(
            "{operation} has `auth jwt`, and the program was built without feature `jwt`; run `aqueduct build` again"
        )),
        None => Ok(|edge: Edge| edge),
    }
}

/// An operation that lets in only who brings a token.
fn guarded(topology: &Topology) -> Option<String> {
    let api = topology.apis.iter().find(|api| api.jwt)?;
    Some(format!("{} {}", api.method, api.path))
}
