"""TPC-H: a warehouse's tables, a few rows for them, and the standard's 22 questions as Ibis expressions."""

from __future__ import annotations

from tests.engines.redshift.tpch.correlated_questions import QUESTIONS as AS_SUBQUERIES
from tests.engines.redshift.tpch.questions_01_to_11 import QUESTIONS as FIRST
from tests.engines.redshift.tpch.questions_12_to_22 import QUESTIONS as SECOND
from tests.engines.redshift.tpch.tables import SCHEMAS, Tables

__all__ = ["CORRELATED", "QUESTIONS", "SCHEMAS", "Tables"]

QUESTIONS = {question.__name__: question for question in (*FIRST, *SECOND)}
CORRELATED = {question.__name__: question for question in AS_SUBQUERIES}
