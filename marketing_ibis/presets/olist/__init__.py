"""Olist: the public data set of a Brazilian marketplace."""
