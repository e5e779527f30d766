//! Where services outside are; the program doesn't start while that is open.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::external::Transport;
use crate::topology::Topology;

/// The way to the services that a system declares.
///
/// # Errors
/// Names each service whose address nobody gave, and says how to give it.
#[cfg(feature = "calls")]
pub(super) fn way(
    topology: &Topology,
    given: &BTreeMap<String, String>,
) -> Result<Option<Arc<dyn Transport>>, String> {
    if let Some(unknown) = given.keys().find(|name| !is_declared(topology, name)) {
        let known: Vec<&str> = topology
            .externals
            .iter()
            .map(|known| known.service.as_str())
            .collect();
        return Err(match known.as_slice() {
            [] => format!("--extern speaks of {unknown}, and the system declares no extern service"),
            known => format!(
                "--extern speaks of {unknown}, which isn't declared; there are {}",
                known.join(", ")
            ),
        });
    }
    let mut addresses = BTreeMap::new();
    let mut missing = Vec::new();
    for external in &topology.externals {
        let (service, variable) = (&external.service, external.variable());
        match given
            .get(service)
            .cloned()
            .or_else(|| std::env::var(&variable).ok())
        {
            Some(address) => {
                addresses.insert(service.clone(), address);
            }
            None => missing.push(format!("--extern {service}=http://… or {variable}")),
        }
    }
    if !missing.is_empty() {
        return Err(format!("nobody said where they are; give {}", missing.join(", ")));
    }
    if addresses.is_empty() {
        return Ok(None);
    }
    let http = crate::external::Http::new(addresses)?;
    Ok(Some(Arc::new(http)))
}

/// The same of a program that was built without the means.
#[cfg(not(feature = "calls"))]
pub(super) fn way(
    topology: &Topology,
    given: &BTreeMap<String, String>,
) -> Result<Option<Arc<dyn Transport>>, String> {
    let named = topology.externals.first().map(|external| &external.service);
    match named.or(given.keys().next()) {
        Some(service) => Err(format!(
            "{service} is called, and the program was built without feature `calls`; run `aqueduct build` again"
        )),
        None => Ok(None),
    }
}

#[cfg(feature = "calls")]
fn is_declared(topology: &Topology, name: &str) -> bool {
    topology.externals.iter().any(|known| known.service == name)
}

#[cfg(all(test, feature = "calls"))]
mod tests {
    use super::*;
    use crate::ExternalSpec;

    #[test]
    fn every_service_needs_an_address_that_is_one() {
        let topology = Topology::new("Test").external(ExternalSpec::new("TestGateway"));
        let way = |given: &[(&str, &str)]| {
            let given = given
                .iter()
                .map(|(name, at)| ((*name).to_owned(), (*at).to_owned()))
                .collect();
            way(&topology, &given).map(|way| way.is_some())
        };
        assert_eq!(
            way(&[]).unwrap_err(),
            "nobody said where they are; give --extern TestGateway=http://… or TEST_GATEWAY_URL"
        );
        assert_eq!(
            way(&[("Bank", "http://x")]).unwrap_err(),
            "--extern speaks of Bank, which isn't declared; there are TestGateway"
        );
        assert_eq!(
            way(&[("TestGateway", "gateway")]).unwrap_err(),
            "the address of TestGateway is \"gateway\", expected one like https://gateway.example/v1"
        );
        assert_eq!(way(&[("TestGateway", "http://127.0.0.1:9/v1/")]), Ok(true));
    }
}
