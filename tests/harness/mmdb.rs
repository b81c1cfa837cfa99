//! A database of places in MaxMind's format, small enough to be written by hand: networks of 24 bits and
//! where they are.

/// The bytes of a file that knows these networks: the first three bytes, latitude and longitude.
pub fn mmdb(places: &[([u8; 3], f64, f64)]) -> Vec<u8> {
    // A tree of bits: each node is two records, 0 for "nothing", otherwise a node or a place.
    let mut nodes: Vec<[Record; 2]> = vec![[Record::Nothing; 2]];
    for (at, (network, ..)) in places.iter().enumerate() {
        let mut node = 0;
        for bit in 0..24 {
            let side = usize::from(network[bit / 8] >> (7 - bit % 8) & 1);
            if bit == 23 {
                nodes[node][side] = Record::Place(at);
            } else if let Record::Node(next) = nodes[node][side] {
                node = next;
            } else {
                nodes.push([Record::Nothing; 2]);
                nodes[node][side] = Record::Node(nodes.len() - 1);
                node = nodes.len() - 1;
            }
        }
    }
    let mut section = Vec::new();
    let offsets: Vec<usize> = places
        .iter()
        .map(|(_, latitude, longitude)| {
            let offset = section.len();
            map(&mut section, 1);
            string(&mut section, "location");
            map(&mut section, 2);
            for (name, value) in [("latitude", latitude), ("longitude", longitude)] {
                string(&mut section, name);
                section.push(3 << 5 | 8);
                section.extend(value.to_be_bytes());
            }
            offset
        })
        .collect();
    let count = nodes.len();
    let mut file = Vec::new();
    for record in nodes.iter().flatten() {
        let value = match record {
            Record::Nothing => count,
            Record::Node(node) => *node,
            Record::Place(at) => count + 16 + offsets[*at],
        };
        file.extend(&u32::try_from(value).expect("small").to_be_bytes()[1..]);
    }
    file.extend([0; 16]);
    file.extend(section);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    map(&mut file, 9);
    string(&mut file, "node_count");
    file.push(6 << 5 | 4);
    file.extend(u32::try_from(count).expect("small").to_be_bytes());
    for (name, value) in
        [("record_size", 24), ("ip_version", 4), ("binary_format_major_version", 2), ("binary_format_minor_version", 0)]
    {
        string(&mut file, name);
        file.extend([5 << 5 | 1, value]);
    }
    string(&mut file, "database_type");
    string(&mut file, "Test-City");
    string(&mut file, "build_epoch");
    file.extend([4, 2, 0, 0, 0, 1]);
    string(&mut file, "languages");
    file.extend([0, 4]);
    string(&mut file, "description");
    map(&mut file, 0);
    file
}

#[derive(Clone, Copy)]
enum Record {
    Nothing,
    Node(usize),
    Place(usize),
}

fn map(to: &mut Vec<u8>, pairs: u8) {
    to.push(7 << 5 | pairs);
}

fn string(to: &mut Vec<u8>, text: &str) {
    let length = u8::try_from(text.len()).expect("short");
    assert!(length < 29, "{text}");
    to.push(2 << 5 | length);
    to.extend(text.as_bytes());
}
