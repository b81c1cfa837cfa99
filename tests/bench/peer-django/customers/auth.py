"""Who asks, and what they may: checked against the database's view, at most three seconds old."""

import time
import uuid
from dataclasses import dataclass

import jwt
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission

from .keys import token_key
from .models import Session, Staff, Tenant

SECONDS = 3
EVERYBODY = {"customers.read"}
PERMISSIONS = {
    "boss": EVERYBODY | {"customers.write", "customers.assign"},
    "manager": EVERYBODY | {"customers.write", "customers.assign"},
    "sales": EVERYBODY | {"customers.write"},
    "service": EVERYBODY,
    "finance": EVERYBODY,
}
SEES_ALL = {"boss", "service", "finance"}
SEES_POOL = {"boss", "manager", "sales"}


@dataclass(frozen=True)
class Actor:
    tenant_id: int
    staff_id: uuid.UUID
    name: str
    role: str
    session_id: uuid.UUID
    is_authenticated = True

    def may(self, permission):
        return permission in PERMISSIONS.get(self.role, ())


_known = {}


def _actor(session_id, account_id, tenant_id, staff_id, epoch):
    key = (session_id, account_id, tenant_id, staff_id, epoch)
    until, actor = _known.get(key, (0, None))
    if time.monotonic() < until:
        return actor
    session = Session.objects.filter(id=session_id, revoked_at=None, wiped_at=None).first()
    staff = Staff.objects.filter(tenant_id=tenant_id, id=staff_id, live=1, suspended_at=None).first()
    open_ = Tenant.objects.filter(id=tenant_id, suspended_at=None).exists()
    actor = None
    if session and session.expires_at > timezone.now() and staff and open_:
        if staff.auth_epoch == epoch and staff.account_id == account_id:
            actor = Actor(tenant_id, staff_id, staff.name, staff.role, session_id)
    _known[key] = (time.monotonic() + SECONDS, actor)
    return actor


class TokenAuthentication(BaseAuthentication):
    def authenticate(self, request):
        scheme, _, token = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        try:
            claims = jwt.decode(token, token_key(), algorithms=["HS256"])
        except jwt.PyJWTError as error:
            raise AuthenticationFailed("token_expired") from error
        if claims["side"] != "staff":
            raise AuthenticationFailed("side_wrong")
        ids = [uuid.UUID(claims[name]) for name in ("sid", "sub", "stf")]
        actor = _actor(ids[0], ids[1], claims["tid"], ids[2], claims["epo"])
        if actor is None:
            raise AuthenticationFailed("token_expired")
        return actor, token

    def authenticate_header(self, request):
        return "Bearer"


class HasPermission(BasePermission):
    """The permission that the action names."""

    def has_permission(self, request, view):
        return bool(request.user) and request.user.may(view.permissions[view.action])
