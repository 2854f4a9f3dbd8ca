"""The shop's insights report: revenue, customers, products and channels.

Each section is a module here. It describes the rows of ``queries`` in words and charts.
"""

from dataflows.report import (
    changes,
    channels,
    cohorts,
    contacts,
    frame,
    funding,
    ltv,
    migration,
    offers,
    products,
    repeat,
    returns,
    revenue,
    rfm,
    segments,
)
from dataflows.report.queries import QUERIES
from marketing_ibis.report import Report, trust

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
    funding.section,
    channels.section,
    offers.section,
    products.section,
    returns.section,
    trust.section,
)
REPORT = Report("Marketing report", QUERIES, SECTIONS, frame.frame)
