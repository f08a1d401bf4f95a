"""The only module that exits: it turns every end into one exit code."""

import gc
import os
import sys

from runner.boundary.surroundings import refuse_plugins
from runner.cli.failing import report
from runner.cli.main import cli

READER_GONE = 141
STDOUT = 1
STDERR = 2


def main() -> None:
    """Run the command line and exit with the code of DESIGN's table (`help exit-codes`)."""
    _open_missing_streams()
    # A short command ends before its garbage matters, and looking for it costs an eighth of its
    # time; `cli.main.stay` looks again in those that go on.
    gc.disable()
    refuse_plugins()
    try:
        code = cli.main(prog_name="agentctl", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except (BrokenPipeError, SystemExit):
        # The reader went away (`| head`); click turns the same into SystemExit.
        code = READER_GONE
        _forget_output()
    except BaseException as error:  # noqa: BLE001  the one place where every error ends
        code = report(error, sys.argv[1:])
        _forget_output()
    gc.freeze()  # or the interpreter's last look at everything is a seventh of a short command
    sys.exit(code if isinstance(code, int) else 0)


def _open_missing_streams() -> None:
    """A closed stdin, stdout or stderr must not give its number to a journal."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            fd = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(fd, mode, encoding="utf-8"))


def _forget_output() -> None:
    """Leave nothing to flush at exit that could fail again."""
    for stream, number in ((sys.stdout, STDOUT), (sys.stderr, STDERR)):
        try:
            stream.flush()
        except (OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), number)


if __name__ == "__main__":
    main()
