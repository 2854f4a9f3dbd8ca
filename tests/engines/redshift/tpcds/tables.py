"""The tables of TPC-DS, with the columns that its questions read."""

from __future__ import annotations

from dataclasses import dataclass, fields

import ibis
import ibis.expr.types as ir

DATABASE = "tpcds"

_PRICES = (
    "wholesale_cost list_price sales_price ext_discount_amt ext_sales_price ext_wholesale_cost ext_list_price "
    "coupon_amt net_paid net_profit"
)
_BILLED = "sold_date_sk sold_time_sk ship_date_sk bill_customer_sk bill_cdemo_sk bill_hdemo_sk bill_addr_sk"
_SHIPPED = (
    "ship_customer_sk ship_hdemo_sk ship_addr_sk ship_mode_sk warehouse_sk item_sk promo_sk order_number quantity"
)
_RETURNED = "returned_date_sk item_sk reason_sk return_quantity"
_SENT_BACK = "returning_customer_sk returning_cdemo_sk returning_addr_sk refunded_cdemo_sk refunded_addr_sk"
_PLACE = "street_number street_name street_type suite_number city county state zip country gmt_offset"
_COLUMNS = {
    "store_sales": (
        "ss_",
        (
            "sold_date_sk sold_time_sk item_sk customer_sk cdemo_sk hdemo_sk addr_sk store_sk promo_sk ticket_number "
            f"quantity {_PRICES}"
        ),
    ),
    "catalog_sales": ("cs_", f"{_BILLED} {_SHIPPED} call_center_sk ext_ship_cost {_PRICES}"),
    "web_sales": ("ws_", f"{_BILLED} {_SHIPPED} web_page_sk web_site_sk ext_ship_cost {_PRICES}"),
    "store_returns": (
        "sr_",
        f"{_RETURNED} customer_sk cdemo_sk addr_sk store_sk ticket_number return_amt fee refunded_cash net_loss",
    ),
    "catalog_returns": (
        "cr_",
        (
            f"{_RETURNED} {_SENT_BACK} call_center_sk order_number return_amount fee refunded_cash reversed_charge "
            "store_credit return_amt_inc_tax net_loss"
        ),
    ),
    "web_returns": (
        "wr_",
        f"{_RETURNED} {_SENT_BACK} order_number return_amt fee refunded_cash net_loss",
    ),
    "inventory": ("inv_", "date_sk item_sk warehouse_sk quantity_on_hand"),
    "date_dim": (
        "d_",
        "date_sk date month_seq week_seq year dow moy dom qoy day_name quarter_name",
    ),
    "time_dim": ("t_", "time_sk time hour minute meal_time"),
    "item": (
        "i_",
        (
            "item_sk item_id item_desc current_price wholesale_cost brand_id brand class_id class category_id category "
            "manufact_id manufact size color units manager_id product_name"
        ),
    ),
    "customer": (
        "c_",
        (
            "customer_sk customer_id current_cdemo_sk current_hdemo_sk current_addr_sk first_shipto_date_sk "
            "first_sales_date_sk salutation first_name last_name preferred_cust_flag birth_month birth_year "
            "birth_country login email_address"
        ),
    ),
    "customer_address": ("ca_", f"address_sk {_PLACE} location_type"),
    "customer_demographics": (
        "cd_",
        (
            "demo_sk gender marital_status education_status purchase_estimate credit_rating dep_count "
            "dep_employed_count dep_college_count"
        ),
    ),
    "household_demographics": ("hd_", "demo_sk income_band_sk buy_potential dep_count vehicle_count"),
    "income_band": ("ib_", "income_band_sk lower_bound upper_bound"),
    "store": ("s_", f"store_sk store_id store_name number_employees market_id company_id company_name {_PLACE}"),
    "warehouse": ("w_", "warehouse_sk warehouse_name warehouse_sq_ft city county state country"),
    "ship_mode": ("sm_", "ship_mode_sk type carrier"),
    "web_site": ("web_", "site_sk name company_name"),
    "web_page": ("wp_", "web_page_sk char_count"),
    "call_center": ("cc_", "call_center_sk call_center_id name manager county"),
    "promotion": ("p_", "promo_sk channel_dmail channel_email channel_event channel_tv"),
    "reason": ("r_", "reason_sk reason_desc"),
}
"""The prefix of a table's columns, and their names without it."""

_MONEY = (
    f"{_PRICES} ext_ship_cost return_amt return_amount return_amt_inc_tax fee refunded_cash reversed_charge "
    "store_credit net_loss current_price gmt_offset"
)
_NUMBERS = (
    "quantity return_quantity quantity_on_hand ticket_number order_number month_seq week_seq year dow moy dom qoy time "
    "hour minute brand_id class_id category_id manufact_id manager_id birth_month birth_year purchase_estimate "
    "dep_count dep_employed_count dep_college_count vehicle_count lower_bound upper_bound number_employees market_id "
    "company_id warehouse_sq_ft char_count"
)


def _type(name: str) -> str:
    if name.endswith("_sk") or name in _NUMBERS.split():
        return "int64"
    if name in _MONEY.split():
        return "decimal(7, 2)"
    return "date" if name == "date" else "string"


SCHEMAS = {
    table: ibis.schema({prefix + name: _type(name) for name in names.split()})
    for table, (prefix, names) in _COLUMNS.items()
}


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables, bound to no engine."""

    store_sales: ir.Table
    catalog_sales: ir.Table
    web_sales: ir.Table
    store_returns: ir.Table
    catalog_returns: ir.Table
    web_returns: ir.Table
    inventory: ir.Table
    date_dim: ir.Table
    time_dim: ir.Table
    item: ir.Table
    customer: ir.Table
    customer_address: ir.Table
    customer_demographics: ir.Table
    household_demographics: ir.Table
    income_band: ir.Table
    store: ir.Table
    warehouse: ir.Table
    ship_mode: ir.Table
    web_site: ir.Table
    web_page: ir.Table
    call_center: ir.Table
    promotion: ir.Table
    reason: ir.Table

    @classmethod
    def unbound(cls) -> Tables:
        """Name the tables and their types."""
        return cls(**{f.name: ibis.table(SCHEMAS[f.name], name=f.name, database=DATABASE) for f in fields(cls)})
