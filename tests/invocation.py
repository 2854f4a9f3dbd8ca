"""Run a command of the package as a user would, and hold what every output must keep."""

from __future__ import annotations

from collections.abc import Callable

from click.testing import CliRunner, Result

from marketing_ibis.cli import main

Run = Callable[..., Result]


def invoke(*arguments: str, code: int = 0, secret: str = "") -> Result:
    """Run a command that ends with ``code``; no failure may show a traceback, nothing the secret."""
    result = CliRunner().invoke(main, arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    assert not secret or secret not in result.output
    return result
