"""Draw shops with touches and costs: around their orders, of unknown people, after the day, with repeated ids."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st

from tests.sources import GOLDEN_AS_OF, Cost, Sources, Touch
from tests.strategies import UNKNOWN_ID, dirty_sources, sources

MAX_TOUCHES, MAX_COSTS = 16, 6
AGES = (0, 1, 5, 29, 30, 31, 60, 61, 7, 2, -1)
"""Days from a touch to an order, with the limits of what counts."""
TIMES = (time(12), time(), time(23, 59, 59))
CHANNELS = ("search", "email", "social", None, "(unknown)", "search")
CAMPAIGNS = ("brand", None, "winter")
AMOUNTS = (1000, 0, 333, None, 10_000_001)


def touched_sources(
    as_of: date = GOLDEN_AS_OF, shops: st.SearchStrategy[Sources] | None = None
) -> st.SearchStrategy[Sources]:
    """Draw one of the shops, or a clean or dirty one, with touches and costs."""
    touches = st.lists(st.binary(min_size=6, max_size=6), max_size=MAX_TOUCHES)
    spend = st.lists(st.binary(min_size=4, max_size=4), max_size=MAX_COSTS)
    drawn = sources(as_of) | dirty_sources(as_of) if shops is None else shops
    return st.builds(_with_touches, drawn, touches, spend, st.just(as_of))


def _with_touches(shop: Sources, touches: list[bytes], spend: list[bytes], as_of: date) -> Sources:
    # Few customers, so that most touches share a path with others.
    orders = [order for order in shop.orders[:5] if order.order_date]
    people = [*((order.user_id, order.order_date) for order in orders), (UNKNOWN_ID, as_of), (None, as_of)]
    people += [(customer.id, as_of) for customer in shop.customers[:2]]
    return shop.with_touches(
        [_touch(place, code, people) for place, code in enumerate(touches)],
        [_cost(place, code, as_of) for place, code in enumerate(spend)],
    )


def _touch(place: int, code: bytes, people: list[tuple[int | None, date]]) -> Touch:
    customer, day = people[code[1] % len(people)]
    moment = datetime.combine(day - timedelta(AGES[code[2] % len(AGES)]), TIMES[code[3] % len(TIMES)])
    return Touch(
        (900 - 7 * place, 900 - 7 * place, 900 - 7 * place, 893, None)[code[0] % 5],
        customer,
        None if code[2] == 255 else moment,
        CHANNELS[code[4] % len(CHANNELS)],
        CAMPAIGNS[code[5] % len(CAMPAIGNS)],
    )


def _cost(place: int, code: bytes, as_of: date) -> Cost:
    return Cost(
        (50 - place, 50 - place, 49, None)[code[0] % 4],
        None if code[1] == 255 else as_of - timedelta(AGES[code[1] % len(AGES)]),
        ("tv", *CHANNELS)[code[2] % (len(CHANNELS) + 1)],
        CAMPAIGNS[code[2] % len(CAMPAIGNS)],
        AMOUNTS[code[3] % len(AMOUNTS)],
    )
