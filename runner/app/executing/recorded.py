"""The release that a run began with, put together again."""

from runner.app.project import Project
from runner.config.load import load_spec
from runner.domain.events import RunStarted
from runner.domain.release import Release
from runner.domain.snapshot import Snapshot


def recorded_release(project: Project, start: RunStarted, snapshot: Snapshot) -> Release:
    """Return the release of a run from its journal's first line and its files.

    The price is the one that the run began with. That the files are those of the run is the
    caller's to check, by `start.digest`.

    Raises:
        ConfigError: the files cannot be read by this version of agentctl.
    """
    prices = {**project.settings.prices, **({start.model: start.price} if start.price else {})}
    spec = load_spec(snapshot, agent=start.agent, origin=start.origin, prices=prices)
    return Release(
        agent=start.agent,
        version=start.version,
        snapshot=snapshot,
        spec=spec,
        origin=start.origin,
        environment=start.environment,
        values=start.values,
        commit=start.commit,
        tag=start.tag,
        pointer_commit=start.pointer_commit,
    )
