"""Tests of deleting people."""
