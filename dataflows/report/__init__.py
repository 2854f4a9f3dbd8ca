"""The shop's insights report: revenue, customers, products and channels.

Each section is a module here. It describes the rows of ``queries`` in words and charts.
"""

from dataflows.report import (
    changes,
    channels,
    cohorts,
    contacts,
    frame,
    ltv,
    migration,
    products,
    repeat,
    returns,
    revenue,
    rfm,
    segments,
)
from dataflows.report.queries import QUERIES
from marketing_ibis.report import Report, data_tests

SECTIONS = (
    changes.section,
    revenue.section,
    segments.section,
    rfm.section,
    migration.section,
    contacts.section,
    repeat.section,
    cohorts.section,
    ltv.section,
    products.section,
    returns.section,
    channels.section,
    data_tests.section,
)
REPORT = Report("Marketing report", QUERIES, SECTIONS, frame.frame)
