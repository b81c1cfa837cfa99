//! Where a photo was taken is taken out of it: phones write it into their JPEGs, and whoever sends the sign of a shop
//! does not mean to say where somebody lives.

/// Segments and entries that are looked at: a photo has some dozens.
const MOST: usize = 256;
/// The tag that leads to the place.
const PLACE: usize = 0x8825;
const EXIF: &[u8] = b"Exif\0\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

/// Overwrites the place in the beginning of a JPEG, and the description that programs add, which may repeat it. Nothing
/// moves: the length stays, and so does which way up it is.
pub(super) fn forget(head: &mut [u8]) {
    let mut at = 2;
    for _ in 0..MOST {
        let Some([0xff, marker, high, low]) = head.get(at..).and_then(|rest| rest.first_chunk::<4>()).copied() else {
            return;
        };
        // The picture itself begins.
        if marker == 0xda {
            return;
        }
        if marker == 0xff {
            at += 1;
            continue;
        }
        let end = at + 2 + usize::from(u16::from_be_bytes([high, low]));
        let last = end.min(head.len());
        if let (0xe1, Some(block)) = (marker, head.get_mut(at + 4..last)) {
            if block.starts_with(EXIF) {
                block.get_mut(EXIF.len()..).map(wipe_place);
            } else if block.starts_with(XMP) {
                block.iter_mut().skip(XMP.len()).for_each(|byte| *byte = b' ');
            }
        }
        at = end.max(at + 2);
    }
}

/// Numbers of a TIFF, in its own order of bytes.
struct Order {
    little: bool,
}

impl Order {
    fn number<const N: usize>(&self, tiff: &[u8], at: usize) -> Option<usize> {
        let bytes = tiff.get(at..)?.first_chunk::<N>()?;
        let add = |sum: usize, byte: &u8| sum << 8 | usize::from(*byte);
        Some(if self.little { bytes.iter().rev().fold(0, add) } else { bytes.iter().fold(0, add) })
    }

    /// Where the entries of a directory stand.
    fn entries(&self, tiff: &[u8], directory: usize) -> Vec<usize> {
        let count = self.number::<2>(tiff, directory).unwrap_or_default().min(MOST);
        (0..count).map(|entry| directory + 2 + 12 * entry).collect()
    }
}

fn wipe(tiff: &mut [u8], at: usize, length: usize) {
    if let Some(bytes) = at.checked_add(length).and_then(|end| tiff.get_mut(at..end)) {
        bytes.fill(0);
    }
}

fn wipe_place(tiff: &mut [u8]) {
    let order = Order { little: tiff.starts_with(b"II") };
    let Some(first) = order.number::<4>(tiff, 4) else { return };
    for entry in order.entries(tiff, first) {
        if order.number::<2>(tiff, entry) != Some(PLACE) {
            continue;
        }
        let Some(place) = order.number::<4>(tiff, entry + 8) else { continue };
        for value in order.entries(tiff, place) {
            let size = match order.number::<2>(tiff, value + 2) {
                Some(3) => 2,
                Some(4 | 9) => 4,
                Some(5 | 10) => 8,
                _ => 1,
            };
            let length = size * order.number::<4>(tiff, value + 4).unwrap_or_default().min(usize::from(u16::MAX));
            if let (true, Some(elsewhere)) = (length > 4, order.number::<4>(tiff, value + 8)) {
                wipe(tiff, elsewhere, length);
            }
            wipe(tiff, value, 12);
        }
        wipe(tiff, place, 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A JPEG that says which way up it is, and 30° 15′ north.
    fn photo(little: bool) -> Vec<u8> {
        let two = |n: u16| if little { n.to_le_bytes() } else { n.to_be_bytes() };
        let four = |n: u32| if little { n.to_le_bytes() } else { n.to_be_bytes() };
        let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
            [two(tag).to_vec(), two(kind).to_vec(), four(count).to_vec(), value.to_vec()].concat()
        };
        let mut tiff = if little { b"II*\0".to_vec() } else { b"MM\0*".to_vec() };
        tiff.extend(four(8));
        tiff.extend(two(2));
        tiff.extend(entry(0x0112, 3, 1, four(6)));
        tiff.extend(entry(0x8825, 4, 1, four(38)));
        tiff.extend(four(0));
        tiff.extend(two(2));
        tiff.extend(entry(1, 2, 2, *b"N\0\0\0"));
        tiff.extend(entry(2, 5, 3, four(68)));
        tiff.extend(four(0));
        tiff.extend([30_u32, 1, 15, 1, 0, 1].into_iter().flat_map(four));
        let block = [EXIF, &tiff].concat();
        let length = u16::try_from(block.len() + 2).expect("short").to_be_bytes();
        [&b"\xff\xd8\xff\xe1"[..], &length, &block, b"\xff\xda\0\x02picture"].concat()
    }

    #[test]
    fn the_place_goes_and_everything_else_stays() {
        for little in [true, false] {
            let before = photo(little);
            let mut after = before.clone();
            forget(&mut after);
            // Behind the TIFF's beginning (12) and its first directory (38).
            let (place, end) = (12 + 38, 12 + 38 + 54);
            assert_eq!(after[..place], before[..place]);
            // The end of the place's directory is the one thing in it that is none.
            assert!(after[place..end].iter().all(|byte| *byte == 0), "{:?}", &after[place..end]);
            assert_eq!(after[end..], before[end..]);
        }
    }

    #[test]
    fn what_programs_add_is_blank_afterwards() {
        let block = [XMP, b"<x exif:GPSLatitude='30,15N'/>"].concat();
        let length = u16::try_from(block.len() + 2).expect("short").to_be_bytes();
        let mut photo = [&b"\xff\xd8\xff\xe1"[..], &length, &block, b"\xff\xda\0\x02"].concat();
        forget(&mut photo);
        assert!(!photo.windows(3).any(|some| some == b"GPS") && photo.ends_with(b"  \xff\xda\0\x02"));
    }

    #[test]
    fn whatever_is_done_to_a_photo_it_is_looked_at() {
        crate::mutants::endure(&[photo(true), photo(false)], |bytes| forget(&mut bytes.to_vec()));
    }
}
