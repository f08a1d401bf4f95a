"""Landing one commit on a branch: here, here and on the server, or on a new branch.

A pushed move is pushed first and followed here after, so a push that fails leaves nothing to take
back. Whatever happens to the branch meanwhile, the commit is made anew on its new tip, unless the
very file was changed: that is a stale plan.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from runner.boundary.ids import jitter
from runner.domain.errors import AgentctlError, StalePlanError, TransientError, UsageError
from runner.domain.pointing import WriteOptions, Written
from runner.releases.git_blobs import Blob, blob_at
from runner.releases.git_checkout import Checkout, checkout
from runner.releases.git_remote import Upstream, fetch, has_branch, push, upstream_of
from runner.releases.git_writing import NOWHERE, GitWriting

TRIES = 5
PAUSE_S = 0.2


@dataclass(frozen=True)
class Change:
    """One file that is to be another. `path` counts from the top of the repository."""

    path: str
    expected: str | None
    """The blob that must be there; None when there must be no file."""
    content: bytes
    message: str

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.partition("\n")[0]


def land(git: GitWriting, branch: str, change: Change, options: WriteOptions) -> Written:
    """Commit a change onto a branch, as far as the options say.

    Raises:
        StalePlanError: the file is not the expected one.
        UsageError, RefusedError, TransientError: as `PointerBook.replace`; nothing was moved.
    """
    if options.branch:
        return land_beside(git, branch, options.branch, change)
    return (land_pushed if options.push else land_here)(git, branch, change)


def land_here(git: GitWriting, branch: str, change: Change) -> Written:
    """Commit a change onto a local branch, with index and files where it is checked out."""
    for attempt in range(TRIES):
        _pause(git, attempt)
        with _held(git, branch) as held:
            tip = _local_tip(git, branch)
            if done := _already(git, branch, tip, change):
                return done
            if held:
                held.check_clean(tip, change.path)
            commit = git.commit(tip, change.path, change.content, change.message)
            if _move(git, held, branch, (tip, commit), change.subject):
                return _written(branch, commit, change)
    raise TransientError(
        f"{branch}: others moved it {TRIES} times in between; nothing was moved",
        help=f"try again; when no git runs here, a left refs/heads/{branch}.lock is in the way",
    )


def land_pushed(git: GitWriting, branch: str, change: Change) -> Written:
    """Commit a change onto the server's branch, then bring the local branch along."""
    upstream = _upstream(git, branch)
    for attempt in range(TRIES):
        _pause(git, attempt)
        tip = _remote_tip(git, upstream)
        _check_not_parted(git, branch, tip)
        if done := _already(git, branch, tip, change):
            return replace(done, pushed=True, note=_follow(git, branch, tip, change.subject))
        commit = git.commit(tip, change.path, change.content, change.message)
        _check_can_follow(git, branch, commit, change.path)
        answer = push(git, commit, upstream)
        if answer.answer == "landed":
            note = _follow(git, branch, commit, change.subject)
            return replace(_written(branch, commit, change), pushed=True, note=note)
    raise TransientError(
        f"{upstream}: others pushed in between {TRIES} times; nothing was moved", help="try again"
    )


def land_beside(git: GitWriting, branch: str, new: str, change: Change) -> Written:
    """Commit a change onto a new branch from the server's tip of `branch`, and push that.

    Without a remote the new branch begins at the local tip, and stays here.
    """
    upstream = upstream_of(git, branch)
    _check_new(git, new, upstream)
    tip = _remote_tip(git, upstream) if upstream else _local_tip(git, branch)
    try:
        done = _already(git, branch, tip, change)
    except StalePlanError:
        _check_not_parted(git, branch, tip)  # what was planned for may lie here, not pushed yet
        raise
    if done:
        return done
    commit = git.commit(tip, change.path, change.content, change.message)
    ref = f"refs/heads/{new}"
    if not git.move(ref, commit, NOWHERE, change.subject):
        raise _branch_there(new, "this repository")
    written = replace(_written(new, commit, change), open=f"merge `{new}` into `{branch}`")
    if upstream is None:
        return written
    address = _push_new(git, ref, commit, Upstream(upstream.remote, new))
    return replace(
        written,
        pushed=True,
        open=address or f"a pull request of `{new}` into `{upstream.branch}`",
    )


def _push_new(git: GitWriting, ref: str, commit: str, target: Upstream) -> str:
    """Push a branch that was just made; take it back here when the server does not take it."""
    answer = None
    try:
        answer = push(git, commit, target)
    finally:
        if answer is None or answer.answer == "raced":
            git.run("update_ref", "-d", ref, commit)
    if answer.answer == "raced":
        raise _branch_there(target.branch, target.remote)
    return answer.address


def _already(git: GitWriting, branch: str, tip: str, change: Change) -> Written | None:
    """Check that the file is the expected one; return what is written when it is so already."""
    there = blob_at(git, tip, change.path)
    if (there.oid if there else None) != change.expected:
        raise _stale(git, branch, tip, (change.path, there))
    if there and there.data == change.content:
        return replace(_written(branch, tip, change), note="it stood there already")
    return None


def _stale(
    git: GitWriting, branch: str, tip: str, found: tuple[str, Blob | None]
) -> StalePlanError:
    path, there = found
    last = next(iter(git.log(tip, path, most=1)), None)
    what = "was changed" if there else "was removed, or never was there"
    by = f" by {last.by} in {last.oid[:12]} ({last.subject})" if last else ""
    return StalePlanError(
        f"stale plan: {path} {what}{by} since the plan was made; nothing was moved",
        help=f"{_brought_here(git, branch, tip)}look at what changed, and make the plan again",
    )


def _brought_here(git: GitWriting, branch: str, tip: str) -> str:
    """Return what to do first: plans are made from what is here, which a server may be ahead of."""
    local = git.tip(branch)
    behind = local is not None and local != tip and git.is_ancestor(local, tip)
    return f"bring {branch} up to date first (git pull); then " if behind else ""


@contextmanager
def _held(git: GitWriting, branch: str) -> Iterator[Checkout | None]:
    """Hold index and files of the working tree here, where it is on the branch."""
    full = f"refs/heads/{branch}"
    if full in git.rebased():
        raise UsageError(
            f"{branch} is being rebased, and git would not end the rebase after a move",
            help="git rebase --continue, or git rebase --abort; then the same command again",
        )
    where = git.checked_out().get(full)
    if where is None:
        yield None
        return
    if git.bare or not _same(where, git.top):
        raise UsageError(
            f"{branch} is checked out in another working tree, {where}; nothing was moved",
            help=f"run the same command there: agentctl -C {where} ...",
        )
    with checkout(git) as held:
        yield held


def _move(
    git: GitWriting, held: Checkout | None, branch: str, step: tuple[str, str], why: str
) -> bool:
    """Move a branch by one step, (from, to); False when it was elsewhere by then."""
    if held:
        return held.follow(branch, step, why)
    return git.move(f"refs/heads/{branch}", new=step[1], old=step[0], why=why)


def _check_not_parted(git: GitWriting, branch: str, tip: str) -> None:
    """Raise UsageError when the local branch has what the server's tip has not."""
    local = git.tip(branch)
    if local is None or git.is_ancestor(local, tip):
        return
    ahead = git.is_ancestor(tip, local)
    what = "has commits that were not pushed" if ahead else "and the server's have parted"
    raise UsageError(
        f"the local {branch} {what}; nothing was moved",
        help=f"push or rebase them first, so that {branch} here is what the server has",
    )


def _check_can_follow(git: GitWriting, branch: str, commit: str, path: str) -> None:
    """Raise UsageError when index and files could not be brought along after the push."""
    with _held(git, branch) as held:
        local = git.tip(branch)
        if held and local:
            held.check_clean(local, path)
            held.fits(local, commit)


def _follow(git: GitWriting, branch: str, commit: str, why: str) -> str:
    """Bring the local branch to a commit that the server has; return what is left to do."""
    try:
        for attempt in range(TRIES):
            _pause(git, attempt)
            with _held(git, branch) as held:
                local = git.tip(branch)
                if local is None or git.is_ancestor(commit, local):
                    return ""
                if not git.is_ancestor(local, commit):
                    break
                if _move(git, held, branch, (local, commit), why):
                    return ""
    except AgentctlError as error:
        return f"the server has it; the local {branch} stays behind: {error.message}"
    return f"the server has it; the local {branch} moved meanwhile: `git pull` brings both together"


def _upstream(git: GitWriting, branch: str) -> Upstream:
    upstream = upstream_of(git, branch)
    if upstream is None:
        raise UsageError(
            f"{branch} has no remote to push to; nothing was moved",
            help=f"leave --push out, or: git push -u REMOTE {branch}",
        )
    return upstream


def _remote_tip(git: GitWriting, upstream: Upstream) -> str:
    tip = fetch(git, upstream)
    if tip is None:
        raise UsageError(
            f"{upstream.remote} has no branch {upstream.branch}; nothing was moved",
            help=f"push it once yourself: git push -u {upstream.remote} {upstream.branch}",
        )
    return tip


def _local_tip(git: GitWriting, branch: str) -> str:
    tip = git.tip(branch)
    if tip is None:
        raise UsageError(
            f"{git.directory}: there is no local branch {branch} with a commit",
            help=f"make it: git switch {branch}, or commit once",
        )
    return tip


def _check_new(git: GitWriting, new: str, upstream: Upstream | None) -> None:
    if git.run("check_ref_format", "--branch", new)[0] != 0 or new.startswith(("-", "@")):
        raise UsageError(f"{new!r} cannot be the name of a branch", help="as promote/triage-v1.2.0")
    if git.tip(new):
        raise _branch_there(new, "this repository")
    if upstream and has_branch(git, Upstream(upstream.remote, new)):
        raise _branch_there(new, upstream.remote)


def _branch_there(new: str, where: str) -> UsageError:
    return UsageError(
        f"{where} has a branch {new} already; nothing was moved", help="take another name"
    )


def _written(branch: str, commit: str, change: Change) -> Written:
    return Written(source=f"{branch}@{commit[:12]}:{change.path}", commit=commit, branch=branch)


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _pause(git: GitWriting, attempt: int) -> None:
    if attempt:
        git.clock.sleep(jitter(PAUSE_S * 2**attempt))
