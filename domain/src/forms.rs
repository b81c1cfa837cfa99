//! The register of forms and state machines. A struct that is not listed here cannot be a request
//! body: [`crate::check`] asks for [`Form`], and only this list implements it.

use serde::Serialize;
use serde::de::DeserializeOwned;
use validator::Validate;

use crate::code::Code;
use crate::table::{RuleTable, Table};
use crate::{
    accounts, bulk, custom_fields, customers, duplicates, filters, interactions, keys, offers, opportunities, orders,
    plans, pools, privacy, staff, step_up, tags, tasks, transfer,
};

/// A struct that a request body may be.
pub trait Form: RuleTable + Validate + Serialize + DeserializeOwned {}

/// Something that wants to see every form with its type: the differential test.
pub trait Visitor {
    /// Called once for each form.
    fn form<T: Form>(&mut self);
}

macro_rules! forms {
    (phone { $($phone:path,)* } server { $($server:path,)* }) => {
        $(impl Form for $phone {})*
        $(impl Form for $server {})*

        /// Forms that a person fills in on the phone: their rules are in the phone's module.
        pub static FORMS: &[&Table] = &[$(<$phone as RuleTable>::TABLE),*];

        /// Forms that only programs fill in; the server alone knows their rules.
        pub static SERVER_FORMS: &[&Table] = &[$(<$server as RuleTable>::TABLE),*];

        /// Shows every form to the visitor.
        pub fn each(visitor: &mut impl Visitor) {
            $(visitor.form::<$phone>();)*
            $(visitor.form::<$server>();)*
        }
    };
}

// Each form on the phone costs about 1.6 KB of its module: list it there only if a person types it.
forms! {
    phone {
        accounts::ReceiptProof,
        custom_fields::NewCustomField,
        custom_fields::CustomFieldChanges,
        customers::NewCustomer,
        customers::CustomerChanges,
        interactions::NewInteraction,
        offers::NewOffer,
        offers::OfferChanges,
        opportunities::NewOpportunity,
        opportunities::OpportunityChanges,
        opportunities::OpportunityMove,
        orders::NewOrder,
        orders::OrderChanges,
        orders::OrderMove,
        plans::NewPlan,
        tags::NewTagGroup,
        tags::TagGroupChanges,
        tags::NewTag,
        tags::TagChanges,
        tasks::NewTask,
        tasks::Snooze,
    }
    server {
        accounts::WechatLogin,
        accounts::PasswordLogin,
        accounts::PasswordChange,
        accounts::Refresh,
        accounts::Switch,
        accounts::PhoneProof,
        accounts::NewNetworkRule,
        step_up::SecondFactor,
        step_up::TotpConfirmation,
        step_up::StepUpRequest,
        step_up::StepUpProof,
        custom_fields::CustomFieldOrder,
        customers::CustomerTags,
        tags::TagOrder,
        tags::TagMerge,
        tags::NewTagRule,
        tags::TagRuleChanges,
        tags::TagRulePreview,
        bulk::BulkChange,
        bulk::BulkDeletion,
        duplicates::Merge,
        transfer::ImportStart,
        transfer::NewExport,
        customers::NewRelation,
        customers::NewCustomerType,
        customers::CustomerTypeChanges,
        filters::Filter,
        filters::NewView,
        filters::ViewChanges,
        filters::ViewChoice,
        staff::NewStaff,
        staff::NewInvitation,
        staff::InvitationTicket,
        staff::InvitationAnswer,
        staff::StaffChanges,
        staff::RoleChoice,
        staff::NewRole,
        staff::RoleChanges,
        staff::NewTeam,
        staff::TeamChanges,
        staff::NewHandover,
        staff::Helper,
        offers::NewCustomerOffer,
        offers::CustomerOfferMove,
        plans::PlanChanges,
        pools::NewPool,
        pools::PoolChanges,
        pools::Release,
        pools::Assignment,
        pools::PoolSettingsChanges,
        pools::RecycleTerms,
        pools::NewRecycleRule,
        pools::RecycleRuleChanges,
        staff::BusinessChanges,
        staff::SignUp,
        staff::NewBusiness,
        staff::NewTenantStaff,
        staff::TenantErasure,
        staff::TenantChanges,
        keys::NewRotation,
        customers::Erasure,
        privacy::NewConsent,
        privacy::NewDataRequest,
        privacy::RequestAnswer,
    }
}

/// The rules of a form that the phone knows.
#[must_use]
pub fn form(name: &str) -> Option<&'static Table> {
    FORMS.iter().copied().find(|table| table.name == name)
}

/// Legal moves: event and next state.
pub type Moves = Vec<(&'static str, &'static str)>;

/// A state machine: its name, and the legal moves (event, next state) out of a state.
pub struct Machine {
    /// Such as `order`.
    pub name: &'static str,
    /// The moves out of a state; `None` when there is no such state.
    pub moves: fn(state: &str) -> Option<Moves>,
}

/// Every state machine that the phone offers moves of.
pub static MACHINES: &[Machine] = &[
    Machine {
        name: "order",
        moves: |state| moves(state, |state: orders::OrderStatus, event: orders::OrderEvent| state.after(event).ok()),
    },
    Machine {
        name: "opportunity",
        moves: |state| {
            use opportunities::{OpportunityEvent, OpportunityState};
            moves(state, |state: OpportunityState, event: OpportunityEvent| state.after(event).ok())
        },
    },
];

/// The legal moves of a machine out of a state.
#[must_use]
pub fn next_moves(machine: &str, state: &str) -> Option<Moves> {
    let machine = MACHINES.iter().find(|known| known.name == machine)?;
    (machine.moves)(state)
}

fn moves<S: Code, E: Code>(state: &str, after: impl Fn(S, E) -> Option<S>) -> Option<Moves> {
    let state = S::of(state)?;
    let legal = E::ALL.iter().filter_map(|event| Some((event.text(), after(state, *event)?.text())));
    Some(legal.collect())
}
