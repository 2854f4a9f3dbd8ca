"""Adapters of well-known shops: each preset is a package of models over the tables that such a shop exports."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

TITLES: Mapping[str, str] = {
    "dbt-jaffle-shop": "the jaffle shop of dbt's tutorial",
    "dbt-jaffle-shop-items": "the newer jaffle shop of dbt, with items",
    "fivetran-shopify": "Shopify, as Fivetran loads it",
    "northwind": "Northwind, the trading company of database tutorials",
    "olist": "Olist, the public data set of a Brazilian marketplace",
    "online-retail": "Online Retail, a flat table of invoice lines",
    "order-lines": "one flat table of order lines, of any shop",
    "shopify-csv": "Shopify's export of orders",
    "stripe": "Stripe, as Fivetran loads it",
    "woocommerce": "the database of a WooCommerce shop",
}
"""The presets by name, each with the data that it is for."""


def preset_package(name: str) -> str:
    """Return the importable package of a preset."""
    return f"{__name__}.{_folder_name(name)}"


def preset_folder(name: str) -> Traversable:
    """Return the folder of a preset: its package, its settings and its sample."""
    return files(__name__) / _folder_name(name)


def _folder_name(name: str) -> str:
    return name.replace("-", "_")
