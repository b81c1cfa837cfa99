//! Whether somebody could have got from where they were last to where they are now. Only with a database
//! of places; it is asked about the prefix that the list of sessions shows, never sent anything.

use anyhow::Context as _;
use chrono::Duration;
use ipnet::IpNet;
use maxminddb::{Reader, geoip2};

/// Faster than any airliner, so that the place of a network may be wrong by a province.
const KM_PER_HOUR: f64 = 1000.0;
/// Below this the places themselves are too vague.
const FAR_KM: f64 = 500.0;
const EARTH_KM: f64 = 6371.0;

/// Where networks are, when a database says so.
#[derive(Default)]
pub(crate) struct Places {
    reader: Option<Reader<Vec<u8>>>,
}

impl Places {
    /// Reads the database; an empty name is none.
    ///
    /// # Errors
    /// When the file is missing or is no such database.
    pub(crate) fn open(file: &str) -> anyhow::Result<Self> {
        if file.is_empty() {
            return Ok(Self::default());
        }
        let reader = Reader::open_readfile(file).with_context(|| format!("[auth] ip_database {file}"))?;
        Ok(Self { reader: Some(reader) })
    }

    /// Latitude and longitude of a network.
    fn of(&self, network: &str) -> Option<(f64, f64)> {
        let address = network.parse::<IpNet>().ok()?.addr();
        let city = self.reader.as_ref()?.lookup(address).ok()?.decode::<geoip2::City<'_>>().ok()??;
        Some((city.location.latitude?, city.location.longitude?))
    }

    /// Whether nobody gets from one network to the other in that time.
    pub(super) fn impossible(&self, from: &str, to: &str, between: Duration) -> bool {
        let (Some(from), Some(to)) = (self.of(from), self.of(to)) else { return false };
        too_far(kilometres(from, to), between)
    }
}

fn too_far(kilometres: f64, between: Duration) -> bool {
    let hours = f64::from(i32::try_from(between.num_seconds().max(0)).unwrap_or(i32::MAX)) / 3600.0;
    kilometres > FAR_KM && kilometres > hours * KM_PER_HOUR
}

/// Along the surface (haversine).
fn kilometres((lat_a, lon_a): (f64, f64), (lat_b, lon_b): (f64, f64)) -> f64 {
    let (lat_a, lat_b) = (lat_a.to_radians(), lat_b.to_radians());
    let (lat, lon) = ((lat_b - lat_a) / 2.0, (lon_b - lon_a).to_radians() / 2.0);
    let chord = lat.sin().powi(2) + lat_a.cos() * lat_b.cos() * lon.sin().powi(2);
    2.0 * EARTH_KM * chord.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HANGZHOU: (f64, f64) = (30.27, 120.15);
    const BEIJING: (f64, f64) = (39.90, 116.40);
    const LONDON: (f64, f64) = (51.51, -0.13);

    #[test]
    fn distances_are_those_of_the_globe() {
        assert!((kilometres(HANGZHOU, BEIJING) - 1124.0).abs() < 20.0);
        assert!((kilometres(HANGZHOU, LONDON) - 9230.0).abs() < 100.0);
        assert!(kilometres(HANGZHOU, HANGZHOU) < 0.001);
    }

    #[test]
    fn a_flight_is_possible_and_a_leap_is_not() {
        let far = kilometres(HANGZHOU, LONDON);
        assert!(too_far(far, Duration::hours(2)) && !too_far(far, Duration::hours(13)));
        assert!(!too_far(kilometres(HANGZHOU, BEIJING), Duration::hours(2)));
        assert!(!too_far(400.0, Duration::zero()), "the next province");
    }
}
