"""Questions 1 to 29 of TPC-DS without those that need ROLLUP, with parameters for a few thousand rows."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from tests.engines.redshift.tpcds.sales import (
    CATALOG,
    CHANNELS,
    DAYS,
    STORE,
    WEB,
    by_day_of_week,
    days,
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

SCHOOLED = (_.cd_gender == "M", _.cd_marital_status == "S", _.cd_education_status == "College")
"""The people of questions 7, 26 and 27."""
SPRING = _.d_date.between(ibis.date("2000-02-01"), ibis.date("2000-04-30"))


def q01(t: Tables) -> ir.Table:
    """Customers who return more than is usual in their store: a correlated average."""
    back = on(returns(t, STORE), t, _.d_year == 2000, key="returned_date_sk")
    totals = back.group_by("customer_sk", "store_sk").agg(total=_.return_amt.sum())
    again = totals.view()
    high = totals.filter(totals.total > again.filter(again.store_sk == totals.store_sk).total.mean() * 1.2)
    return top(of(of(high, t.store, "store_sk", _.s_state == "TN"), t.customer, "customer_sk").select("c_customer_id"))


def q02(t: Tables) -> ir.Table:
    """Sales of each day of the week, next to the same week a year later."""
    both = union(*(sales(t, channel).select("sold_date_sk", "ext_sales_price") for channel in (WEB, CATALOG)))
    dated = on(both, t)
    weeks = by_day_of_week(dated, dated.ext_sales_price, "d_week_seq")

    def of_year(year: int) -> ir.Table:
        return weeks.semi_join(days(t, _.d_year == year), "d_week_seq")

    first, second = of_year(2000), of_year(2001).view()
    joined = first.join(second, first.d_week_seq == second.d_week_seq - 53)
    changes = {f"r_{day.lower()}": ratio(first[day.lower()], second[day.lower()]).round(2) for day in DAYS}
    return top(joined.select(first.d_week_seq, **changes))


def q03(t: Tables) -> ir.Table:
    """Sales of a maker's brands in November of each year."""
    sold = of(on(sales(t, STORE), t, _.d_moy == 11), t.item, "item_sk", _.i_manufact_id == 1)
    return top(sold.group_by("d_year", "i_brand_id", "i_brand").agg(total=_.ext_sales_price.sum()))


def spending(t: Tables, amount: ibis.Deferred, channels: tuple[str, ...]) -> ir.Table:
    """Return customers with what they spent in two years, in every channel by itself."""

    def year_of(channel: str, year: int) -> ir.Table:
        bought = of(on(sales(t, channel), t, _.d_year == year), t.customer, "customer_sk")
        totals = bought.group_by("c_customer_id", "c_first_name", "c_last_name").agg(total=amount.sum())
        return totals if year == 2001 and channel == STORE else totals.select("c_customer_id", "total")

    rows = year_of(STORE, 2001).rename(store_2001="total")
    for channel in channels:
        for year in (2000, 2001):
            if (channel, year) != (STORE, 2001):
                other = year_of(channel, year).rename({f"{channel}_{year}": "total"})
                rows = rows.join(
                    other.filter(other[f"{channel}_{year}"] > 0) if year == 2000 else other, "c_customer_id"
                )
    return rows


def q04(t: Tables) -> ir.Table:
    """Customers whose purchases by catalogue grow faster than in stores and on the web."""
    profit = (_.ext_list_price - _.ext_wholesale_cost - _.ext_discount_amt + _.ext_sales_price) / 2
    rows = spending(t, profit, CHANNELS)
    by_catalog = ratio(rows.catalog_2001, rows.catalog_2000)
    faster = rows.filter(
        by_catalog > ratio(rows.store_2001, rows.store_2000), by_catalog > ratio(rows.web_2001, rows.web_2000)
    )
    return top(faster.select("c_customer_id", "c_first_name", "c_last_name"))


def q06(t: Tables) -> ir.Table:
    """States whose customers bought what costs more than is usual in its category, in one month."""
    month = t.date_dim.filter(_.d_year == 2001, _.d_moy == 1).select("d_month_seq").distinct().d_month_seq.as_scalar()
    other = t.item.view()
    dear = t.item.filter(
        t.item.i_current_price > other.filter(other.i_category == t.item.i_category).i_current_price.mean() * 1.2
    )
    bought = on(sales(t, STORE), t, _.d_month_seq == month).join(dear, [("item_sk", "i_item_sk")])
    living = of(of(bought, t.customer, "customer_sk"), t.customer_address, "c_current_addr_sk")
    return top(living.group_by("ca_state").agg(cnt=_.count()).filter(_.cnt >= 2))


def _averages(t: Tables, channel: str) -> ir.Table:
    sold = of(on(sales(t, channel), t, _.d_year == 2000), t.customer_demographics, "cdemo_sk", *SCHOOLED)
    promoted = of(sold, t.promotion, "promo_sk", (_.p_channel_email == "N") | (_.p_channel_event == "N"))
    return top(of(promoted, t.item, "item_sk").group_by("i_item_id").agg(**AVERAGES))


AVERAGES = {
    "agg1": _.quantity.mean(),
    "agg2": _.list_price.mean(),
    "agg3": _.coupon_amt.mean(),
    "agg4": _.sales_price.mean(),
}


def q07(t: Tables) -> ir.Table:
    """Averages of promoted sales in stores to one kind of people."""
    return _averages(t, STORE)


def q08(t: Tables) -> ir.Table:
    """Profit of stores near zip codes that are listed and have enough preferred customers."""
    zips = t.customer_address.mutate(zip5=_.ca_zip.substr(0, 5))
    listed = zips.filter(_.zip5.isin(["35709", "30399", "12345"])).select("zip5")
    preferred = (
        of(t.customer.filter(_.c_preferred_cust_flag == "Y"), zips, "c_current_addr_sk")
        .group_by("zip5")
        .agg(cnt=_.count())
        .filter(_.cnt > 2)
        .select("zip5")
    )
    near = listed.intersect(preferred)
    sold = of(on(sales(t, STORE), t, _.d_qoy == 2, _.d_year == 2000), t.store, "store_sk")
    joined = sold.join(near, sold.s_zip.substr(0, 2) == near.zip5.substr(0, 2))
    return top(joined.group_by("s_store_name").agg(profit=_.net_profit.sum()))


def q09(t: Tables) -> ir.Table:
    """Five averages, each of one of two columns by how many sales have a quantity: uncorrelated scalars."""
    rows = sales(t, STORE)

    def bucket(low: int, enough: int) -> ir.Value:
        some = rows.filter(_.quantity.between(low, low + 7))
        count, discount, paid = some.count(), some.ext_discount_amt.mean(), some.net_paid.mean()
        return ibis.ifelse(count.as_scalar() > enough, discount.as_scalar(), paid.as_scalar())

    buckets = {f"bucket{n}": bucket(8 * n + 1, 300 + 10 * n) for n in range(5)}
    return t.reason.filter(_.r_reason_sk == 1).select(**buckets)


def _buys(t: Tables, customer: ir.Table, channel: str, *conditions: ibis.Deferred) -> ir.BooleanValue:
    """Return whether a customer bought in a channel on such days, as EXISTS."""
    bought = on(sales(t, channel), t, *conditions)
    return (bought.customer_sk == customer.c_customer_sk).any()


def q10(t: Tables) -> ir.Table:
    """People who bought in stores and in another channel, by their demographics: EXISTS and EXISTS or EXISTS."""
    when = (_.d_year == 2000, _.d_moy.between(1, 4))
    people = of(
        of(t.customer, t.customer_address, "c_current_addr_sk", _.ca_county.isin(["Rush County", "Toole County"])),
        t.customer_demographics,
        "c_current_cdemo_sk",
    )
    buyers = people.filter(
        _buys(t, people, STORE, *when), _buys(t, people, WEB, *when) | _buys(t, people, CATALOG, *when)
    )
    keys = ("cd_gender", "cd_marital_status", "cd_education_status", "cd_purchase_estimate", "cd_credit_rating")
    return top(buyers.group_by(*keys, "cd_dep_count").agg(cnt1=_.count(), cnt2=_.count()))


def q11(t: Tables) -> ir.Table:
    """Customers whose purchases on the web grow faster than in stores."""
    rows = spending(t, _.ext_list_price - _.ext_discount_amt, (STORE, WEB))
    faster = rows.filter(ratio(rows.web_2001, rows.web_2000) > ratio(rows.store_2001, rows.store_2000))
    return top(faster.select("c_customer_id", "c_first_name", "c_last_name"))


def shares_of_class(t: Tables, channel: str) -> ir.Table:
    sold = of(on(sales(t, channel), t, SPRING), t.item, "item_sk", _.i_category.isin(["Books", "Music"]))
    keys = ("i_item_id", "i_item_desc", "i_category", "i_class", "i_current_price")
    totals = sold.group_by(*keys).agg(revenue=_.ext_sales_price.sum())
    return top(totals.mutate(share=_.revenue.cast("float64") * 100 / _.revenue.sum().over(group_by="i_class")))


def q12(t: Tables) -> ir.Table:
    """Revenue of items on the web as a share of their class."""
    return shares_of_class(t, WEB)


def q13(t: Tables) -> ir.Table:
    """Averages of sales in stores under alternatives that mix the columns of several tables."""
    rows = of(of(on(sales(t, STORE), t, _.d_year == 2001), t.store, "store_sk"), t.customer_demographics, "cdemo_sk")
    rows = of(of(rows, t.household_demographics, "hdemo_sk"), t.customer_address, "addr_sk")
    single = (rows.cd_marital_status == "S") & rows.sales_price.between(50, 100) & (rows.hd_dep_count == 1)
    married = (rows.cd_marital_status == "M") & rows.sales_price.between(10, 50) & (rows.hd_dep_count == 3)
    southern = rows.ca_state.isin(["TX", "GA"]) & rows.net_profit.between(-900, 200)
    northern = (rows.ca_state == "TN") & rows.net_profit.between(-500, 300)
    chosen = rows.filter(single | married, southern | northern)
    return chosen.agg(a=_.quantity.mean(), b=_.ext_sales_price.mean(), c=_.ext_wholesale_cost.sum(), n=_.count())


def q15(t: Tables) -> ir.Table:
    """Sales by catalogue by the zip code of customers."""
    bought = on(sales(t, CATALOG), t, _.d_qoy == 2, _.d_year == 2001)
    rows = of(of(bought, t.customer, "customer_sk"), t.customer_address, "c_current_addr_sk")
    some = rows.filter((_.ca_zip.substr(0, 5).isin(["35709"])) | (_.ca_state == "GA") | (_.sales_price > 70))
    return top(some.group_by("ca_zip").agg(total=_.sales_price.sum()))


def split_orders(t: Tables, channel: str, place: ir.Table, key: str, state: str) -> ir.Table:
    """Count orders from more than one warehouse of which nothing was returned: EXISTS by inequality, NOT EXISTS."""
    shipped = on(sales(t, channel), t, _.d_year == 2000, key="ship_date_sk")
    rows = of(of(shipped, t.customer_address, "ship_addr_sk", _.ca_state == state), place, key)
    other, back = sales(t, channel).view(), returns(t, channel)
    chosen = rows.filter(
        ((other.order_number == rows.order_number) & (other.warehouse_sk != rows.warehouse_sk)).any(),
        ~(back.order_number == rows.order_number).any(),
    )
    return chosen.agg(orders=_.order_number.nunique(), cost=_.ext_ship_cost.sum(), profit=_.net_profit.sum())


def q16(t: Tables) -> ir.Table:
    """Orders by catalogue that were shipped from several warehouses and kept."""
    return split_orders(t, CATALOG, t.call_center, "call_center_sk", "GA")


def _sold_returned_and_bought_again(t: Tables, first: ibis.Deferred, later: ibis.Deferred) -> ir.Table:
    """Return items with a sale in a store, its return, and a purchase by catalogue of the same customer."""
    sold = of(of(on(sales(t, STORE), t, first), t.item, "item_sk"), t.store, "store_sk")
    back = on(returns(t, STORE), t, later, key="returned_date_sk").select(
        "item_sk", "order_number", "customer_sk", "return_quantity", "net_loss"
    )
    again = on(sales(t, CATALOG), t, later).select(
        again_item_sk="item_sk", again_customer_sk="customer_sk", again_quantity="quantity", again_profit="net_profit"
    )
    returned = sold.join(back, ["item_sk", "order_number", "customer_sk"])
    return returned.join(again, [("item_sk", "again_item_sk"), ("customer_sk", "again_customer_sk")])


def q17(t: Tables) -> ir.Table:
    """Statistics of quantities that were sold, returned and bought again."""
    rows = _sold_returned_and_bought_again(t, _.d_year == 2000, _.d_year.isin([2000, 2001]))
    statistics = {}
    for name in ("quantity", "return_quantity", "again_quantity"):
        column = rows[name]
        statistics |= {f"{name}_n": column.count(), f"{name}_avg": column.mean(), f"{name}_dev": column.std()}
    return top(rows.group_by("i_item_id", "i_item_desc", "s_state").agg(**statistics))


def q19(t: Tables) -> ir.Table:
    """Revenue of brands from customers who live far from the store."""
    sold = of(on(sales(t, STORE), t, _.d_moy == 11, _.d_year == 2000), t.item, "item_sk", _.i_manager_id == 1)
    rows = of(of(sold, t.customer, "customer_sk"), t.customer_address, "c_current_addr_sk")
    far = of(rows, t.store, "store_sk").filter(_.ca_zip.substr(0, 5) != _.s_zip.substr(0, 5))
    return top(far.group_by("i_brand", "i_brand_id", "i_manufact_id", "i_manufact").agg(p=_.ext_sales_price.sum()))


def q20(t: Tables) -> ir.Table:
    """Revenue of items by catalogue as a share of their class."""
    return shares_of_class(t, CATALOG)


def q21(t: Tables) -> ir.Table:
    """Stock before and after a day, where it changed little."""
    day = ibis.date("2000-09-01")
    stock = of(on(t.inventory, t, _.d_year == 2000, key="inv_date_sk"), t.item, "inv_item_sk")
    rows = of(stock, t.warehouse, "inv_warehouse_sk")
    counted = rows.group_by("w_warehouse_name", "i_item_id").agg(
        before=ibis.ifelse(rows.d_date < day, rows.inv_quantity_on_hand, 0).sum(),
        after=ibis.ifelse(rows.d_date >= day, rows.inv_quantity_on_hand, 0).sum(),
    )
    return top(counted.filter(ratio(_.after, _.before).between(2 / 3, 3 / 2)))


def q23(t: Tables) -> ir.Table:
    """What the best customers of stores bought of frequent items in other channels."""
    sold = of(on(sales(t, STORE), t, _.d_year.isin([2000, 2001])), t.item, "item_sk")
    frequent = (
        sold.group_by(_.i_item_desc.substr(0, 30).name("text"), "item_sk", "d_month_seq")
        .agg(cnt=_.count())
        .filter(_.cnt > 4)
        .select("item_sk")
        .distinct()
    )
    spent = sales(t, STORE).group_by("customer_sk").agg(total=(_.quantity * _.sales_price).sum())
    most = (
        on(sales(t, STORE), t, _.d_year.isin([2000, 2001]))
        .group_by("customer_sk")
        .agg(total=(_.quantity * _.sales_price).sum())
    )
    best = spent.filter(_.total > most.total.max().as_scalar() * 0.5)

    def bought(channel: str) -> ir.Table:
        rows = on(sales(t, channel), t, _.d_year == 2000, _.d_moy.between(2, 6))
        chosen = rows.semi_join(frequent, "item_sk").semi_join(best, "customer_sk")
        named = of(chosen, t.customer, "customer_sk").group_by("c_last_name", "c_first_name")
        return named.agg(sales=(_.quantity * _.list_price).sum())

    return top(union(bought(CATALOG), bought(WEB)))


def q24(t: Tables) -> ir.Table:
    """Customers who paid more than a share of the average for things of one colour that they returned."""
    sold = with_returns(sales(t, STORE), returns(t, STORE).select("item_sk", "order_number"))
    rows = of(of(of(sold, t.store, "store_sk"), t.item, "item_sk"), t.customer, "customer_sk")
    near = of(rows, t.customer_address, "c_current_addr_sk").filter(
        _.s_zip == _.ca_zip, _.c_birth_country != _.ca_country.upper()
    )
    keys = ("c_last_name", "c_first_name", "s_store_name", "ca_state", "i_color", "i_size", "i_manager_id")
    paid = near.group_by(*keys).agg(netpaid=_.net_paid.sum())
    slate = paid.filter(_.i_color == "slate").group_by("c_last_name", "c_first_name", "s_store_name")
    totals = slate.agg(paid=_.netpaid.sum())
    return top(totals.filter(totals.paid > paid.netpaid.mean().as_scalar() * 0.05))


def q25(t: Tables) -> ir.Table:
    """Profit and loss of items that were sold, returned and bought again."""
    rows = _sold_returned_and_bought_again(t, _.d_year == 2000, _.d_year == 2000)
    keys = ("i_item_id", "i_item_desc", "s_store_id", "s_store_name")
    return top(rows.group_by(*keys).agg(a=_.net_profit.sum(), b=_.net_loss.sum(), c=_.again_profit.sum()))


def q26(t: Tables) -> ir.Table:
    """Averages of promoted sales by catalogue to one kind of people."""
    return _averages(t, CATALOG)


def q27(t: Tables) -> ir.Table:
    """Averages by item and state, by item, and of all: what ROLLUP would give."""
    sold = of(on(sales(t, STORE), t, _.d_year == 2000), t.customer_demographics, "cdemo_sk", *SCHOOLED)
    rows = of(of(sold, t.store, "store_sk"), t.item, "item_sk")
    nothing = ibis.null("string")
    fine = rows.group_by("i_item_id", "s_state").agg(**AVERAGES).mutate(g_state=ibis.literal(0))
    item = rows.group_by("i_item_id").agg(**AVERAGES).mutate(s_state=nothing, g_state=ibis.literal(1))
    every = rows.agg(**AVERAGES).mutate(i_item_id=nothing, s_state=nothing, g_state=ibis.literal(1))
    return top(union(fine, *(part.select(*fine.columns) for part in (item, every))))


def q28(t: Tables) -> ir.Table:
    """Averages and counts of prices in six bands of quantities, side by side."""
    rows = sales(t, STORE)

    def band(n: int) -> ir.Table:
        some = rows.filter(
            _.quantity.between(n * 6, n * 6 + 5),
            _.list_price.between(10 + n, 30 + n) | _.coupon_amt.between(5, 50) | _.wholesale_cost.between(20, 40),
        )
        metrics = {"lp": some.list_price.mean(), "cnt": some.list_price.count(), "cntd": some.list_price.nunique()}
        return some.agg(**{f"b{n}_{name}": metric for name, metric in metrics.items()})

    bands = band(0)
    for n in range(1, 6):
        bands = bands.cross_join(band(n))
    return bands


def q29(t: Tables) -> ir.Table:
    """Quantities of items that were sold, returned and bought again."""
    rows = _sold_returned_and_bought_again(t, _.d_moy.between(4, 9), _.d_year.isin([2000, 2001]))
    keys = ("i_item_id", "i_item_desc", "s_store_id", "s_store_name")
    return top(rows.group_by(*keys).agg(a=_.quantity.sum(), b=_.return_quantity.sum(), c=_.again_quantity.sum()))


QUESTIONS = (
    *(q01, q02, q03, q04, q06, q07, q08, q09, q10, q11, q12, q13, q15, q16, q17, q19, q20, q21),
    *(q23, q24, q25, q26, q27, q28, q29),
)
