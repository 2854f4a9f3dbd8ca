"""Run a command of the package as a user would, and check its output."""

from __future__ import annotations

from collections.abc import Callable

from click.testing import CliRunner, Result

from marketing_ibis.cli import main
from tests.remembering import compiled_once

Run = Callable[..., Result]


def invoke(*arguments: str, code: int = 0, secret: str = "") -> Result:
    """Run a command that exits with ``code``; no output may contain a traceback or the secret."""
    with compiled_once():
        result = CliRunner().invoke(main, arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    assert not secret or secret not in result.output
    return result
