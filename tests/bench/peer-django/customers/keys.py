"""Keys, and what is done with them: the same formats as the measured server's (api/src/crypto)."""

import base64
import hashlib
import hmac
import json
import os
import time
import uuid
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from .models import Tenant


def derive(key, purpose):
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(key)


def digest(key, *parts):
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        mac.update(len(part).to_bytes(8, "big"))
        mac.update(part)
    return mac.digest()


def seal(key, name, place, plain):
    nonce = os.urandom(12)
    return b"\x01" + name + nonce + AESGCM(key).encrypt(nonce, plain, place.encode())


def unseal(key, place, sealed):
    return AESGCM(key).decrypt(sealed[3:15], sealed[15:], place.encode())


def new_id():
    """UUIDv7 of this moment."""
    number = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    number = number & ~(0xF << 76) | 0x7 << 76
    return uuid.UUID(int=number & ~(0x3 << 62) | 0x2 << 62)


@cache
def _master():
    return base64.b64decode(Path(settings.PEER_KEY_FILE).read_text().split()[0])


@cache
def token_key():
    return derive(_master(), "shuke/tokens")


@cache
def _digests():
    return derive(_master(), "shuke/digests")


def mark(kind, value):
    return digest(_digests(), b"idempotency", kind, value)


class TenantKeys:
    def __init__(self, tenant_id):
        sealed = Tenant.objects.only("tenant_key").get(id=tenant_id).tenant_key
        first = unseal(derive(_master(), "shuke/tenant-keys"), f"{tenant_id}|tenants.tenant_key|{tenant_id}", sealed)
        self.tenant_id = tenant_id
        self._wrap = derive(first, "shuke/person-keys")
        self._answers = derive(first, "shuke/answers")
        self._phones = derive(first, "shuke/phones")
        self._last_four = derive(first, "shuke/last-four")

    def place(self, column, row):
        return f"{self.tenant_id}|{column}|{row}"

    def new_person(self, customer):
        """A key for the vault, one for the record, and both wrapped."""
        vault, record = os.urandom(32), os.urandom(32)
        return vault, record, seal(self._wrap, b"\x00\x01", self.place("customers.person_key", customer), vault + record)

    def seal_vault(self, key, customer, phones):
        name = digest(key, b"shuke/key-id")[:2]
        plain = json.dumps({"phones": phones}, ensure_ascii=False, separators=(",", ":")).encode()
        return seal(key, bytes([name[0] | 0x80, name[1]]), self.place("customers.vault", customer), plain)

    def opened(self, customer):
        """The vault of a customer: phones, e-mails, WeChat ids, the address."""
        if customer.vault is None or customer.person_key is None:
            return {"phones": []}
        person = unseal(self._wrap, self.place("customers.person_key", customer.id), customer.person_key)
        return json.loads(unseal(person[:32], self.place("customers.vault", customer.id), customer.vault))

    def seal_record(self, key, entry, values):
        plain = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
        return seal(key, b"\x00\x01", self.place("audit_entries.sealed", entry), plain)

    def seal_answer(self, actor, answer):
        return seal(self._answers, b"\x00\x01", self.place("idempotency.answer", actor), answer)

    def phone_digest(self, number):
        return digest(self._phones, number.encode())[:16]

    def last_four_digest(self, number):
        return digest(self._last_four, number[-4:].encode())[:8]


@cache
def tenant_keys(tenant_id):
    return TenantKeys(tenant_id)
