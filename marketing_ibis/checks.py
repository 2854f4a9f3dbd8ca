"""Say where the data tests are that were imported from here."""

raise ImportError("marketing_ibis.checks is now marketing_ibis.data_tests: import the same names from there.")
