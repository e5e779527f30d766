//! Keys on disk: a space, a version, then a tuple whose byte order is its natural order.

/// The version of every key and value; a new one needs a migration.
pub(crate) const VERSION: u8 = 1;

/// What a key belongs to: its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    /// Facts about the store itself.
    Meta = 0,
    /// Rows of tables: table, key.
    Row = 1,
    /// Messages in queues: queue, due, sequence.
    Entry = 2,
    /// Dead letters: queue, sequence.
    Dead = 3,
    /// Keys of inputs that were handled: handler, key.
    Inbox = 4,
    /// Answers to requests with an `Idempotency-Key`: method and path, key.
    Answer = 5,
    /// When inbox keys and answers may go: instant, then the key that goes.
    Expiry = 6,
    /// What was done and may be taken back: handler, key.
    Undoing = 7,
}

/// Builds a key.
#[derive(Debug, Clone)]
pub(crate) struct Key(Vec<u8>);

impl Key {
    pub(crate) fn new(space: Space) -> Self {
        let mut bytes = Vec::with_capacity(64);
        bytes.extend_from_slice(&[space as u8, VERSION]);
        Self(bytes)
    }

    /// A name, which holds no NUL.
    pub(crate) fn name(mut self, name: &str) -> Self {
        self.0.extend_from_slice(name.as_bytes());
        self.0.push(0);
        self
    }

    /// A number.
    pub(crate) fn number(mut self, number: u64) -> Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    /// Whatever is left; only as the last part.
    pub(crate) fn rest(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn bytes(self) -> Vec<u8> {
        self.0
    }

    /// This key as a prefix: from where to where its keys stand.
    pub(crate) fn range(self) -> (Vec<u8>, Vec<u8>) {
        let from = self.0;
        let mut to = from.clone();
        while let Some(last) = to.pop() {
            if last < u8::MAX {
                to.push(last + 1);
                break;
            }
        }
        (from, to)
    }
}

/// The key of a row.
pub(crate) fn row(table: &str, key: &str) -> Vec<u8> {
    Key::new(Space::Row).name(table).rest(key.as_bytes()).bytes()
}

/// The key of a fact about the store.
pub(crate) fn meta(name: &str) -> Vec<u8> {
    Key::new(Space::Meta).name(name).bytes()
}

/// The name that a key begins with: its table, queue or handler.
pub(crate) fn name_of(key: &[u8]) -> Option<&str> {
    let name = key.get(2..)?.split(|byte| *byte == 0).next()?;
    std::str::from_utf8(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_says_its_name() {
        let key = Key::new(Space::Dead).name("by_hand").number(7).bytes();
        assert_eq!(name_of(&key), Some("by_hand"));
    }

    #[test]
    fn the_order_of_keys_is_the_order_of_their_parts() {
        let key = |queue: &str, due, sequence| {
            Key::new(Space::Entry)
                .name(queue)
                .number(due)
                .number(sequence)
                .bytes()
        };
        let sorted = [
            key("a", 0, 1),
            key("a", 0, 256),
            key("a", 1, 0),
            key("a.b", 0, 0),
            key("b", 0, 0),
        ];
        assert!(sorted.is_sorted());
        let (from, to) = Key::new(Space::Entry).name("a").range();
        assert!(sorted[..3].iter().all(|key| from <= *key && *key < to));
        assert!(sorted[3..].iter().all(|key| *key >= to));
    }
}
