"""TPC-DS: a warehouse's tables, a few rows for them, and 90 questions as Ibis expressions."""

from __future__ import annotations

from tests.engines.redshift.tpcds import questions_01_to_29, questions_30_to_49, questions_50_to_69, questions_71_to_99
from tests.engines.redshift.tpcds.tables import SCHEMAS, Tables

__all__ = ["QUESTIONS", "SCHEMAS", "Tables"]

_PARTS = (questions_01_to_29, questions_30_to_49, questions_50_to_69, questions_71_to_99)
QUESTIONS = {question.__name__: question for part in _PARTS for question in part.QUESTIONS}
