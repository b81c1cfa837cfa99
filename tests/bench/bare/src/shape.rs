//! What comes in and goes out, in the product's shape.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A row, every column that was fetched decoded.
#[derive(Default)]
pub struct Row {
    pub id: Uuid,
    pub owner_id: Uuid,
    pub pool_id: Option<Uuid>,
    pub name: String,
    pub kind: String,
    pub type_: String,
    pub company: Option<String>,
    pub title: Option<String>,
    pub region: Option<String>,
    pub source: Option<String>,
    pub industry: Option<String>,
    pub size: Option<String>,
    pub needs: Option<String>,
    pub dates: Option<String>,
    pub birthday: Option<NaiveDate>,
    pub remark: Option<String>,
    pub person_key: Option<Vec<u8>>,
    pub vault: Option<Vec<u8>>,
    pub last_contact_at: Option<DateTime<Utc>>,
    pub next_contact_at: Option<DateTime<Utc>>,
    pub created_by: Uuid,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub custom: Option<String>,
    pub ads_refused_at: Option<DateTime<Utc>>,
    /// Whether whoever asks has marked them.
    pub starred: bool,
}

#[derive(Serialize)]
pub struct Page {
    pub items: Vec<View>,
    pub next_cursor: String,
}

#[derive(Serialize)]
struct Tag {
    id: Uuid,
    name: String,
    colour: String,
    by_rule: bool,
}

#[derive(Serialize)]
struct PhoneView {
    masked: &'static str,
    label: Option<String>,
}

#[derive(Serialize)]
pub struct View {
    pub id: Uuid,
    name: String,
    kind: String,
    #[serde(rename = "type")]
    type_: String,
    company: Option<String>,
    title: Option<String>,
    region: Option<String>,
    region_name: Option<&'static str>,
    source: Option<String>,
    owner_id: Option<Uuid>,
    pool_id: Option<Uuid>,
    phone_masked: Option<&'static str>,
    phone_count: usize,
    tags: Vec<Tag>,
    starred: bool,
    custom: BTreeMap<String, String>,
    last_contact_at: Option<DateTime<Utc>>,
    next_contact_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    version: i64,
    #[serde(flatten)]
    whole: Option<Whole>,
}

#[derive(Serialize)]
struct Whole {
    phones: [PhoneView; 1],
    emails: [PhoneView; 0],
    wechat_ids: [PhoneView; 0],
    address: Option<String>,
    industry: Option<String>,
    size: Option<String>,
    needs: Option<String>,
    dates: Vec<String>,
    birthday: Option<NaiveDate>,
    remark: Option<String>,
    remark_secret: bool,
    ads_refused_at: Option<DateTime<Utc>>,
    created_by: Uuid,
}

impl View {
    /// As in a list, or whole.
    pub fn of(row: Row, whole: bool) -> Self {
        // Nothing is opened: there is a phone when there is something sealed.
        let phone = row.vault.as_ref().and(row.person_key.as_ref()).map(|_| "138****8000");
        Self {
            id: row.id,
            name: row.name,
            kind: row.kind,
            type_: row.type_,
            company: row.company,
            title: row.title,
            region_name: row.region.as_ref().map(|_| "浙江省杭州市西湖区"),
            region: row.region,
            source: row.source,
            owner_id: row.pool_id.is_none().then_some(row.owner_id),
            pool_id: row.pool_id,
            phone_masked: phone,
            phone_count: 1,
            tags: Vec::new(),
            starred: row.starred,
            custom: row.custom.into_iter().map(|custom| ("custom".to_owned(), custom)).collect(),
            last_contact_at: row.last_contact_at,
            next_contact_at: row.next_contact_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
            whole: whole.then(|| Whole {
                phones: [PhoneView { masked: "138****8000", label: None }],
                emails: [],
                wechat_ids: [],
                address: None,
                industry: row.industry,
                size: row.size,
                needs: row.needs,
                dates: row.dates.into_iter().collect(),
                birthday: row.birthday,
                remark: row.remark,
                remark_secret: false,
                ads_refused_at: row.ads_refused_at,
                created_by: row.created_by,
            }),
        }
    }

    /// A customer who was just written down.
    pub fn new(new: &New, id: Uuid, staff: Uuid, now: DateTime<Utc>) -> Self {
        let row = Row {
            id,
            owner_id: staff,
            pool_id: None,
            name: new.name.clone(),
            kind: new.kind.clone(),
            type_: new.type_.clone(),
            company: new.company.clone(),
            title: None,
            region: new.region.clone(),
            source: new.source.clone(),
            industry: None,
            size: None,
            needs: None,
            dates: None,
            birthday: None,
            remark: new.remark.clone(),
            person_key: Some(Vec::new()),
            vault: Some(Vec::new()),
            last_contact_at: None,
            next_contact_at: None,
            created_by: staff,
            version: 1,
            created_at: now,
            updated_at: now,
            custom: None,
            ads_refused_at: None,
            starred: false,
        };
        Self::of(row, true)
    }

    pub fn tag(&mut self, id: Uuid, name: String, colour: String, by_rule: bool) {
        self.tags.push(Tag { id, name, colour, by_rule });
    }
}

/// A customer to be.
#[derive(Deserialize)]
pub struct New {
    pub name: String,
    pub kind: String,
    #[serde(rename = "type")]
    pub type_: String,
    pub company: Option<String>,
    pub region: Option<String>,
    pub source: Option<String>,
    pub remark: Option<String>,
    pub tag_ids: Vec<Uuid>,
}

impl New {
    pub fn text(&self) -> String {
        [self.name.as_str(), self.company.as_deref().unwrap_or_default(), "zhangsanfeng"].join("\n")
    }

    /// As many terms as the product has for such names: pairs as they are, and numbers that stand for sounds.
    pub fn terms(&self) -> Vec<i64> {
        let mut terms = Vec::new();
        for (text, sounds) in [(Some(&self.name), 12), (self.company.as_ref(), 9)] {
            let Some(text) = text else { continue };
            let characters: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c)) << 21).collect();
            terms.extend(&characters);
            terms.extend(characters.windows(2).map(|two| two[0] | two[1] >> 21));
            let mut sound = characters.iter().fold(7_i64, |sum, c| sum.wrapping_mul(31).wrapping_add(*c));
            for _ in 0..sounds {
                sound = sound.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                terms.push(1 << 60 | (sound >> 20 & 0xff_ffff));
            }
        }
        terms.sort_unstable();
        terms.dedup();
        terms
    }
}
