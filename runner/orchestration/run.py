"""The whole life of a run. Read this file first.

`execute` is the one path to a run: the command line, a schedule or a replay make a Job and call it.
A dry run is handed another toolbox and a resumed run a journal with a past; the loop does not know.
"""

from itertools import count

from runner.domain.errors import InterruptedRunError
from runner.domain.events import RunInterrupted
from runner.domain.job import Job, Run
from runner.domain.release import Release
from runner.orchestration.asking import ask, stop_unless_affordable
from runner.orchestration.calling import perform
from runner.orchestration.conversation import opening
from runner.orchestration.ending import accept, finish
from runner.orchestration.heartbeat import Heartbeat
from runner.orchestration.parts import Ended, Execution, Parts, Stopwatch
from runner.orchestration.starting import start


def execute(job: Job, release: Release, parts: Parts) -> Run:
    """Run an agent once and return how it ended.

    Raises:
        StateError: the journal could not be written; nothing was done after that.
        InterruptedRunError: the process was asked to end; the run can be resumed.
    """
    stopwatch = Stopwatch(parts.clock, parts.resumed_after_s or 0.0)
    heartbeat = Heartbeat(parts.journal, stopwatch.active_s)
    execution = Execution(job, release, parts, stopwatch, heartbeat)
    try:
        start(execution)  # 1. everything that the run depends on, on disk
        talk = opening(execution)  # 2. instructions, examples, task: no money spent yet
        for turn in count(1):
            parts.interrupts.check()
            stop_unless_affordable(execution, talk, turn)  # 3. every limit, before the spend
            talk, answer = ask(execution, talk, turn)  # 4. the model
            for number, call in enumerate(answer.tool_calls, 1):
                parts.interrupts.check()
                step = f"t{turn}.c{number}"
                talk = perform(execution, talk, step, call, redacted=answer.redacted)  # 5. one call
            if not answer.tool_calls:
                talk = accept(execution, talk, turn, answer)  # 6. ends the run, or gives it back
    except Ended as ended:
        return finish(execution, ended)  # 7. status, output, totals
    except InterruptedRunError as interrupt:
        number = interrupt.exit_code - 128
        parts.journal.append(RunInterrupted(signal=number, active_s=stopwatch.active_s()))
        raise
    finally:
        heartbeat.end()
    raise AssertionError("a run ends by Ended")
