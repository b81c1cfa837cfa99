"""The same tables; the measured server migrates them."""

from django.db import models

from .fields import Bytes, Id


class Aggregate(models.Model):
    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.BigIntegerField()
    id = Id()
    version = models.BigIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    live = models.BigIntegerField(null=True, default=1)

    class Meta:
        abstract = True


class Tenant(models.Model):
    id = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=191)
    tenant_key = Bytes(null=True)
    suspended_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "tenants"


class Session(models.Model):
    id = Id(primary_key=True)
    account_id = Id()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    wiped_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "sessions"


class Staff(Aggregate):
    name = models.CharField(max_length=191)
    role = models.CharField(max_length=191)
    account_id = Id(null=True)
    auth_epoch = models.BigIntegerField()
    suspended_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "staff"


class Customer(Aggregate):
    owner_id = Id()
    pool_id = Id(null=True)
    name = models.CharField(max_length=191)
    kind = models.CharField(max_length=191)
    type = models.CharField(max_length=191)
    company = models.CharField(max_length=191, null=True)
    title = models.CharField(max_length=191, null=True)
    region = models.CharField(max_length=191, null=True)
    source = models.CharField(max_length=191, null=True)
    birthday = models.DateField(null=True)
    remark = models.CharField(max_length=2000, null=True)
    industry = models.CharField(max_length=191, null=True)
    size = models.CharField(max_length=191, null=True)
    needs = models.CharField(max_length=2000, null=True)
    dates = models.TextField(null=True)
    custom = models.TextField(null=True)
    person_key = Bytes(null=True)
    vault = Bytes(null=True)
    last_contact_at = models.DateTimeField(null=True)
    next_contact_at = models.DateTimeField(null=True)
    created_by = Id()
    erased_at = models.DateTimeField(null=True)
    merged_into = Id(null=True)
    owned_at = models.DateTimeField(null=True)
    ads_refused_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "customers"


class TagGroup(Aggregate):
    name = models.CharField(max_length=191)
    place = models.BigIntegerField(null=True)
    single = models.BigIntegerField(null=True)
    gone = models.TextField(null=True)

    class Meta:
        managed = False
        db_table = "tag_groups"


class Tag(Aggregate):
    group_id = Id()
    name = models.CharField(max_length=191)
    colour = models.CharField(max_length=191)
    place = models.BigIntegerField(null=True)
    merged_into = Id(null=True)
    followed = models.TextField(null=True)
    group = models.ForeignObject(
        TagGroup, on_delete=models.DO_NOTHING, from_fields=("tenant_id", "group_id"), to_fields=("tenant_id", "id")
    )

    class Meta:
        managed = False
        db_table = "tags"


class Tagging(models.Model):
    pk = models.CompositePrimaryKey("tenant_id", "customer_id", "tag_id")
    tenant_id = models.BigIntegerField()
    customer_id = Id()
    tag_id = Id()
    by_rule = models.BigIntegerField(null=True)
    merged_from = Id(null=True)
    customer_at = models.DateTimeField(null=True)
    region = models.CharField(max_length=191, null=True)
    holder_id = Id(null=True)
    live = models.BigIntegerField(null=True)
    tag = models.ForeignObject(
        Tag, on_delete=models.DO_NOTHING, from_fields=("tenant_id", "tag_id"), to_fields=("tenant_id", "id")
    )

    class Meta:
        managed = False
        db_table = "customer_tags"


class Star(models.Model):
    pk = models.CompositePrimaryKey("tenant_id", "staff_id", "customer_id")
    tenant_id = models.BigIntegerField()
    staff_id = Id()
    customer_id = Id()

    class Meta:
        managed = False
        db_table = "customer_stars"


class Helper(models.Model):
    pk = models.CompositePrimaryKey("tenant_id", "customer_id", "staff_id")
    tenant_id = models.BigIntegerField()
    customer_id = Id()
    staff_id = Id()

    class Meta:
        managed = False
        db_table = "customer_helpers"


class Phone(models.Model):
    pk = models.CompositePrimaryKey("tenant_id", "customer_id", "position")
    tenant_id = models.BigIntegerField()
    customer_id = Id()
    position = models.BigIntegerField()
    digest = Bytes()
    last_four = Bytes()
    next_digest = Bytes(null=True)
    next_last_four = Bytes(null=True)
    primary_live = models.BigIntegerField(null=True)
    holder_id = Id(null=True)

    class Meta:
        managed = False
        db_table = "customer_phones"


class Searched(models.Model):
    pk = models.CompositePrimaryKey("tenant_id", "customer_id")
    tenant_id = models.BigIntegerField()
    customer_id = Id()
    name_key = models.CharField(max_length=191)
    text = models.CharField(max_length=2000, null=True)
    holder_id = Id(null=True)

    class Meta:
        managed = False
        db_table = "customer_search"


class Term(models.Model):
    pk = models.CompositePrimaryKey("tenant_id", "term", "customer_id")
    tenant_id = models.BigIntegerField()
    term = models.BigIntegerField()
    customer_id = Id()

    class Meta:
        managed = False
        db_table = "customer_terms"


class AuditEntry(models.Model):
    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.BigIntegerField()
    id = Id()
    actor_id = Id(null=True)
    actor_name = models.CharField(max_length=191)
    action = models.CharField(max_length=191)
    resource = models.CharField(max_length=191)
    resource_id = Id(null=True)
    changes = models.TextField(null=True)
    request_id = models.CharField(max_length=191)
    at = models.DateTimeField()
    address = models.CharField(max_length=191, null=True)
    session_id = Id(null=True)
    person_id = Id(null=True)
    sealed = Bytes(null=True)
    seq = models.BigIntegerField(null=True)
    hash = Bytes(null=True)

    class Meta:
        managed = False
        db_table = "audit_entries"


class Remembered(models.Model):
    """The answers of requests that may come twice."""

    pk = models.CompositePrimaryKey("tenant_id", "actor_id", "digest")
    tenant_id = models.BigIntegerField()
    actor_id = Id()
    digest = Bytes()
    body_digest = Bytes()
    answer = Bytes(null=True)
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "idempotency"
