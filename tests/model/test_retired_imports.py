"""A renamed import fails with its new name."""

from __future__ import annotations

import importlib

import pytest


def test_the_old_module_of_data_tests_names_the_new_one() -> None:
    with pytest.raises(ImportError, match=r"marketing_ibis\.data_tests"):
        importlib.import_module("marketing_ibis.checks")
