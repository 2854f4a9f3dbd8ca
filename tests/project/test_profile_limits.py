"""The memory, threads and disk that a profile gives DuckDB."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from marketing_ibis.engines.duckdb.keys import limits_of
from marketing_ibis.engines.duckdb.target import open_duckdb
from tests.project.profiles import one_output, profile, refused

LIMITED = """
shop:
  outputs:
    prod:
      type: duckdb
      path: x.duckdb
      settings:
        memory_limit: "{{ env_var('MEMORY', '4 GB') }}"
        threads: 3
        temp_directory: spill
        s3_secret_access_key: "{{ env_var('NOT_SET') }}"
        memroy_limit: 1GB
        s3cret: x
        s3_region:
        hunterTwo:
        memory_limt:
      config_options: {max_temp_directory_size: 1.5TiB, worker_threads: 8, max_memory: 80%}
"""


def test_limits_of_duckdb_are_read_as_dbt_writes_them(tmp_path: Path) -> None:
    limited = profile(tmp_path, LIMITED)
    settings = limited.settings("prod")
    assert settings["settings"] == {"memory_limit": "4 GB", "threads": 3, "temp_directory": "spill"}
    assert limits_of(settings) == {
        "max_temp_directory_size": "1.5TiB",
        "threads": 3,
        "memory_limit": "4 GB",
        "temp_directory": "spill",
    }
    warnings = [sentence.partition("settings: ")[2] for sentence in limited.unknown_key_warnings("prod")]
    supported = "max_memory, max_temp_directory_size, memory_limit, temp_directory, threads, worker_threads"
    assert warnings == [
        f"s3_secret_access_key is not used. Supported: {supported}.",
        "memroy_limit is not used. Did you mean memory_limit?",
        *[f"a key that may be part of a value, and so is not shown, is not used. Supported: {supported}."] * 3,
        "memory_limt is not used. Did you mean memory_limit?",
    ]


@pytest.mark.parametrize(
    ("options", "settings", "limits"),
    [
        ("memory_limit: 2GB", "max_memory: 1GB", {"memory_limit": "1GB"}),
        ("max_memory: 2GB", "memory_limit: 1GB", {"memory_limit": "1GB"}),
        ("threads: 2", "worker_threads: 3", {"threads": 3}),
        ("worker_threads: 2", "memory_limit: 1GB", {"threads": 2, "memory_limit": "1GB"}),
    ],
)
def test_settings_win_under_either_name(tmp_path: Path, options: str, settings: str, limits: Mapping[str, str]) -> None:
    keys = f"type: duckdb, path: x, config_options: {{{options}}}, settings: {{{settings}}}"
    assert limits_of(one_output(tmp_path, keys)) == limits


@pytest.mark.parametrize("amount", ["1GB", "512MB", "0.5 tib", "2g", "60%", "102400KiB"])
def test_an_amount_of_memory_is_written_as_for_duckdb(tmp_path: Path, amount: str) -> None:
    limits = limits_of(one_output(tmp_path, f"type: duckdb, path: x, settings: {{memory_limit: {amount}}}"))
    with open_duckdb(limits=limits) as target:
        assert target.query("SELECT 1") == [(1,)]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("x", "settings is not a mapping of keys to values"),
        ("[memory_limit]", "settings is not a mapping of keys to values"),
        ("{memory_limit: 4}", "settings: memory_limit is not a size"),
        ("{memory_limit: -1}", "settings: memory_limit is not a size"),
        ("{memory_limit: 4 apples}", "settings: memory_limit is not a size"),
        ("{memory_limit: 150%}", "settings: memory_limit is not a size"),
        ("{max_temp_directory_size: all}", "settings: max_temp_directory_size is not a size"),
        ("{max_temp_directory_size: 60%}", "settings: max_temp_directory_size is not a size"),
        ("{temp_directory: ''}", "settings: temp_directory is empty"),
        ("{temp_directory: \"{{ env_var('SPILL', '') }}\"}", "settings: temp_directory is empty"),
        (
            "{temp_directory: \"{{ env_var('SPILL') }}\"}",
            "settings: temp_directory: the environment variable SPILL is not set",
        ),
        ("{max_memory: 3GB, memory_limit: 2GB}", "settings: max_memory and memory_limit mean the same"),
        ("{threads: 1, worker_threads: 1}", "settings: worker_threads and threads mean the same"),
        ("{threads: 0}", "settings: threads is not a whole number from 1 to 1024"),
        ("{threads: 100000}", "settings: threads is not a whole number from 1 to 1024"),
        ("{temp_directory: [a]}", "settings: temp_directory is not a string"),
    ],
)
def test_a_wrong_limit_is_named_without_its_value(
    tmp_path: Path, settings: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SPILL", raising=False)
    error = refused(tmp_path, f"type: duckdb, path: x, settings: {settings}")
    assert error.message.endswith(f"output prod of profile shop: {message}.")
