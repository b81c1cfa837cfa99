//! What a rule would do, before it is switched on.

use super::put::rivals;
use crate::customers::entity::{customer, tagging};
use crate::customers::search::compile;
use crate::problem::Problem;
use crate::scope::Scope;
use crate::tags::entity::{group, tag};
use domain::tags::TagRulePreview;
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait as _, Condition};
use serde::Serialize;
use utoipa::ToSchema;

/// What a rule would do now, in the whole business; counts stop at 1000.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagRuleEffect {
    /// Customers who meet the filter.
    pub meets: u64,
    /// Those of them who would get the tag: they have neither it nor, of a category, another one given by hand.
    pub gains: u64,
    /// Customers from whom it would be taken: a rule gave it, and they do not meet the filter.
    pub loses: u64,
    /// Whether one of the counts stops.
    pub capped: bool,
}

/// Counts what a rule would do.
pub(super) async fn preview(scope: &Scope, asked: &TagRulePreview) -> Result<TagRuleEffect, Problem> {
    let row = scope.find::<tag::Entity>().filter(tag::Column::Id.eq(asked.tag_id)).one().await?;
    let row = row.ok_or_else(|| Problem::field("tag_id", "tag_unknown"))?;
    let group = scope.find::<group::Entity>().filter(group::Column::Id.eq(row.group_id)).one().await?;
    let category = group.filter(|group| group.single.is_some()).map(|group| group.id);
    let whole = scope.whole();
    let rivals = rivals(&whole, category, &[row.id]).await?;
    let holds = compile(scope, &asked.filter).await?;
    let count = async |condition: Condition| whole.find::<customer::Entity>().filter(condition).count().await;
    let id = customer::Column::Id;
    let meets = count(holds.clone()).await?;
    let has = tagged(&whole, Condition::all().add(tagging::Column::TagId.eq(row.id)));
    let hand = Condition::all().add(tagging::Column::TagId.is_in(rivals)).add(tagging::Column::ByRule.is_null());
    let free = Condition::all().add(id.not_in_subquery(has)).add(id.not_in_subquery(tagged(&whole, hand)));
    let gains = count(holds.clone().add(free)).await?;
    let given = Condition::all().add(tagging::Column::TagId.eq(row.id)).add(tagging::Column::ByRule.eq(1));
    let given = Condition::all().add(id.in_subquery(tagged(&whole, given)));
    // Not `NOT holds`: a column without a value is neither.
    let meeting = count(holds.clone().add(given.clone())).await?;
    let all = count(given).await?;
    Ok(TagRuleEffect {
        meets: meets.0,
        gains: gains.0,
        loses: all.0.saturating_sub(meeting.0),
        capped: meets.1 || gains.1 || all.1,
    })
}

fn tagged(scope: &Scope, rows: Condition) -> SelectStatement {
    Query::select()
        .column(tagging::Column::CustomerId)
        .from(tagging::Entity)
        .and_where(tagging::Column::TenantId.eq(scope.tenant_id()))
        .cond_where(rows)
        .to_owned()
}
