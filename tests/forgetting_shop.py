"""A shop whose customers leave traces everywhere: snapshots, histories, lists of audiences, stored failures."""

from __future__ import annotations

from collections.abc import Callable

CUSTOMERS = """
    from marketing_ibis.data_tests import unique, not_null
    from marketing_ibis.model import Snapshot

    @source(table="customers", grain=("id",), snapshot=Snapshot(hard_deletes="new_record"), columns=(
        column("id", "{key}", "Key."),
        column("name", "string", "Name.", nullable=True, pii=True),
        column("email", "string", "Address.", nullable=True, pii=True, tests=(unique(severity="warn"),)),
        column("consent", "boolean", "Whether the customer agreed.", nullable=True),
    ))
    def raw_customers() -> ir.Table:
        '''Customers.'''
    """
ORDERS = """
    from marketing_ibis.data_tests import positive_value, relationships
    from marketing_ibis.model import Snapshot

    @source(table="orders", grain=("id",), snapshot=Snapshot(), columns=(
        column("id", "int64", "Key."),
        column("user_id", "{key}", "Customer.", nullable=True,
               tests=(relationships("raw_customers", "id", severity="warn"),)),
        column("email", "string", "Address.", nullable=True, pii=True),
        column("cents", "int64", "Amount.", nullable=True, tests=(positive_value(severity="warn"),)),
    ))
    def raw_orders() -> ir.Table:
        '''Orders.'''
    """
PAYMENTS = """
    from marketing_ibis.data_tests import positive_value, relationships
    from marketing_ibis.model import Snapshot

    @source(table="payments", grain=("id",), snapshot=Snapshot(), columns=(
        column("id", "int64", "Key."),
        column("order_id", "int64", "Order.", tests=(relationships("raw_orders", "id", severity="warn"),)),
        column("cents", "int64", "Amount.", tests=(positive_value(severity="warn"),)),
    ))
    def raw_payments() -> ir.Table:
        '''Payments.'''
    """
STG_CUSTOMERS = """
    @model(layer="staging", grain=("customer_id",), columns=(
        column("customer_id", "{key}", "Key."),
        column("name", "string", "Name.", nullable=True, pii=True),
        column("email", "string", "Address.", nullable=True, pii=True),
        column("consent", "boolean", "Whether the customer agreed.", nullable=True),
    ))
    def stg_customers(raw_customers: ir.Table) -> ir.Table:
        '''Customers.'''
        return raw_customers.rename(customer_id="id")
    """
STG_ORDERS = """
    @model(layer="staging", grain=("order_id",), columns=(
        column("order_id", "int64", "Key."),
        column("customer_id", "{key}", "Customer, or the guest.", nullable=True),
        column("cents", "int64", "Amount.", nullable=True),
    ))
    def stg_orders(raw_orders: ir.Table) -> ir.Table:
        '''Orders; one without a customer is that of a guest.'''
        guest = {guest}
        return raw_orders.select(order_id="id", customer_id=raw_orders.user_id.fill_null(guest), cents="cents")
    """
CUSTOMER_VALUE = """
    from marketing_ibis.model import History, audience

    buyers = audience(
        model="customer_value", consent="consent", owner="crm", description="Buyers.", condition="cents > 0",
        destination="plain",
    )

    @model(layer="marts", grain=("customer_id",), history=History("value_history", columns=("cents",)), columns=(
        column("customer_id", "{key}", "Key."),
        column("name", "string", "Name.", nullable=True, pii=True),
        column("cents", "int64", "Paid.", nullable=True),
        column("first_order", "int64", "Smallest order.", nullable=True),
    ))
    def customer_value(stg_customers: ir.Table, stg_orders: ir.Table) -> ir.Table:
        '''Customers with what they paid.'''
        orders = stg_orders.group_by("customer_id")
        paid = orders.agg(cents=stg_orders.cents.sum(), first_order=stg_orders.order_id.min())
        return stg_customers.left_join(paid, "customer_id").select("customer_id", "name", "cents", "first_order")
    """
ORDER_FACTS = """
    @model(layer="marts", grain=("order_id",), columns=(
        column("order_id", "int64", "Key."),
        column("customer_id", "{key}", "Customer, or the guest.", nullable=True),
        column("cents", "int64", "Amount.", nullable=True),
    ))
    def order_facts(stg_orders: ir.Table) -> ir.Table:
        '''Orders.'''
        return stg_orders.select("order_id", "customer_id", "cents")
    """
ORDER_SIZES = """
    @model(layer="marts", grain=("orders",), columns=(
        column("orders", "int64", "Orders of a customer."), column("customers", "int64", "How many have so many."),
    ))
    def order_sizes(stg_orders: ir.Table) -> ir.Table:
        '''How many customers have so many orders: numbers that are not keys.'''
        counted = stg_orders.group_by("customer_id").agg(orders=stg_orders.order_id.count())
        return counted.group_by("orders").agg(customers=counted.count())
    """


def forgetting_nodes(key: str = "string") -> dict[str, str]:
    """Return the files of the project, whose customers have keys of a type."""
    guest = "ibis.literal('guest-').concat(raw_orders.id.cast('string'))" if key == "string" else "-raw_orders.id"
    nodes = {
        "raw_customers": CUSTOMERS,
        "raw_orders": ORDERS,
        "raw_payments": PAYMENTS,
        "stg_customers": STG_CUSTOMERS,
        "stg_orders": STG_ORDERS,
        "customer_value": CUSTOMER_VALUE,
        "order_facts": ORDER_FACTS,
        "order_sizes": ORDER_SIZES,
    }
    return {name: text.replace("{key}", key).replace("{guest}", guest) for name, text in nodes.items()}


def fill_sources(query: Callable[[str], object], key: str, customers: str, orders: str, payments: str) -> None:
    """Create the source tables with rows in SQL."""
    place = "dbt_production"
    columns = {
        "customers": f"id {key}, name VARCHAR(100), email VARCHAR(100), consent BOOLEAN",
        "orders": f"id BIGINT, user_id {key}, email VARCHAR(100), cents BIGINT",
        "payments": "id BIGINT, order_id BIGINT, cents BIGINT",
    }
    for table, rows in (("customers", customers), ("orders", orders), ("payments", payments)):
        query(f"CREATE TABLE {place}.{table} ({columns[table]})")
        query(f"INSERT INTO {place}.{table} VALUES {rows}")
