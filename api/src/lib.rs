//! Shuke.
