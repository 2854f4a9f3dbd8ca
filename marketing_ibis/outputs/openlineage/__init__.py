"""Tell a lineage server what a run reads and writes, when the environment names one.

The server is a bystander: whatever it does, a run goes on, and no slower than its patience allows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from marketing_ibis.build.plan import Plan
from marketing_ibis.engines.base import Places
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.outputs.openlineage.emitter import Emitter

URL = "OPENLINEAGE_URL"
DISABLED = "OPENLINEAGE_DISABLED"

__all__ = ["Emitter", "open_emitter"]


def open_emitter(
    environment: Mapping[str, str],
    dataflow: Dataflow,
    plan: Plan,
    places: Places,
    *,
    command: str,
    as_of: date,
    project: str,
    warn: Callable[[str], None],
) -> Emitter:
    """Return the listener that sends a run to the server of ``OPENLINEAGE_URL``, or one that sends nothing.

    Jobs begin with the name of the ``project``, which is also the default namespace. ``warn`` gets a line when
    something keeps events from the server.
    """
    url = environment.get(URL, "").strip()
    if not url or environment.get(DISABLED, "").lower() == "true":
        return Emitter()
    try:
        from marketing_ibis.outputs.openlineage.events import RunEvents  # the client is installed on request
        from marketing_ibis.outputs.openlineage.sender import open_sender
    except ImportError:
        warn(f"{URL} is set, but the client is not installed: pip install 'marketing-ibis[openlineage]'")
        return Emitter()
    sender = open_sender(environment, warn)
    namespace = environment.get("OPENLINEAGE_NAMESPACE") or project
    events = RunEvents(dataflow, plan, places, namespace, project, command, as_of)
    return Emitter(events, sender) if sender else Emitter()
