"""`python -m tests.tui.pictures`: the pictures of docs/screens, of the world that tests look at.

Everything in them is the same each time, so a picture that differs shows what changed.
"""

import os

os.environ["TEXTUAL_ANIMATIONS"] = "none"  # Textual reads it when it is imported

from pathlib import Path
from tempfile import TemporaryDirectory

from runner.tui.look import Look
from runner.tui.opening import found, read_opening
from runner.tui.shots import take_shot
from runner.tui.world import world_of
from tests.tui.world import make_ui_world

DIRECTORY = Path(__file__).resolve().parents[2] / "docs" / "screens"
WIDE, USUAL = (160, 44), (120, 36)
PICTURES = {
    "fleet": ("fleet", USUAL),
    "runs": ("runs:agent:invoice-triage", USUAL),
    "run": ("run:{throttled}", USUAL),
    "compare": ("compare:{before}:{throttled}", WIDE),
    "versions": ("versions:invoice-triage", USUAL),
    "diff": ("diff:invoice-triage:v1.1.0:v1.2.0", WIDE),
    "schedules": ("schedules", USUAL),
    "rollback": ("rollback:invoice-triage", USUAL),
}
"""Name of the file, what is opened, and how large it is."""


def main() -> None:
    """Write every picture."""
    DIRECTORY.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="agentctl-pictures-") as directory:
        made = make_ui_world(Path(directory))
        for name, (opening, size) in PICTURES.items():
            world = world_of(made.root, made.state, "prod", made.clock)
            wanted = found(read_opening(opening.format(**made.runs)), made.root, made.state)
            picture = take_shot(world, Look(), wanted, size, "svg")
            (DIRECTORY / f"{name}.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
