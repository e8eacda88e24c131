//! What the lines of a transcript come to: a sum for each turn, whether the runtime counts by
//! request or tells how much it was so far.

use crate::core::limit::Ends;
use crate::core::state::Millis;
use crate::core::usage::Used;
use crate::runtime::transcript::{Limited, Quota, Said, TokenKey, Tokens, Who};
use std::collections::HashMap;

/// A conversation's turns. One begins with each prompt; what comes before the first is a turn too.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sum {
    turns: Vec<Turn>,
    /// In which turn each request was told first, and its tokens.
    requests: HashMap<String, (usize, Tokens)>,
    /// What a runtime that counts so last said of the whole conversation.
    total: Tokens,
    cost: f64,
    /// The first turn that it had not said a cost of.
    uncosted: usize,
    /// Tokens in the context, and how many fit when that is said.
    pub(super) context: Option<(u64, Option<u64>)>,
    /// The limit that ended the last turn.
    pub(super) limit: Option<Limited>,
    /// How much of the account's limit is used.
    pub(super) quota: Option<Quota>,
}

/// One of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Turn {
    /// Its number, from 1; 0 = before the first prompt.
    pub(super) number: u32,
    /// When it began, as the transcript has it.
    pub(super) at: Option<Millis>,
    /// The model that it ended with.
    pub(super) model: Option<String>,
    /// Each counted once.
    pub(super) tokens: Tokens,
    /// US dollars by the runtime's own count.
    pub(super) cost: Option<f64>,
}

impl Turn {
    fn is_empty(&self) -> bool {
        self.tokens.all() == 0 && self.cost.is_none()
    }

    /// As it is kept; `at` is when it began where the transcript does not say it.
    pub(super) fn used(&self, native_id: &str, at: Millis) -> Used {
        Used {
            native_id: native_id.to_owned(),
            turn: self.number,
            at: self.at.unwrap_or(at),
            model: self.model.clone(),
            tokens: self.tokens,
            cost: self.cost.map(|dollars| (dollars * 1e6).round() as u64),
        }
    }
}

impl Sum {
    /// Takes what one line says.
    pub(super) fn take(&mut self, said: Said) {
        for prompt in said.entries.iter().filter(|e| e.who == Who::Operator) {
            let number = self.turns.last().map_or(0, |turn| turn.number) + 1;
            let at = prompt.at.as_deref().and_then(millis);
            let model = self.turns.last().and_then(|turn| turn.model.clone());
            self.turns.push(Turn {
                number,
                at,
                model,
                ..Turn::default()
            });
        }
        self.context = said.context.or(self.context);
        self.quota = said.quota.or(self.quota);
        let used = said
            .tokens
            .as_ref()
            .is_some_and(|(_, tokens)| tokens.all() > 0);
        if used || said.entries.iter().any(|e| e.who == Who::Operator) {
            self.limit = None;
        }
        if let Some(limit) = said.limit {
            // The end of what is used up is exact.
            let full = self.quota.filter(|quota| quota.used >= 100.0);
            let exact = full.and_then(|quota| quota.resets).map(Ends::At);
            let ends = match limit.ends {
                Ends::At(at) => Ends::At(at),
                other => exact.unwrap_or(other),
            };
            self.limit = Some(Limited { ends, ..limit });
        }
        if self.turns.is_empty() {
            self.turns.push(Turn::default());
        }
        let now = self.turns.len() - 1;
        if said.about.model.is_some() {
            self.turns[now].model = said.about.model;
        }
        match said.tokens {
            Some((TokenKey::Request(id), tokens)) => {
                // What is told again is of the turn in which it was told first.
                let known = self.requests.get(&id).copied();
                let (turn, before) = known.unwrap_or((now, Tokens::default()));
                let sum = &mut self.turns[turn].tokens;
                *sum = sum.less(before);
                *sum += tokens;
                self.requests.insert(id, (turn, tokens));
            }
            Some((TokenKey::Total, total)) => {
                // A smaller one is the first of a new count.
                let from = if total.all() < self.total.all() {
                    Tokens::default()
                } else {
                    self.total
                };
                self.turns[now].tokens += total.less(from);
                self.total = total;
            }
            None => {}
        }
        if let Some(cost) = said.cost {
            let from = if cost < self.cost { 0.0 } else { self.cost };
            self.share(cost - from);
            self.cost = cost;
        }
    }

    /// What is told of several turns at once is of each by its tokens.
    fn share(&mut self, dollars: f64) {
        let turns = &mut self.turns[self.uncosted..];
        let all: u64 = turns.iter().map(|turn| turn.tokens.all()).sum();
        let count = turns.len();
        for (at, turn) in turns.iter_mut().enumerate() {
            let part = match all {
                0 => f64::from(u8::from(at + 1 == count)),
                all => turn.tokens.all() as f64 / all as f64,
            };
            if part > 0.0 {
                turn.cost = Some(turn.cost.unwrap_or(0.0) + dollars * part);
            }
        }
        self.uncosted += count.saturating_sub(1);
    }

    /// The turns that used something and began at `since` or later: a fork's transcript may begin
    /// with what another conversation has used.
    pub(super) fn turns(&self, since: Millis) -> impl DoubleEndedIterator<Item = &Turn> {
        let own = move |turn: &&Turn| !turn.is_empty() && turn.at.is_none_or(|at| at >= since);
        self.turns.iter().filter(own)
    }

    /// The number of the turn that may still go on.
    pub(super) fn last(&self) -> Option<u32> {
        self.turns.last().map(|turn| turn.number)
    }

    /// The model in use.
    pub(super) fn model(&self) -> Option<&str> {
        self.turns.last()?.model.as_deref()
    }
}

pub(in crate::daemon::found) fn millis(at: &str) -> Option<Millis> {
    Some(at.parse::<jiff::Timestamp>().ok()?.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::transcript::{About, Entry};

    fn prompt(at: &str) -> Said {
        Said {
            entries: Entry::new(Who::Operator, "go", Some(at))
                .into_iter()
                .collect(),
            ..Said::default()
        }
    }

    fn tokens(input: u64, output: u64) -> Tokens {
        Tokens {
            input,
            output,
            ..Tokens::default()
        }
    }

    fn told(key: TokenKey, tokens: Tokens) -> Said {
        Said {
            about: About {
                model: Some("m".to_owned()),
                ..About::default()
            },
            tokens: Some((key, tokens)),
            ..Said::default()
        }
    }

    fn sums(said: Vec<Said>) -> Vec<(u32, u64)> {
        let mut sum = Sum::default();
        said.into_iter().for_each(|said| sum.take(said));
        let turns = sum.turns(0).map(|turn| (turn.number, turn.tokens.all()));
        turns.collect()
    }

    const ONE: &str = "2026-03-02T12:00:00.000Z";
    const TWO: &str = "2026-03-03T12:00:00.000Z";

    #[test]
    fn a_request_counts_once_and_in_the_turn_that_made_it() {
        let request = |id: &str, n| told(TokenKey::Request(id.to_owned()), tokens(n, 1));
        let said = vec![
            prompt(ONE),
            request("a", 10),
            request("a", 20),
            request("b", 5),
            prompt(TWO),
            request("a", 20),
            request("c", 7),
        ];
        assert_eq!(sums(said), [(1, 27), (2, 8)]);
    }

    #[test]
    fn a_running_sum_is_split_at_the_prompts_and_may_begin_anew() {
        let total = |n| told(TokenKey::Total, tokens(n, 0));
        let said = vec![
            prompt(ONE),
            total(10),
            total(30),
            total(30),
            prompt(TWO),
            total(45),
            prompt(TWO),
            total(8),
        ];
        assert_eq!(sums(said), [(1, 30), (2, 15), (3, 8)]);
    }

    #[test]
    fn what_was_used_before_a_fork_is_not_its_own() {
        let mut sum = Sum::default();
        for said in [
            prompt(ONE),
            told(TokenKey::Total, tokens(10, 0)),
            prompt(TWO),
            told(TokenKey::Total, tokens(15, 0)),
        ] {
            sum.take(said);
        }
        let since = millis(TWO).expect("a time");
        let own: Vec<_> = sum.turns(since).map(|turn| turn.used("8f", 0)).collect();
        assert_eq!(own.len(), 1);
        assert_eq!((own[0].turn, own[0].at), (2, since));
        assert_eq!(own[0].tokens, tokens(5, 0));
        assert_eq!(own[0].model.as_deref(), Some("m"));
    }

    #[test]
    fn a_limit_is_of_the_last_turn_and_ends_with_what_is_used_up() {
        let limit = |ends| Said {
            limit: Some(Limited {
                ends,
                words: "usage limit".to_owned(),
                at: None,
            }),
            ..Said::default()
        };
        let quota = |used| Said {
            quota: Some(Quota {
                used,
                resets: Some(9_000),
            }),
            ..Said::default()
        };
        let mut sum = Sum::default();
        sum.take(prompt(ONE));
        sum.take(quota(40.0));
        sum.take(limit(Ends::In(7)));
        assert_eq!(sum.limit.as_ref().map(|l| &l.ends), Some(&Ends::In(7)));
        sum.take(prompt(TWO));
        assert_eq!(sum.limit, None);
        sum.take(quota(100.0));
        sum.take(limit(Ends::In(7)));
        assert_eq!(sum.limit.as_ref().map(|l| &l.ends), Some(&Ends::At(9_000)));
        sum.take(told(TokenKey::Request("a".to_owned()), tokens(1, 1)));
        assert_eq!(sum.limit, None, "it was answered");
    }

    #[test]
    fn a_cost_that_grows_is_split_too() {
        let cost = |dollars| Said {
            cost: Some(dollars),
            ..Said::default()
        };
        let costs = |said: Vec<Said>| {
            let mut sum = Sum::default();
            said.into_iter().for_each(|said| sum.take(said));
            let turns = sum.turns(0).map(|turn| turn.used("8f", 0).cost);
            turns.collect::<Vec<_>>()
        };
        let each = vec![prompt(ONE), cost(0.25), prompt(TWO), cost(0.75)];
        assert_eq!(costs(each), [Some(250_000), Some(500_000)]);
        // One that is told at the end only, and then once more.
        let request = |id: &str, n| told(TokenKey::Request(id.to_owned()), tokens(n, 0));
        let late = vec![
            prompt(ONE),
            request("a", 300),
            prompt(TWO),
            request("b", 100),
            cost(1.0),
            request("c", 9),
            cost(1.5),
        ];
        assert_eq!(costs(late), [Some(750_000), Some(750_000)]);
    }
}
