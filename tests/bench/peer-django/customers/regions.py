"""Names of regions by their GB/T 2260 code."""

from functools import cache
from pathlib import Path

from django.conf import settings


@cache
def _names():
    lines = Path(settings.PEER_REGIONS).read_text().splitlines()
    return dict(line.split(" ", 1) for line in lines if not line.startswith("#") and " " in line)


@cache
def region_name(code):
    names = _names()
    return "".join(names.get(part, "") for part in dict.fromkeys((code[:2], code[:4], code))) or None
