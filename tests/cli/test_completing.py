"""What the Tab key of a shell completes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from marketing_ibis.cli import main
from tests.invocation import invoke


def complete(words: str) -> list[str]:
    """Return the completions that a shell offers at the end of ``words``."""
    variables = {
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
        "_MARKETING_IBIS_COMPLETE": "bash_complete",
    }
    result = CliRunner(env=variables).invoke(main, prog_name="marketing-ibis")
    assert result.exit_code == 0, result.output
    return [line.partition(",")[2] for line in result.output.split()]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        pytest.param("marketing-ibis comp", ["compile", "completion"], id="command"),
        pytest.param("marketing-ibis run -s to", ["totals"], id="model"),
        pytest.param("marketing-ibis run -s +stg", ["+stg_sales"], id="after a plus"),
        pytest.param("marketing-ibis ls --exclude marts,tag:", ["marts,tag:daily"], id="after a comma"),
        pytest.param("marketing-ibis run -s state:n", ["state:new"], id="state"),
        pytest.param("marketing-ibis run -s nothing_like_it", [], id="nothing"),
        pytest.param("marketing-ibis run --project-dir nowhere -s to", [], id="no project"),
    ],
)
def test_a_shell_completes(shop: Path, words: str, offered: list[str]) -> None:
    assert complete(words) == offered


def test_names_of_models_are_completed_without_ibis(shop: Path) -> None:
    code = (
        "import sys\nfrom marketing_ibis.cli import main\n"
        "try: main(prog_name='marketing-ibis')\nexcept SystemExit as e: assert not e.code\n"
        "assert not {'ibis', 'hamilton', 'duckdb', 'rich'} & set(sys.modules)"
    )
    variables = {
        "COMP_WORDS": "marketing-ibis run -s to",
        "COMP_CWORD": "3",
        "_MARKETING_IBIS_COMPLETE": "bash_complete",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | variables, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "plain,totals"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_script(shell: str) -> None:
    script = invoke("completion", shell).output
    assert f"_MARKETING_IBIS_COMPLETE={shell}_complete" in script
