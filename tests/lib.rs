//! The tests live in `main.rs`; a package needs a target of its own to be part of the workspace.
