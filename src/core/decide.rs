//! What follows from a command: events, or a refusal. A refused command changes nothing.

use super::attempt::Report;
use super::command::Command;
use super::event::Event;
use super::refusal::Refusal;
use super::stamp::Stamp;
use super::world::World;
use super::{asking, attempt, peer, retrying, session, trust, usage};

/// Decides a command. No events means that nothing had to change.
///
/// # Errors
/// A [`Refusal`] says what is wrong and what to do instead.
pub fn decide(world: &World, stamp: &Stamp, command: Command) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::Create(new) => peer::create(world, new),
        Command::AttemptStarted {
            session,
            attempt,
            pid,
        } => attempt::report(world, &session, attempt, Report::Started(pid)),
        Command::AttemptFailed {
            session,
            attempt,
            why,
        } => attempt::report(world, &session, attempt, Report::Failed(why)),
        Command::AttemptExited {
            session,
            attempt,
            exit,
        } => attempt::report(world, &session, attempt, Report::Exited(exit)),
        Command::ResumeFailed {
            session,
            attempt,
            why,
        } => attempt::report(world, &session, attempt, Report::NotResumed(why)),
        Command::AttemptLost {
            session,
            attempt,
            why,
        } => attempt::report(world, &session, attempt, Report::Lost(why)),
        Command::Stop { session, grace_ms } => attempt::stop(world, &session, grace_ms),
        Command::Resume { session, prompt } => attempt::resume(world, &session, prompt),
        Command::Replay { session, prompt } => attempt::replay(world, &session, prompt),
        Command::Retire { peer, grace_ms } => peer::retire(world, &peer, grace_ms),
        Command::Snooze { peer, until } => peer::snooze(world, stamp, &peer, until),
        Command::Unsnooze { peer } => peer::unsnooze(world, &peer),
        Command::Tag { peer, tag } => peer::tag(world, &peer, tag),
        Command::Trust {
            directory,
            trusted,
            who,
        } => trust::give(world, directory, trusted, who),
        Command::Seen { peer } => peer::seen(world, &peer),
        Command::Learn { session, facts } => session::learn(world, &session, facts),
        Command::ObserveTurn {
            session,
            turn,
            evidence,
        } => session::observe_turn(world, &session, turn, evidence),
        Command::ObserveLimit {
            session,
            until,
            evidence,
        } => session::observe_limit(world, &session, until, evidence),
        Command::CountUsage { session, used } => usage::count(world, &session, used),
        Command::OpenAsk(new) => asking::open(world, new),
        Command::Decide {
            ask,
            digest,
            answer,
            note,
            who,
        } => asking::decide(world, stamp, &ask, digest.as_deref(), (answer, note, who)),
        Command::NoteGiven { ask } => asking::note_given(world, &ask),
        Command::Delivered { ask } => asking::delivered(world, stamp, &ask),
        Command::Retry { ask, reachable } => retrying::retry(world, stamp, &ask, reachable),
        Command::EffectSeen { ask, why } => asking::effect_seen(world, stamp, &ask, why),
        Command::Withdraw { ask, why } => asking::withdraw(world, stamp, &ask, why),
        Command::TamperRefused {
            verb,
            reference,
            chain,
            session,
        } => Ok(vec![Event::TamperRefused {
            verb,
            reference,
            chain,
            session,
        }]),
        Command::Interrupt { session } => session::interrupt(world, &session),
        Command::TakeOver { session } => session::take_over(world, &session),
        Command::GiveBack { session } => session::give_back(world, &session),
        Command::SendText {
            session,
            length,
            force,
        } => session::send_text(world, &session, length, force),
        Command::DaemonStarted { pid, version } => Ok(vec![Event::DaemonStarted { pid, version }]),
        Command::ClockBackwards { by_ms } => Ok(vec![Event::ClockBackwards { by_ms }]),
    }
}
