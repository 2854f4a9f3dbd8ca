"""A few thousand rows for TPC-DS, the same on every run, in which each question finds something."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tests.engines.redshift.tpcds.tables import SCHEMAS

Row = dict[str, object]

FIRST_DAY, LAST_DAY = date(1999, 12, 1), date(2002, 2, 28)
FIRST_SALE, LAST_SALE = date(1999, 12, 1), date(2001, 12, 31)
FIRST_MONTH = 1199
CITIES = (("Fairview", "Rush County", "TN", "35709"), ("Midway", "Toole County", "GA", "30399"),
          ("Oakland", "Dona Ana County", "TX", "72808"))  # fmt: skip
CATEGORIES = {"Books": ("history", "romance"), "Music": ("classical", "pop"), "Women": ("dresses", "maternity")}
EDUCATION, MARRIED = ("College", "2 yr Degree", "Unknown"), ("M", "S", "W")
SIZES = {"customers": 24, "items": 24, "addresses": 18, "tickets": 620, "orders": 330}
COUNTS = {"store": 3, "warehouse": 3, "ship_mode": 3, "web_site": 2, "web_page": 3, "call_center": 2, "reason": 3}
"""How many rows small tables have."""


def generate() -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of every table, in the order of its columns."""
    random = Random(99)
    tables = {**_calendar(), **_people(random), **_places(random), **_channels(), "item": _items(random)}
    for channel, number in (("store", "ticket_number"), ("catalog", "order_number"), ("web", "order_number")):
        prefix = channel[0] + "s_"
        sales = _sales(random, channel, prefix, number)
        tables[f"{channel}_sales"] = sales
        tables[f"{channel}_returns"] = _returns(random, channel, prefix, number, sales)
    tables["inventory"] = _inventory(random)
    return {name: [tuple(row.get(column) for column in SCHEMAS[name]) for row in tables[name]] for name in SCHEMAS}


def _key(day: date) -> int:
    return (day - FIRST_DAY).days + 1


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _cents(random: Random, low: int, high: int) -> Decimal:
    return Decimal(random.randint(low, high)).scaleb(-2)


def _calendar() -> dict[str, list[Row]]:
    dates: list[Row] = [
        {
            "d_date_sk": _key(day),
            "d_date": day,
            "d_month_seq": FIRST_MONTH + (day.year - FIRST_DAY.year) * 12 + day.month - FIRST_DAY.month,
            "d_week_seq": 5000 + (day - date(1999, 11, 28)).days // 7,
            "d_year": day.year,
            "d_dow": (day.weekday() + 1) % 7,
            "d_moy": day.month,
            "d_dom": day.day,
            "d_qoy": (day.month + 2) // 3,
            "d_day_name": day.strftime("%A"),
            "d_quarter_name": f"{day.year}Q{(day.month + 2) // 3}",
        }
        for day in _days(FIRST_DAY, LAST_DAY)
    ]
    meals = {8: "breakfast", 9: "breakfast", 12: "lunch", 19: "dinner"}
    times: list[Row] = [
        {"t_time_sk": n, "t_time": n * 1800, "t_hour": n // 2, "t_minute": n % 2 * 30, "t_meal_time": meals.get(n // 2)}
        for n in range(48)
    ]
    return {"date_dim": dates, "time_dim": times}


def _people(random: Random) -> dict[str, list[Row]]:
    demographics = [(gender, married, school) for gender in "MF" for married in MARRIED for school in EDUCATION]
    customers: list[Row] = [
        {
            "c_customer_sk": n,
            "c_customer_id": f"C{n:04}",
            "c_current_cdemo_sk": random.randint(1, len(demographics)),
            "c_current_hdemo_sk": random.randint(1, 12),
            "c_current_addr_sk": random.randint(1, SIZES["addresses"]),
            "c_first_shipto_date_sk": random.randint(1, 60),
            "c_first_sales_date_sk": random.randint(1, 60),
            "c_salutation": random.choice(("Dr.", "Ms.", "Mr.")),
            "c_first_name": random.choice(("Ada", "Ben", "Cleo", None)),
            "c_last_name": random.choice(("Young", "Stone", "Reed", "Lane")),
            "c_preferred_cust_flag": random.choice("YN"),
            "c_birth_month": random.randint(1, 12),
            "c_birth_year": random.randint(1950, 1990),
            "c_birth_country": random.choice(("TOGO", "UNITED STATES", None)),
            "c_login": None,
            "c_email_address": f"c{n}@example.com",
        }
        for n in range(1, SIZES["customers"] + 1)
    ]
    return {
        "customer": customers,
        "customer_demographics": [
            {
                "cd_demo_sk": n,
                "cd_gender": gender,
                "cd_marital_status": married,
                "cd_education_status": school,
                "cd_purchase_estimate": n % 3 * 500,
                "cd_credit_rating": random.choice(("Good", "Low Risk")),
                "cd_dep_count": n % 4,
                "cd_dep_employed_count": n % 3,
                "cd_dep_college_count": n % 2,
            }
            for n, (gender, married, school) in enumerate(demographics, 1)
        ],
        "household_demographics": [
            {
                "hd_demo_sk": n,
                "hd_income_band_sk": n % 3 + 1,
                "hd_buy_potential": (">10000", "Unknown", "501-1000")[n % 3],
                "hd_dep_count": n % 5,
                "hd_vehicle_count": n % 4,
            }
            for n in range(1, 13)
        ],
        "income_band": [
            {"ib_income_band_sk": n, "ib_lower_bound": n * 10_000, "ib_upper_bound": n * 10_000 + 9_999}
            for n in range(1, 4)
        ],
    }


def _place(random: Random, prefix: str, number: int) -> Row:
    city, county, state, zip_code = CITIES[number % len(CITIES)]
    return {
        f"{prefix}street_number": str(number),
        f"{prefix}street_name": random.choice(("Oak", "Elm")),
        f"{prefix}street_type": "Road",
        f"{prefix}suite_number": f"Suite {number}",
        f"{prefix}city": city,
        f"{prefix}county": county,
        f"{prefix}state": state,
        f"{prefix}zip": zip_code,
        f"{prefix}country": "United States",
        f"{prefix}gmt_offset": Decimal(-5 - number % 2),
    }


def _rows(table: str, build: Callable[[int], Mapping[str, object]]) -> list[Row]:
    return [dict(build(n)) for n in range(1, COUNTS[table] + 1)]


def _places(random: Random) -> dict[str, list[Row]]:
    return {
        "customer_address": [
            {"ca_address_sk": n, "ca_location_type": "condo"} | _place(random, "ca_", n)
            for n in range(1, SIZES["addresses"] + 1)
        ],
        "store": _rows(
            "store",
            lambda n: (
                {
                    "s_store_sk": n,
                    "s_store_id": f"S{n}",
                    "s_store_name": ("ought", "able", "ese")[n - 1],
                    "s_number_employees": 190 + 10 * n,
                    "s_market_id": n,
                    "s_company_id": 1,
                    "s_company_name": "Unknown",
                }
                | _place(random, "s_", n)
            ),
        ),
        "warehouse": _rows(
            "warehouse",
            lambda n: {
                "w_warehouse_sk": n,
                "w_warehouse_name": f"Warehouse number {n} of the country",
                "w_warehouse_sq_ft": n * 1000,
                "w_city": CITIES[n - 1][0],
                "w_county": CITIES[n - 1][1],
                "w_state": CITIES[n - 1][2],
                "w_country": "United States",
            },
        ),
    }


def _channels() -> dict[str, list[Row]]:
    return {
        "ship_mode": _rows(
            "ship_mode",
            lambda n: {
                "sm_ship_mode_sk": n,
                "sm_type": ("EXPRESS", "OVERNIGHT", "REGULAR")[n - 1],
                "sm_carrier": ("DHL", "BARIAN", "UPS")[n - 1],
            },
        ),
        "web_site": _rows("web_site", lambda n: {"web_site_sk": n, "web_name": f"site_{n}", "web_company_name": "pri"}),
        "web_page": _rows("web_page", lambda n: {"wp_web_page_sk": n, "wp_char_count": 4900 + n * 100}),
        "call_center": _rows(
            "call_center",
            lambda n: {
                "cc_call_center_sk": n,
                "cc_call_center_id": f"CC{n}",
                "cc_name": f"Centre {n}",
                "cc_manager": "Bob Belcher",
                "cc_county": CITIES[n][1],
            },
        ),
        "promotion": [
            {
                "p_promo_sk": n,
                "p_channel_dmail": "YN"[n % 2],
                "p_channel_email": "N",
                "p_channel_event": "NY"[n % 2],
                "p_channel_tv": "N",
            }
            for n in range(1, 5)
        ],
        "reason": _rows("reason", lambda n: {"r_reason_sk": n, "r_reason_desc": f"reason {n}"}),
    }


def _items(random: Random) -> list[Row]:
    rows: list[Row] = []
    for n in range(1, SIZES["items"] + 1):
        category = list(CATEGORIES)[n % 3]
        kind, brand = n % 2, n % 4 + 1
        rows.append(
            {
                "i_item_sk": n,
                "i_item_id": f"I{(n + 1) // 2:04}",
                "i_item_desc": f"A fine thing of kind {n % 7}",
                "i_current_price": _cents(random, 100, 9_900),
                "i_wholesale_cost": _cents(random, 50, 5_000),
                "i_brand_id": brand,
                "i_brand": f"brand #{brand}",
                "i_class_id": kind + 1,
                "i_class": CATEGORIES[category][kind],
                "i_category_id": n % 3 + 1,
                "i_category": category,
                "i_manufact_id": n % 5 + 1,
                "i_manufact": f"maker {n % 5 + 1}",
                "i_size": ("small", "large")[n % 2],
                "i_color": ("slate", "peach", "navy")[n % 3],
                "i_units": ("Ounce", "Dozen")[n // 2 % 2],
                "i_manager_id": n % 3 + 1,
                "i_product_name": f"product {n}",
            }
        )
    return rows


def _maybe(random: Random, value: int) -> int | None:
    return None if random.random() < 0.04 else value


def _prices(random: Random, quantity: int) -> Row:
    cost = _cents(random, 100, 6_000)
    listed = cost + _cents(random, 0, 4_000)
    price = (listed * random.randint(50, 100) / 100).quantize(Decimal("0.01"))
    return {
        "wholesale_cost": cost,
        "list_price": listed,
        "sales_price": price,
        "ext_discount_amt": (listed - price) * quantity,
        "ext_sales_price": price * quantity,
        "ext_wholesale_cost": cost * quantity,
        "ext_list_price": listed * quantity,
        "coupon_amt": random.choice((Decimal(), _cents(random, 0, 9_000))),
        "net_paid": price * quantity,
        "net_profit": (price - cost) * quantity,
    }


def _sales(random: Random, channel: str, prefix: str, number: str) -> list[Row]:
    lines: list[Row] = []
    for order in range(1, SIZES["tickets" if channel == "store" else "orders"] + 1):
        sold = _key(FIRST_SALE) + random.randrange((LAST_SALE - FIRST_SALE).days + 1)
        common: Row = {
            "sold_date_sk": sold,
            "sold_time_sk": random.randrange(48),
            "store_sk": _maybe(random, random.randint(1, COUNTS["store"])),
            "promo_sk": _maybe(random, random.randint(1, 4)),
            "call_center_sk": random.randint(1, COUNTS["call_center"]),
            "web_page_sk": random.randint(1, COUNTS["web_page"]),
            "web_site_sk": random.randint(1, COUNTS["web_site"]),
            "ship_mode_sk": random.randint(1, COUNTS["ship_mode"]),
            number: order,
        }
        buyer: Row = {
            "customer_sk": _maybe(random, min(random.randint(1, SIZES["customers"]) for _ in range(2))),
            "cdemo_sk": random.randint(1, 18),
            "hdemo_sk": random.randint(1, 12),
            "addr_sk": _maybe(random, random.randint(1, SIZES["addresses"])),
        }
        sides = ("",) if channel == "store" else ("bill_", "ship_")
        common |= {side + name: value for side in sides for name, value in buyer.items()}
        for item in random.sample(range(1, SIZES["items"] + 1), random.randint(1, 4)):
            quantity = random.randint(1, 40)
            line = {
                "item_sk": item,
                "quantity": quantity,
                "ship_date_sk": sold + random.choice((2, 20, 40, 70, 100, 130)),
                "warehouse_sk": random.randint(1, COUNTS["warehouse"]),
                "ext_ship_cost": _cents(random, 100, 9_000),
            }
            row = common | line | _prices(random, quantity)
            lines.append({prefix + name: value for name, value in row.items()})
    return lines


def _returns(random: Random, channel: str, sold: str, number: str, sales: list[Row]) -> list[Row]:
    prefix = channel[0] + "r_"
    rows: list[Row] = []
    for line in sales:
        if random.random() > 0.35:
            continue
        day, quantity = line[sold + "sold_date_sk"], line[sold + "quantity"]
        assert isinstance(day, int)
        assert isinstance(quantity, int)
        amount = 4 * _cents(random, 250, 22_500)
        customer, demographics, address = (
            line[sold + ("" if channel == "store" else "bill_") + name]
            for name in ("customer_sk", "cdemo_sk", "addr_sk")
        )
        row: Row = {
            "returned_date_sk": day + random.choice((5, 25, 45, 70, 100, 130)),
            "item_sk": line[sold + "item_sk"],
            "reason_sk": random.randint(1, COUNTS["reason"]),
            "return_quantity": random.randint(1, quantity),
            number: line[sold + number],
            "customer_sk": customer,
            "cdemo_sk": demographics,
            "addr_sk": address,
            "store_sk": line.get("ss_store_sk"),
            "call_center_sk": line.get("cs_call_center_sk"),
            "return_amt": amount,
            "return_amount": amount,
            "return_amt_inc_tax": amount + 10,
            "fee": _cents(random, 50, 10_000),
            "refunded_cash": amount / 2,
            "reversed_charge": amount / 4,
            "store_credit": amount / 4,
            "net_loss": _cents(random, 50, 20_000),
        }
        row |= {f"returning_{name}": row[name] for name in ("customer_sk", "cdemo_sk", "addr_sk")}
        row |= {f"refunded_{name}": row[name] for name in ("cdemo_sk", "addr_sk")}
        rows.append({prefix + name: value for name, value in row.items()})
    return rows


def _inventory(random: Random) -> list[Row]:
    days = list(_days(FIRST_SALE, LAST_SALE))[::28]
    return [
        {
            "inv_date_sk": _key(day),
            "inv_item_sk": item,
            "inv_warehouse_sk": warehouse,
            "inv_quantity_on_hand": _maybe(random, random.choice((0, 5, 30, 200, 900))),
        }
        for day in days
        for item in range(1, SIZES["items"] + 1)
        for warehouse in range(1, COUNTS["warehouse"] + 1)
    ]
