"""The eight tables of TPC-H."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

DATABASE = "tpch"
_MONEY = "decimal(15, 2)"

SCHEMAS = {
    "region": ibis.schema({"r_regionkey": "int64", "r_name": "string"}),
    "nation": ibis.schema({"n_nationkey": "int64", "n_name": "string", "n_regionkey": "int64"}),
    "supplier": ibis.schema(
        {
            "s_suppkey": "int64",
            "s_name": "string",
            "s_address": "string",
            "s_nationkey": "int64",
            "s_phone": "string",
            "s_acctbal": _MONEY,
            "s_comment": "string",
        }
    ),
    "customer": ibis.schema(
        {
            "c_custkey": "int64",
            "c_name": "string",
            "c_address": "string",
            "c_nationkey": "int64",
            "c_phone": "string",
            "c_acctbal": _MONEY,
            "c_mktsegment": "string",
            "c_comment": "string",
        }
    ),
    "part": ibis.schema(
        {
            "p_partkey": "int64",
            "p_name": "string",
            "p_mfgr": "string",
            "p_brand": "string",
            "p_type": "string",
            "p_size": "int32",
            "p_container": "string",
            "p_retailprice": _MONEY,
        }
    ),
    "partsupp": ibis.schema(
        {"ps_partkey": "int64", "ps_suppkey": "int64", "ps_availqty": "int32", "ps_supplycost": _MONEY}
    ),
    "orders": ibis.schema(
        {
            "o_orderkey": "int64",
            "o_custkey": "int64",
            "o_orderstatus": "string",
            "o_totalprice": _MONEY,
            "o_orderdate": "date",
            "o_orderpriority": "string",
            "o_shippriority": "int32",
            "o_comment": "string",
        }
    ),
    "lineitem": ibis.schema(
        {
            "l_orderkey": "int64",
            "l_partkey": "int64",
            "l_suppkey": "int64",
            "l_linenumber": "int32",
            "l_quantity": _MONEY,
            "l_extendedprice": _MONEY,
            "l_discount": _MONEY,
            "l_tax": _MONEY,
            "l_returnflag": "string",
            "l_linestatus": "string",
            "l_shipdate": "date",
            "l_commitdate": "date",
            "l_receiptdate": "date",
            "l_shipinstruct": "string",
            "l_shipmode": "string",
        }
    ),
}


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables, bound to no engine."""

    region: ir.Table
    nation: ir.Table
    supplier: ir.Table
    customer: ir.Table
    part: ir.Table
    partsupp: ir.Table
    orders: ir.Table
    lineitem: ir.Table

    @classmethod
    def unbound(cls) -> Tables:
        """Name the tables and their types."""
        return cls(**{name: ibis.table(schema, name=name, database=DATABASE) for name, schema in SCHEMAS.items()})
