"""Columns as the measured server made them."""

import uuid

from django.db import models


class Id(models.Field):
    """16 bytes."""

    def db_type(self, connection):
        return "binary(16)"

    def from_db_value(self, value, expression, connection):
        return None if value is None else uuid.UUID(bytes=bytes(value))

    def to_python(self, value):
        return value if value is None or isinstance(value, uuid.UUID) else uuid.UUID(str(value))

    def get_prep_value(self, value):
        return None if value is None else self.to_python(value).bytes


class Bytes(models.Field):
    """A digest or something sealed."""

    def db_type(self, connection):
        return "blob"

    def from_db_value(self, value, expression, connection):
        return None if value is None else bytes(value)

    def get_prep_value(self, value):
        return None if value is None else bytes(value)
