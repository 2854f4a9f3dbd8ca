"""Questions 30 to 49 of TPC-DS, with parameters for a few thousand rows."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from tests.engines.redshift.tpcds.sales import (
    CATALOG,
    CHANNELS,
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

AFTER = _.d_date.between(ibis.date("2000-03-01"), ibis.date("2000-08-31"))
BUYER = ("c_customer_id", "c_salutation", "c_first_name", "c_last_name")


def returned_much(t: Tables, channel: str) -> ir.Table:
    """Return customers who return more than is usual in the state they return from: a correlated average."""
    back = of(on(returns(t, channel), t, _.d_year == 2000, key="returned_date_sk"), t.customer_address, "addr_sk")
    totals = back.group_by("customer_sk", state=back.ca_state).agg(total=_.return_amt.sum())
    again = totals.view()
    high = totals.filter(totals.total > again.filter(again.state == totals.state).total.mean() * 1.2)
    return of(of(high, t.customer, "customer_sk"), t.customer_address, "c_current_addr_sk", _.ca_state == "GA")


def q30(t: Tables) -> ir.Table:
    """Customers who send back much of what they bought on the web."""
    return top(returned_much(t, WEB).select(*BUYER, "c_birth_year", "c_email_address", "total"))


def q31(t: Tables) -> ir.Table:
    """Counties where web sales grow faster than sales in stores, from quarter to quarter."""

    def quarter(channel: str, number: int) -> ir.Table:
        sold = of(on(sales(t, channel), t, _.d_qoy == number, _.d_year == 2000), t.customer_address, "addr_sk")
        return sold.group_by("ca_county").agg(**{f"{channel}_{number}": _.ext_sales_price.sum()})

    rows = quarter(STORE, 1)
    for channel, number in ((STORE, 2), (STORE, 3), (WEB, 1), (WEB, 2), (WEB, 3)):
        rows = rows.join(quarter(channel, number), "ca_county")
    growth = {
        f"{channel}_{number}": ratio(rows[f"{channel}_{number}"], rows[f"{channel}_{number - 1}"])
        for channel in (STORE, WEB)
        for number in (2, 3)
    }
    faster = rows.filter((growth["web_2"] > growth["store_2"]) | (growth["web_3"] > growth["store_3"]))
    return top(faster.select("ca_county", **{f"growth_{name}": value for name, value in growth.items()}))


def excess_discount(t: Tables, channel: str) -> ir.Table:
    """Add up discounts above the average of the item in the same time: a correlated average over a join."""
    sold = sales(t, channel).join(t.item.filter(_.i_manufact_id == 2), [("item_sk", "i_item_sk")])
    dated = on(sold, t, AFTER)
    other = sales(t, channel).view()
    own = other.filter(other.item_sk == dated.i_item_sk).join(days(t, AFTER).view(), [("sold_date_sk", "d_date_sk")])
    return dated.filter(dated.ext_discount_amt > own.ext_discount_amt.mean() * 1.3).agg(excess=_.ext_discount_amt.sum())


def q32(t: Tables) -> ir.Table:
    """Excess discounts by catalogue."""
    return excess_discount(t, CATALOG)


def in_every_channel(t: Tables, key: str, chosen: ibis.Deferred, *when: ibis.Deferred) -> ir.Table:
    """Add up sales of all channels to one time zone, of items whose key is among those that are chosen."""
    keys = t.item.view().filter(chosen)

    def total(channel: str) -> ir.Table:
        sold = on(sales(t, channel), t, *when)
        near = of(sold, t.customer_address, "addr_sk", _.ca_gmt_offset == -5)
        some = near.join(t.item.filter(t.item[key].isin(keys[key])), [("item_sk", "i_item_sk")])
        return some.group_by(key).agg(total=_.ext_sales_price.sum())

    return top(union(*map(total, CHANNELS)).group_by(key).agg(total=_.total.sum()))


def q33(t: Tables) -> ir.Table:
    """Sales of makers of books in all channels."""
    return in_every_channel(t, "i_manufact_id", _.i_category == "Books", _.d_year == 2000, _.d_moy.between(4, 6))


def large_tickets(t: Tables, counties: tuple[str, ...], *when: ibis.Deferred, low: int, high: int) -> ir.Table:
    """Return buyers in stores with the number of lines of their tickets."""
    dated = on(sales(t, STORE), t, _.d_year.isin([2000, 2001]), *when)
    sold = of(dated, t.store, "store_sk", _.s_county.isin(counties))
    rows = of(sold, t.household_demographics, "hdemo_sk", _.hd_buy_potential.isin([">10000", "Unknown"]))
    driving = rows.filter(_.hd_vehicle_count > 0, ratio(_.hd_dep_count, _.hd_vehicle_count) > 0.4)
    counted = driving.group_by("order_number", "customer_sk").agg(cnt=_.count()).filter(_.cnt.between(low, high))
    return top(of(counted, t.customer, "customer_sk").select(*BUYER, "c_preferred_cust_flag", "order_number", "cnt"))


def q34(t: Tables) -> ir.Table:
    """Tickets with several lines at the start or the end of a month."""
    edge = _.d_dom.between(1, 5) | _.d_dom.between(20, 28)
    return large_tickets(t, ("Rush County", "Toole County"), edge, low=3, high=4)


def q35(t: Tables) -> ir.Table:
    """People who bought in stores and in another channel: the counts of correlated subqueries over joins."""
    people = of(of(t.customer, t.customer_address, "c_current_addr_sk"), t.customer_demographics, "c_current_cdemo_sk")

    def count(channel: str) -> ir.IntegerScalar:
        rows = sales(t, channel)
        own = rows.filter(rows.customer_sk == people.c_customer_sk)
        return own.join(days(t, _.d_year == 2001, _.d_qoy < 2), [("sold_date_sk", "d_date_sk")]).count()

    buyers = people.filter(count(STORE) > 0, (count(WEB) > 0) | (count(CATALOG) > 0))
    counts = {"dep": _.cd_dep_count, "employed": _.cd_dep_employed_count, "college": _.cd_dep_college_count}
    metrics = {}
    for name, column in counts.items():
        metrics |= {f"{name}_min": column.min(), f"{name}_max": column.max(), f"{name}_avg": column.mean()}
    keys = ("ca_state", "cd_gender", "cd_marital_status", "cd_dep_count")
    return top(buyers.group_by(*keys).agg(cnt=_.count(), **metrics))


def q36(t: Tables) -> ir.Table:
    """Margins by category and class with their ranks, and the levels above them: what ROLLUP would give."""
    sold = of(of(on(sales(t, STORE), t, _.d_year == 2001), t.item, "item_sk"), t.store, "store_sk", _.s_state == "TN")
    sums = {"profit": _.net_profit.sum(), "price": _.ext_sales_price.sum()}
    fine = sold.group_by("i_category", "i_class").agg(**sums).mutate(level=ibis.literal(0))
    nothing = ibis.null("string")
    coarse = fine.group_by("i_category").agg(profit=_.profit.sum(), price=_.price.sum())
    middle = coarse.mutate(i_class=nothing, level=ibis.literal(1))
    whole = fine.agg(profit=_.profit.sum(), price=_.price.sum())
    every = whole.mutate(i_category=nothing, i_class=nothing, level=ibis.literal(2))
    rows = union(fine, middle.select(*fine.columns), every.select(*fine.columns), distinct=True)
    margins = rows.select("i_category", "i_class", "level", margin=ratio(rows.profit.cast("float64"), rows.price))
    parent = ibis.ifelse(margins.level == 0, margins.i_category, nothing)
    return top(margins.mutate(rank=ibis.rank().over(group_by=[margins.level, parent], order_by=margins.margin)))


def in_stock(t: Tables, channel: str) -> ir.Table:
    """Return items in a range of prices that were in stock and sold."""
    some = t.item.filter(_.i_current_price.between(20, 80), _.i_manufact_id.isin([1, 2, 3]))
    stock = on(some.join(t.inventory, [("i_item_sk", "inv_item_sk")]), t, AFTER, key="inv_date_sk")
    sold = stock.filter(_.inv_quantity_on_hand.between(100, 500)).join(sales(t, channel), [("i_item_sk", "item_sk")])
    return top(sold.group_by("i_item_id", "i_item_desc", "i_current_price").agg().order_by("i_item_id"))


def q37(t: Tables) -> ir.Table:
    """Items in stock that are sold by catalogue."""
    return in_stock(t, CATALOG)


def buyers_and_days(t: Tables, channel: str) -> ir.Table:
    """Return who bought on which day."""
    sold = on(sales(t, channel), t, _.d_month_seq.between(1200, 1211))
    return of(sold, t.customer, "customer_sk").select("c_last_name", "c_first_name", "d_month_seq").distinct()


def q38(t: Tables) -> ir.Table:
    """Count those who bought in all channels in one month: INTERSECT of INTERSECT."""
    store, catalog, web = (buyers_and_days(t, channel) for channel in CHANNELS)
    return store.intersect(catalog).intersect(web).agg(n=_.count())


def q39(t: Tables) -> ir.Table:
    """Stock that varies much in two months that follow each other."""
    stock = on(of(of(t.inventory, t.item, "inv_item_sk"), t.warehouse, "inv_warehouse_sk"), t, key="inv_date_sk")
    spread = (
        stock.filter(_.d_year == 2001)
        .group_by("w_warehouse_sk", "i_item_sk", "d_qoy")
        .agg(stdev=_.inv_quantity_on_hand.std(), mean=_.inv_quantity_on_hand.mean())
        .filter(ratio(_.stdev, _.mean) > 1)
        .mutate(cov=ratio(_.stdev, _.mean))
    )
    first, second = spread.filter(_.d_qoy == 1), spread.view().filter(_.d_qoy == 2)
    pairs = first.join(second, ["w_warehouse_sk", "i_item_sk"], rname="{name}_2")
    return top(pairs.select("w_warehouse_sk", "i_item_sk", "mean", "cov", "mean_2", "cov_2"))


def q40(t: Tables) -> ir.Table:
    """Sales less returns before and after a day, by warehouse: a left join with what came back."""
    back = returns(t, CATALOG).select("item_sk", "order_number", "refunded_cash")
    sold = with_returns(sales(t, CATALOG), back, how="left")
    rows = on(of(of(sold, t.warehouse, "warehouse_sk"), t.item, "item_sk", _.i_current_price > 30), t, AFTER)
    net, day = rows.sales_price - rows.r_refunded_cash.fill_null(0), ibis.date("2000-06-01")
    nothing = ibis.literal(0, net.type())
    return top(
        rows.group_by("w_state", "i_item_id").agg(
            before=ibis.ifelse(rows.d_date < day, net, nothing).sum(),
            after=ibis.ifelse(rows.d_date >= day, net, nothing).sum(),
        )
    )


def q41(t: Tables) -> ir.Table:
    """Products of makers who also have others of some kinds: a correlated count with alternatives."""
    other = t.item.view()
    women = (other.i_category == "Women") & other.i_color.isin(["slate", "peach"]) & (other.i_units == "Ounce")
    music = (other.i_category == "Music") & (other.i_color == "peach") & (other.i_size == "large")
    kinds = other.filter((other.i_manufact == t.item.i_manufact) & (women | music))
    return top(t.item.filter(t.item.i_manufact_id.between(1, 4), kinds.count() > 0).select("i_product_name").distinct())


def q42(t: Tables) -> ir.Table:
    """Sales of categories in one month."""
    sold = of(on(sales(t, STORE), t, _.d_moy == 11, _.d_year == 2000), t.item, "item_sk", _.i_manager_id == 1)
    return top(sold.group_by("d_year", "i_category_id", "i_category").agg(total=_.ext_sales_price.sum()))


def q43(t: Tables) -> ir.Table:
    """Sales of stores by the day of the week."""
    sold = of(on(sales(t, STORE), t, _.d_year == 2000), t.store, "store_sk", _.s_gmt_offset == -5)
    return top(by_day_of_week(sold, sold.sales_price, "s_store_name", "s_store_id"))


def q44(t: Tables) -> ir.Table:
    """The best and the worst items by average profit, side by side by their ranks."""
    rows = sales(t, STORE).filter(_.store_sk == 1)
    usual = rows.filter(_.addr_sk.isnull()).net_profit.mean().as_scalar()
    averages = rows.group_by("item_sk").agg(profit=_.net_profit.mean())
    some = averages.filter(averages.profit > usual * 0.1)
    worst = some.mutate(rank=ibis.rank().over(order_by=some.profit)).filter(_["rank"] < 10)
    best = some.mutate(rank=ibis.rank().over(order_by=ibis.desc(some.profit))).filter(_["rank"] < 10)
    names = t.item.select("i_item_sk", "i_product_name")
    named = [of(ranked, names.view(), "item_sk").select("rank", name="i_product_name") for ranked in (best, worst)]
    return top(named[0].join(named[1], "rank", rname="{name}_of_worst"))


def q45(t: Tables) -> ir.Table:
    """Web sales by zip code and city, to some zip codes or of some items: IN of a subquery in an alternative."""
    bought = of(of(sales(t, WEB), t.customer, "customer_sk"), t.customer_address, "c_current_addr_sk")
    rows = on(of(bought, t.item, "item_sk"), t, _.d_qoy == 2, _.d_year == 2001)
    listed = t.item.view().filter(_.i_item_sk.isin([2, 3, 5, 7, 11]))
    some = rows.filter(rows.ca_zip.substr(0, 5).isin(["35709"]) | rows.i_item_id.isin(listed.i_item_id))
    return top(some.group_by("ca_zip", "ca_city").agg(total=_.sales_price.sum()))


def bought_elsewhere(t: Tables, condition: ibis.Deferred, *when: ibis.Deferred) -> ir.Table:
    """Return tickets of customers who bought in another city than where they live."""
    sold = of(on(sales(t, STORE), t, _.d_year.isin([2000, 2001]), *when), t.store, "store_sk", _.s_city == "Midway")
    rows = of(of(sold, t.household_demographics, "hdemo_sk", condition), t.customer_address, "addr_sk")
    tickets = rows.group_by("order_number", "customer_sk", "addr_sk", bought_city=rows.ca_city).agg(
        amt=_.coupon_amt.sum(), profit=_.net_profit.sum(), listed=_.ext_list_price.sum()
    )
    living = of(of(tickets, t.customer, "customer_sk"), t.customer_address.view(), "c_current_addr_sk")
    names = ("c_last_name", "c_first_name", "ca_city", "bought_city", "order_number")
    return top(living.filter(_.ca_city != _.bought_city).select(*names, "amt", "profit", "listed"))


def q46(t: Tables) -> ir.Table:
    """Tickets at weekends of customers from another city."""
    return bought_elsewhere(t, (_.hd_dep_count == 4) | (_.hd_vehicle_count == 3), _.d_dow.isin([6, 0]))


def unlike_their_year(t: Tables, channel: str, place: ir.Table, key: str, *names: str) -> ir.Table:
    """Return months that differ from their year's average, with the month before and after: two self joins."""
    sold = of(of(on(sales(t, channel), t), t.item, "item_sk"), place, key)
    keys = ("i_category", "i_brand", *names)
    months = sold.group_by(*keys, "d_year", "d_moy").agg(total=_.sales_price.sum())
    numbered = months.mutate(
        average=months.total.mean().over(group_by=[*keys, "d_year"]),
        rn=ibis.rank().over(group_by=keys, order_by=["d_year", "d_moy"]),
    )
    before, after = numbered.view(), numbered.view()
    both = numbered.join(
        before, [*(numbered[k] == before[k] for k in keys), numbered.rn == before.rn + 1], rname="{name}_before"
    ).join(after, [*(numbered[k] == after[k] for k in keys), numbered.rn == after.rn - 1], rname="{name}_after")
    gap = (both.total - both.average).abs()
    unusual = both.filter(both.d_year == 2000, both.average > 0, ratio(gap, both.average) > 0.1)
    return top(unusual.select(*keys, "d_year", "d_moy", "average", "total", "total_before", "total_after"))


def q47(t: Tables) -> ir.Table:
    """Months of stores unlike their year."""
    return unlike_their_year(t, STORE, t.store, "store_sk", "s_store_name", "s_company_name")


def q48(t: Tables) -> ir.Table:
    """Quantities under alternatives that mix the columns of several tables."""
    rows = of(of(on(sales(t, STORE), t, _.d_year == 2000), t.store, "store_sk"), t.customer_demographics, "cdemo_sk")
    rows = of(rows, t.customer_address, "addr_sk")
    single = (rows.cd_marital_status == "S") & (rows.cd_education_status == "College") & (rows.sales_price > 40)
    married = (rows.cd_marital_status == "M") & rows.sales_price.between(10, 60)
    south = rows.ca_state.isin(["TX", "GA"]) & rows.net_profit.between(0, 900)
    north = (rows.ca_state == "TN") & (rows.net_profit > -300)
    return rows.filter(single | married, south | north).agg(quantity=_.quantity.sum())


def q49(t: Tables) -> ir.Table:
    """Items with the highest shares of returns in each channel: ranks over RANGE, a union of unions."""

    def ranked(channel: str) -> ir.Table:
        back = returns(t, channel).select("item_sk", "order_number", "return_quantity", "return_amt")
        sold = with_returns(sales(t, channel), back, how="left")
        rows = on(sold, t, _.d_year == 2000, _.d_moy > 6).filter(_.r_return_amt > 100, _.quantity > 0, _.net_paid > 0)
        shares = rows.group_by(item=rows.item_sk).agg(
            quantity=ratio(rows.r_return_quantity.fill_null(0).sum(), rows.quantity.sum()),
            currency=ratio(rows.r_return_amt.fill_null(0).sum(), rows.net_paid.sum()),
        )
        ranks = {
            f"{name}_rank": ibis.rank().over(range=(None, 0), order_by=shares[name]) + 1
            for name in ("quantity", "currency")
        }
        best = shares.mutate(**ranks).filter((_.quantity_rank <= 5) | (_.currency_rank <= 5))
        names = {"item": "item", "q": "quantity", "qr": "quantity_rank", "cr": "currency_rank"}
        return best.select(channel=ibis.literal(channel), **names)

    return top(union(*map(ranked, CHANNELS), distinct=True))


QUESTIONS = (*(q30, q31, q32, q33, q34, q35, q36, q37, q38, q39, q40, q41, q42, q43, q44, q45, q46, q47, q48, q49),)
