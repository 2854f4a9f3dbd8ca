"""Touches from the events that Google Analytics 4 exports to BigQuery."""
