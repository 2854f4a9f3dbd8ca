"""Questions 12 to 22 of TPC-H, with the standard's parameters."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
from ibis import _

from tests.engines.redshift.tpch.questions_01_to_11 import is_within, revenue
from tests.engines.redshift.tpch.tables import Tables


def q12(t: Tables) -> ir.Table:
    """Shipping modes and order priority."""
    lines = t.lineitem.filter(
        _.l_shipmode.isin(["MAIL", "SHIP"]),
        _.l_commitdate < _.l_receiptdate,
        _.l_shipdate < _.l_commitdate,
        is_within(t.lineitem.l_receiptdate, date(1994, 1, 1), years=1),
    )
    is_urgent = _.o_orderpriority.isin(["1-URGENT", "2-HIGH"])
    return (
        t.orders.join(lines, [("o_orderkey", "l_orderkey")])
        .group_by("l_shipmode")
        .agg(high_line_count=_.count(where=is_urgent), low_line_count=_.count(where=~is_urgent))
        .order_by("l_shipmode")
    )


def q13(t: Tables) -> ir.Table:
    """Customer distribution: those without an order count too."""
    usual = t.orders.filter(~_.o_comment.like("%special%requests%"))
    counted = (
        t.customer.left_join(usual, [("c_custkey", "o_custkey")])
        .group_by("c_custkey")
        .agg(c_count=_.o_orderkey.count())
    )
    return counted.group_by("c_count").agg(custdist=_.count()).order_by(ibis.desc("custdist"), ibis.desc("c_count"))


def q14(t: Tables) -> ir.Table:
    """Promotion effect."""
    sold = t.lineitem.join(t.part, [("l_partkey", "p_partkey")])
    in_month = sold.filter(is_within(sold.l_shipdate, date(1995, 9, 1), months=1))
    income = revenue(in_month)
    promoted = income.sum(where=in_month.p_type.startswith("PROMO"))
    return in_month.agg(promo_revenue=promoted * 100 / income.sum())


def q15(t: Tables) -> ir.Table:
    """Top supplier: the view of the standard is an expression that is used twice."""
    lines = t.lineitem.filter(is_within(t.lineitem.l_shipdate, date(1996, 1, 1), months=3))
    totals = lines.group_by(supplier_no="l_suppkey").agg(total_revenue=revenue(lines).sum())
    return (
        t.supplier.join(totals, [("s_suppkey", "supplier_no")])
        .filter(_.total_revenue == totals.total_revenue.max().as_scalar())
        .select("s_suppkey", "s_name", "s_address", "s_phone", "total_revenue")
        .order_by("s_suppkey")
    )


def q16(t: Tables) -> ir.Table:
    """Parts and supplier relationship: NOT IN as an anti join."""
    blamed = t.supplier.filter(_.s_comment.like("%Customer%Complaints%"))
    parts = t.part.filter(
        _.p_brand != "Brand#45",
        ~_.p_type.startswith("MEDIUM POLISHED"),
        _.p_size.isin([49, 14, 23, 45, 19, 3, 36, 9]),
    )
    return (
        t.partsupp.join(parts, [("ps_partkey", "p_partkey")])
        .anti_join(blamed, [("ps_suppkey", "s_suppkey")])
        .group_by("p_brand", "p_type", "p_size")
        .agg(supplier_cnt=_.ps_suppkey.nunique())
        .order_by(ibis.desc("supplier_cnt"), "p_brand", "p_type", "p_size")
    )


def q17(t: Tables) -> ir.Table:
    """Small-quantity-order revenue: the average of each part joined back."""
    parts = t.part.filter(_.p_brand == "Brand#23", _.p_container == "MED BOX")
    usual = t.lineitem.group_by(partkey="l_partkey").agg(quantity=_.l_quantity.mean())
    return (
        t.lineitem.join(parts, [("l_partkey", "p_partkey")])
        .join(usual, [("l_partkey", "partkey")])
        .filter(_.l_quantity < _.quantity * 0.2)
        .agg(avg_yearly=_.l_extendedprice.sum() / 7.0)
    )


def q18(t: Tables) -> ir.Table:
    """Large volume customer."""
    large = t.lineitem.group_by("l_orderkey").having(_.l_quantity.sum() > 300).agg(lines=_.count())
    return (
        t.orders.filter(_.o_orderkey.isin(large.l_orderkey))
        .join(t.customer, [("o_custkey", "c_custkey")])
        .join(t.lineitem, [("o_orderkey", "l_orderkey")])
        .group_by("c_name", "c_custkey", "o_orderkey", "o_orderdate", "o_totalprice")
        .agg(quantity=_.l_quantity.sum())
        .order_by(ibis.desc("o_totalprice"), "o_orderdate")
        .limit(100)
    )


def q19(t: Tables) -> ir.Table:
    """Discounted revenue: three kinds of small parcels."""
    sold = t.lineitem.join(t.part, [("l_partkey", "p_partkey")]).filter(
        _.l_shipmode.isin(["AIR", "AIR REG"]), _.l_shipinstruct == "DELIVER IN PERSON"
    )

    def kind(brand: str, containers: list[str], least: int, largest: int) -> ir.BooleanColumn:
        is_kind = (sold.p_brand == brand) & sold.p_container.isin(containers)
        return is_kind & sold.l_quantity.between(least, least + 10) & sold.p_size.between(1, largest)

    small = kind("Brand#12", ["SM CASE", "SM BOX", "SM PACK", "SM PKG"], 1, 5)
    medium = kind("Brand#23", ["MED BAG", "MED BOX", "MED PKG", "MED PACK"], 10, 10)
    large = kind("Brand#34", ["LG CASE", "LG BOX", "LG PACK", "LG PKG"], 20, 15)
    parcels = sold.filter(small | medium | large)
    return parcels.agg(revenue=revenue(parcels).sum())


def q20(t: Tables) -> ir.Table:
    """Potential part promotion: stock above half of what a year sold."""
    lines = t.lineitem.filter(is_within(t.lineitem.l_shipdate, date(1994, 1, 1), years=1))
    sold = lines.group_by("l_partkey", "l_suppkey").agg(quantity=_.l_quantity.sum())
    surplus = (
        t.partsupp.semi_join(t.part.filter(_.p_name.startswith("forest")), [("ps_partkey", "p_partkey")])
        .join(sold, [("ps_partkey", "l_partkey"), ("ps_suppkey", "l_suppkey")])
        .filter(_.ps_availqty > _.quantity * 0.5)
    )
    return (
        t.supplier.join(t.nation, [("s_nationkey", "n_nationkey")])
        .filter(_.n_name == "CANADA")
        .semi_join(surplus, [("s_suppkey", "ps_suppkey")])
        .select("s_name", "s_address")
        .order_by("s_name")
    )


def q21(t: Tables) -> ir.Table:
    """Suppliers who kept orders waiting: alone late among several."""
    late = t.lineitem.filter(_.l_receiptdate > _.l_commitdate)
    others, late_others = t.lineitem.view(), late.view()
    waiting = (
        late.semi_join(others, [late.l_orderkey == others.l_orderkey, late.l_suppkey != others.l_suppkey])
        .anti_join(late_others, [late.l_orderkey == late_others.l_orderkey, late.l_suppkey != late_others.l_suppkey])
        .join(t.orders.filter(_.o_orderstatus == "F"), [("l_orderkey", "o_orderkey")])
        .join(t.supplier, [("l_suppkey", "s_suppkey")])
        .join(t.nation, [("s_nationkey", "n_nationkey")])
        .filter(_.n_name == "SAUDI ARABIA")
    )
    return waiting.group_by("s_name").agg(numwait=_.count()).order_by(ibis.desc("numwait"), "s_name").limit(100)


def q22(t: Tables) -> ir.Table:
    """Global sales opportunity: rich customers who never ordered."""
    codes = ["13", "31", "23", "29", "30", "18", "17"]
    known = t.customer.mutate(cntrycode=_.c_phone.substr(0, 2)).filter(_.cntrycode.isin(codes))
    usual = known.filter(_.c_acctbal > 0).c_acctbal.mean().as_scalar()
    return (
        known.filter(known.c_acctbal > usual)
        .anti_join(t.orders, [("c_custkey", "o_custkey")])
        .group_by("cntrycode")
        .agg(numcust=_.count(), totacctbal=_.c_acctbal.sum())
        .order_by("cntrycode")
    )


QUESTIONS = (q12, q13, q14, q15, q16, q17, q18, q19, q20, q21, q22)
