"""Tests of the comparison of two builds."""
