//! The obligations of a step, computed and compared with the published table; the product of whole sagas is the oracle.

mod product;

use super::{Contract, Profile, Promise, Promises, Tries, check, missing};

fn compensatable(profile: Profile, tries: Tries) -> Contract {
    Contract {
        has_effect: true,
        has_undo: true,
        may_refuse: true,
        retries_refusals: false,
        retries_silence: true,
        may_go_back: true,
        tries,
        promises: Promises::NONE,
        profile,
    }
}

#[test]
fn the_fewest_promises_are_those_of_the_table() {
    use Promise::{Fence, Guard, Idempotent, UndoneWhenFailed, UndoneWhenUnknown};
    let late_and_duplicating = Profile {
        duplicates: true,
        ..Profile::LATE
    };
    let all = vec![Idempotent, Guard, Fence, UndoneWhenUnknown, UndoneWhenFailed];
    let duplicating = vec![Idempotent, Guard, Fence, UndoneWhenFailed];
    let table = [
        (Profile::PERFECT, Tries::Once, vec![]),
        (Profile::PERFECT, Tries::Twice, vec![]),
        (Profile::LOSSY, Tries::Once, vec![Guard, UndoneWhenUnknown]),
        (
            Profile::LOSSY,
            Tries::Twice,
            vec![Idempotent, Guard, UndoneWhenUnknown],
        ),
        (Profile::LATE, Tries::Once, vec![Guard, Fence, UndoneWhenUnknown]),
        (Profile::LATE, Tries::Twice, all.clone()),
        (Profile::DUPLICATING, Tries::Once, duplicating.clone()),
        (Profile::DUPLICATING, Tries::Twice, duplicating),
        (late_and_duplicating, Tries::Once, all.clone()),
        (late_and_duplicating, Tries::Twice, all),
    ];
    for (profile, tries, wanted) in table {
        let found = missing(&compensatable(profile, tries));
        assert_eq!(found, Some(wanted), "{} {tries:?}", profile.word());
    }
}

#[test]
fn what_nobody_can_take_back_has_to_be_asked_until_it_is_known() {
    let pivot = |tries| Contract {
        has_undo: false,
        may_go_back: false,
        promises: Promises::NONE.with(Promise::Idempotent),
        ..compensatable(Profile::LOSSY, tries)
    };
    assert_eq!(missing(&pivot(Tries::Twice)), None);
    assert!(check(&pivot(Tries::UntilKnown)).is_none());
}
