//! Systems of any size, the same in every run: for measurements of the compiler.

pub mod random;

/// How many named entries a block has.
const BLOCK: usize = 20;

/// A system with that many entries that have a name: types, channels, services, stores, handlers.
///
/// It is sound and made of blocks like the parts of Wild Rydes: somebody posts, a topic tells three queues, one of
/// them through a filter, and two services keep what they hear.
pub fn system(nodes: usize) -> String {
    let mut text = String::from(
        "//! Generated.\nsystem Generated { owner \"nobody\", targets local }\n\ntype Money = decimal(0.., places 2)\n",
    );
    for block in 0..(nodes / BLOCK).max(1) {
        text.push_str(&BLOCK_TEXT.replace('#', &block.to_string()));
    }
    text
}

/// One block; `#` stands for its number.
const BLOCK_TEXT: &str = r#"
// ── Part # ──────────────────────────────────────────────────────────────────

enum Status# { due, paid, lost }

/// What somebody posts.
command Part#Post {
  customer: string(1..64) @pii
  place:    string(1..80)
  distance: decimal(0..)    /// km
  status:   Status# = due
  amount:   Money
}

/// It was recorded.
event Part#Posted {
  post_id: uuid @key = new()
  ...Part#Post
}

type Account# { customer: string(1..64) @key @pii, total: Money, posts: int(0..) = 0 }
type Note# { post_id: uuid @key, customer: string @pii, text: string? }

topic posted_#: Part#Posted
queue billing_#: Part#Posted { dead_letter after 5 }
queue notes_#:   Part#Posted
queue large_#:   Part#Posted

posted_# -> billing_#
posted_# -> notes_#
posted_# -> where amount >= 50 and distance >= 20 -> large_#

/// Takes in.
service Intake# {
  store posts: Part#Posted by post_id

  api POST "/part-#/posts"           -> post      { returns 201 }
  api GET  "/part-#/posts/{post_id}" -> posts.get { returns 200 | 404 }

  /// Records and tells, in one transaction.
  handler post(Part#Post as given) -> Part#Posted {
    writes posts
    emits  Part#Posted to posted_# via outbox
  }
}

/// Adds up.
service Billing# {
  store accounts: Account# by customer
  api GET "/part-#/accounts/{customer}" -> accounts.get { returns 200 | 404 }
  handler charge(Part#Posted as post) on billing_# { writes accounts, idempotent by post_id for 30d, timeout 10s }
}

/// Takes notes.
service Notes# {
  store notes: Note# by post_id
  store large: Note# by post_id

  handler note(Part#Posted as post) on notes_# {
    writes notes
    idempotent by post_id for 30d
    concurrency 5
  }

  handler shout(Part#Posted as post) on large_# { writes large, natural because "the same row is put again" }
}
"#;

#[cfg(test)]
mod tests {
    use crate::{analyzed, listed};

    #[test]
    fn a_generated_system_is_sound_and_as_large_as_asked_for() {
        let (analysis, sources) = analyzed("generated.flow", &super::system(100));
        assert!(analysis.findings.is_empty(), "{}", listed(&analysis, &sources));
        let model = &analysis.model;
        let handlers = model.handlers.len();
        assert_eq!(
            (model.services.len(), model.channels.len(), handlers),
            (15, 20, 20)
        );
    }
}
