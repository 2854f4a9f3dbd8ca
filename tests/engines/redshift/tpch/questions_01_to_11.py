"""Questions 1 to 11 of TPC-H, with the standard's parameters."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
from ibis import _

from tests.engines.redshift.tpch.tables import Tables


def revenue(lines: ir.Table) -> ir.DecimalColumn:
    """Return what each line brought in after its discount."""
    return lines.l_extendedprice * (1 - lines.l_discount)


def is_within(day: ir.DateColumn, start: date, **length: int) -> ir.BooleanColumn:
    """Return whether a day lies in the time from ``start``, its end excluded."""
    return (day >= ibis.date(start)) & (day < ibis.date(start) + ibis.interval(**length))


def suppliers_of(t: Tables) -> ir.Table:
    """Return suppliers with their nation and region."""
    return t.supplier.join(t.nation, [("s_nationkey", "n_nationkey")]).join(t.region, [("n_regionkey", "r_regionkey")])


def q01(t: Tables) -> ir.Table:
    """Pricing summary report."""
    shipped = t.lineitem.filter(t.lineitem.l_shipdate <= ibis.date("1998-12-01") - ibis.interval(days=90))
    return (
        shipped.group_by("l_returnflag", "l_linestatus")
        .agg(
            sum_qty=_.l_quantity.sum(),
            sum_base_price=_.l_extendedprice.sum(),
            sum_disc_price=revenue(shipped).sum(),
            sum_charge=(revenue(shipped) * (1 + shipped.l_tax)).sum(),
            avg_qty=_.l_quantity.mean(),
            avg_price=_.l_extendedprice.mean(),
            avg_disc=_.l_discount.mean(),
            count_order=_.count(),
        )
        .order_by("l_returnflag", "l_linestatus")
    )


def q02(t: Tables) -> ir.Table:
    """Minimum cost supplier: the cheapest by a window, not by a correlated subquery."""
    parts = t.part.filter(_.p_size == 15, _.p_type.endswith("BRASS"))
    offers = (
        parts.join(t.partsupp, [("p_partkey", "ps_partkey")])
        .join(suppliers_of(t), [("ps_suppkey", "s_suppkey")])
        .filter(_.r_name == "EUROPE")
    )
    cheapest = offers.filter(_.ps_supplycost == _.ps_supplycost.min().over(group_by=_.p_partkey))
    return (
        cheapest.select("s_acctbal", "s_name", "n_name", "p_partkey", "p_mfgr", "s_address", "s_phone", "s_comment")
        .order_by(ibis.desc("s_acctbal"), "n_name", "s_name", "p_partkey")
        .limit(100)
    )


def q03(t: Tables) -> ir.Table:
    """Shipping priority."""
    joined = (
        t.customer.filter(_.c_mktsegment == "BUILDING")
        .join(t.orders, [("c_custkey", "o_custkey")])
        .join(t.lineitem, [("o_orderkey", "l_orderkey")])
        .filter(_.o_orderdate < ibis.date("1995-03-15"), _.l_shipdate > ibis.date("1995-03-15"))
    )
    return (
        joined.group_by("o_orderkey", "o_orderdate", "o_shippriority")
        .agg(revenue=revenue(joined).sum())
        .select("o_orderkey", "revenue", "o_orderdate", "o_shippriority")
        .order_by(ibis.desc("revenue"), "o_orderdate")
        .limit(10)
    )


def q04(t: Tables) -> ir.Table:
    """Order priority checking: EXISTS as a semi join."""
    late = t.lineitem.filter(_.l_commitdate < _.l_receiptdate)
    return (
        t.orders.filter(is_within(t.orders.o_orderdate, date(1993, 7, 1), months=3))
        .semi_join(late, [("o_orderkey", "l_orderkey")])
        .group_by("o_orderpriority")
        .agg(order_count=_.count())
        .order_by("o_orderpriority")
    )


def q05(t: Tables) -> ir.Table:
    """Local supplier volume."""
    local = (
        t.customer.join(t.orders, [("c_custkey", "o_custkey")])
        .join(t.lineitem, [("o_orderkey", "l_orderkey")])
        .join(suppliers_of(t), [("l_suppkey", "s_suppkey"), ("c_nationkey", "s_nationkey")])
        .filter(_.r_name == "ASIA")
    )
    in_year = local.filter(is_within(local.o_orderdate, date(1994, 1, 1), years=1))
    return in_year.group_by("n_name").agg(revenue=revenue(in_year).sum()).order_by(ibis.desc("revenue"))


def q06(t: Tables) -> ir.Table:
    """Forecasting revenue change."""
    lines = t.lineitem
    return lines.filter(
        is_within(lines.l_shipdate, date(1994, 1, 1), years=1),
        lines.l_discount.between(0.05, 0.07),
        lines.l_quantity < 24,
    ).agg(revenue=(_.l_extendedprice * _.l_discount).sum())


def q07(t: Tables) -> ir.Table:
    """Volume shipping between France and Germany."""
    sellers = t.nation.select(s_nationkey="n_nationkey", supp_nation="n_name")
    buyers = t.nation.select(c_nationkey="n_nationkey", cust_nation="n_name")
    shipped = (
        t.supplier.join(t.lineitem, [("s_suppkey", "l_suppkey")])
        .join(t.orders, [("l_orderkey", "o_orderkey")])
        .join(t.customer, [("o_custkey", "c_custkey")])
        .join(sellers, "s_nationkey")
        .join(buyers, "c_nationkey")
        .filter(_.l_shipdate.between(ibis.date("1995-01-01"), ibis.date("1996-12-31")))
    )
    to_germany = (shipped.supp_nation == "FRANCE") & (shipped.cust_nation == "GERMANY")
    to_france = (shipped.supp_nation == "GERMANY") & (shipped.cust_nation == "FRANCE")
    return (
        shipped.filter(to_germany | to_france)
        .group_by("supp_nation", "cust_nation", l_year=_.l_shipdate.year())
        .agg(revenue=(_.l_extendedprice * (1 - _.l_discount)).sum())
        .order_by("supp_nation", "cust_nation", "l_year")
    )


def q08(t: Tables) -> ir.Table:
    """National market share."""
    sellers = t.nation.select(s_nationkey="n_nationkey", seller="n_name")
    sold = (
        t.part.filter(_.p_type == "ECONOMY ANODIZED STEEL")
        .join(t.lineitem, [("p_partkey", "l_partkey")])
        .join(t.supplier, [("l_suppkey", "s_suppkey")])
        .join(t.orders, [("l_orderkey", "o_orderkey")])
        .join(t.customer, [("o_custkey", "c_custkey")])
        .join(t.nation, [("c_nationkey", "n_nationkey")])
        .join(t.region, [("n_regionkey", "r_regionkey")])
        .join(sellers, "s_nationkey")
        .filter(_.r_name == "AMERICA")
        .filter(_.o_orderdate.between(ibis.date("1995-01-01"), ibis.date("1996-12-31")))
    )
    volumes = sold.select("seller", o_year=sold.o_orderdate.year(), volume=revenue(sold))
    return (
        volumes.group_by("o_year")
        .agg(mkt_share=(_.seller == "BRAZIL").ifelse(_.volume, 0).sum() / _.volume.sum())
        .order_by("o_year")
    )


def q09(t: Tables) -> ir.Table:
    """Product type profit measure."""
    sold = (
        t.part.filter(_.p_name.contains("green"))
        .join(t.lineitem, [("p_partkey", "l_partkey")])
        .join(t.partsupp, [("l_partkey", "ps_partkey"), ("l_suppkey", "ps_suppkey")])
        .join(t.supplier, [("l_suppkey", "s_suppkey")])
        .join(t.orders, [("l_orderkey", "o_orderkey")])
        .join(t.nation, [("s_nationkey", "n_nationkey")])
    )
    amounts = sold.select(
        nation=sold.n_name,
        o_year=sold.o_orderdate.year(),
        amount=revenue(sold) - sold.ps_supplycost * sold.l_quantity,
    )
    return amounts.group_by("nation", "o_year").agg(sum_profit=_.amount.sum()).order_by("nation", ibis.desc("o_year"))


def q10(t: Tables) -> ir.Table:
    """Returned item reporting."""
    returned = (
        t.customer.join(t.orders, [("c_custkey", "o_custkey")])
        .join(t.lineitem, [("o_orderkey", "l_orderkey")])
        .join(t.nation, [("c_nationkey", "n_nationkey")])
        .filter(_.l_returnflag == "R")
    )
    in_quarter = returned.filter(is_within(returned.o_orderdate, date(1993, 10, 1), months=3))
    return (
        in_quarter.group_by("c_custkey", "c_name", "c_acctbal", "c_phone", "n_name", "c_address", "c_comment")
        .agg(revenue=revenue(in_quarter).sum())
        .order_by(ibis.desc("revenue"))
        .limit(20)
    )


def q11(t: Tables) -> ir.Table:
    """Important stock identification: more than a share of the whole, which is a scalar subquery."""
    stock = (
        t.partsupp.join(t.supplier, [("ps_suppkey", "s_suppkey")])
        .join(t.nation, [("s_nationkey", "n_nationkey")])
        .filter(_.n_name == "GERMANY")
        .mutate(worth=_.ps_supplycost * _.ps_availqty)
    )
    least = (stock.worth.sum() * 0.0001).as_scalar()
    return (
        stock.group_by("ps_partkey")
        .agg(value=_.worth.sum())
        .filter(_.value > least)
        .order_by(ibis.desc("value"), "ps_partkey")
    )


QUESTIONS = (q01, q02, q03, q04, q05, q06, q07, q08, q09, q10, q11)
