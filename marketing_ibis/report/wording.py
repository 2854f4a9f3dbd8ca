"""Write numbers, days and names as people read them."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import quote

MINUS = "\N{MINUS SIGN}"
HARD_SPACE = "\N{NO-BREAK SPACE}"
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
LONGEST = 40
"""The most characters of a name that a table shows."""
BLANK = "(blank)"
DASH = "\N{EN DASH}"
UNKNOWN = "unknown"
STEPS = ((Decimal(10**9), "B"), (Decimal(10**6), "M"), (Decimal(10**3), "k"))
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""By what a spreadsheet may take a cell for a formula: https://owasp.org/www-community/attacks/CSV_Injection"""
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
Number = int | float | Decimal
# Controls, and the marks that turn the direction of whatever follows; a joiner inside an emoji may stay.
_UNSEEN = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def count(number: int, noun: str = "") -> str:
    """Return a whole number with its noun, which takes an s unless the number is 1."""
    text = f"{number:,}".replace("-", MINUS)
    return text if not noun else f"{text}{HARD_SPACE}{noun}{'' if number == 1 else 's'}"


def money(amount: Number) -> str:
    """Return dollars: whole ones from a thousand on, else with cents."""
    exact = Decimal(str(amount))
    return _signed(exact, "0" if abs(exact) >= 1000 else "0.01")


def short_money(amount: Number) -> str:
    """Return dollars in three digits: $1.23M."""
    exact = Decimal(str(amount))
    for step, letter in STEPS:
        if abs(exact) >= step * Decimal("0.9995"):
            size = abs(exact) / step
            places = "0.01" if size < Decimal("9.995") else "0.1" if size < Decimal("99.95") else "0"
            return f"{_signed(exact / step, places)}{letter}"
    return _signed(exact, "0" if abs(exact) >= 100 else "0.01")


def _signed(amount: Decimal, places: str) -> str:
    rounded = amount.quantize(Decimal(places), ROUND_HALF_UP)
    return f"{MINUS if rounded < 0 else ''}${abs(rounded):,}"


def percent(share: float | None) -> str:
    """Return a share of 1 in percent: with one digit below 10%, so that small ones differ; a dash for none."""
    if share is None:
        return DASH
    exact = Decimal(str(share)) * 100
    tenths = exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
    rounded = tenths if abs(tenths) < 10 and tenths != 0 else exact.quantize(Decimal(0), ROUND_HALF_UP)
    return f"{rounded:,}".replace("-", MINUS) + "%"


def share(part: Number, whole: Number) -> float | None:
    """Return ``part`` of ``whole``; none where the whole is not above 0, as with refunds above sales."""
    return float(part) / float(whole) if whole > 0 else None


def plain_number(text: str) -> str:
    """Return a number as programs read it: $1,234 is 1234, 12% is 12, a dash or an unknown number is nothing."""
    plain = text.replace(HARD_SPACE, " ").replace(MINUS, "-")
    digits = plain.replace("$", "").replace(",", "").removesuffix("%").strip()
    return "" if digits in (DASH, UNKNOWN) else digits if _NUMBER.fullmatch(digits) else plain


def slug(text: str) -> str:
    """Return words as a part of an address or of a file's name."""
    return re.sub("[^a-z0-9]+", "-", text.lower()).strip("-")


def csv_url(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as the address of a file of comma-separated values that is part of the page.

    A cell that a spreadsheet would compute is marked as text.
    """
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerows([_as_text(cell) for cell in row] for row in rows)
    return f"data:text/csv;charset=utf-8,{quote(file.getvalue())}"


def _as_text(cell: str) -> str:
    plain = cell.replace(HARD_SPACE, " ")
    is_formula = plain.startswith(FORMULA_STARTS) and not _NUMBER.fullmatch(plain)
    return f"'{plain}" if is_formula else plain


def either(words: Sequence[str]) -> str:
    """Return words from the settings as alternatives: a, b or c."""
    return _joined(words, " or ") or "none"


def both(words: Sequence[str]) -> str:
    """Return words as a list: a, b and c."""
    return _joined(words, " and ")


def _joined(words: Sequence[str], last: str) -> str:
    names = [display_name(word) for word in words]
    return last.join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def day(when: date) -> str:
    """Return a day: 5 March 2024."""
    return f"{when.day}{HARD_SPACE}{when:%B %Y}".replace(" ", HARD_SPACE)


def month(when: date) -> str:
    """Return a month: March 2024."""
    return f"{when:%B}{HARD_SPACE}{when.year}"


def short_month(when: date) -> str:
    """Return a month for narrow places: Mar 24."""
    return f"{when:%b}{HARD_SPACE}{when:%y}"


def display_name(name: str, longest: int = LONGEST) -> str:
    """Return a name from the data on one line, without invisible characters, cut where it is too long."""
    # Only the beginning is looked at: a name may be a whole document.
    text = _UNSEEN.sub("", name[: 8 * longest])
    text = "".join(" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in text)
    text = " ".join(text.split()) or BLANK
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}{ELLIPSIS}"


def distinct(names: Sequence[str], longest: int = LONGEST) -> list[str]:
    """Return names as ``display_name``, with a number where two would look the same."""
    texts: list[str] = []
    used: set[str] = set()
    for name in names:
        text = display_text = display_name(name, longest)
        number = 1
        while text in used:
            number += 1
            text = f"{display_text} ({number})"
        used.add(text)
        texts.append(text)
    return texts
