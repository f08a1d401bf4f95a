"""`python -m tests.bench.loop_agentctl SERVER [no-fsync]`: agentctl's own contest."""

import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

from tests.bench.figures import without_fsync
from tests.bench.loop import measure
from tests.bench.world import World


def main(server: str, *, fsync: bool) -> None:
    """Converse through the product's own parts; only the tool is a plain function."""
    with tempfile.TemporaryDirectory() as directory, nullcontext() if fsync else without_fsync():
        world = World.make(Path(directory), server)
        release = world.release()
        measure("agentctl", lambda task: world.converse(release, task))


main(sys.argv[1], fsync="no-fsync" not in sys.argv)
