// {$ header $}

//! {$ system $} as one Lambda program: each function of `template.yaml` runs it, and `_HANDLER` says for what.

fn main() -> std::process::ExitCode {
    aqueduct_aws::main(handlers::program(), &RESOURCES)
}

/// Where each thing of the system is in the cloud: the template puts the names into these variables, for those
/// functions that may use it.
const RESOURCES: aqueduct_aws::Resources = aqueduct_aws::Resources {
{%- if plan.tables.is_empty() %}
    tables: &[],
{%- else if plan.tables.len() == 1 %}
{%- for table in plan.tables %}
    tables: &[aqueduct_aws::Table {
        name: "{$ table.name $}",
        variable: "{$ table.variable $}",
        key: "{$ table.key $}",
        number: {$ table.number $},
    }],
{%- endfor %}
{%- else %}
    tables: &[
{%- for table in plan.tables %}
        aqueduct_aws::Table {
            name: "{$ table.name $}",
            variable: "{$ table.variable $}",
            key: "{$ table.key $}",
            number: {$ table.number $},
        },
{%- endfor %}
    ],
{%- endif %}
    topics: &{$ topics $},
    queues: &{$ queues $},
    machines: &{$ machines $},
};
