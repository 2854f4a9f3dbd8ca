"""Data tests that columns, or the rows of a table, add up to the whole shop."""

from __future__ import annotations

from dataflows.totals import shop_totals
from marketing_ibis.data_tests import row_count_equals, sum_equals, total

SUMS_TO_NET = sum_equals(total(shop_totals, "net"), "NET")
SUMS_TO_SUCCESSFUL_ORDERS = sum_equals(total(shop_totals, "successful_orders"), "number of successful in-scope orders")
SUMS_TO_BUYERS = sum_equals(total(shop_totals, "buyers"), "number of buyers")
ONE_ROW_PER_BUYER = row_count_equals(total(shop_totals, "buyers"), "number of buyers")
