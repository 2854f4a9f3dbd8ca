"""Questions 50 to 69 of TPC-DS without those that need ROLLUP, with parameters for a few thousand rows."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from tests.engines.redshift.tpcds.questions_30_to_49 import bought_elsewhere, in_every_channel, unlike_their_year
from tests.engines.redshift.tpcds.sales import (
    CATALOG,
    CHANNELS,
    DAYS,
    STORE,
    WEB,
    by_day_of_week,
    days,
    lateness,
    of,
    on,
    ratio,
    returns,
    sales,
    top,
    union,
    with_returns,
)
from tests.engines.redshift.tpcds.tables import Tables

YEAR = _.d_month_seq.between(1200, 1211)
KINDS = (
    _.i_category.isin(["Books", "Music"])
    & _.i_class.isin(["history", "classical"])
    & _.i_brand.isin(["brand #1", "brand #3"])
) | (_.i_category.isin(["Women"]) & _.i_class.isin(["dresses"]))
"""Items of questions 53 and 63."""


def q50(t: Tables) -> ir.Table:
    """How many days after the sale things are brought back to stores."""
    back = on(returns(t, STORE), t, _.d_year == 2001, key="returned_date_sk").select(
        "item_sk", "order_number", "customer_sk", "returned_date_sk"
    )
    rows = of(sales(t, STORE).join(back, ["item_sk", "order_number", "customer_sk"]), t.store, "store_sk")
    return top(
        rows.group_by("s_store_name", "s_city", "s_zip").agg(**lateness(rows, "sold_date_sk", "returned_date_sk"))
    )


def q51(t: Tables) -> ir.Table:
    """Days on which what was sold on the web so far is more than in stores: windows over a full join."""

    def running(channel: str) -> ir.Table:
        daily = on(sales(t, channel), t, YEAR).group_by("item_sk", "d_date").agg(total=_.sales_price.sum())
        so_far = daily.total.sum().over(group_by=daily.item_sk, order_by=daily.d_date, rows=(None, 0))
        return daily.select("item_sk", "d_date", so_far=so_far)

    web, store = running(WEB), running(STORE)
    both = web.outer_join(store, ["item_sk", "d_date"])
    rows = both.select(
        item_sk=ibis.coalesce(web.item_sk, store.item_sk),
        d_date=ibis.coalesce(web.d_date, store.d_date),
        web=web.so_far,
        store=store.so_far,
    )
    window = ibis.window(group_by="item_sk", order_by="d_date", preceding=None, following=0)
    most = rows.mutate(web_most=rows.web.max().over(window), store_most=rows.store.max().over(window))
    return top(most.filter(_.web_most > _.store_most))


def brands_in_november(t: Tables, manager: int) -> ir.Table:
    """Add up sales of the brands of one manager."""
    sold = of(on(sales(t, STORE), t, _.d_moy == 11, _.d_year == 2000), t.item, "item_sk", _.i_manager_id == manager)
    return top(sold.group_by("d_year", "i_brand", "i_brand_id").agg(ext_price=_.ext_sales_price.sum()))


def q52(t: Tables) -> ir.Table:
    """Brands of the first manager in November."""
    return brands_in_november(t, 1)


def unlike_their_average(t: Tables, key: str, period: str) -> ir.Table:
    """Return totals that differ from the average of their key over all periods."""
    sold = of(of(on(sales(t, STORE), t, YEAR), t.store, "store_sk"), t.item, "item_sk", KINDS)
    totals = sold.group_by(key, period).agg(total=_.sales_price.sum())
    rows = totals.mutate(average=totals.total.mean().over(group_by=key))
    return top(rows.filter(ratio((_.total - _.average).abs(), _.average) > 0.1).select("average", "total", key))


def q53(t: Tables) -> ir.Table:
    """Quarters of makers unlike their average."""
    return unlike_their_average(t, "i_manufact_id", "d_qoy")


def q54(t: Tables) -> ir.Table:
    """Customers by what they spent in stores near them after they bought elsewhere: scalars as bounds."""
    both = union(*(sales(t, channel).select("sold_date_sk", "customer_sk", "item_sk") for channel in (CATALOG, WEB)))
    dated = on(both, t, _.d_moy == 12, _.d_year == 2000)
    bought = of(of(dated, t.item, "item_sk", _.i_category == "Women"), t.customer, "customer_sk")
    people = bought.select("customer_sk", "c_current_addr_sk").distinct()
    month = t.date_dim.view().filter(_.d_year == 2000, _.d_moy == 12)
    first, last = ((month.d_month_seq + n).name("m").as_table().distinct().m.as_scalar() for n in (1, 3))
    spent = on(sales(t, STORE).join(people, "customer_sk"), t, _.d_month_seq.between(first, last))
    near = of(spent, t.customer_address, "c_current_addr_sk").join(
        t.store.select("s_county", "s_state"), [("ca_county", "s_county"), ("ca_state", "s_state")]
    )
    revenue = near.group_by("customer_sk").agg(revenue=_.ext_sales_price.sum())
    segments = revenue.select(segment=(_.revenue / 50).round().cast("int64"))
    return top(segments.group_by("segment").agg(n=_.count()).mutate(base=_.segment * 50))


def q55(t: Tables) -> ir.Table:
    """Brands of the second manager in November."""
    return brands_in_november(t, 2)


def q56(t: Tables) -> ir.Table:
    """Sales of coloured items in all channels."""
    return in_every_channel(t, "i_item_id", _.i_color.isin(["slate", "navy"]), _.d_year == 2001, _.d_moy.between(2, 4))


def q57(t: Tables) -> ir.Table:
    """Months of call centres unlike their year."""
    return unlike_their_year(t, CATALOG, t.call_center, "call_center_sk", "cc_name")


def q58(t: Tables) -> ir.Table:
    """Items with like revenue in all channels in some weeks: IN of a query that compares with a scalar."""
    day = t.date_dim.view().filter(_.d_date == ibis.date("2000-05-03"))
    weeks = t.date_dim.view().filter(_.d_week_seq.between(day.d_week_seq.as_scalar(), day.d_week_seq.as_scalar() + 9))

    def revenue(channel: str) -> ir.Table:
        sold = of(on(sales(t, channel), t, _.d_date.isin(weeks.d_date)), t.item, "item_sk")
        return sold.group_by(item_id=_.i_item_id).agg(**{channel: _.ext_sales_price.sum()})

    store, catalog, web = map(revenue, CHANNELS)
    rows = store.join(catalog, "item_id").join(web, "item_id")
    average = (rows[STORE] + rows[CATALOG] + rows[WEB]).cast("float64") / 3
    alike = rows.filter(*(rows[channel].between(0.3 * average, 2.0 * average) for channel in CHANNELS))
    return top(alike.mutate(**{f"{c}_dev": alike[c] / average * 100 for c in CHANNELS}, average=average))


def q59(t: Tables) -> ir.Table:
    """Sales of stores on each day of the week, as a ratio to the same week a year later."""
    dated = on(sales(t, STORE), t)
    weeks = of(by_day_of_week(dated, dated.sales_price, "d_week_seq", "store_sk"), t.store, "store_sk")
    first = weeks.semi_join(days(t, _.d_month_seq.between(1200, 1205)), "d_week_seq")
    second = weeks.view().semi_join(days(t, _.d_month_seq.between(1212, 1217)).view(), "d_week_seq")
    both = first.join(second, [first.s_store_id == second.s_store_id, first.d_week_seq == second.d_week_seq - 52])
    ratios = {day.lower(): ratio(first[day.lower()], second[day.lower()]) for day in DAYS}
    return top(both.select(first.s_store_name, first.s_store_id, first.d_week_seq, **ratios))


def q60(t: Tables) -> ir.Table:
    """Sales of music in all channels."""
    return in_every_channel(t, "i_item_id", _.i_category == "Music", _.d_year == 2000, _.d_moy.between(8, 10))


def q61(t: Tables) -> ir.Table:
    """The share of sales with a promotion: a cross join of two totals."""
    rows = of(of(on(sales(t, STORE), t, _.d_year == 2000), t.store, "store_sk"), t.customer, "customer_sk")
    rows = of(of(rows, t.customer_address, "c_current_addr_sk", _.ca_gmt_offset == -5), t.item, "item_sk")
    promoted = of(rows, t.promotion, "promo_sk", (_.p_channel_dmail == "Y") | (_.p_channel_tv == "Y"))
    both = promoted.agg(promotions=_.ext_sales_price.sum()).cross_join(rows.agg(total=_.ext_sales_price.sum()))
    return top(both.mutate(share=ratio(both.promotions, both.total) * 100))


def shipped_late(t: Tables, channel: str, place: ir.Table, key: str, name: str) -> ir.Table:
    """Count orders by the days until they were shipped."""
    shipped = of(on(sales(t, channel), t, YEAR, key="ship_date_sk"), t.ship_mode, "ship_mode_sk")
    rows = of(of(shipped, t.warehouse, "warehouse_sk"), place, key)
    warehouse = rows.w_warehouse_name.substr(0, 20)
    return top(
        rows.group_by("sm_type", name, warehouse=warehouse).agg(**lateness(rows, "sold_date_sk", "ship_date_sk"))
    )


def q62(t: Tables) -> ir.Table:
    """Days until web orders were shipped."""
    return shipped_late(t, WEB, t.web_site, "web_site_sk", "web_name")


def q63(t: Tables) -> ir.Table:
    """Months of managers unlike their average."""
    return unlike_their_average(t, "i_manager_id", "d_moy")


def q64(t: Tables) -> ir.Table:
    """Things that customers bought in two years in the same store: a self join of fifteen joins."""
    back = returns(t, CATALOG).select("item_sk", "order_number", "refunded_cash", "reversed_charge", "store_credit")
    both = with_returns(sales(t, CATALOG), back)
    refund = both.r_refunded_cash + both.r_reversed_charge + both.r_store_credit
    kept = both.group_by("item_sk").agg(sale=both.ext_list_price.sum(), refund=refund.sum()).filter(_.sale > _.refund)
    sold = with_returns(sales(t, STORE), returns(t, STORE).select("item_sk", "order_number"))
    rows = of(of(on(sold.semi_join(kept, "item_sk"), t), t.store, "store_sk"), t.customer, "customer_sk")
    first, later = t.customer_demographics, t.customer_demographics.view()
    rows = of(rows, first, "cdemo_sk").join(later, [("c_current_cdemo_sk", "cd_demo_sk")], rname="{name}_now")
    homes, bands = t.household_demographics, t.income_band
    rows = of(of(of(rows, homes, "hdemo_sk"), bands, "hd_income_band_sk"), t.promotion, "promo_sk")
    now = homes.view().join(bands.view(), [("hd_income_band_sk", "ib_income_band_sk")])
    rows = rows.join(now, [("c_current_hdemo_sk", "hd_demo_sk")], rname="{name}_now")
    rows = of(rows, t.customer_address, "addr_sk").join(
        t.customer_address.view(), [("c_current_addr_sk", "ca_address_sk")], rname="{name}_now"
    )
    for event in ("first_sales", "first_shipto"):
        rows = rows.join(t.date_dim.view(), [(f"c_{event}_date_sk", "d_date_sk")], rname=f"{{name}}_{event}")
    rows = of(rows, t.item, "item_sk", _.i_color.isin(["slate", "peach"]))
    moved = rows.filter(_.cd_marital_status != _.cd_marital_status_now)
    keys = ("i_product_name", "item_sk", "s_store_name", "s_zip", "d_year")
    totals = moved.group_by(*keys).agg(
        cnt=_.count(), cost=_.wholesale_cost.sum(), price=_.list_price.sum(), coupons=_.coupon_amt.sum()
    )
    one, two = totals.filter(_.d_year == 2000), totals.view().filter(_.d_year == 2001)
    pairs = one.join(two, ["item_sk", "s_store_name", "s_zip"], rname="{name}_2").filter(_.cnt_2 <= _.cnt + 1)
    return top(pairs.drop("item_sk"))


def q65(t: Tables) -> ir.Table:
    """Items that sell badly in a store, next to the store's average."""
    totals = on(sales(t, STORE), t, YEAR).group_by("store_sk", "item_sk").agg(revenue=_.sales_price.sum())
    averages = totals.view().group_by("store_sk").agg(average=_.revenue.mean())
    low = totals.join(averages, "store_sk").filter(_.revenue <= _.average * 0.6)
    named = of(of(low, t.store, "store_sk"), t.item, "item_sk")
    return top(named.select("s_store_name", "i_item_desc", "revenue", "i_current_price", "i_wholesale_cost", "i_brand"))


def q66(t: Tables) -> ir.Table:
    """Sales of warehouses by month, in two channels: a wide aggregate of a union of wide aggregates."""
    keys = ("w_warehouse_name", "w_warehouse_sq_ft", "w_city", "w_state", "d_year")

    def by_month(channel: str) -> ir.Table:
        shipped = of(on(sales(t, channel), t, _.d_year == 2001), t.warehouse, "warehouse_sk")
        carried = of(shipped, t.ship_mode, "ship_mode_sk", _.sm_carrier.isin(["DHL", "BARIAN"]))
        rows = of(carried, t.time_dim, "sold_time_sk", _.t_time.between(20_000, 80_000))
        amount = rows.ext_sales_price * rows.quantity
        nothing = ibis.literal(0, amount.type())
        months = {f"m{month}": ibis.ifelse(rows.d_moy == month, amount, nothing).sum() for month in range(1, 13)}
        return rows.group_by(*keys).agg(**months)

    rows = union(by_month(WEB), by_month(CATALOG))
    sums = {f"m{month}": rows[f"m{month}"].sum() for month in range(1, 13)}
    per_foot = {f"m{n}_per_foot": (rows[f"m{n}"].cast("float64") / rows.w_warehouse_sq_ft).sum() for n in range(1, 13)}
    return top(rows.group_by(*keys).agg(**sums, **per_foot).mutate(carriers=ibis.literal("DHL,BARIAN")))


def q68(t: Tables) -> ir.Table:
    """Tickets at the start of a month of customers from another city."""
    return bought_elsewhere(t, (_.hd_dep_count == 4) | (_.hd_vehicle_count == 3), _.d_dom.between(1, 9))


def q69(t: Tables) -> ir.Table:
    """People who bought in stores and in no other channel: EXISTS and NOT EXISTS over joins."""
    when = days(t, _.d_year == 2001, _.d_moy == 4)
    people = of(
        of(t.customer, t.customer_address, "c_current_addr_sk", _.ca_state.isin(["TN", "GA"])),
        t.customer_demographics,
        "c_current_cdemo_sk",
    )

    def buys(channel: str) -> ir.BooleanValue:
        bought = sales(t, channel).join(when, [("sold_date_sk", "d_date_sk")])
        return (bought.customer_sk == people.c_customer_sk).any()

    only = people.filter(buys(STORE), ~buys(WEB), ~buys(CATALOG))
    keys = ("cd_gender", "cd_marital_status", "cd_education_status", "cd_purchase_estimate", "cd_credit_rating")
    return top(only.group_by(*keys).agg(cnt1=_.count(), cnt2=_.count()))


QUESTIONS = (*(q50, q51, q52, q53, q54, q55, q56, q57, q58, q59, q60, q61, q62, q63, q64, q65, q66, q68, q69),)
