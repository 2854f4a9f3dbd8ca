"""Find the key of the hashes in masked views."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from marketing_ibis.project.project_key import derived_key, project_key

if TYPE_CHECKING:
    from marketing_ibis.build.masked_views import MaskedView


def hash_key(views: Iterable[MaskedView]) -> str:
    """Return the key of the hashes in masked views, "" where there are none.

    Raises:
        ConfigurationError: the project has no key.
    """
    if not any(view.is_keyed for view in views):
        return ""
    key = project_key("Masked views have hashes, which are made with", "with another key all hashes change")
    return derived_key(key, "masked personal data")
