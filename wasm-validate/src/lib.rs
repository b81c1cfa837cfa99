//! WebAssembly surface over the rules.
