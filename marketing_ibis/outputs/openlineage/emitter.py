"""Turn what happens in a run into events, in the order in which they are true."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from marketing_ibis.build.plan import Step
    from marketing_ibis.build.run import Result, RunResults
    from marketing_ibis.outputs.openlineage.events import RunEvents
    from marketing_ibis.outputs.openlineage.sender import Sender

NOT_PUBLISHED = "Built, but not published."


class Emitter:
    """A listener of a run: START when a model begins; COMPLETE when all is published, FAIL or ABORT otherwise.

    A model's table changes when it is published, so that is when the model is complete. Without events and a sender
    it says nothing.
    """

    def __init__(self, events: RunEvents | None = None, sender: Sender | None = None) -> None:
        self.events = events
        self.sender = sender
        self.built: list[Result] = []
        self.is_ended = False

    def __enter__(self) -> Self:
        if self.events and self.sender:
            self.sender.send(self.events.run("START"))
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if self.events and self.sender:
            if not self.is_ended:
                self._end(str(error or "The run stopped."))
            self.sender.close()

    def started(self, step: Step) -> None:
        """Report that a model is being built."""
        if self.events and self.sender:
            self.sender.send(self.events.model("START", step))

    def finished(self, result: Result) -> None:
        """Report that a model failed; a built one is reported when it is published."""
        if result.status == "success":
            self.built.append(result)
        elif self.events and self.sender and result.status == "error":
            self.sender.send(self.events.model("FAIL", result.step, message=result.message))

    def ended(self, results: RunResults) -> None:
        """Report the outcome of the models that were built, and of the run."""
        failed = ", ".join(failure.step.name for failure in results.failures)
        published = "Not all was published" if results.published_models else "Nothing was published"
        self._end("" if results.published else f"{published}; failed: {failed}.", results.published_models)

    def _end(self, problem: str, published_models: Collection[str] = ()) -> None:
        self.is_ended = True
        if not (self.events and self.sender):
            return
        for result in self.built:
            if problem and result.step.name not in published_models:
                self.sender.send(self.events.model("ABORT", result.step, message=NOT_PUBLISHED))
            else:
                self.sender.send(self.events.model("COMPLETE", result.step, rows=result.rows))
        self.sender.send(self.events.run("FAIL" if problem else "COMPLETE", problem))
