"""Questions of TPC-H that the standard asks with correlated subqueries, in that form; elsewhere they are joins."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
from ibis import _

from tests.engines.redshift.tpch.questions_01_to_11 import is_within, suppliers_of
from tests.engines.redshift.tpch.tables import Tables


def q02_correlated(t: Tables) -> ir.Table:
    """Minimum cost supplier: a minimum over joins, by the part of the row."""

    def offers(parts: ir.Table) -> ir.Table:
        rows = parts.join(t.partsupp, [("p_partkey", "ps_partkey")]).join(
            suppliers_of(t), [("ps_suppkey", "s_suppkey")]
        )
        return rows.filter(_.r_name == "EUROPE")

    rows = offers(t.part.filter(_.p_size == 15, _.p_type.endswith("BRASS")))
    others = offers(t.part.view())
    cheapest = others.filter(others.p_partkey == rows.p_partkey).ps_supplycost.min()
    return (
        rows.filter(rows.ps_supplycost == cheapest)
        .select("s_acctbal", "s_name", "n_name", "p_partkey", "p_mfgr", "s_address", "s_phone", "s_comment")
        .order_by(ibis.desc("s_acctbal"), "n_name", "s_name", "p_partkey")
        .limit(100)
    )


def q04_correlated(t: Tables) -> ir.Table:
    """Order priority checking: EXISTS over lines of the order."""
    late = t.lineitem.filter(_.l_commitdate < _.l_receiptdate)
    orders = t.orders.filter(is_within(t.orders.o_orderdate, date(1993, 7, 1), months=3))
    waiting = orders.filter((late.l_orderkey == orders.o_orderkey).any())
    return waiting.group_by("o_orderpriority").agg(order_count=_.count()).order_by("o_orderpriority")


def q17_correlated(t: Tables) -> ir.Table:
    """Small-quantity-order revenue: less than a part of the part's average."""
    parts = t.part.filter(_.p_brand == "Brand#23", _.p_container == "MED BOX")
    rows = t.lineitem.join(parts, [("l_partkey", "p_partkey")])
    others = t.lineitem.view()
    usual = others.filter(others.l_partkey == rows.p_partkey).l_quantity.mean()
    return rows.filter(rows.l_quantity < usual * 0.2).agg(avg_yearly=_.l_extendedprice.sum() / 7.0)


def q20_correlated(t: Tables) -> ir.Table:
    """Potential part promotion: IN of IN, and half of a sum by two keys."""
    forest = t.part.filter(_.p_name.startswith("forest"))
    lines = t.lineitem.filter(is_within(t.lineitem.l_shipdate, date(1994, 1, 1), years=1))
    offers = t.partsupp.filter(t.partsupp.ps_partkey.isin(forest.p_partkey))
    sold = lines.filter(lines.l_partkey == offers.ps_partkey, lines.l_suppkey == offers.ps_suppkey).l_quantity.sum()
    surplus = offers.filter(offers.ps_availqty > sold * 0.5)
    suppliers = t.supplier.join(t.nation.filter(_.n_name == "CANADA"), [("s_nationkey", "n_nationkey")])
    return suppliers.filter(_.s_suppkey.isin(surplus.ps_suppkey)).select("s_name", "s_address").order_by("s_name")


def q21_correlated(t: Tables) -> ir.Table:
    """Suppliers who kept orders waiting: EXISTS and NOT EXISTS with an inequality."""
    rows = (
        t.lineitem.filter(_.l_receiptdate > _.l_commitdate)
        .join(t.orders.filter(_.o_orderstatus == "F"), [("l_orderkey", "o_orderkey")])
        .join(t.supplier, [("l_suppkey", "s_suppkey")])
        .join(t.nation.filter(_.n_name == "SAUDI ARABIA"), [("s_nationkey", "n_nationkey")])
    )
    others, late = t.lineitem.view(), t.lineitem.view()
    waiting = rows.filter(
        ((others.l_orderkey == rows.l_orderkey) & (others.l_suppkey != rows.l_suppkey)).any(),
        ~(
            (late.l_orderkey == rows.l_orderkey)
            & (late.l_suppkey != rows.l_suppkey)
            & (late.l_receiptdate > late.l_commitdate)
        ).any(),
    )
    return waiting.group_by("s_name").agg(numwait=_.count()).order_by(ibis.desc("numwait"), "s_name").limit(100)


def q22_correlated(t: Tables) -> ir.Table:
    """Global sales opportunity: above an average of all, NOT EXISTS."""
    codes = ["13", "31", "23", "29", "30", "18", "17"]
    known = t.customer.mutate(cntrycode=_.c_phone.substr(0, 2)).filter(_.cntrycode.isin(codes))
    usual = known.view().filter(_.c_acctbal > 0).c_acctbal.mean().as_scalar()
    quiet = known.filter(known.c_acctbal > usual, ~(t.orders.o_custkey == known.c_custkey).any())
    counts = quiet.group_by("cntrycode").agg(numcust=_.count(), totacctbal=_.c_acctbal.sum())
    return counts.order_by("cntrycode")


QUESTIONS = (q02_correlated, q04_correlated, q17_correlated, q20_correlated, q21_correlated, q22_correlated)
