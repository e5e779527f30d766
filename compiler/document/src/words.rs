//! The words of the document: one of a few, each with what it says.

use aqueduct_compiler::model;
use schemars::JsonSchema;
use serde::Serialize;

/// Enums of the model as words.
macro_rules! words {
    ($($(#[$about:meta])* $name:ident { $($(#[$says:meta])* $word:ident,)+ })+) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub(crate) enum $name {
            $($(#[$says])* $word,)+
        }

        impl From<model::$name> for $name {
            fn from(of: model::$name) -> Self {
                match of {
                    $(model::$name::$word => Self::$word,)+
                }
            }
        }
    )+};
}

words! {
    /// An engine that a system may be meant for.
    Target {
        /// One process with an embedded store.
        Local,
        /// The same program on a NATS `JetStream` cluster.
        Nats,
        /// SAM, Lambda and Step Functions.
        Aws,
    }
    /// What a message is for.
    MessageKind {
        /// It has happened, and every one counts.
        Event,
        /// Somebody is to do something.
        Command,
        /// Somebody wants to know.
        Query,
        /// Data for somebody.
        Document,
        /// Somebody says no, and why.
        Fault,
    }
    /// What an event tells.
    Nature {
        /// Something that has happened; every one counts.
        Domain,
        /// How things stand now; the last one counts.
        Summary,
        /// That something has happened, and where to ask.
        Notification,
    }
    /// Who else is at an extern channel.
    Outside {
        /// Somebody else sends.
        In,
        /// Somebody else reads.
        Out,
        /// Either.
        Both,
    }
    /// What a full channel does.
    WhenFull {
        /// The sender waits.
        Block,
        /// The sender is told.
        Reject,
        /// The oldest message makes room.
        DropOldest,
    }
    /// Who decides about changes.
    Control {
        /// The same people.
        Own,
        /// People who can be asked.
        Partner,
        /// People who can't.
        Vendor,
    }
    /// A method of HTTP.
    Method {
        /// Look.
        #[serde(rename = "GET")]
        Get,
        /// Do.
        #[serde(rename = "POST")]
        Post,
        /// Make it so.
        #[serde(rename = "PUT")]
        Put,
        /// Change a part.
        #[serde(rename = "PATCH")]
        Patch,
        /// Take away.
        #[serde(rename = "DELETE")]
        Delete,
    }
    /// What is asked of a conversation that takes its time.
    Asked {
        /// To begin.
        Start,
        /// How far it is.
        Status,
        /// What it has come to.
        Result,
    }
    /// What happens to what comes too late.
    Late {
        /// It is taken in.
        Keep,
        /// It is dropped, and counted.
        Discard,
    }
    /// How two values are compared.
    Comparison {
        /// They are the same.
        #[serde(rename = "==")]
        Equal,
        /// They are not.
        #[serde(rename = "!=")]
        NotEqual,
        /// The left one is smaller.
        #[serde(rename = "<")]
        Less,
        /// The left one is not larger.
        #[serde(rename = "<=")]
        AtMost,
        /// The left one is larger.
        #[serde(rename = ">")]
        Greater,
        /// The left one is not smaller.
        #[serde(rename = ">=")]
        AtLeast,
    }
    /// What is done with two values.
    Operation {
        /// Added.
        #[serde(rename = "+")]
        Plus,
        /// Taken away.
        #[serde(rename = "-")]
        Minus,
        /// Multiplied.
        #[serde(rename = "*")]
        Times,
        /// Divided.
        #[serde(rename = "/")]
        Divide,
    }
    /// What is made from one value.
    Function {
        /// All numbers of a list together.
        Sum,
        /// How many items a list has.
        Count,
        /// How long a text, a list or a map is.
        Size,
        /// A text that is the same for the same value, and doesn't give it away.
        Hash,
        /// A text of which only the end can be read.
        Mask,
    }
    /// How a handler that a saga calls comes to an end.
    Manner {
        /// It answers.
        Answer,
        /// It asks somebody, and that one completes the step later.
        Callback,
        /// It begins a job, and the job's end completes the step.
        Job,
        /// It holds something until that is confirmed, cancelled, or over.
        Hold,
    }
    /// What a failure of a step leads to.
    StepClass {
        /// It is taken back when something after it fails.
        Compensatable,
        /// Once it is done, the saga only goes forward.
        Pivot,
        /// It is tried until it is done.
        Retriable,
        /// It leaves nothing to take back.
        #[serde(rename = "readonly")]
        ReadOnly,
    }
    /// When several that run at once have ended.
    Join {
        /// Every branch runs to its end.
        All,
        /// One is done; what the others have done is taken back.
        First,
    }
}
