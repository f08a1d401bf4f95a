"""A branch on the server: fetching it, and pushing one commit onto it, never by force."""

import re
from dataclasses import dataclass
from typing import Literal

from runner.domain.errors import AgentctlError, RefusedError, TransientError, UsageError
from runner.releases.git_writing import NETWORK_S, GitWriting, plain_urls

TRIES = 5
PAUSE_S = 0.3
RACED = re.compile(
    r"^\[rejected\]|but expected|cannot lock ref|failed to update ref|failed to lock"
    r"|incorrect old value|already exists"
)
"""What a server says of a push that came too late, and not of one that it does not want."""
REFUSED_HERE = "failed to push some refs"
ADDRESS = re.compile(r"^remote:.*?(https?://\S+)", re.MULTILINE)
Answer = Literal["landed", "raced"]


@dataclass(frozen=True)
class Upstream:
    """The branch of a server that a local branch follows."""

    remote: str
    branch: str

    @property
    def tracking(self) -> str:
        """The full reference that keeps what the server had at the last fetch."""
        return f"refs/remotes/{self.remote}/{self.branch}"

    def __str__(self) -> str:
        return f"{self.remote}/{self.branch}"


@dataclass(frozen=True)
class Pushed:
    """How a push ended, and the address that the server named in its answer."""

    answer: Answer
    address: str = ""


def upstream_of(git: GitWriting, branch: str) -> Upstream | None:
    """Return what a branch follows: its own setting, else `origin`, else the only remote."""
    remotes = git.tell("remote").split()
    stated = git.setting(f"branch.{branch}.remote")
    if stated in remotes:
        merge = git.setting(f"branch.{branch}.merge").removeprefix("refs/heads/")
        return Upstream(stated, merge or branch)
    if "origin" in remotes:
        return Upstream("origin", branch)
    return Upstream(remotes[0], branch) if len(remotes) == 1 else None


def fetch(git: GitWriting, upstream: Upstream) -> str | None:
    """Return the commit that the branch of the server is at now, None where it has none.

    Raises:
        TransientError: the server cannot be reached.
    """
    spec = f"+refs/heads/{upstream.branch}:{upstream.tracking}"
    options = ("--quiet", "--no-tags", "--no-recurse-submodules", "--no-auto-maintenance")
    words = (*options, "--no-write-fetch-head", "--", upstream.remote, spec)
    err = ""
    for _ in range(TRIES):
        status, _out, err = git.run("fetch", *words, within_s=NETWORK_S)
        if status == 0:
            return git.tell("rev_parse", "--verify", upstream.tracking)
        if "couldn't find remote ref" in err:
            return None
        if "cannot lock ref" not in err and "unable to update local ref" not in err:
            break
        git.clock.sleep(PAUSE_S)  # another process fetches the same branch
    raise _unreachable(upstream, err)


def has_branch(git: GitWriting, upstream: Upstream) -> bool:
    """Return whether the server has the branch.

    Raises:
        TransientError: the server cannot be reached.
    """
    words = ("--heads", "--", upstream.remote, f"refs/heads/{upstream.branch}")
    status, out, err = git.run("ls_remote", *words, within_s=NETWORK_S)
    if status != 0:
        raise _unreachable(upstream, err)
    return bool(out)


def push(git: GitWriting, commit: str, upstream: Upstream) -> Pushed:
    """Push one commit onto a branch of the server; `raced` when the branch has moved on.

    Raises:
        RefusedError: the server, or the user's `pre-push` hook, does not want it.
        TransientError: the server cannot be reached, and the commit is not there.
    """
    words = ("--porcelain", "--no-follow-tags", "--", upstream.remote)
    spec = f"{commit}:refs/heads/{upstream.branch}"
    status, out, err = git.run("push", *words, spec, within_s=NETWORK_S)
    address = ADDRESS.search(plain_urls(err))
    if status == 0:
        return Pushed("landed", address[1] if address else "")
    verdict = _verdict(out)
    if RACED.search(verdict):
        return Pushed("raced")
    if verdict or ("fatal:" not in err and REFUSED_HERE in err):
        raise _refused(upstream, verdict, err)
    return _after_silence(git, commit, upstream, err)


def _verdict(out: str) -> str:
    """Return what `push --porcelain` says of the branch that it did not update."""
    lines = [line.split("\t") for line in out.splitlines() if line.startswith("!")]
    return lines[0][2] if lines and len(lines[0]) > 2 else ""


def _after_silence(git: GitWriting, commit: str, upstream: Upstream, err: str) -> Pushed:
    """The connection broke: the server may have taken the commit, so it is asked."""
    try:
        tip = fetch(git, upstream)
    except AgentctlError as error:
        raise _unreachable(upstream, err) from error
    if tip and git.is_ancestor(commit, tip):
        return Pushed("landed")
    raise _unreachable(upstream, err)


def _refused(upstream: Upstream, verdict: str, err: str) -> RefusedError:
    said = [line.strip() for line in plain_urls(err).splitlines() if line.strip()]
    own = [line for line in said if not line.startswith(("error:", "To ", "hint:", "fatal:"))]
    reasons = [line.removeprefix("remote: ").strip() for line in own]
    told = verdict.removeprefix("[remote rejected]").strip(" ()") or "a pre-push hook said no"
    return RefusedError(
        f"{upstream}: the push was refused: {'; '.join([told, *reasons[:5]])}; nothing was moved",
        help="where the branch is protected, --branch NAME pushes a new branch instead",
    )


def _unreachable(upstream: Upstream, err: str) -> TransientError | UsageError:
    lines = [line.strip() for line in plain_urls(err).splitlines() if line.strip()]
    fatal = [line.removeprefix("fatal: ") for line in lines if line.startswith("fatal:")]
    reason = (fatal or lines or ["no answer"])[0]
    return TransientError(
        f"{upstream.remote}: git cannot reach the remote: {reason}; nothing was moved here",
        help=f"`git fetch {upstream.remote}` shows whether it works again, and what is there now",
    )
