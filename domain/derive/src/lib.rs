//! The derive macros of the rule table.
