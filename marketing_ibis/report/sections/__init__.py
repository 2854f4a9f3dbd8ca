"""The sections of the report, one finding a module: a pure function of rows."""
