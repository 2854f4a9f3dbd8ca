"""Read the key of a project, by which customers are held out and masked values are hashed."""

from __future__ import annotations

import os

from marketing_ibis.errors import ConfigurationError

KEY_VARIABLE = "MARKETING_IBIS_PROJECT_KEY"
"""The environment variable of the project's key."""
LEAST_KEY = 32


def project_key(purpose: str, consequence: str) -> bytes:
    """Return the project's key; ``purpose`` says what needs it, ``consequence`` what happens with a different one.

    Raises:
        ConfigurationError: it is not set, or too short to be secret.
    """
    key = os.environ.get(KEY_VARIABLE, "")
    if len(key) < LEAST_KEY:
        problem = f"has {len(key)} characters, and needs {LEAST_KEY}" if key else "is not set"
        raise ConfigurationError(
            f"{purpose} the project's key: {KEY_VARIABLE} {problem}.",
            hint=f"Generate one with `openssl rand -hex 32`, and keep it: {consequence}.",
        )
    return key.encode()


def derived_key(key: bytes, purpose: str) -> str:
    """Return a key for one purpose alone, in hexadecimal digits: the project's key cannot be computed from it."""
    import hmac  # help does without

    return hmac.digest(key, purpose.encode(), "sha256").hex()
