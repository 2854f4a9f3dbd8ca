"""The shop's insights report: revenue, customers, products and channels.

Each section is a module here. It describes the rows of ``queries`` in words and charts.
"""

from dataflows.report import channels, cohorts, frame, ltv, migration, products, returns, revenue, rfm, segments
from dataflows.report.queries import QUERIES
from marketing_ibis.report import Report, data_tests

SECTIONS = (
    revenue.section,
    segments.section,
    rfm.section,
    migration.section,
    cohorts.section,
    ltv.section,
    products.section,
    returns.section,
    channels.section,
    data_tests.section,
)
REPORT = Report("Marketing report", QUERIES, SECTIONS, frame.frame)
