//! Small accidents to a text: one token dropped or misspelt, from a seed.

/// A changed text, and what was done to it.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// The new text.
    pub text: String,
    /// Where, from 1.
    pub line: usize,
    /// In words.
    pub what: String,
}

/// `count` different mutants of a text.
pub fn mutants(text: &str, seed: u64, count: usize) -> Vec<Mutant> {
    let tokens = tokens(text);
    let mut random = Random(seed);
    let mut seen = std::collections::BTreeSet::new();
    let mut found = Vec::new();
    // A text of a few tokens has only so many mutants.
    for _ in 0..count * 20 {
        if found.len() == count || tokens.is_empty() {
            break;
        }
        let (start, end) = tokens[random.below(tokens.len())];
        let token = &text[start..end];
        let (new, what) = match misspelt(token, &mut random) {
            Some(new) if random.below(2) == 0 => (new.clone(), format!("`{token}` became `{new}`")),
            Some(_) | None => (String::new(), format!("`{token}` was dropped")),
        };
        if !seen.insert((start, new.clone())) {
            continue;
        }
        let line = text[..start].matches('\n').count() + 1;
        found.push(Mutant {
            text: format!("{}{new}{}", &text[..start], &text[end..]),
            line,
            what,
        });
    }
    found
}

/// Words, numbers, texts and marks, each from where to where; comments are left alone.
pub fn tokens(text: &str) -> Vec<(usize, usize)> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        } else if first == '"' {
            rest[1..].find('"').map_or(rest.len(), |end| end + 2)
        } else if first.is_alphanumeric() {
            rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_')
                .unwrap_or(rest.len())
        } else if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        } else {
            ["...", "->", "..", ">=", "<=", "=="]
                .iter()
                .find(|mark| rest.starts_with(**mark))
                .map_or(first.len_utf8(), |mark| mark.len())
        };
        tokens.push((at, at + length));
        at += length;
    }
    tokens
}

/// Two letters exchanged, one lost or one doubled; only words of three letters or more are misspelt.
fn misspelt(token: &str, random: &mut Random) -> Option<String> {
    let letters: Vec<char> = token.chars().collect();
    if letters.len() < 3 || !letters[0].is_alphabetic() {
        return None;
    }
    let at = random.below(letters.len() - 1);
    let mut new = letters.clone();
    match random.below(3) {
        0 => new.swap(at, at + 1),
        1 => drop(new.remove(at + 1)),
        _ => new.insert(at, letters[at]),
    }
    let new: String = new.into_iter().collect();
    (new != token).then_some(new)
}

/// `SplitMix64` (Steele, Lea, Flood, OOPSLA 2014): small, and the same everywhere.
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, which is above 0.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.number() % limit as u64).unwrap_or_default()
    }
}
