//! The file of what is wrong: the same rows in the same columns, with one more that says why.

use super::super::entity::{import, row};
use super::super::files;
use super::super::sheet::Sheet;
use super::draft::Flaw;
use super::view::headers;
use crate::problem::Problem;
use crate::scope::Scope;
use domain::Lang;
use domain::transfer::{ColumnUse, ImportStart, RowOutcome};
use futures::Stream;
use futures::stream::unfold;
use sea_orm::ColumnTrait as _;
use sea_orm::sea_query::{Condition, ExprTrait as _};
use std::collections::HashMap;

/// What is not as the file said: wrong, left out, or not taken back.
const OUT: [RowOutcome; 3] = [RowOutcome::Failed, RowOutcome::Skipped, RowOutcome::Kept];

/// The word above the column that this file adds.
const fn added(lang: Lang, hints: bool) -> &'static str {
    match (lang, hints) {
        (Lang::Zh, false) => "失败原因",
        (Lang::Zh, true) => "提示",
        (_, false) => "Reason",
        (_, true) => "Hint",
    }
}

/// The columns without those that such a file had added which was mended and sent again: the old reasons are no part of
/// the table. A column that was meant for something is one of the table's own.
fn own_columns(mut headers: Vec<String>, asked: Option<&str>) -> Vec<String> {
    let asked: Option<ImportStart> = asked.and_then(|text| serde_json::from_str(text).ok());
    let meant = |at: usize| {
        let here = |of: &ColumnUse| usize::try_from(of.column) == Ok(at);
        asked.as_ref().is_some_and(|asked| asked.columns.iter().any(here))
    };
    let ours = |word: &String| {
        [Lang::Zh, Lang::En].iter().any(|lang| [false, true].iter().any(|hints| added(*lang, *hints) == word.trim()))
    };
    while headers.last().is_some_and(ours) && !meant(headers.len() - 1) {
        headers.pop();
    }
    headers
}

/// What a stream of a table is at.
struct State {
    scope: Scope,
    import: import::Model,
    headers: Vec<String>,
    lang: Lang,
    hints: bool,
    sheet: Option<Sheet>,
    next: i64,
}

/// The rows that failed, were left out or were not taken back, or those that came in with a hint, piece by piece.
///
/// # Errors
/// When the rows have gone.
pub(super) async fn stream(
    scope: Scope,
    import: import::Model,
    (lang, hints): (Lang, bool),
) -> Result<impl Stream<Item = Result<actix_web::web::Bytes, actix_web::Error>> + 'static, Problem> {
    let Some(headers) = headers(&scope, &import).await? else { return Err(Problem::conflict("file_gone", None)) };
    let headers = own_columns(headers, import.asked.as_deref());
    let sheet = Some(Sheet::new(import.format.0));
    let state = State { scope, import, headers, lang, hints, sheet, next: 0 };
    Ok(unfold(state, async |mut state: State| {
        let sheet = state.sheet.take()?;
        match step(&mut state, sheet).await {
            Ok(bytes) => Some((Ok(bytes.into()), state)),
            Err(problem) => Some((Err(problem.into()), state)),
        }
    }))
}

/// The next piece of the file; the table is put back unless this was its end.
async fn step(state: &mut State, mut sheet: Sheet) -> Result<Vec<u8>, Problem> {
    if state.next == 0 {
        let reason = added(state.lang, state.hints);
        let bytes = sheet.row(state.headers.iter().map(String::as_str).chain([reason]))?;
        (state.next, state.sheet) = (1, Some(sheet));
        return Ok(bytes);
    }
    let lines = match state.next < state.import.chunk_count {
        true => files::get(&state.scope, state.import.file(), state.next).await?,
        false => None,
    };
    let Some(lines) = lines else { return Ok(sheet.finish()?.0) };
    state.next += 1;
    let (first, last) = (lines.first().map_or(0, |line| line.number), lines.last().map_or(0, |line| line.number));
    let out = row::Column::Outcome.is_in(OUT.map(RowOutcome::as_str));
    let wrong = Condition::all()
        .add(row::Column::ImportId.eq(state.import.id))
        .add(row::Column::Run.eq(state.import.run))
        .add(if state.hints { out.not().and(row::Column::Reasons.is_not_null()) } else { out })
        .add(row::Column::Line.between(first, last));
    let rows = state.scope.find::<row::Entity>().filter(wrong).all().await?;
    let reasons: HashMap<i64, Option<String>> = rows.into_iter().map(|row| (row.line, row.reasons)).collect();
    let mut bytes = Vec::new();
    for line in lines {
        let Some(reasons) = reasons.get(&line.number) else { continue };
        let flaws: Vec<Flaw> = reasons.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let said: Vec<String> = flaws.iter().map(|flaw| flaw.said(&state.headers, state.lang)).collect();
        let said = said.join(if state.lang == Lang::Zh { "；" } else { "; " });
        let cells = (0..state.headers.len()).map(|column| line.cell(column)).chain([said.as_str()]);
        bytes.extend(sheet.row(cells)?);
    }
    state.sheet = Some(sheet);
    Ok(bytes)
}
