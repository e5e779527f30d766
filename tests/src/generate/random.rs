//! Random systems in a random layout: rich in constructs, sound in their references, with comments wherever one may be.

use crate::mutants::Random;

/// A system from a seed: its text breaks lines, leaves blanks and puts comments and commas as the grammar allows.
pub fn system(seed: u64) -> String {
    let mut writer = Writer {
        random: Random(seed),
        out: String::new(),
        remarks: 0,
    };
    writer.system();
    writer.out
}

/// What stands in a template besides words: `~` any blank, `^` a place where a line break means nothing, `;` the end
/// of an entry, `#` a random number below 100.
struct Writer {
    random: Random,
    out: String,
    remarks: usize,
}

const SCALARS: [&str; 12] = [
    "string",
    "string(1..64)",
    "int",
    "int (0..100)",
    "decimal(^0..^)",
    "decimal(0..100~,^places~2;)",
    "uuid",
    "bool",
    "instant",
    "list<string>",
    "list < string(1..5) > (^0..9^) ?",
    "map<string~,~list<int>>",
];

const FIELD_ENDS: [&str; 5] = ["", "", "~@pii", "~@pii~@origin(Customers)", "?"];

const MESSAGES: [&str; 3] = ["event Happened", "command Do", "document Note"];

const CHANNEL_CLAUSES: [&str; 5] = [
    "dead_letter~after~5",
    "retain~4d",
    "visibility~9m",
    "owner~\"team // no remark\"",
    "fifo~by~id",
];

const CONDITIONS: [&str; 7] = [
    "amount~>=^50~and^amount~<~1_000",
    "not~(amount~==~2)~or^amount~in^[1~,^2;3]",
    "amount+1~>^-3*(amount-2)",
    "starts_with(id~,~\"a\")",
    "amount~>~5~and^amount~<~100~and^amount~!=~17~and^amount~!=~18~and^amount~!=~19~and^not~(amount~==~20)",
    "amount~==~- 5",
    "(amount~>~1)",
];

const EFFECTS: [&str; 7] = [
    "timeout~10s",
    "concurrency~4",
    "idempotent~by~id~for~30d",
    "reads~rows",
    "writes~rows",
    "emits~Happened0~to~told~via~outbox",
    "natural~because~\"again changes nothing\"",
];

/// Constructs that nothing carries yet: they are read and refused, and must be formatted all the same.
const OTHERS: [&str; 9] = [
    "sample~s#~=^Do0(^id:^\"x\"~,^amount:~(^1~+^2)~,^more:~[^1~,^2;3~;])",
    "outcome~Happened0~to~Do0|^Note0~within~10m~for~99%",
    "stream~device_#~:^Happened0{^partition~by~id;retain~7d~}",
    "told->^where~amount~>~1->^throttle~50/s~->~enrich~Lookup.find(^id:id~)~as~found{^timeout~300ms~else~cached;}^->~heard",
    "told->~choose{^where~amount~>~1->heard;else~->^discard~because~\"enough\"}",
    "scenario~\"rain #\"{^given~Keeper0.keep~fails~Wet;when~POST~\"/a\"~(^amount:~1~)~returns~201;then~heard~receives~1}",
    "convert~Note0~->~Happened0(...it~,^amount:~1)",
    "target~aws{^region~\"eu\";deep{^visibility~3m~}^}",
    "extern~service~Outside#{^control~vendor;handler~ask(key:uuid~,^amount:int)^->^(code:string)~{takes~1s;timeout~2s}}",
];

const SAGA: &str = "saga~Trip#(Do0~as~trip)~by~trip.id~{^deadline~10m;step~one~=^Keeper0.keep(^id:trip.id~)~{^\
    timeout~5s;retry~3~backoff~1s~x2;undo~Keeper0.drop(id:~trip.id)};if~not~one.ok~{^fail~Wet(by:~\"me\")~}else\
    ~if~one.late{^wait~5m;}else{wait~1m};done{^emit~Happened0(...trip)~to~told};failed~{^}^}";

impl Writer {
    fn system(&mut self) {
        if self.chance(2) {
            self.out.push_str("//! About it.\n//! More.\n");
        }
        self.entry("system~Random{^owner~\"me\";targets~local}");
        for (index, kind) in MESSAGES.iter().enumerate() {
            self.documentation();
            self.put(&format!("{kind}0{{^id:^uuid~@key~=~new()"));
            let fields = if index == 2 { 0 } else { self.random.below(7) };
            self.put(";amount:~int~=^#");
            for field in 0..fields {
                self.put(";");
                self.documentation();
                let ty = self.one_of(&SCALARS);
                let end = self.one_of(&FIELD_ENDS);
                // A field that is optional twice is none.
                let end = if ty.ends_with('?') && end == "?" { "" } else { end };
                self.put(&format!("field_{field}{}:^{ty}{end}", "x".repeat(field)));
                if self.chance(6) {
                    self.remarks += 1;
                    self.out.push_str(&format!(" /// trailing {}\n", self.remarks));
                }
            }
            if self.chance(2) {
                self.put(";");
            }
            self.put("^}");
            self.put(";");
        }
        self.entry("enum~Color{^red;green~;blue;grey}");
        self.entry("type~Row{id:uuid~@key;color:~Color~=~red~;...Note0~}");
        self.entry("type~Either~=^Happened0~|^Do0");
        self.channels();
        self.services();
        for _ in 0..self.random.below(6) {
            self.documentation();
            let other = self.one_of(&OTHERS);
            self.entry(other);
        }
        if self.chance(3) {
            self.entry(SAGA);
        }
        self.trivia(3);
    }

    fn channels(&mut self) {
        self.entry("topic~told:~Happened0");
        for index in 0..=self.random.below(4) {
            self.documentation();
            self.put(&format!("queue~heard{}~:^Happened0", "x".repeat(index)));
            self.block(&CHANNEL_CLAUSES);
            self.put(";");
            let condition = self.one_of(&CONDITIONS);
            let stage = if self.chance(2) {
                format!("^->^where~{condition}")
            } else {
                String::new()
            };
            self.entry(&format!("told{stage}^->~heard{}", "x".repeat(index)));
        }
    }

    fn services(&mut self) {
        for service in 0..=self.random.below(3) {
            self.documentation();
            self.put(&format!("service~Keeper{service}{{^"));
            self.entry("store~rows:^Row~by~id");
            if self.chance(2) {
                self.entry("auth~none~because~\"a test\"");
                self.entry("owner~\"somebody\"");
            }
            self.documentation();
            self.entry("api~POST~\"/a/#\"^->~keep{^returns~201~}");
            self.entry("api~DELETE~\"/a/{id}\"~->^drop");
            self.entry("api~GET~\"/a/{id}\"->~rows.get~{returns~200~|^404~;size~16KiB}");
            self.documentation();
            self.put("handler~keep(^Do0~as~it^)^->^Happened0~");
            self.block(&EFFECTS);
            self.put(";");
            self.put("handler~drop(^id:uuid~,^why:string?;note:~string~=~\"a, b\")");
            self.block(&EFFECTS);
            self.put(";handler~hear(Happened0)~on~heard");
            self.block(&EFFECTS);
            if self.chance(2) {
                self.put(";");
            }
            self.put("^}");
            self.put(";");
        }
    }

    /// Some of these clauses, or no block at all.
    fn block(&mut self, clauses: &[&'static str]) {
        if self.chance(4) {
            return;
        }
        self.put("~{^");
        let mut first = true;
        for _ in 0..self.random.below(6) {
            if !first {
                self.put(";");
            }
            first = false;
            self.documentation();
            let clause = self.one_of(clauses);
            self.put(clause);
        }
        self.put("^}");
    }

    /// A whole entry and its end.
    fn entry(&mut self, template: &str) {
        self.put(template);
        self.put(";");
    }

    fn put(&mut self, template: &str) {
        let mut quoted = false;
        for letter in template.chars() {
            quoted ^= letter == '"';
            match letter {
                '~' if !quoted => {
                    let blank = self.one_of(&[" ", " ", "  ", "\t"]);
                    self.out.push_str(blank);
                }
                '^' if !quoted => self.trivia(6),
                ';' if !quoted => self.separator(),
                '#' => self.out.push_str(&self.random.below(100).to_string()),
                _ => self.out.push(letter),
            }
        }
    }

    fn separator(&mut self) {
        // Documentation at the end of a line has ended it.
        let ended = self.out.ends_with('\n');
        if !ended && self.chance(3) {
            self.out.push(',');
            self.trivia(3);
            return;
        }
        if !ended && self.chance(8) {
            self.remark();
        } else if !ended {
            self.out.push('\n');
        }
        self.trivia(2);
    }

    /// In one of so many cases, line breaks and comments.
    fn trivia(&mut self, rarely: usize) {
        self.out.push(' ');
        if !self.chance(rarely) {
            return;
        }
        for _ in 0..self.random.below(4) {
            if self.chance(2) {
                self.remark();
            } else {
                let blank = self.one_of(&["\n", "\r\n", "\n\n\n", "\n\t ", "\n   \n"]);
                self.out.push_str(blank);
            }
        }
    }

    fn remark(&mut self) {
        self.remarks += 1;
        let mark = self.one_of(&["//", " //", "////", "// ──"]);
        self.out
            .push_str(&format!("{mark} remark \"{} {{\n", self.remarks));
    }

    /// Perhaps documentation of the entry that follows; it begins a line.
    fn documentation(&mut self) {
        if self.chance(5) {
            self.remarks += 1;
            self.out.push_str(&format!("\n /// Says {}.  \n", self.remarks));
            self.trivia(4);
        }
    }

    fn chance(&mut self, of: usize) -> bool {
        self.random.below(of) == 0
    }

    fn one_of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[self.random.below(all.len())]
    }
}

#[cfg(test)]
mod tests {
    use aqueduct_dsl::parse;
    use aqueduct_dsl::source::SourceMap;

    #[test]
    fn what_is_generated_can_be_read() {
        for seed in 0..200 {
            let text = super::system(seed);
            let mut sources = SourceMap::default();
            let file = sources.add("random.flow", text.as_str());
            let found = parse(&mut sources, file).diagnostics;
            let found: Vec<String> = found
                .iter()
                .map(|finding| {
                    format!(
                        "{:?}: {}",
                        sources.line_column(finding.primary.span),
                        finding.message
                    )
                })
                .collect();
            assert!(found.is_empty(), "seed {seed}: {found:#?}\n{text}");
        }
    }
}
