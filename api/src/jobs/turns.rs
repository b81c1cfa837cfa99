//! Long jobs: some steps, then other jobs get their turn.

use super::Job;
use crate::problem::Problem;
use crate::scope::Scope;
use crate::scope::system::System;
use uuid::Uuid;

/// Steps of a run, each a transaction: some seconds, after which others get their turn.
const STEPS: usize = 20;

/// How a run ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Nothing is left to do, or the job is waiting for its next turn.
    Over,
    /// Whoever asked may not work here any more: nothing more is done in their name.
    Gone,
}

/// Takes steps as `staff`, until one says that nothing is left; what is left then is enqueued again.
///
/// # Errors
/// What a step refuses.
pub(crate) async fn take_turn<J: Job>(
    job: &J,
    scope: &mut Scope,
    staff: Uuid,
    mut step: impl AsyncFnMut(&mut Scope) -> Result<bool, Problem>,
) -> Result<Turn, Problem> {
    let system = System::new(scope.installation());
    for _ in 0..STEPS {
        // Anew for each step: a right that was taken away counts at once.
        let Some(mut theirs) = system.staff_scope(scope, staff).await? else { return Ok(Turn::Gone) };
        if step(&mut theirs).await? {
            return Ok(Turn::Over);
        }
    }
    again(job, scope).await?;
    Ok(Turn::Over)
}

/// Takes steps as the business itself, until one says that nothing is left; what is left then is enqueued again. A
/// step may note in the job how far it came.
///
/// # Errors
/// What a step refuses.
pub(crate) async fn in_turns<J: Job>(
    mut job: J,
    mut scope: Scope,
    mut step: impl AsyncFnMut(&mut J, &mut Scope) -> Result<bool, Problem>,
) -> Result<(), Problem> {
    for _ in 0..STEPS {
        if step(&mut job, &mut scope).await? {
            return Ok(());
        }
    }
    again(&job, &mut scope).await
}

async fn again(job: &impl Job, scope: &mut Scope) -> Result<(), Problem> {
    let now = scope.now();
    let tx = scope.begin().await?;
    tx.enqueue(job, now).await?;
    tx.commit().await
}
