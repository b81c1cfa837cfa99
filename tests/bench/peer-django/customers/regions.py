"""Names of regions by their GB/T 2260 code."""

from functools import cache
from pathlib import Path

from django.conf import settings


@cache
def _names():
    lines = Path(settings.PEER_REGIONS).read_text().splitlines()
    known = (line.split(" ") for line in lines if not line.startswith("#"))
    return {code: name for code, name, *_sounds in (parts for parts in known if len(parts) > 1)}


@cache
def region_name(code):
    names = _names()
    return "".join(names.get(part, "") for part in dict.fromkeys((code[:2], code[:4], code))) or None
