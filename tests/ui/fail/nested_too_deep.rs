//! A type that nobody would write: it is refused before anything goes down into it.

macro_rules! nested {
    ($ty:ty; ) => {
        #[aqueduct::system]
        mod shop {
            struct Deep { x: $ty }
        }
    };
    ($ty:ty; . $($rest:tt)*) => { nested!(Vec<$ty>; $($rest)*); };
}
nested!(String; . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . .);

fn main() {}
