"""Customers over HTTP: get, list and create, with the answers of the measured server."""

import base64
import hashlib
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from rest_framework import viewsets
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from .auth import SEES_ALL, SEES_POOL
from .keys import mark, new_id, tenant_keys
from .models import Customer, Helper, Phone, Remembered, Searched, Star, Tag, Tagging, Term
from .record import record_new
from .serializers import CustomerRowSerializer, CustomerSerializer, NewCustomerSerializer
from .terms import indexed

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def seen(actor):
    """The customers that somebody sees."""
    rows = Customer.objects.filter(tenant_id=actor.tenant_id, live=1)
    if actor.role in SEES_ALL:
        return rows
    helped = Helper.objects.filter(tenant_id=actor.tenant_id, staff_id=actor.staff_id).values("customer_id")
    which = Q(pool_id=None, owner_id=actor.staff_id) | Q(id__in=helped)
    if actor.role in SEES_POOL:
        which |= Q(pool_id__isnull=False)
    return rows.filter(which)


def with_star(rows, actor):
    """Each with whether whoever asks has marked it."""
    mine = Star.objects.filter(tenant_id=actor.tenant_id, staff_id=actor.staff_id, customer_id=OuterRef("id"))
    return rows.annotate(starred=Exists(mine))


def tags_of(tenant_id, customers):
    """The live tags of customers, in one statement."""
    rows = Tagging.objects.filter(tenant_id=tenant_id, customer_id__in=customers).select_related("tag")
    found = defaultdict(list)
    for row in rows.order_by("tag__created_at"):
        if row.tag.live:
            found[row.customer_id].append(row)
    return found


def encode(customer):
    micros = (customer.created_at - EPOCH) // timedelta(microseconds=1)
    return base64.urlsafe_b64encode(micros.to_bytes(8, "big") + customer.id.bytes).rstrip(b"=").decode()


def decode(cursor):
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return EPOCH + timedelta(microseconds=int.from_bytes(raw[:8], "big")), UUID(bytes=raw[8:])
    except ValueError as error:
        raise ValidationError({"cursor": "cursor_invalid"}) from error


class CustomerViewSet(viewsets.GenericViewSet):
    permissions = {"list": "customers.read", "retrieve": "customers.read", "create": "customers.write"}

    def context(self, tags):
        return {"keys": tenant_keys(self.request.user.tenant_id), "tags": tags}

    def retrieve(self, request, id):
        actor = request.user
        customer = with_star(seen(actor).filter(id=id), actor).first()
        if customer is None:
            raise Http404
        tags = tags_of(actor.tenant_id, [id])
        return Response(CustomerSerializer(customer, context=self.context(tags)).data)

    def list(self, request):
        limit = int(request.query_params.get("limit", 20))
        if not 1 <= limit <= 100:
            raise ValidationError({"limit": "limit_invalid"})
        rows = with_star(seen(request.user), request.user).order_by("-created_at", "-id")
        if cursor := request.query_params.get("cursor"):
            at, id = decode(cursor)
            rows = rows.filter(created_at__lte=at).filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=id))
        page = list(rows[: limit + 1])
        more, page = len(page) > limit, page[:limit]
        tags = tags_of(request.user.tenant_id, [row.id for row in page])
        items = CustomerRowSerializer(page, many=True, context=self.context(tags)).data
        return Response({"items": items, "next_cursor": encode(page[-1]) if more else None})

    def create(self, request):
        raw = request._request.body
        given = NewCustomerSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        given, actor = given.validated_data, request.user
        owner = given.get("owner_id") or actor.staff_id
        if owner != actor.staff_id and not actor.may("customers.assign"):
            raise PermissionDenied("forbidden")
        with transaction.atomic():
            once = self.remember(request, raw, actor)
            customer, taggings = self.write(actor, owner, given)
            view = CustomerSerializer(customer, context=self.context({customer.id: taggings})).data
            if once is not None:
                answer = tenant_keys(actor.tenant_id).seal_answer(actor.staff_id, JSONRenderer().render(view))
                once.update(answer=answer)
        return Response(view, status=201)

    def remember(self, request, raw, actor):
        """The row that makes a request one request, however often it comes."""
        key = request.headers.get("Idempotency-Key")
        if not key:
            return None
        path = hashlib.sha256(request.path.encode()).digest()
        which = {"tenant_id": actor.tenant_id, "actor_id": actor.staff_id, "digest": mark(b"key", key.encode())}
        body = hashlib.sha256(path + raw).digest()
        Remembered.objects.create(**which, body_digest=body, created_at=datetime.now(timezone.utc))
        return Remembered.objects.filter(**which)

    def write(self, actor, owner, given):
        id, tenant_id, now = new_id(), actor.tenant_id, datetime.now(timezone.utc)
        keys = tenant_keys(tenant_id)
        vault, record, person_key = keys.new_person(id)
        phones = [{k: v for k, v in phone.items() if v is not None} for phone in given["phones"]]
        names = ("name", "kind", "type", "company", "title", "region", "source", "birthday", "remark")
        customer = Customer(
            tenant_id=tenant_id, id=id, owner_id=owner, created_by=actor.staff_id, created_at=now, updated_at=now,
            person_key=person_key, vault=keys.seal_vault(vault, id, phones),
            **{name: given.get(name) for name in names},
        )
        customer.save(force_insert=True)
        terms, key, text = indexed(customer.name, customer.company)
        Searched.objects.create(tenant_id=tenant_id, customer_id=id, name_key=key, text=text, holder_id=owner)
        Term.objects.bulk_create(Term(tenant_id=tenant_id, term=term, customer_id=id) for term in sorted(terms))
        Phone.objects.bulk_create(
            Phone(
                tenant_id=tenant_id, customer_id=id, position=at, primary_live=1 if at == 0 else None, holder_id=owner,
                digest=keys.phone_digest(phone["number"]), last_four=keys.last_four_digest(phone["number"]),
            )
            for at, phone in enumerate(phones)
        )
        taggings = []
        if given["tag_ids"]:
            tags = self.known_tags(tenant_id, given["tag_ids"])
            said = {"customer_at": now, "region": customer.region, "holder_id": owner, "live": 1}
            taggings = [Tagging(tenant_id=tenant_id, customer_id=id, tag_id=tag.id, tag=tag, **said) for tag in tags]
            Tagging.objects.bulk_create(taggings)
        record_new(actor, self.request, customer, keys, record)
        return customer, taggings

    def known_tags(self, tenant_id, wanted):
        """Tags that are there, and no two of one category."""
        tags = Tag.objects.filter(tenant_id=tenant_id, id__in=wanted, live=1).select_related("group")
        tags = sorted(tags, key=lambda tag: tag.created_at)
        if len(tags) != len(set(wanted)):
            raise ValidationError({"tag_ids": "tag_unknown"})
        categories = [tag.group_id for tag in tags if tag.group.single is not None]
        if len(categories) != len(set(categories)):
            raise ValidationError({"tag_ids": "tags_exclusive"})
        return tags
