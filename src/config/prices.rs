//! `prices.toml` in the configuration directory: what a model's tokens cost, and how many fit into
//! its context. There is no table of ours: prices change, and a wrong one is worse than none.
//!
//! ```toml
//! ["gpt-5*"]            # a model; * stands for anything, the longest that fits counts
//! input  = 1.25         # US dollars for a million tokens
//! cached = 0.125        # read from the cache; absent = as input
//! stored = 1.25         # written to the cache; absent = as input
//! output = 10
//! window = 400000       # tokens that fit into the context
//! ```

use crate::core::conversation::Tokens;
use crate::core::usage::Used;
use std::path::Path;
use toml::{Table, Value};

/// What turns come to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Spent {
    /// Each counted once.
    pub(crate) tokens: Tokens,
    /// US dollars, of what has a price; `None` when nothing has one.
    pub(crate) cost: Option<f64>,
    /// Some of it is by these prices, not by the runtime's own count.
    pub(crate) estimated: bool,
    /// Tokens that are in no cost.
    pub(crate) unpriced: u64,
}

/// All prices, those with the longest names first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Prices {
    rows: Vec<(String, Price)>,
}

/// One model's: US dollars for a million tokens each.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Price {
    input: f64,
    cached: f64,
    stored: f64,
    output: f64,
    /// Tokens that fit into the context.
    pub(crate) window: Option<u64>,
}

impl Price {
    /// What `tokens` cost, US dollars.
    pub(crate) fn cost(self, tokens: Tokens) -> f64 {
        let dollars = |count: u64, price: f64| count as f64 * price / 1e6;
        dollars(tokens.input, self.input)
            + dollars(tokens.cached, self.cached)
            + dollars(tokens.stored, self.stored)
            + dollars(tokens.output, self.output)
    }
}

impl Prices {
    /// Reads `prices.toml`; a mistake is a line in the log, and the rest is read.
    pub(crate) fn load(config: &Path) -> Self {
        let path = config.join("prices.toml");
        let Ok(text) = std::fs::read_to_string(&path) else {
            return Self::default();
        };
        let (prices, mistakes) = Self::parse(&text);
        for mistake in mistakes {
            tracing::warn!(file = %path.display(), mistake, "a price does not read");
        }
        prices
    }

    fn parse(text: &str) -> (Self, Vec<String>) {
        let mut mistakes = Vec::new();
        let table = text.parse::<Table>().unwrap_or_else(|error| {
            mistakes.push(error.message().to_owned());
            Table::new()
        });
        let mut rows = Vec::new();
        for (model, row) in &table {
            match row
                .as_table()
                .ok_or("it is no table".to_owned())
                .and_then(price)
            {
                Ok(price) => rows.push((model.clone(), price)),
                Err(what) => mistakes.push(format!("[{model}]: {what}")),
            }
        }
        rows.sort_by_key(|(model, _)| std::cmp::Reverse(model.len()));
        (Self { rows }, mistakes)
    }

    /// What `turns` come to.
    pub(crate) fn spent<'a>(&self, turns: impl Iterator<Item = &'a Used>) -> Spent {
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
    pub(crate) fn of(&self, model: &str) -> Option<Price> {
        let mut rows = self.rows.iter();
        rows.find(|(pattern, _)| fits(pattern, model))
            .map(|(_, price)| *price)
    }
}

fn price(row: &Table) -> Result<Price, String> {
    let mut price = Price::default();
    let number = |key: &str, value: &Value| {
        let number = value.as_float().or(value.as_integer().map(|n| n as f64));
        number
            .filter(|n| n.is_finite() && *n >= 0.0)
            .ok_or_else(|| format!("{key} is a number from 0 on"))
    };
    let (mut cached, mut stored) = (None, None);
    for (key, value) in row {
        match key.as_str() {
            "input" => price.input = number(key, value)?,
            "cached" => cached = Some(number(key, value)?),
            "stored" => stored = Some(number(key, value)?),
            "output" => price.output = number(key, value)?,
            "window" => {
                let window = value.as_integer().and_then(|n| u64::try_from(n).ok());
                price.window = Some(window.ok_or("window is a whole number from 0 on")?);
            }
            other => return Err(format!("there is no such entry: {other}")),
        }
    }
    price.cached = cached.unwrap_or(price.input);
    price.stored = stored.unwrap_or(price.input);
    Ok(price)
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
        let (prices, mistakes) = Prices::parse(text);
        assert_eq!(mistakes, [""; 0]);
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
        let (prices, _) = Prices::parse("[m]\ninput = 1\n");
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
        let (prices, mistakes) = Prices::parse("[a]\ninput = -1\n[b]\ninput = 1\n[c]\nwhat = 2\n");
        assert_eq!(prices.rows.len(), 1);
        assert_eq!(mistakes.len(), 2, "{mistakes:?}");
        assert!(
            mistakes[0].starts_with("[a]: input is a number"),
            "{mistakes:?}"
        );
        assert_eq!(Prices::parse("]").1.len(), 1);
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
