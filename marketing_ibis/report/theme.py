"""The colours of the report: safe for colour-blind readers, each with its twin for dark screens."""

from __future__ import annotations

from types import MappingProxyType

INK, MUTED, GRID, AXIS = "#1b2430", "#55616e", "#e4e8ec", "#a9b2bb"
PAPER = "#ffffff"
ACCENT, MIDDLE, SOFT, QUIET, WARM = "#0067a5", "#5fa8d6", "#b3d1e6", "#b8c2cc", "#c4500a"

DARK = MappingProxyType(
    {
        PAPER: "#12171d",
        INK: "#e9edf1",
        MUTED: "#a5b0bb",
        GRID: "#2c343d",
        AXIS: "#5a6570",
        ACCENT: "#6cb9f0",
        MIDDLE: "#3f86ba",
        SOFT: "#2b4d66",
        QUIET: "#56616c",
        WARM: "#f79a57",
    }
)
"""A drawing carries the light colours; the page's styles put these in their place on a dark screen."""

FONT = "Arial, sans-serif"


def dark_rules(scope: str) -> str:
    """Return the styles that repaint drawings below ``scope`` for dark screens."""
    return "\n".join(
        f'{scope} svg [{attribute}="{light}"] {{ {attribute}: {dark}; }}'
        for light, dark in DARK.items()
        for attribute in ("fill", "stroke")
    )
