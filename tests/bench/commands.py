"""Start-up and reading commands: CPU of whole processes."""

from pathlib import Path

from tests.bench.figures import ROOT, Row, cost_of_command, ms
from tests.bench.world import World

STEPS = 200
TEN = [f"agent-{number}" for number in range(10)]


def rows(directory: Path) -> list[Row]:
    """Return the rows; `directory` is for projects made here."""
    one = ("validate", "invoice-triage@worktree")
    version = cost_of_command(("--version",))
    return [
        Row("agentctl --help, CPU", ms(cost_of_command(("--help",)).cpu_s), "150 ms"),
        Row("agentctl --version, CPU", ms(version.cpu_s)),
        Row("agentctl validate, one agent, CPU", ms(cost_of_command(one).cpu_s), "300 ms"),
        _ten_agents(directory / "ten"),
        _long_run(directory / "long"),
    ]


def _ten_agents(directory: Path) -> Row:
    example = ROOT / "agent-configs" / "invoice-triage"
    for name in TEN:
        for source in example.rglob("*"):
            inside = source.relative_to(example)
            if source.is_file() and not inside.parts[0].startswith("v"):
                target = directory / "agent-configs" / name / inside
                target.parent.mkdir(parents=True, exist_ok=True)
                data = source.read_bytes()
                target.write_bytes(data.replace(b"name: invoice-triage", f"name: {name}".encode()))
    cost = cost_of_command(("validate", *TEN), directory)
    return Row("agentctl validate, ten agents, CPU", ms(cost.cpu_s))


def _long_run(directory: Path) -> Row:
    world = World.make(directory, "http://127.0.0.1:1")
    world.execute(world.release(), STEPS)
    cost = cost_of_command(("show", "last"), directory)
    return Row(f"agentctl show, a run of {STEPS} steps, CPU", ms(cost.cpu_s))
