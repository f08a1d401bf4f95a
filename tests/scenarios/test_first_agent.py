"""docs/first-agent.md, followed to the letter from an empty directory in one shell.

Every file of the page is written, every `sh` block runs in order, and the output that the page
shows after a block is what the block prints; `…` stands for anything. One number is another one:
8900, the port of the model's server, may be taken on this machine.
"""

import os
import re
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "first-agent.md"
FENCE = re.compile(r"(?:^`(?P<file>[^`\n]+)`\n)?^```(?P<kind>\w+)\n(?P<body>.*?)^```$", re.M | re.S)
PORT = "8900"
SECONDS = 150


@dataclass(frozen=True)
class Block:
    """One fenced block: a file to write, commands to run, or what they print."""

    file: str | None
    kind: str
    body: str


def blocks() -> list[Block]:
    text = PAGE.read_text(encoding="utf-8")
    return [Block(found["file"], found["kind"], found["body"]) for found in FENCE.finditer(text)]


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def script(page: list[Block], port: str, outputs: Path) -> str:
    """One shell script; the output of each block goes to a file of its own."""
    lines = ["set -o errexit -o nounset"]
    for number, block in enumerate(page):
        body = block.body.replace(PORT, port)
        if block.file:
            lines += [f"cat > {block.file} <<'END OF FILE'\n{body}END OF FILE"]
        elif block.kind == "sh":
            lines += [f"{{\n{body}}} > {outputs}/{number} 2>&1"]
        if "agentctl new hello" in body:
            lines += [f"sed -i 's/:{PORT}/:{port}/' agent-configs/hello/agent.yaml"]
    return "\n".join(lines)


def pattern(shown: str) -> str:
    """What the page shows, as a regular expression: `…` alone on a line stands for many."""
    lines = [
        r"(?:.*\n)*?" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + r"\n"
        for line in shown.splitlines()
    ]
    return "".join(lines)


def follow(home: Path, outputs: Path) -> None:
    """Run the page in one shell; what each block prints lies in `outputs` by its number."""
    start = home / "empty"
    start.mkdir(parents=True)
    programs = Path(sys.executable).parent
    environment = {
        "HOME": str(home),
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "LANG": "C.UTF-8",
    }
    shell = subprocess.Popen(
        ["bash", "-c", script(blocks(), free_port(), outputs)],
        cwd=start,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = shell.communicate(timeout=SECONDS)
    finally:
        end_group(shell.pid)
    ran = sorted(outputs.iterdir(), key=lambda path: int(path.name))
    last = ran[-1].read_text() if ran else ""
    assert shell.returncode == 0, f"{said}\nthe last block that began printed:\n{last}"


def end_group(group: int) -> None:
    """End what the page left running, should it have stopped half-way."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def shown_outputs() -> list[tuple[int, str]]:
    """The number of each block of commands that the page shows the output of, and that output."""
    page = blocks()
    return [
        (number, following.body)
        for number, (block, following) in enumerate(pairwise(page))
        if block.kind == "sh" and not block.file and following.kind == "text"
    ]


def test_the_page_shows_what_its_commands_print(tmp_path: Path) -> None:
    """One test, because following the page takes seconds and its parts need each other."""
    outputs = tmp_path / "outputs"
    outputs.mkdir()
    follow(tmp_path / "home", outputs)
    printed = {number: (outputs / str(number)).read_text("utf-8") for number, _ in shown_outputs()}
    different = [
        f"printed:\n{printed[number]}\nshown:\n{shown}"
        for number, shown in shown_outputs()
        if not re.fullmatch(pattern(shown), printed[number])
    ]
    assert not different, "\n\n".join(different)


def test_every_output_that_the_page_shows_stands_after_its_commands() -> None:
    shown = [block for block in blocks() if block.kind == "text"]
    assert len(shown) == len(shown_outputs())


def test_the_page_needs_nothing_but_the_command_and_python() -> None:
    typed = "".join(block.body for block in blocks() if block.kind == "sh" and not block.file)
    assert not re.search(r"\b(curl|wget|pip|git|jq)\b", typed)
