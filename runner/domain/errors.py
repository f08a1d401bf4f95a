"""The one error tree. Each class has one exit code; `__main__` alone turns it into an exit.

Exit codes are part of the interface: `agentctl help exit-codes` prints EXIT_CODES.
"""

EXIT_CODES = {
    0: "done; no difference; verified",
    1: "a negative answer: findings in a config, a difference that was asked for, a gate not met, "
    "or the run failed, was cancelled or is unverified",
    2: "usage or configuration: bad flag, unknown agent, a config that cannot be loaded to run",
    3: "transient: network, provider overload, a short lock; worth a retry",
    4: "integrity: digest mismatch, broken chain",
    5: "refused by policy or limit: denied, protected environment, held release, stopped run, "
    "a run that another process executes",
    6: "waiting for a person (parked, in_doubt), or still running",
    7: "stale plan; nothing done",
    70: "a bug in agentctl",
    130: "interrupted (Ctrl-C); the journal is flushed and the run can be resumed",
    141: "the reader of stdout went away (`| head`); what was to be done was done",
    143: "terminated (SIGTERM); the journal is flushed and the run can be resumed",
}


class AgentctlError(Exception):
    """Something a user has to know: what is wrong, and in `help` what to do next."""

    exit_code = 70

    def __init__(self, message: str, *, help: str = "") -> None:  # noqa: A002  the word users see
        super().__init__(message)
        self.message = message
        self.help = help


class GateError(AgentctlError):
    """A gate is not met, so nothing was done: findings, a dirty directory, too small a step."""

    exit_code = 1


class UsageError(AgentctlError):
    """A flag, a name or a file that cannot be used as given."""

    exit_code = 2


class TransientError(AgentctlError):
    """Worth the same call again, later."""

    exit_code = 3


class IntegrityError(AgentctlError):
    """What was found is not what was promised: a digest, a chain, a lock."""

    exit_code = 4


class RefusedError(AgentctlError):
    """A rule or a limit says no."""

    exit_code = 5


class WaitingError(AgentctlError):
    """A person has to decide first."""

    exit_code = 6


class StalePlanError(AgentctlError):
    """What a plan was made for has changed since; nothing was done."""

    exit_code = 7


class InterruptedRunError(AgentctlError):
    """The person or the system asked the process to end; the journal is flushed."""

    def __init__(self, message: str, *, signal_number: int, help: str = "") -> None:  # noqa: A002
        super().__init__(message, help=help)
        self.exit_code = 128 + signal_number


class StateError(AgentctlError):
    """The state directory cannot be written; the run stops before the next effect."""

    exit_code = 3
