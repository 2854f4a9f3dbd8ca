"""A few thousand rows for TPC-H, the same at every run, in which each question of the standard finds something."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

Row = tuple[object, ...]

REGIONS = ("AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST")
NATIONS = {
    "ALGERIA": 0, "ARGENTINA": 1, "BRAZIL": 1, "CANADA": 1, "EGYPT": 4, "ETHIOPIA": 0, "FRANCE": 3, "GERMANY": 3,
    "INDIA": 2, "INDONESIA": 2, "IRAN": 4, "IRAQ": 4, "JAPAN": 2, "JORDAN": 4, "KENYA": 0, "MOROCCO": 0,
    "MOZAMBIQUE": 0, "PERU": 1, "CHINA": 2, "ROMANIA": 3, "SAUDI ARABIA": 4, "VIETNAM": 2, "RUSSIA": 3,
    "UNITED KINGDOM": 3, "UNITED STATES": 1,
}  # fmt: skip
"""Each nation's region; its position is its key."""
ASKED_FOR = tuple(
    list(NATIONS).index(name) for name in ("BRAZIL", "CANADA", "CHINA", "FRANCE", "GERMANY", "SAUDI ARABIA")
)
"""Nations that questions name get every second supplier and customer, so that few rows are enough."""

SEGMENTS = ("AUTOMOBILE", "BUILDING", "FURNITURE", "HOUSEHOLD", "MACHINERY")
BRANDS = ("Brand#12", "Brand#23", "Brand#34", "Brand#45", "Brand#51")
COLOURS = ("forest", "green", "lime", "navy")
TYPES = (
    "ECONOMY ANODIZED STEEL",
    "LARGE PLATED BRASS",
    "MEDIUM POLISHED TIN",
    "PROMO BURNISHED COPPER",
    "SMALL BRUSHED BRASS",
)
SIZES = (1, 3, 5, 9, 14, 15, 49)
CONTAINERS = ("LG BOX", "LG CASE", "MED BAG", "MED BOX", "SM CASE", "SM PACK", "JUMBO JAR")
PRIORITIES = ("1-URGENT", "2-HIGH", "3-MEDIUM", "4-NOT SPECIFIED", "5-LOW")
MODES = ("AIR", "AIR REG", "MAIL", "RAIL", "SHIP", "TRUCK")
INSTRUCTIONS = ("DELIVER IN PERSON", "COLLECT COD", "NONE")
REMARKS = ("", "special packages requests", "special requests", "Customer Complaints", "carefully", "even ideas")
FIRST_DAY, LAST_ORDER, TODAY = date(1992, 1, 1), date(1998, 8, 2), date(1995, 6, 17)
SUPPLIERS, CUSTOMERS, PARTS, ORDERS, OFFERS_A_PART = 30, 90, 150, 1_000, 4
LARGE_ORDERS = 3


def generate() -> dict[str, list[Row]]:
    """Return the rows of every table."""
    random = Random(22)
    offers = _offers(random)
    orders, lines = _orders(random, [(part, supplier) for part, supplier, *_ in offers])
    return {
        "region": list(enumerate(REGIONS)),
        "nation": [(key, name, region) for key, (name, region) in enumerate(NATIONS.items())],
        "supplier": [_supplier(random, key) for key in range(1, SUPPLIERS + 1)],
        "customer": [_customer(random, key) for key in range(1, CUSTOMERS + 1)],
        "part": [_part(random, key) for key in range(1, PARTS + 1)],
        "partsupp": offers,
        "orders": orders,
        "lineitem": lines,
    }


def _cents(random: Random, low: int, high: int) -> Decimal:
    return Decimal(random.randint(low, high)).scaleb(-2)


def _nation(random: Random) -> int:
    return random.choice(ASKED_FOR) if random.random() < 0.5 else random.randrange(len(NATIONS))


def _phone(random: Random, nation: int) -> str:
    return f"{nation + 10}-{random.randint(100, 999)}-{random.randint(1000, 9999)}"


def _supplier(random: Random, key: int) -> Row:
    nation = _nation(random)
    balance, remark = _cents(random, -99_999, 999_999), random.choice(REMARKS)
    return key, f"Supplier#{key:09}", f"{key} Quay", nation, _phone(random, nation), balance, remark


def _customer(random: Random, key: int) -> Row:
    nation = _nation(random)
    balance, segment = _cents(random, -99_999, 999_999), random.choice(SEGMENTS)
    remark = random.choice(REMARKS)
    return key, f"Customer#{key:09}", f"{key} Road", nation, _phone(random, nation), balance, segment, remark


def _part(random: Random, key: int) -> Row:
    name = " ".join(random.sample(COLOURS, 2))
    kind = random.choice(TYPES), random.choice(SIZES), random.choice(CONTAINERS)
    return key, name, f"Manufacturer#{key % 5 + 1}", random.choice(BRANDS), *kind, _cents(random, 90_000, 200_000)


def _offers(random: Random) -> list[Row]:
    return [
        (part, supplier, random.randint(1, 9_999), _cents(random, 100, 100_000))
        for part in range(1, PARTS + 1)
        for supplier in sorted(random.sample(range(1, SUPPLIERS + 1), OFFERS_A_PART))
    ]


def _orders(random: Random, offers: list[tuple[object, object]]) -> tuple[list[Row], list[Row]]:
    orders: list[Row] = []
    lines: list[Row] = []
    for key in range(1, ORDERS + 1):
        day = FIRST_DAY + timedelta(days=random.randrange((LAST_ORDER - FIRST_DAY).days))
        is_large = key <= LARGE_ORDERS
        own = [
            _line(random, key, number, day, random.choice(offers), is_large)
            for number in range(1, 8 if is_large else random.randint(1, 7) + 1)
        ]
        states = {line[9] for line in own}
        status = "P" if len(states) > 1 else states.pop()
        total = sum((line[5] for line in own), Decimal())  # type: ignore[misc]
        # A third of the customers never order, as in the standard.
        customer = random.choice([c for c in range(1, CUSTOMERS + 1) if c % 3])
        orders.append((key, customer, status, total, day, random.choice(PRIORITIES), 0, random.choice(REMARKS)))
        lines += own
    return orders, lines


def _line(random: Random, order: int, number: int, day: date, offer: tuple[object, object], is_large: bool) -> Row:
    quantity = random.randint(48, 50) if is_large else random.randint(1, 50)
    shipped = day + timedelta(days=random.randint(1, 121))
    promised = day + timedelta(days=random.randint(30, 90))
    received = shipped + timedelta(days=random.randint(1, 30))
    return (
        order,
        *offer,
        number,
        Decimal(quantity),
        quantity * _cents(random, 90_000, 200_000),
        _cents(random, 0, 10),
        _cents(random, 0, 8),
        random.choice("RA") if received <= TODAY else "N",
        "O" if shipped > TODAY else "F",
        shipped,
        promised,
        received,
        random.choice(INSTRUCTIONS),
        random.choice(MODES),
    )
