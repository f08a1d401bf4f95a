"""A project whose releases, pointers and rules come from a bundle."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from runner.app.project import Project
from runner.domain.environment import ProjectSettings

if TYPE_CHECKING:
    from runner.releases.bundle import Bundle, BundleStore


@dataclass(frozen=True)
class BundledProject(Project):
    """A directory whose releases and rules are those of a bundle; nothing else in it counts."""

    bundle: "Bundle"

    @cached_property
    def settings(self) -> ProjectSettings:
        """What agentctl.yaml said about the bundle's environment."""
        return self.bundle.manifest.settings

    @property
    def releases(self) -> "BundleStore":
        """The versions that the bundle holds."""
        from runner.releases.bundle import BundleStore  # noqa: PLC0415  few projects have one

        return BundleStore(self.bundle)
