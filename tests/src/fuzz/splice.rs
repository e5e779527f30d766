//! Texts grown from others: their lines, tokens and letters moved, doubled, dropped and mixed.

use crate::generate::random;
use crate::mutants::{Random, tokens};
use crate::{files, texts};

/// So many lines of one text at most: what is short is tried often.
const LINES: usize = 60;
const LONGEST: usize = 6_000;

/// Letters that mean something somewhere, or nothing anywhere.
const ODD: [&str; 40] = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    "\"",
    "\\",
    "/",
    "//",
    "///",
    "//!",
    "->",
    "=>",
    "|",
    "?",
    "...",
    "..",
    "@",
    "#",
    ":",
    ",",
    ";",
    "=",
    "-",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "\0",
    "é",
    "𝕏",
    "\u{feff}",
    "\u{200b}",
    "\u{301}",
    "0.5ms",
    "99999999999999999999",
    "\\u{d800}",
];

/// What new texts grow from.
#[derive(Debug)]
pub struct Soil {
    texts: Vec<String>,
}

impl Soil {
    /// Every text of the repository.
    pub fn of_the_repository() -> Self {
        let mut grown = Vec::new();
        for (_, text) in texts() {
            let (first, others) = files(&text);
            grown.push(first);
            grown.extend(others.into_iter().map(|(_, text)| text));
        }
        grown.retain(|text| !text.trim().is_empty());
        Self { texts: grown }
    }

    /// The text of a seed, the same as long as the repository is.
    pub fn grow(&self, seed: u64) -> String {
        let mut random = Random(seed);
        let mut text = if random.below(10) == 0 {
            random::system(seed)
        } else {
            self.piece(&mut random)
        };
        for _ in 0..=random.below(6) {
            text = self.changed(&text, &mut random);
            let end = boundary(&text, LONGEST);
            text.truncate(end);
        }
        text
    }

    fn any(&self, random: &mut Random) -> &str {
        &self.texts[random.below(self.texts.len())]
    }

    /// Some lines that follow each other.
    fn piece(&self, random: &mut Random) -> String {
        let lines: Vec<&str> = self.any(random).split_inclusive('\n').collect();
        let first = if random.below(2) == 0 {
            0
        } else {
            random.below(lines.len())
        };
        let count = 1 + random.below(LINES);
        lines.into_iter().skip(first).take(count).collect()
    }

    fn changed(&self, text: &str, random: &mut Random) -> String {
        let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
        if lines.is_empty() {
            return self.piece(random);
        }
        let line = random.below(lines.len());
        match random.below(12) {
            0 => {
                let _ = lines.remove(line);
            }
            1 => lines.insert(random.below(lines.len()), lines[line].clone()),
            2 => {
                let other = random.below(lines.len());
                lines.swap(line, other);
            }
            3 => {
                let piece = self.piece(random);
                let some: Vec<&str> = piece.split_inclusive('\n').take(1 + random.below(6)).collect();
                lines.insert(line, some.concat());
            }
            4 => return cut(text, random),
            5 | 6 => return with_letters(text, random),
            7 => return text.replace('\n', ["\r\n", " ", "\n\n", "\r"][random.below(4)]),
            8 => return text.replacen('\n', " ", 1 + random.below(5)),
            _ => return self.with_token(text, random),
        }
        lines.concat()
    }

    /// A token dropped, doubled, exchanged with another, or one from elsewhere in its place.
    fn with_token(&self, text: &str, random: &mut Random) -> String {
        let places = tokens(text);
        if places.is_empty() {
            return self.piece(random);
        }
        let (start, end) = places[random.below(places.len())];
        let (other_start, other_end) = places[random.below(places.len())];
        let elsewhere = self.any(random);
        let foreign = tokens(elsewhere);
        let new = match random.below(5) {
            0 => String::new(),
            1 => text[start..end].repeat(2),
            2 => format!("{0} {0}", &text[start..end]),
            3 if !foreign.is_empty() => {
                let (from, to) = foreign[random.below(foreign.len())];
                elsewhere[from..to].to_owned()
            }
            _ => text[other_start..other_end].to_owned(),
        };
        format!("{}{new}{}", &text[..start], &text[end..])
    }
}

/// Where a letter begins, anywhere in a text or at its end.
fn place(text: &str, random: &mut Random) -> usize {
    boundary(text, random.below(text.len() + 1))
}

/// Where the letter of a byte begins, or the end.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or_default()
}

/// The beginning, or all but some letters.
fn cut(text: &str, random: &mut Random) -> String {
    let (one, other) = (place(text, random), place(text, random));
    match random.below(3) {
        0 => text[..one].to_owned(),
        1 => format!("{}{}", &text[..one.min(other)], &text[one.max(other)..]),
        _ => {
            let end = boundary(text, one + 1 + random.below(8)).max(one);
            format!("{}{}", &text[..one], &text[end..])
        }
    }
}

/// Odd letters, once or many times, or bytes that are no text.
fn with_letters(text: &str, random: &mut Random) -> String {
    let at = place(text, random);
    let odd = ODD[random.below(ODD.len())];
    if random.below(8) == 0 {
        let mut bytes = text.as_bytes().to_vec();
        for _ in 0..=random.below(4) {
            let here = random.below(bytes.len() + 1);
            bytes.insert(here, u8::try_from(random.below(256)).unwrap_or_default());
        }
        return String::from_utf8_lossy(&bytes).into_owned();
    }
    let count = [1, 1, 1, 1, 2, 3, 70, 1_000][random.below(8)];
    format!("{}{}{}", &text[..at], odd.repeat(count), &text[at..])
}
