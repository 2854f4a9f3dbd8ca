"""Say which columns are personal data, and how they are masked for those who may not see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Mask = Literal["null", "hash"]
"""What replaces a value: NULL, or a hash of it under the project's key, which is the same wherever the value is."""


@dataclass(frozen=True, slots=True)
class Masking:
    """The schema of the masked views, and the ``roles`` that read them and no published table.

    ``hashed`` are columns that are hashed, by source or model, and with them all columns that inherit them.
    """

    schema: str
    roles: tuple[str, ...] = ()
    hashed: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class PersonalSettings:
    """What the settings say about personal data: columns that are ``declared`` or ``excluded``, by source or model.

    Excluded ones are not personal although they are computed from such data. With ``masking``, they are masked.
    """

    declared: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    excluded: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    masking: Masking | None = None


@dataclass(frozen=True, slots=True)
class MaskedTable:
    """How a published table appears to those who may not see personal data: the mask of each personal column."""

    schema: str
    roles: tuple[str, ...]
    masks: Mapping[str, Mask]
