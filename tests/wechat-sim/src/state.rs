//! Everything the simulator remembers: one ledger per app, the phones, and who owns which token.
//!
//! Each app has one lock. No code holds two locks at once and none is held over an await, so the
//! order of locking needs no rule.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::books::Books;
use crate::clock::Clock;
use crate::config::AppConfig;
use crate::fault::Fault;
use crate::login::Logins;
use crate::number::PhoneCodes;
use crate::phone::Card;
use crate::random::Random;
use crate::subscribe::Subscriptions;
use crate::token::Tokens;

pub(crate) struct World {
    apps: Mutex<BTreeMap<String, Arc<App>>>,
    phones: Mutex<BTreeMap<String, Card>>,
    /// Which app a token was issued to.
    token_owners: Mutex<HashMap<String, String>>,
    pub(crate) random: Random,
    pub(crate) http: reqwest::Client,
}

pub(crate) struct App {
    pub(crate) appid: String,
    ledger: Mutex<Ledger>,
    /// Requests being served and events on their way to the app's server.
    under_way: AtomicUsize,
}

pub(crate) struct Ledger {
    pub(crate) config: AppConfig,
    pub(crate) clock: Clock,
    pub(crate) tokens: Tokens,
    pub(crate) logins: Logins,
    pub(crate) phone_codes: PhoneCodes,
    pub(crate) subscriptions: Subscriptions,
    /// openid → phone: the users this app has met. Any other openid is 40003.
    pub(crate) users: BTreeMap<String, String>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) books: Books,
    /// Flips with every single-item event when the shape of `List` alternates.
    pub(crate) list_as_array: bool,
    /// Flips with every phone exchange when the type of `countryCode` alternates.
    pub(crate) country_code_as_text: bool,
    /// Users a message is being sent to right now.
    pub(crate) sending_to: BTreeSet<String>,
}

/// A poisoned lock means that another request panicked; the data are still the best there is.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    pub(crate) fn new(random: Random, http: reqwest::Client) -> Self {
        Self { apps: Mutex::default(), phones: Mutex::default(), token_owners: Mutex::default(), random, http }
    }

    /// Registers an app; `None` when the appid is taken.
    pub(crate) fn add_app(&self, config: AppConfig) -> Option<Arc<App>> {
        let mut apps = lock(&self.apps);
        if apps.contains_key(&config.appid) {
            return None;
        }
        let app = Arc::new(App {
            appid: config.appid.clone(),
            under_way: AtomicUsize::new(0),
            ledger: Mutex::new(Ledger {
                config,
                clock: Clock::default(),
                tokens: Tokens::default(),
                logins: Logins::default(),
                phone_codes: PhoneCodes::default(),
                subscriptions: Subscriptions::default(),
                users: BTreeMap::new(),
                faults: Vec::new(),
                books: Books::default(),
                list_as_array: false,
                country_code_as_text: false,
                sending_to: BTreeSet::new(),
            }),
        });
        apps.insert(app.appid.clone(), Arc::clone(&app));
        Some(app)
    }

    pub(crate) fn app(&self, appid: &str) -> Option<Arc<App>> {
        lock(&self.apps).get(appid).cloned()
    }

    pub(crate) fn apps(&self) -> Vec<Arc<App>> {
        lock(&self.apps).values().cloned().collect()
    }

    pub(crate) fn remember_token(&self, token: &str, appid: &str) {
        lock(&self.token_owners).insert(token.to_owned(), appid.to_owned());
    }

    pub(crate) fn app_of_token(&self, token: &str) -> Option<Arc<App>> {
        let appid = lock(&self.token_owners).get(token).cloned()?;
        self.app(&appid)
    }

    /// The phone of that name; a phone nobody set up has the default card.
    pub(crate) fn card(&self, phone: &str) -> Card {
        lock(&self.phones).entry(phone.to_owned()).or_insert_with(|| Card::of(phone)).clone()
    }

    pub(crate) fn set_card(&self, phone: &str, card: Card) {
        lock(&self.phones).insert(phone.to_owned(), card);
    }
}

impl App {
    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        lock(&self.ledger)
    }

    pub(crate) fn under_way(&self) -> usize {
        self.under_way.load(Ordering::SeqCst)
    }

    /// Counts a piece of work as under way until the returned mark is dropped.
    pub(crate) fn begin(self: &Arc<Self>) -> UnderWay {
        self.under_way.fetch_add(1, Ordering::SeqCst);
        UnderWay(Arc::clone(self))
    }
}

pub(crate) struct UnderWay(Arc<App>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}
