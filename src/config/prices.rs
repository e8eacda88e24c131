//! `prices.toml` in the configuration directory: what a model's tokens cost, and how many fit into
//! its context. There is no table of ours: prices change, and a wrong one is worse than none. It is
//! read again when it has changed.
//!
//! ```toml
//! ["gpt-5*"]            # a model; * stands for anything, the longest that fits counts
//! input  = 1.25         # US dollars for a million tokens
//! cached = 0.125        # read from the cache; absent = as input
//! stored = 1.25         # written to the cache; absent = as input
//! output = 10
//! window = 400000       # tokens that fit into the context
//! ```

use super::{Entry, Mistake, Value, entries, optional};
use crate::core::conversation::Tokens;
use crate::core::usage::Used;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// What turns come to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spent {
    /// Each counted once.
    pub tokens: Tokens,
    /// US dollars, of what has a price; `None` when nothing has one.
    pub cost: Option<f64>,
    /// Some of it is by these prices, not by the runtime's own count.
    pub estimated: bool,
    /// Tokens that are in no cost.
    pub unpriced: u64,
}

/// All prices, those with the longest names first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prices {
    rows: Vec<(String, Price)>,
}

/// One model's: US dollars for a million tokens each.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Price {
    input: f64,
    cached: f64,
    stored: f64,
    output: f64,
    /// Tokens that fit into the context.
    pub window: Option<u64>,
}

impl Price {
    /// What `tokens` cost, US dollars.
    pub fn cost(self, tokens: Tokens) -> f64 {
        let dollars = |count: u64, price: f64| count as f64 * price / 1e6;
        dollars(tokens.input, self.input)
            + dollars(tokens.cached, self.cached)
            + dollars(tokens.stored, self.stored)
            + dollars(tokens.output, self.output)
    }
}

impl Prices {
    /// Reads `prices.toml`; of a model about which something is wrong nothing is taken.
    pub fn load(config: &Path) -> (Self, Vec<Mistake>) {
        let path = config.join("prices.toml");
        match optional(&path) {
            Ok(text) => Self::parse(&path.display().to_string(), &text.unwrap_or_default()),
            Err(mistake) => (Self::default(), vec![mistake]),
        }
    }

    fn parse(file: &str, text: &str) -> (Self, Vec<Mistake>) {
        let (entries, mut mistakes) = entries(file, text);
        let wrong = |mistake: &Mistake| Some(mistake.entry.as_ref()?.0.clone());
        let mut left_out: BTreeSet<String> = mistakes.iter().filter_map(wrong).collect();
        let mut given: BTreeMap<&str, Given> = BTreeMap::new();
        for entry in &entries {
            if let Err(what) = given.entry(&entry.section).or_default().take(entry) {
                left_out.insert(entry.section.clone());
                mistakes.push(Mistake::of(file, entry, what));
            }
        }
        let rows = given
            .into_iter()
            .filter(|(model, _)| !left_out.contains(*model));
        let rows = rows.map(|(model, given)| (model.to_owned(), given.price()));
        let mut rows: Vec<_> = rows.collect();
        rows.sort_by_key(|(model, _)| std::cmp::Reverse(model.len()));
        (Self { rows }, mistakes)
    }

    /// What `turns` come to.
    pub fn spent<'a>(&self, turns: impl Iterator<Item = &'a Used>) -> Spent {
        let mut spent = Spent::default();
        for used in turns {
            spent.tokens += used.tokens;
            let own = used.cost.map(|millionths| millionths as f64 / 1e6);
            let price = || Some(self.of(used.model.as_deref()?)?.cost(used.tokens));
            match own.or_else(price) {
                Some(cost) => {
                    spent.cost = Some(spent.cost.unwrap_or(0.0) + cost);
                    spent.estimated |= own.is_none();
                }
                None => spent.unpriced = spent.unpriced.saturating_add(used.tokens.all()),
            }
        }
        spent
    }

    /// The price of a model.
    pub fn of(&self, model: &str) -> Option<Price> {
        let mut rows = self.rows.iter();
        rows.find(|(pattern, _)| fits(pattern, model))
            .map(|(_, price)| *price)
    }
}

/// What stands below a model.
#[derive(Default)]
struct Given {
    input: f64,
    cached: Option<f64>,
    stored: Option<f64>,
    output: f64,
    window: Option<u64>,
}

impl Given {
    fn take(&mut self, entry: &Entry) -> Result<(), String> {
        let key = entry.key.as_str();
        let place = format!("[{:?}] {key}", entry.section);
        if entry.section.is_empty() {
            return Err(format!("{key} stands below no [\"MODEL\"]"));
        }
        let number = match &entry.value {
            Value::Number(whole) => Some(*whole as f64),
            Value::Fraction(text) => text.replace('_', "").parse::<f64>().ok(),
            Value::Table(_) => {
                let name = format!("{}.{key}", entry.section);
                return Err(format!("a name with a dot is quoted: [{name:?}]"));
            }
            _ => None,
        };
        let number = number.filter(|n| n.is_finite() && *n >= 0.0);
        let dollars = || number.ok_or_else(|| format!("{place} is no number from 0 on"));
        match key {
            "input" => self.input = dollars()?,
            "cached" => self.cached = Some(dollars()?),
            "stored" => self.stored = Some(dollars()?),
            "output" => self.output = dollars()?,
            "window" => match entry.value {
                Value::Number(whole @ 0..) => self.window = Some(whole.unsigned_abs()),
                _ => return Err(format!("{place} is no whole number from 0 on")),
            },
            _ => {
                let known = "input, cached, stored, output, window";
                return Err(format!("{place} is none of {known}"));
            }
        }
        Ok(())
    }

    fn price(self) -> Price {
        Price {
            input: self.input,
            cached: self.cached.unwrap_or(self.input),
            stored: self.stored.unwrap_or(self.input),
            output: self.output,
            window: self.window,
        }
    }
}

/// The prices as the file is now.
#[derive(Default)]
pub struct PriceList {
    seen: Mutex<Option<(Stamp, Arc<Prices>)>>,
}

/// What of the file changes when it does.
type Stamp = Option<(SystemTime, u64)>;

impl PriceList {
    /// Reads the file again when it has changed; its mistakes come when it was read.
    pub fn now(&self, config: &Path) -> (Arc<Prices>, Vec<Mistake>) {
        let about = std::fs::metadata(config.join("prices.toml"));
        let stamp = about
            .ok()
            .and_then(|about| Some((about.modified().ok()?, about.len())));
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, prices)) = seen.as_ref().filter(|(of, _)| *of == stamp) {
            return (Arc::clone(prices), Vec::new());
        }
        let (prices, mistakes) = Prices::load(config);
        let prices = Arc::new(prices);
        *seen = Some((stamp, Arc::clone(&prices)));
        (prices, mistakes)
    }
}

/// Whether a name fits a pattern in which `*` stands for anything.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((begins, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(name) = name.strip_prefix(begins) else {
        return false;
    };
    let mut ends = name.char_indices().map(|(at, _)| at).chain([name.len()]);
    ends.any(|at| fits(rest, &name[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_has_the_price_whose_name_fits_best() {
        let text = "[\"gpt-5*\"]\ninput = 2\ncached = 0.5\noutput = 10.0\nwindow = 1000\n\
                    [\"*\"]\ninput = 1\noutput = 1\n";
        let (prices, mistakes) = Prices::parse("p", text);
        assert_eq!(mistakes, []);
        let tokens = Tokens {
            input: 1_000_000,
            cached: 2_000_000,
            stored: 1_000_000,
            output: 100_000,
        };
        let price = prices.of("gpt-5.2-codex").expect("a price");
        assert_eq!(price.cost(tokens), 2.0 + 1.0 + 2.0 + 1.0);
        assert_eq!(price.window, Some(1000));
        assert_eq!(prices.of("other").map(|p| p.cost(tokens)), Some(4.1));
        assert_eq!(Prices::default().of("x"), None);
    }

    #[test]
    fn the_runtimes_own_count_goes_before_the_table_and_what_has_no_price_is_said() {
        let (prices, _) = Prices::parse("p", "[m]\ninput = 1\n");
        let used = |model: &str, input, cost| Used {
            native_id: "8f".to_owned(),
            turn: 1,
            at: 0,
            model: Some(model.to_owned()),
            tokens: Tokens {
                input,
                ..Tokens::default()
            },
            cost,
        };
        let own = used("m", 1_000_000, Some(250_000));
        let table = used("m", 1_000_000, None);
        let none = used("other", 7, None);
        let spent = |used: &[&Used]| prices.spent(used.iter().copied());
        let told = spent(&[&own]);
        assert_eq!(
            (told.cost, told.estimated, told.unpriced),
            (Some(0.25), false, 0)
        );
        let told = spent(&[&own, &table, &none]);
        assert_eq!(
            (told.cost, told.estimated, told.unpriced),
            (Some(1.25), true, 7)
        );
        assert_eq!(told.tokens.input, 2_000_007);
        assert_eq!(spent(&[&none]).cost, None);
    }

    #[test]
    fn a_mistake_is_named_and_the_rest_is_read() {
        let text = "[a]\ninput = -1\noutput = 2\n[b]\ninput = 1_0.5\n[c]\nwhat = 2\n[gpt-5.2]\ninput = 1\n\
                    [d]\nwindow = 1.5\n[e]\ninput = nan\n";
        let (prices, mistakes) = Prices::parse("p", text);
        assert_eq!(prices.rows.len(), 1);
        assert_eq!(prices.of("b").map(|price| price.input), Some(10.5));
        let said: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "p line 2: [\"a\"] input is no number from 0 on",
                "p line 7: [\"c\"] what is none of input, cached, stored, output, window",
                "p line 8: a name with a dot is quoted: [\"gpt-5.2\"]",
                "p line 11: [\"d\"] window is no whole number from 0 on",
                "p line 13: [\"e\"] input is no number from 0 on",
            ]
        );
        let (prices, mistakes) = Prices::parse("p", "[a]\ninput = 1\n[b]\ninput = ]\n");
        assert_eq!(
            (prices.rows.len(), mistakes[0].line),
            (1, 4),
            "{mistakes:?}"
        );
    }

    #[test]
    fn a_file_that_changed_is_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let list = PriceList::default();
        let input = || Some(list.now(dir.path()).0.of("m")?.input);
        assert_eq!(input(), None);
        let path = dir.path().join("prices.toml");
        std::fs::write(&path, "[m]\ninput = 1\n").unwrap();
        assert_eq!(input(), Some(1.0));
        std::fs::write(&path, "[m]\ninput = 22\n").unwrap();
        assert_eq!(input(), Some(22.0));
        std::fs::remove_file(&path).unwrap();
        assert_eq!(input(), None);
    }

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, name, fit) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("a*", "ab", true),
            ("*b*", "abc", true),
            ("a*c", "abc", true),
            ("a*c", "abd", false),
            ("*", "", true),
        ] {
            assert_eq!(fits(pattern, name), fit, "{pattern} {name}");
        }
    }
}
