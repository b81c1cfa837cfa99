"""The audit record: what a new customer's entry says."""

import json

from .keys import new_id
from .models import AuditEntry

PLAIN = ("owner_id", "pool_id", "kind", "type", "source", "last_contact_at", "next_contact_at", "created_by")
PERSONAL = ("name", "company", "title", "region", "birthday", "remark")
SECRET = ("person_key", "vault")


def record_new(actor, request, customer, keys, record_key):
    fields, personal = {}, {}
    for name in PLAIN:
        if (value := getattr(customer, name)) is not None:
            fields[name] = {"new": str(value)}
    for name in PERSONAL:
        if (value := getattr(customer, name)) is not None:
            fields[name] = "personal"
            personal[name] = {"new": str(value)}
    fields.update(dict.fromkeys(SECRET, "secret"))
    entry = new_id()
    AuditEntry.objects.create(
        tenant_id=actor.tenant_id,
        id=entry,
        actor_id=actor.staff_id,
        actor_name=actor.name,
        action="create",
        resource="customer",
        resource_id=customer.id,
        changes=json.dumps({"fields": fields}, ensure_ascii=False, separators=(",", ":"), sort_keys=True),
        request_id=str(new_id()),
        at=customer.created_at,
        address=request.META.get("REMOTE_ADDR"),
        session_id=actor.session_id,
        person_id=customer.id,
        sealed=keys.seal_record(record_key, entry, personal),
    )
