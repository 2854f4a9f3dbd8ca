"""Write profiles and read them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from marketing_ibis.errors import ConfigurationError
from marketing_ibis.project.profiles import Profile, load_profile

SHOP = """
    shop:
      target: dev
      outputs:
        dev: {type: duckdb, path: shop.duckdb}
        prod:
          type: postgres
          host: db.example.com
          port: "{{ env_var('SHOP_PORT', '5433') | as_number }}"
          user: loader
          pass: "{{ env_var('SHOP_PASSWORD') }}"
          dbname: shop
          schema: "{{ env_var('SHOP_SCHEMA', 'marts') }}"
          threads: 4
          keepalives_idle: 0
          connect_timeout: "{{ env_var('SHOP_WAIT', '3') | int }}"
          sslmode: require
          search_path: "public, extra"
          role: etl
        lake:
          type: redshift
          method: iam
          host: x.redshift.amazonaws.com
          user: loader
          cluster_id: x
          database: shop
          ra3_node: "{{ env_var('SHOP_RA3', 'True') | as_bool }}"
          access_key_id: AKIA
          secret_access_key: hidden
          db_groups: [etl, ops]
"""


def written(folder: Path, text: str = SHOP) -> Path:
    """Write a ``profiles.yml`` and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "profiles.yml").write_text(dedent(text))
    return folder / "profiles.yml"


def profile(folder: Path, text: str = SHOP, name: str = "") -> Profile:
    """Return a profile of a file with ``text``."""
    result = load_profile(written(folder, text), name)
    assert result is not None
    return result


def one_output(folder: Path, keys: str) -> Mapping[str, object]:
    """Return the settings of the one output that has ``keys``."""
    return profile(folder, f"shop: {{outputs: {{prod: {{{keys}}}}}}}").settings("prod")


def refused(folder: Path, keys: str) -> ConfigurationError:
    """Return why the output that has ``keys`` is refused."""
    with pytest.raises(ConfigurationError) as caught:
        one_output(folder, keys)
    assert str(folder / "profiles.yml") in caught.value.message
    assert caught.value.hint
    return caught.value
