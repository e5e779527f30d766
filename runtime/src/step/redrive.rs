//! Which dead letters go back to their queue; each gets a fresh head, so all its attempts anew.

/// Which dead letters go back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    /// Only those of this queue.
    pub(crate) queue: Option<String>,
    /// Only those of these ids, each a message's id or `queue/id`; all, when there are none.
    pub(crate) ids: Vec<String>,
}

impl Selection {
    /// Whether a dead letter is meant.
    pub(crate) fn takes(&self, queue: &str, id: &str) -> bool {
        self.queue.as_deref().is_none_or(|wanted| wanted == queue)
            && (self.ids.is_empty() || self.ids.iter().any(|wanted| names(wanted, queue, id)))
    }
}

/// Whether a text names this dead letter: `id` or `queue/id`.
pub(crate) fn names(text: &str, queue: &str, id: &str) -> bool {
    match text.rsplit_once('/') {
        Some((in_queue, of_id)) => in_queue == queue && of_id == id,
        None => text == id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_takes_by_queue_and_by_id() {
        let all = Selection::default();
        let queue = Selection {
            queue: Some("a".to_owned()),
            ..Selection::default()
        };
        let ids = Selection {
            ids: vec!["a/1".to_owned(), "2".to_owned()],
            ..Selection::default()
        };
        assert!(all.takes("a", "1") && queue.takes("a", "1") && ids.takes("a", "1") && ids.takes("b", "2"));
        assert!(!queue.takes("b", "1") && !ids.takes("b", "1"));
    }
}
