"""Run the command line as ``python -m marketing_ibis``."""

from marketing_ibis.cli import main

main()
