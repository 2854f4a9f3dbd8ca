"""Questions 71 to 99 of TPC-DS without those that need ROLLUP, with parameters for a few thousand rows."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from tests.engines.redshift.tpcds.questions_01_to_29 import shares_of_class, spending, split_orders
from tests.engines.redshift.tpcds.questions_30_to_49 import (
    AFTER,
    BUYER,
    buyers_and_days,
    excess_discount,
    in_stock,
    large_tickets,
    returned_much,
)
from tests.engines.redshift.tpcds.questions_50_to_69 import shipped_late
from tests.engines.redshift.tpcds.sales import (
    CATALOG,
    CHANNELS,
    STORE,
    WEB,
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


def q71(t: Tables) -> ir.Table:
    """Sales of all channels around breakfast and dinner, by brand and half hour."""

    def sold(channel: str) -> ir.Table:
        rows = on(sales(t, channel), t, _.d_moy == 11, _.d_year == 2000)
        return rows.select("item_sk", "sold_time_sk", price="ext_sales_price")

    rows = of(union(*map(sold, CHANNELS)), t.item, "item_sk", _.i_manager_id == 1)
    meals = of(rows, t.time_dim, "sold_time_sk", _.t_meal_time.isin(["breakfast", "dinner"]))
    return top(meals.group_by("i_brand_id", "i_brand", "t_hour", "t_minute").agg(price=_.price.sum()))


def q72(t: Tables) -> ir.Table:
    """Orders of more than was in stock, with and without a promotion: three joins with days, two left joins."""
    ordered = of(of(sales(t, CATALOG), t.item, "item_sk"), t.household_demographics, "hdemo_sk", _.hd_dep_count > 1)
    rows = on(of(ordered, t.customer_demographics, "cdemo_sk", _.cd_marital_status == "S"), t, _.d_year == 2000)
    stock, counted, shipped = t.inventory, t.date_dim.view(), t.date_dim.view()
    rows = of(rows.join(stock, [("item_sk", "inv_item_sk")]), t.warehouse, "inv_warehouse_sk")
    rows = rows.join(counted, [("inv_date_sk", "d_date_sk")], rname="{name}_counted")
    rows = rows.join(shipped, [("ship_date_sk", "d_date_sk")], rname="{name}_shipped")
    rows = rows.left_join(t.promotion, [("promo_sk", "p_promo_sk")])
    back = returns(t, CATALOG).select(r_item="item_sk", r_order="order_number")
    rows = rows.left_join(back, [("item_sk", "r_item"), ("order_number", "r_order")])
    short = rows.filter(
        _.d_week_seq == _.d_week_seq_counted,
        _.inv_quantity_on_hand < _.quantity,
        _.d_date_shipped > _.d_date + ibis.interval(days=5),
    )
    promoted = short.p_promo_sk.notnull().cast("int64")
    return top(
        short.group_by("i_item_desc", "w_warehouse_name", "d_week_seq").agg(
            no_promo=(1 - promoted).sum(), promo=promoted.sum(), total=_.count()
        )
    )


def q73(t: Tables) -> ir.Table:
    """Small tickets at the start of a month."""
    return large_tickets(t, ("Rush County", "Dona Ana County"), _.d_dom.between(1, 8), low=1, high=2)


def q74(t: Tables) -> ir.Table:
    """Customers whose payments on the web grow faster than in stores."""
    rows = spending(t, _.net_paid, (STORE, WEB))
    faster = rows.filter(ratio(rows.web_2001, rows.web_2000) > ratio(rows.store_2001, rows.store_2000))
    return top(faster.select("c_customer_id", "c_first_name", "c_last_name"))


def q75(t: Tables) -> ir.Table:
    """Kinds of books that sell less than a year before, less what came back, in a union without repeats."""
    keys = ("d_year", "i_brand_id", "i_class_id", "i_category_id", "i_manufact_id")

    def net(channel: str) -> ir.Table:
        back = returns(t, channel).select("item_sk", "order_number", "return_quantity", "return_amt")
        sold = of(on(sales(t, channel), t), t.item, "item_sk", _.i_category == "Books")
        rows = with_returns(sold, back, how="left")
        return rows.select(
            *keys,
            cnt=rows.quantity - rows.r_return_quantity.fill_null(0),
            amt=rows.ext_sales_price - rows.r_return_amt.fill_null(0),
        )

    totals = union(*map(net, CHANNELS), distinct=True).group_by(*keys).agg(cnt=_.cnt.sum(), amt=_.amt.sum())
    this, last = totals.filter(_.d_year == 2001), totals.view().filter(_.d_year == 2000)
    both = this.join(last, list(keys[1:]), rname="{name}_before").filter(ratio(_.cnt, _.cnt_before) < 0.95)
    return top(both.mutate(cnt_diff=_.cnt - _.cnt_before, amt_diff=_.amt - _.amt_before))


def q76(t: Tables) -> ir.Table:
    """Sales without a store, a customer or an address, by channel, category and quarter."""

    def without(channel: str, column: str) -> ir.Table:
        rows = of(on(sales(t, channel).filter(_[column].isnull()), t), t.item, "item_sk")
        names = {"channel": ibis.literal(channel), "col_name": ibis.literal(column)}
        return rows.select("d_year", "d_qoy", "i_category", "ext_sales_price", **names)

    rows = union(without(STORE, "store_sk"), without(WEB, "ship_customer_sk"), without(CATALOG, "ship_addr_sk"))
    return top(
        rows.group_by("channel", "col_name", "d_year", "d_qoy", "i_category").agg(
            sales_cnt=_.count(), sales_amt=_.ext_sales_price.sum()
        )
    )


def q78(t: Tables) -> ir.Table:
    """What customers bought of an item and kept, in stores next to the other channels: left joins of aggregates."""

    def kept(channel: str) -> ir.Table:
        back = returns(t, channel).select(r_item="item_sk", r_order="order_number")
        rows = sales(t, channel).left_join(back, [("item_sk", "r_item"), ("order_number", "r_order")])
        dated = on(rows.filter(_.r_order.isnull()), t)
        names = {f"{channel}_qty": _.quantity.sum(), f"{channel}_cost": _.wholesale_cost.sum()}
        return dated.group_by("d_year", "item_sk", "customer_sk").agg(**names)

    store, web, catalog = kept(STORE), kept(WEB), kept(CATALOG)
    keys = ["d_year", "item_sk", "customer_sk"]
    rows = (
        store.left_join(web, keys).drop("d_year_right", "item_sk_right", "customer_sk_right").left_join(catalog, keys)
    )
    other = rows.web_qty.fill_null(0) + rows.catalog_qty.fill_null(0)
    cost = rows.web_cost.fill_null(0) + rows.catalog_cost.fill_null(0)
    some = rows.mutate(other_qty=other, other_cost=cost).filter(_.other_qty > 0, _.d_year == 2000)
    names = (*keys, "store_qty", "store_cost", "other_qty", "other_cost")
    return top(some.select(*names, ratio=ratio(some.store_qty, some.other_qty).round(2)))


def q79(t: Tables) -> ir.Table:
    """Tickets on Mondays in stores of some size."""
    sold = of(on(sales(t, STORE), t, _.d_dow == 1), t.store, "store_sk", _.s_number_employees.between(200, 295))
    rows = of(sold, t.household_demographics, "hdemo_sk", (_.hd_dep_count == 3) | (_.hd_vehicle_count > 2))
    tickets = rows.group_by("order_number", "customer_sk", "addr_sk", "s_city").agg(
        amt=_.coupon_amt.sum(), profit=_.net_profit.sum()
    )
    named = of(tickets, t.customer, "customer_sk")
    city = named.s_city.substr(0, 30)
    return top(named.select("c_last_name", "c_first_name", "order_number", "amt", "profit", city=city))


def q81(t: Tables) -> ir.Table:
    """Customers who send back much of what they bought by catalogue."""
    return top(returned_much(t, CATALOG).select(*BUYER, "ca_street_name", "ca_city", "ca_zip", "total"))


def q82(t: Tables) -> ir.Table:
    """Items in stock that are sold in stores."""
    return in_stock(t, STORE)


def q83(t: Tables) -> ir.Table:
    """Returns of items in all channels in the weeks of some days: IN of IN."""
    some = t.date_dim.view().filter(_.d_date.isin([ibis.date("2000-06-30"), ibis.date("2000-09-27")]))
    weeks = t.date_dim.view().filter(_.d_week_seq.isin((some.d_week_seq - 1).name("w").as_table().w) | (_.d_moy == 7))

    def quantity(channel: str) -> ir.Table:
        back = on(returns(t, channel), t, _.d_date.isin(weeks.d_date), key="returned_date_sk")
        return of(back, t.item, "item_sk").group_by("i_item_id").agg(**{channel: _.return_quantity.sum()})

    store, catalog, web = map(quantity, CHANNELS)
    rows = store.join(catalog, "i_item_id").join(web, "i_item_id")
    total = rows[STORE] + rows[CATALOG] + rows[WEB]
    shares = {f"{channel}_dev": ratio(rows[channel], total) / 3 * 100 for channel in CHANNELS}
    return top(rows.mutate(**shares, average=total / 3))


def q84(t: Tables) -> ir.Table:
    """Customers of a city and an income who brought something back."""
    people = of(t.customer, t.customer_address, "c_current_addr_sk", _.ca_city == "Midway")
    homes = of(of(people, t.household_demographics, "c_current_hdemo_sk"), t.income_band, "hd_income_band_sk")
    rich = homes.filter(_.ib_lower_bound >= 20_000, _.ib_upper_bound <= 50_000)
    back = of(rich, t.customer_demographics, "c_current_cdemo_sk").join(
        t.store_returns, [("cd_demo_sk", "sr_cdemo_sk")]
    )
    name = back.c_last_name.fill_null("") + ", " + back.c_first_name.fill_null("")
    return top(back.select(customer_id="c_customer_id", customername=name))


def q85(t: Tables) -> ir.Table:
    """Averages of web returns by reason, under alternatives that mix the columns of several tables."""
    back = t.web_returns
    sold = sales(t, WEB).join(back, [("item_sk", "wr_item_sk"), ("order_number", "wr_order_number")])
    rows = of(on(of(sold, t.web_page, "web_page_sk"), t, _.d_year == 2000), t.reason, "wr_reason_sk")
    rows = of(of(rows, t.customer_demographics, "wr_refunded_cdemo_sk"), t.customer_address, "wr_refunded_addr_sk")
    rows = rows.join(
        t.customer_demographics.view(), [("wr_returning_cdemo_sk", "cd_demo_sk")], rname="{name}_returning"
    )
    same = (rows.cd_marital_status == rows.cd_marital_status_returning) & (rows.cd_marital_status != "W")
    cheap, dear = rows.sales_price.between(10, 50), rows.sales_price.between(50, 100)
    south, north = rows.ca_state.isin(["TX", "GA"]) & (rows.net_profit > 0), rows.ca_state == "TN"
    chosen = rows.filter(same & (cheap | dear), south | north)
    metrics = {"quantity": _.quantity.mean(), "cash": _.wr_refunded_cash.mean(), "fee": _.wr_fee.mean()}
    return top(chosen.group_by(reason=chosen.r_reason_desc.substr(0, 20)).agg(**metrics))


def q87(t: Tables) -> ir.Table:
    """Count those who bought in stores only, by month: EXCEPT of EXCEPT."""
    store, catalog, web = (buyers_and_days(t, channel) for channel in CHANNELS)
    return store.difference(catalog).difference(web).agg(n=_.count())


def at_times(t: Tables, channel: str, hour: int, minute: int, *homes: ibis.Deferred, key: str = "hdemo_sk") -> ir.Table:
    """Return sales in a half hour to some households."""
    late = _.t_minute >= 30 if minute else _.t_minute < 30
    timed = of(sales(t, channel), t.time_dim, "sold_time_sk", _.t_hour == hour, late)
    return of(timed, t.household_demographics, key, *homes)


def q88(t: Tables) -> ir.Table:
    """Count sales of a store in eight half hours: a cross join of counts."""
    homes = ((_.hd_dep_count == 4) & (_.hd_vehicle_count <= 6)) | ((_.hd_dep_count == 2) & (_.hd_vehicle_count <= 4))
    counts = None
    for hour, minute in ((8, 30), (9, 0), (9, 30), (10, 0), (10, 30), (11, 0), (11, 30), (12, 0)):
        rows = of(at_times(t, STORE, hour, minute, homes), t.store, "store_sk", _.s_store_name == "ese")
        count = rows.agg(**{f"h{hour}_{minute}": rows.count()})
        counts = count if counts is None else counts.cross_join(count)
    assert counts is not None
    return counts


def q89(t: Tables) -> ir.Table:
    """Months of classes in stores unlike their average."""
    chosen = (_.i_category == "Books") | ((_.i_category == "Women") & (_.i_class == "dresses"))
    sold = of(of(on(sales(t, STORE), t, _.d_year == 2000), t.item, "item_sk", chosen), t.store, "store_sk")
    keys = ("i_category", "i_brand", "s_store_name", "s_company_name")
    totals = sold.group_by(*keys, "i_class", "d_moy").agg(total=_.sales_price.sum())
    rows = totals.mutate(average=totals.total.mean().over(group_by=keys))
    return top(rows.filter(ratio((_.total - _.average).abs(), _.average) > 0.1))


def q90(t: Tables) -> ir.Table:
    """The ratio of web sales in the morning to those in the evening."""

    def count(hour: int, name: str) -> ir.Table:
        sold = of(sales(t, WEB), t.time_dim, "sold_time_sk", _.t_hour.between(hour, hour + 2))
        rows = of(of(sold, t.household_demographics, "ship_hdemo_sk", _.hd_dep_count < 3), t.web_page, "web_page_sk")
        return rows.filter(_.wp_char_count.between(5000, 5200)).agg(**{name: _.count()})

    both = count(8, "am").cross_join(count(19, "pm"))
    return both.select(am_pm_ratio=ratio(both.am, both.pm))


def q91(t: Tables) -> ir.Table:
    """Losses of call centres on returns of some people."""
    back = of(on(returns(t, CATALOG), t, _.d_year == 2000, key="returned_date_sk"), t.call_center, "call_center_sk")
    rows = of(of(back, t.customer, "customer_sk"), t.customer_demographics, "c_current_cdemo_sk")
    some = rows.filter(
        ((_.cd_marital_status == "M") & (_.cd_education_status != "Unknown")) | (_.cd_marital_status == "W")
    )
    homes = of(some, t.household_demographics, "c_current_hdemo_sk", _.hd_buy_potential.like("%n%"))
    keys = ("cc_call_center_id", "cc_name", "cc_manager", "cd_marital_status", "cd_education_status")
    return top(homes.group_by(*keys).agg(loss=_.net_loss.sum()))


def q92(t: Tables) -> ir.Table:
    """Excess discounts on the web."""
    return excess_discount(t, WEB)


def q93(t: Tables) -> ir.Table:
    """What customers paid less what they brought back for one reason."""
    back = returns(t, STORE).select("item_sk", "order_number", "return_quantity", "reason_sk")
    rows = of(with_returns(sales(t, STORE), back, how="left"), t.reason, "r_reason_sk", _.r_reason_desc == "reason 2")
    paid = (rows.quantity - rows.r_return_quantity.fill_null(0)) * rows.sales_price
    return top(rows.group_by("customer_sk").agg(sumsales=paid.sum()))


def q94(t: Tables) -> ir.Table:
    """Web orders that were shipped from several warehouses and kept."""
    return split_orders(t, WEB, t.web_site, "web_site_sk", "TN")


def q95(t: Tables) -> ir.Table:
    """Web orders that were shipped from several warehouses and returned: IN of a self join, twice."""
    one, two = sales(t, WEB).view(), sales(t, WEB).view()
    split = one.join(two, [one.order_number == two.order_number, one.warehouse_sk != two.warehouse_sk]).select(
        number=one.order_number
    )
    back = returns(t, WEB).join(split, [("order_number", "number")])
    shipped = on(sales(t, WEB), t, AFTER, key="ship_date_sk")
    rows = of(of(shipped, t.customer_address, "ship_addr_sk", _.ca_state == "TN"), t.web_site, "web_site_sk")
    chosen = rows.filter(rows.order_number.isin(split.number), rows.order_number.isin(back.order_number))
    return chosen.agg(orders=_.order_number.nunique(), cost=_.ext_ship_cost.sum(), profit=_.net_profit.sum())


def q96(t: Tables) -> ir.Table:
    """Count sales of a store in one half hour."""
    rows = of(at_times(t, STORE, 20, 30, _.hd_dep_count == 2), t.store, "store_sk", _.s_store_name == "ese")
    return rows.agg(n=_.count())


def q97(t: Tables) -> ir.Table:
    """Count pairs of customer and item that are in stores, in the catalogue, or in both: a full join."""

    def pairs(channel: str) -> ir.Table:
        return on(sales(t, channel), t, _.d_month_seq.between(1200, 1211)).select("customer_sk", "item_sk").distinct()

    store, catalog = pairs(STORE), pairs(CATALOG)
    both = store.outer_join(catalog, ["customer_sk", "item_sk"])
    in_store, in_catalog = both.customer_sk.notnull(), both.customer_sk_right.notnull()
    return both.agg(
        store_only=(in_store & ~in_catalog).sum(),
        catalog_only=(~in_store & in_catalog).sum(),
        both=(in_store & in_catalog).sum(),
    )


def q98(t: Tables) -> ir.Table:
    """Revenue of items in stores as a share of their class."""
    return shares_of_class(t, STORE)


def q99(t: Tables) -> ir.Table:
    """Days until orders by catalogue were shipped."""
    return shipped_late(t, CATALOG, t.call_center, "call_center_sk", "cc_name")


QUESTIONS = (
    *(q71, q72, q73, q74, q75, q76, q78, q79, q81, q82, q83, q84, q85, q87, q88, q89, q90, q91, q92, q93, q94),
    *(q95, q96, q97, q98, q99),
)
