"""What a customer can be found by: the same rules as api/src/customers/search/terms.rs."""

import hashlib
import re
import unicodedata
from functools import cache

from pypinyin.pinyin_dict import pinyin_dict
from pypinyin.style import convert
from pypinyin.constants import Style

SEARCHED = 60
BEGINNINGS = (1, 2, 3, 4, 6, 8)
BEGINNING = 1 << 60
COMPANY = 1 << 61
FORMS = (
    "有限责任公司", "股份有限公司", "有限公司", "分公司", "公司", "集团", "个体工商户", "co.,ltd.", "co.,ltd", "ltd.",
)


def fold(text):
    return "".join(c for c in unicodedata.normalize("NFKC", text) if not c.isspace()).lower()


@cache
def sound(character):
    readings = pinyin_dict.get(ord(character))
    return readings and convert(readings.split(",")[0], Style.NORMAL, strict=False).replace("ü", "v")


def words(folded):
    found, latin = [], False
    for character in folded:
        if character.isascii() and character.isalnum():
            if latin:
                found[-1] += character
            else:
                found.append(character)
            latin = True
            continue
        latin = False
        if spelled := sound(character):
            found.append(spelled)
    return found


def _beginning(letters):
    packed = 0
    for letter in letters:
        if "a" <= letter <= "z":
            packed = packed << 6 | ord(letter) - 96
        elif letter.isdigit():
            packed = packed << 6 | ord(letter) - 21
        else:
            return None
    return BEGINNING | packed


def _whole_company(company):
    bare = re.sub("[()（）]", "", fold(company))
    for form in FORMS:
        bare = bare.replace(form, "")
    return COMPANY | int.from_bytes(hashlib.sha256(bare.encode()).digest()[:8]) & BEGINNING - 1 if bare else None


def indexed(name, company):
    """The terms, the name's key and the text."""
    terms, lines = set(), []
    key = fold(name)[:SEARCHED]
    for folded, anywhere in ((key, True), (fold(company)[:SEARCHED] if company else "", False)):
        if not folded:
            continue
        terms.update(ord(character) << 21 for character in folded)
        terms.update(ord(one) << 21 | ord(two) for one, two in zip(folded, folded[1:]))
        spelled = words(folded)
        for start in range(len(spelled) if anywhere else min(len(spelled), 1)):
            tail = spelled[start:]
            for letters in ("".join(tail), "".join(word[0] for word in tail)):
                terms.update(_beginning(letters[:length]) for length in BEGINNINGS if length <= len(letters))
        lines += [folded, "".join(spelled), "".join(word[0] for word in spelled)]
    if company:
        terms.add(_whole_company(company))
    terms.discard(None)
    return terms, key, "".join(line + "\n" for line in lines)
