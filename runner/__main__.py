"""The only module that exits: it turns every end into one exit code."""

import os
import sys

from runner.cli.failing import report
from runner.cli.main import cli


def main() -> None:
    """Run the command line and exit with the code of DESIGN's table (`help exit-codes`)."""
    try:
        code = cli.main(prog_name="agentctl", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader went away (`| head`): nothing to say, and nothing to flush at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except BaseException as error:  # noqa: BLE001  the one place where every error ends
        code = report(error, debug="--debug" in sys.argv)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
