"""Pages drawn from what was built."""

from __future__ import annotations

SITE = "site"
WORK = "site.work"
"""What the site is built from, next to it: its pages before Sphinx has read them, and what Sphinx remembers of them."""
HOME = "models"
"""The folder of the pages of models and sources."""
SPHINX_MARKER = ".buildinfo"
"""What Sphinx leaves in a folder that it filled."""
EXTRA = "_extra"
"""The folder, in what the site is built from, of files that it has as they are."""
