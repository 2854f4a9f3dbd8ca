"""Redshift: a cluster or a Serverless work group, through Amazon's driver."""
