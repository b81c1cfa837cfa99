//! Each app lives by its own clock, so that a test which lets a token expire disturbs no other.

use serde::{Deserialize, Serialize};

/// The only place that reads the machine's clock.
fn wall() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine; each app has its offset")]
    let now = chrono::Utc::now();
    now.timestamp()
}

#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Clock {
    offset_s: i64,
    /// When set, time stands still here.
    stopped_at: Option<i64>,
}

/// What `POST /sim/clock` may ask for; the parts apply in this order.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ClockChange {
    /// Which app; not used when the app stands in the path.
    pub(crate) appid: String,
    /// Unix seconds to jump to.
    pub(crate) now: Option<i64>,
    pub(crate) advance_s: i64,
    /// true stops the clock, false lets it run on from where it stands.
    pub(crate) stopped: Option<bool>,
}

impl Clock {
    pub(crate) fn now(&self) -> i64 {
        self.stopped_at.unwrap_or_else(|| wall().saturating_add(self.offset_s))
    }

    pub(crate) fn change(&mut self, change: &ClockChange) {
        let stopped = change.stopped.unwrap_or(self.stopped_at.is_some());
        let now = change.now.unwrap_or_else(|| self.now()).saturating_add(change.advance_s);
        self.offset_s = now.saturating_sub(wall());
        self.stopped_at = stopped.then_some(now);
    }
}

/// The day in Beijing, by which WeChat counts daily quotas.
pub(crate) fn beijing_day(now: i64) -> i64 {
    now.saturating_add(8 * 3600).div_euclid(86_400)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stopped_clock_moves_only_when_told() {
        let mut clock = Clock::default();
        clock.change(&ClockChange { now: Some(1_767_225_600), stopped: Some(true), ..ClockChange::default() });
        assert_eq!(clock.now(), 1_767_225_600);
        clock.change(&ClockChange { advance_s: 60, ..ClockChange::default() });
        assert_eq!(clock.now(), 1_767_225_660);
    }

    #[test]
    fn quotas_turn_over_at_midnight_in_beijing() {
        assert_eq!(beijing_day(57_599), 0);
        assert_eq!(beijing_day(57_600), 1);
    }
}
