"""What `make demo` runs, without a network: one agent, from its directory to a verified journal,
and another one's releases in a git repository (releasing.py).

Everything happens in temporary copies of the example project. The model's answers come from
cassettes that were recorded from a real model; the tools, their effects, the journal and every
command are real. Each command stands before its output, and its exit code is checked.
"""

import http.client
import json
import os
import shutil
import subprocess  # noqa: TID251  the demo types commands as a user does
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import releasing
from stage import HERE, ROOT, TIMEOUT_S, DemoError, Stage, expect, prompt, say, tell, typed

POINTER = Path("agent-configs/environments/staging/invoice-triage.yaml")
DRY_CASSETTE = "docs/demo/invoice-triage.dry-run.cassette.jsonl"
LIVE_CASSETTE = "docs/demo/invoice-triage.cassette.jsonl"
RUN = ("agentctl", "run", "invoice-triage@staging", "-i", "since=2026-11-01")
EXPECTED = [("INV-2038", "P2"), ("INV-2042", "P1"), ("INV-2044", "P2")]
INTEGRITY = 4
NEXT = """
That was a recording of the model; everything else was real. The same agent with a live model:

  1. In agent-configs/invoice-triage/agent.yaml, under `model`, name your model: `id`, `base_url`
     (any OpenAI-compatible server) and, where it needs a key, `api_key: {env: OPENAI_API_KEY}`.
  2. .venv/bin/python docs/demo/ticket_service.py 8931 &
  3. .venv/bin/agentctl run invoice-triage -i since=2026-11-01 --dry-run \\
         --set invoices_csv="$PWD/docs/demo/data/invoices.csv"
  4. The same without --dry-run, then `.venv/bin/agentctl show last`.

An agent of your own: `.venv/bin/agentctl new my-agent`.
"""


def main() -> int:
    """Play the demo; return 1 when a step does not go as told."""
    try:
        with TemporaryDirectory(prefix="agentctl-demo-") as directory, ticket_service() as url:
            stage = Stage(Path(directory), url)
            set_up(stage)
            play(stage)
        with TemporaryDirectory(prefix="agentctl-demo-") as directory:
            stage = Stage(Path(directory), "")
            releasing.set_up(stage)
            releasing.play(stage)
        say(NEXT.rstrip())
    except DemoError as error:
        say(f"\nTHE DEMO FAILED: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads on
        return 1
    return 0


def play(stage: Stage) -> None:
    """The story, command by command."""
    tell(
        "An agent is a directory; two of them stand in agent-configs/, each with two versions. "
        "Are they sound?"
    )
    typed(stage, "agentctl", "validate")
    tell(
        "An environment names a version by its digest, and holds the values that differ there. "
        "This one reads an export of invoices and opens tickets in a service on this machine."
    )
    show_pointer(stage)
    tell("The model's answers are played from a recording. It says where it came from:")
    show_origin(stage)
    tell("A dry run: reading tools run, writing tools are simulated, every effect is listed.")
    typed(stage, *RUN, "--dry-run", "--cassette", DRY_CASSETTE)
    tell("Did the dry run open a ticket?")
    expect(tickets(stage) == [], "the dry run opened tickets")
    tell("No. Now live:")
    typed(stage, *RUN, "--cassette", LIVE_CASSETTE)
    tell("And in the service:")
    opened = [(ticket["invoice"], ticket["priority"]) for ticket in tickets(stage)]
    expect(opened == EXPECTED, f"the tickets are {opened}, not {EXPECTED}")
    tell("What happened, step by step, from the run's journal:")
    typed(stage, "agentctl", "show", "last")
    tell("The journal is a chain of hashes. Is it whole?")
    typed(stage, "agentctl", "audit", "verify")
    tell("Somebody would rather have had the duplicate invoice at a lower priority:")
    flip_one_byte(stage)
    typed(stage, "agentctl", "audit", "verify", code=INTEGRITY)


@contextmanager
def ticket_service() -> Iterator[str]:
    """Start the ticket service on a free port, yield its address, and end it."""
    command = [sys.executable, str(HERE / "ticket_service.py"), "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  ours
        assert process.stdout is not None
        try:
            url = process.stdout.readline().strip()
            expect(bool(url), "the ticket service did not start")
            yield url
        finally:
            process.terminate()


def set_up(stage: Stage) -> None:
    """Copy the example project, and give staging the values of this machine."""
    for name in ("agent-configs", "docs/demo"):
        skip = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, stage.project / name, ignore=skip)
    shutil.copy(ROOT / "agentctl.yaml", stage.project)
    pointer = stage.project / POINTER
    release, _values = pointer.read_text(encoding="utf-8").split("values:\n")
    values = {
        "invoices_csv": str(stage.project / "docs/demo/data/invoices.csv"),
        "tickets_url": stage.tickets_url,
    }
    lines = "".join(f"  {name}: {json.dumps(value)}\n" for name, value in values.items())
    pointer.write_text(f"{release}values:\n{lines}", encoding="utf-8")


def show_pointer(stage: Stage) -> None:
    """Show the pointer of staging."""
    prompt(f"cat {POINTER}")
    say((stage.project / POINTER).read_text(encoding="utf-8").rstrip())


def show_origin(stage: Stage) -> None:
    """Show the first line of the cassette."""
    prompt(f"head -1 {LIVE_CASSETTE}")
    lines = (stage.project / LIVE_CASSETTE).read_text(encoding="utf-8").splitlines()
    expect(len(lines) > 1, "the cassette is empty")
    say(lines[0])


def tickets(stage: Stage) -> list[dict[str, str]]:
    """Show and return what the service holds."""
    prompt(f"curl -s {stage.tickets_url}")
    address = urlsplit(stage.tickets_url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", address.path)
        text = connection.getresponse().read().decode()
    finally:
        connection.close()
    say(text.rstrip())
    found: list[dict[str, str]] = json.loads(text)["tickets"]
    return found


def flip_one_byte(stage: Stage) -> None:
    """Change the priority in the line that says which ticket was opened."""
    journal = max(stage.project.glob(".agentctl/journal/invoice-triage/*/*.jsonl"))
    was, becomes = '"priority":"P1"', '"priority":"P2"'
    prompt(f"sed -i 's/{was}/{becomes}/' {journal.relative_to(stage.project)}")
    before = journal.read_bytes()
    expect(before.count(was.encode()) == 1, "the journal does not open one ticket with P1")
    journal.write_bytes(before.replace(was.encode(), becomes.encode()))


if __name__ == "__main__":
    sys.exit(main())
