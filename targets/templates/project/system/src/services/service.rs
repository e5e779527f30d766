// {$ header $}

//! {$ about $}

{%- if !uses.is_empty() %}

{$ uses.join("\n") $}
{%- endif %}

{$ trait_docs $}
pub trait {$ trait_name $}: Send + Sync + 'static {% if handlers.is_empty() %}{}{% else %}{
{%- for handler in handlers %}
{%- if !loop.first %}
{% endif %}
{$ handler.docs $}
{$ handler.signature $}
{%- endfor %}
}
{%- endif %}
{%- for store in stores %}

{$ store.docs $}
#[derive(Debug, Clone, Copy)]
pub struct {$ store.marker $};

impl Store for {$ store.marker $} {
    const NAME: &'static str = {$ store.name $};
    type Row = {$ store.row $};
    type Key = {$ store.key_type $};

    fn key(row: &{$ store.row $}) -> {$ store.key_type $} {
        {$ store.key $}
    }
}
{%- endfor %}
{%- for called in calls %}

{$ called.docs $}
{$ called.line $}
{%- endfor %}
{%- for handler in handlers %}

{$ handler.context_docs $}
#[derive(Debug)]
pub struct {$ handler.context $}<'a> {
    activation: &'a mut Activation,
}

impl<'a> {$ handler.context $}<'a> {
    /// Over one run of the handler.
    pub fn new(activation: &'a mut Activation) -> Self {
        Self { activation }
    }
{%- for method in handler.methods %}

{$ method.docs $}
{$ method.signature $}
        {$ method.body $}
    }
{%- endfor %}

    /// Where the input comes from, and which start of the handler this is.
    pub fn delivery(&self) -> &Delivery {
        self.activation.delivery()
    }

    /// A fresh id; ids made later sort later.
    pub fn new_id(&mut self) -> Uuid {
        self.activation.new_id()
    }

    /// The present time.
    pub fn now(&self) -> Timestamp {
        self.activation.now()
    }
}
{%- endfor %}
