"""What the business means: sources, staging, marts and core tables, one model a file."""
