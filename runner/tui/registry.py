"""The screens, in one table: a new one is a module and a line here."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runner.tui.page import Page


@dataclass(frozen=True)
class Entry:
    """A screen that a number key opens."""

    key: str
    name: str
    """What the command line calls it."""
    title: str
    place: str
    """`module:Class`; imported when it is first shown."""

    @property
    def make(self) -> "Callable[[], Page]":
        """What makes its page."""

        def page() -> "Page":
            module, _, name = self.place.partition(":")
            made: Page = getattr(import_module(module), name)()
            return made

        return page


SCREENS = (
    Entry("1", "fleet", "Fleet", "runner.tui.screens.fleet:FleetPage"),
    Entry("2", "runs", "Runs", "runner.tui.screens.runs:RunsPage"),
    Entry("3", "versions", "Versions", "runner.tui.screens.versions:VersionsPage"),
    Entry("4", "schedules", "Schedules", "runner.tui.screens.schedules:SchedulesPage"),
)
