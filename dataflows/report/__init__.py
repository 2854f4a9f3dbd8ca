"""The shop's insights report: what it earned, who its customers are, which products and channels bring it.

Each section is a module here. It takes the rows of ``queries`` and says what they show.
"""

from dataflows.report import channels, cohorts, frame, ltv, products, returns, revenue, rfm, segments
from dataflows.report.queries import QUERIES
from marketing_ibis.report import Report, data_tests

SECTIONS = (
    revenue.section,
    segments.section,
    rfm.section,
    cohorts.section,
    ltv.section,
    products.section,
    returns.section,
    channels.section,
    data_tests.section,
)
REPORT = Report("Marketing report", QUERIES, SECTIONS, frame.frame)
