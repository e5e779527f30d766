// {$ header $}

//! What travels and what is kept: one type for each `event`, `command`, `type` and `enum`.

{$ uses.join("\n") $}
{%- for ty in types %}
{%- match ty %}
{%- when TypeView::Alias with { docs, name, target } %}

{$ docs $}
pub type {$ name $} = {$ target $};
{%- when TypeView::Choice with { docs, name, type_name, values, shape } %}

{$ docs $}
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum {$ name $} {
{%- for value in values %}
{$ value.docs $}
{%- if value.renamed %}
    #[serde(rename = {$ value.wire $})]
{%- endif %}
    {$ value.name $},
{%- endfor %}
}

impl fmt::Display for {$ name $} {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
{%- for value in values %}
            Self::{$ value.name $} => {$ value.wire $},
{%- endfor %}
        })
    }
}

impl Message for {$ name $} {
    const TYPE: &'static str = {$ type_name $};

    fn shape() -> Shape {
        {$ shape $}
    }
}
{%- when TypeView::Record with { docs, name, type_name, fields, from, shape, fault } %}

{$ docs $}
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct {$ name $} {% if fields.is_empty() %}{}{% else %}{
{%- for field in fields %}
{%- if !field.docs.is_empty() %}
{$ field.docs $}
{%- endif %}
{%- if let Some(attribute) = field.attribute %}
    {$ attribute $}
{%- endif %}
    pub {$ field.name $}: {$ field.ty $},
{%- endfor %}
}{% endif %}
{%- if let Some(from) = from %}

impl {$ name $} {
{$ from.docs $}
{$ from.signature $}
        Self {
{%- for line in from.assignments %}
            {$ line $}
{%- endfor %}
        }
    }
}
{%- endif %}

impl Message for {$ name $} {
    const TYPE: &'static str = {$ type_name $};

    fn shape() -> Shape {
        {$ shape $}
    }
}
{%- if *fault %}

impl From<{$ name $}> for Failure {
    fn from(fault: {$ name $}) -> Self {
        Self::fault({$ type_name $}, &fault)
    }
}
{%- endif %}
{%- endmatch %}
{%- endfor %}
