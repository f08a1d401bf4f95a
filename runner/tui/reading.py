"""Reading off the screen's thread: one read of a kind at a time, and only what is still wanted."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from textual.dom import DOMNode
from textual.message import Message

from runner.domain.errors import AgentctlError

if TYPE_CHECKING:
    from runner.tui.ui import AgentctlUi
    from runner.tui.world import World


@dataclass
class Flight:
    """One read that a worker is busy with."""

    what: str
    target: object
    epoch: int
    again: Callable[[], Any] | None = None
    """Asked for once more meanwhile: it is read again when this one is back."""


class Came(Message, bubble=False):
    """A worker's read is back. `flight` says for whom; another one by now is not listened to."""

    def __init__(self, flight: Flight, value: Any, error: AgentctlError | None) -> None:
        super().__init__()
        self.flight = flight
        self.value = value
        self.error = error


class Reading(DOMNode):
    """A screen, or the application, that lets workers read for it. No worker touches a widget."""

    _flights: dict[str, Flight]

    @property
    def ui(self) -> "AgentctlUi":
        """The application."""
        return cast("AgentctlUi", self.app)

    @property
    def world(self) -> "World":
        """What is looked at."""
        return self.ui.world

    def read(self, what: str, call: Callable[[], Any], *, target: object = None) -> None:
        """Let a worker call; its value comes to `on_read(what, value)`.

        While one of the same kind and target is under way, one more is kept for after it. What
        was read for another target or environment is dropped.
        """
        flight = self._flights.get(what)
        if flight and (flight.target, flight.epoch) == (target, self.world.epoch):
            flight.again = call
            return
        self._start(Flight(what, target, self.world.epoch), call)

    def on_read(self, what: str, value: Any) -> None:
        """Show what was read."""

    def on_unread(self, what: str, error: AgentctlError) -> None:
        """Say why something could not be read."""

    @property
    def reading(self) -> bool:
        """Whether a worker is busy for this."""
        return bool(self._flights)

    def forget(self) -> None:
        """Drop what is being read: it was about something that is no longer looked at."""
        self._flights.clear()

    def _start(self, flight: Flight, call: Callable[[], Any]) -> None:
        self._flights[flight.what] = flight

        def work() -> None:  # no `partial`: Textual takes its repr, with all that it was given
            self._work(flight, call)

        self.run_worker(work, thread=True, group=flight.what, exit_on_error=False)

    def _work(self, flight: Flight, call: Callable[[], Any]) -> None:
        """In a worker's thread: it touches no widget, it posts a message."""
        value, error = carried_out(call)
        if error:
            with suppress(Exception):  # settings that cannot be read: the error is about them
                self.world.hide_error(error)
        self.post_message(Came(flight, value, error))

    def on_came(self, message: Came) -> None:
        """Take what a worker read, unless it is no longer asked for."""
        flight = message.flight
        if self._flights.get(flight.what) is not flight:
            return
        del self._flights[flight.what]
        if flight.epoch != self.world.epoch:
            return
        if message.error:
            self.on_unread(flight.what, message.error)
        else:
            self.on_read(flight.what, message.value)
        if flight.again:
            self.read(flight.what, flight.again, target=flight.target)


def carried_out(call: Callable[[], Any]) -> tuple[Any, AgentctlError | None]:
    """Return what a call gives, or why it could not; a bug becomes an error that names itself."""
    try:
        return call(), None
    except AgentctlError as error:
        return None, error
    except Exception as bug:  # noqa: BLE001  the screen stays up, whatever a read runs into
        why = f"this is a bug in agentctl: {type(bug).__name__}: {bug}"
        return None, AgentctlError(why, help="the rest goes on")
