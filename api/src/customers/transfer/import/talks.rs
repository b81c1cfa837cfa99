//! Old follow-ups 跟进记录 in a table: what was said with a customer, by whom and when. Interactions come after
//! customers and know how one is written down; here is what a row says.

use super::draft::Draft;
use super::names::Names;
use crate::problem::Problem;
use crate::scope::Tx;
use chrono::{DateTime, Duration, Utc};
use domain::Violation;
use domain::interactions::{Channel, NewInteraction};
use domain::permission::Permission;
use serde_json::json;
use std::collections::HashSet;
use uuid::Uuid;

/// What was said with a customer once.
pub(crate) struct Talk {
    pub(crate) id: Uuid,
    pub(crate) customer: Uuid,
    pub(crate) told: Told,
}

/// The same, before it is known with whom.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) channel: Channel,
    pub(crate) content: String,
    pub(crate) at: DateTime<Utc>,
    /// Who wrote it down then, and their name.
    pub(crate) by: (Uuid, String),
}

/// Whoever knows how interactions are written down.
pub(crate) trait Talks {
    /// Writes some down and answers which: what stands there already is not written twice.
    fn write(&self, tx: &Tx<'_>, talks: Vec<Talk>) -> impl Future<Output = Result<HashSet<Uuid>, Problem>>;

    /// Takes one back.
    fn take_back(&self, tx: &Tx<'_>, id: Uuid) -> impl Future<Output = Result<(), Problem>>;
}

/// What a row says in its cells.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) content: Option<String>,
    pub(super) channel: Option<String>,
    pub(super) at: Option<DateTime<Utc>>,
    pub(super) by: Option<String>,
}

/// What a row tells, judged like the form; what is wrong with it stands in the draft. Somebody whom nobody knows
/// is no reason to lose it: whoever imports it is its author then, and hears of that.
pub(super) fn told(tx: &Tx<'_>, draft: &mut Draft, names: &Names) -> Result<Option<Told>, Problem> {
    let Some(content) = draft.talk.content.clone() else { return Ok(None) };
    if !tx.may(Permission::InteractionsWrite) {
        draft.judged(&[Violation::new("content", "forbidden")]);
        return Ok(None);
    }
    let channel = draft.talk.channel.clone().unwrap_or_else(|| Channel::Other.as_str().to_owned());
    let at = draft.talk.at.or(draft.made_at).unwrap_or_else(|| tx.now());
    if at > tx.now() + Duration::minutes(5) {
        draft.judged(&[Violation::new("happened_at", "happened_ahead")]);
    }
    let body = json!({ "channel": channel, "content": content, "happened_at": at }).to_string();
    let input: NewInteraction = match domain::check(body.as_bytes()) {
        Ok(input) => input,
        Err(violations) => {
            draft.judged(&violations.0);
            return Ok(None);
        }
    };
    let mine = || Ok::<_, Problem>((tx.me()?, tx.who().name.clone()));
    let by = match draft.talk.by.clone() {
        None => mine()?,
        Some(name) => match names.ever(&name) {
            Some(known) => known,
            None => {
                draft.hint("interaction_by", &Violation::new("", "author_unknown"));
                mine()?
            }
        },
    };
    Ok(Some(Told { channel: input.channel, content: input.content, at, by }))
}
