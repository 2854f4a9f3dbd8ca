"""Northwind: the trading company of many database tutorials."""
