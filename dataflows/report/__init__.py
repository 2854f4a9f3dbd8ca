"""The shop's insights report: revenue, customers, products and channels.

Each section is a module here. It describes the rows of ``queries`` in words and charts.
"""

from dataflows.report import (
    actions,
    changes,
    channels,
    cohorts,
    contacts,
    forecast,
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
    segment_details,
    segments,
    trends,
)
from dataflows.report.queries import QUERIES
from marketing_ibis.report import Report, trust

SECTIONS = (
    changes.section,
    revenue.section,
    segments.section,
    rfm.section,
    segment_details.section,
    migration.section,
    contacts.section,
    actions.section,
    forecast.section,
    repeat.section,
    cohorts.section,
    ltv.section,
    funding.section,
    channels.section,
    trends.section,
    offers.section,
    products.section,
    returns.section,
    trust.section,
)
REPORT = Report("Marketing report", QUERIES, SECTIONS, frame.frame)
