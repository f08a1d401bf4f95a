"""`agentctl release`: every gate, then one annotated tag, made once.

`plan_release` looks and refuses, `make_release` does what the plan says. Without git, a release is
a version directory, and asked for as that.
"""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.app.comparing.diffing import Difference
from runner.app.project import AGENTS, Project, open_project
from runner.app.released.versions import agent_names, is_original
from runner.app.releasing.message import check_message, tag_message
from runner.app.releasing.source import Source, committed, has_git, on_disk
from runner.app.releasing.version import Chosen, Wish, check_above, choose_version, versions_of
from runner.boundary.clock import SystemClock
from runner.domain.errors import GateError, UsageError
from runner.domain.ports import Clock
from runner.domain.tag_format import tag_name, tag_pattern, version_in
from runner.releases.git_listings import ignored_and_tracked
from runner.releases.git_remote import upstream_of
from runner.releases.git_tagging import (
    NewTag,
    check_identity,
    exists_already,
    make_tag,
    push_tag,
    remote_tags,
    tag_at,
)
from runner.releases.git_writing import GitWriting
from runner.releases.ordering import precedence
from runner.releases.reading import check_agent_known
from runner.releases.vendoring import write_version
from runner.rollout.bumping import newest


@dataclass(frozen=True)
class ReleasePlan:
    """A release that passed every gate, and is not made yet."""

    project: Project
    agent: str
    source: Source
    chosen: Chosen
    tag: NewTag | None = None
    """None without git."""
    vendor: bool = False
    remote: str | None = None

    @property
    def version(self) -> str:
        """The version that it becomes."""
        return self.chosen.version

    @property
    def digest(self) -> str:
        """The digest of what is released."""
        return self.source.snapshot.digest

    @property
    def difference(self) -> Difference | None:
        """Against the newest release before it; None where there is none that can be read."""
        return self.chosen.difference

    @property
    def directory(self) -> Path:
        """Where its version directory lies, or would."""
        return self.project.agents / self.agent / self.version

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know before saying yes."""
        return (*([self.source.note] if self.source.note else []), *self.chosen.notes)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "agent": self.agent,
            "version": self.version,
            "digest": self.digest,
            "commit": self.source.commit,
            "branch": self.source.branch,
            "tag": self.tag.name if self.tag else None,
            "message": self.tag.message if self.tag else None,
            "step": self.chosen.step,
            "asked": self.chosen.asked,
            "warnings": self.source.warnings,
            "directory": self.project.shown(self.directory) if self.vendor else None,
            "remote": self.remote,
            "notes": list(self.notes),
            "difference": self.difference.as_json() if self.difference else None,
        }


@dataclass(frozen=True)
class Made:
    """A release that was made."""

    plan: ReleasePlan
    tag_object: str | None
    by: str

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**self.plan.as_json(), "tag_object": self.tag_object, "by": self.by}


def plan_release(
    root: Path | None, state: Path | None, wish: Wish, clock: Clock | None = None
) -> ReleasePlan:
    """Return the release that would be made; nothing is written.

    Raises:
        GateError: findings, uncommitted changes, a HEAD that is elsewhere, a version that is not
            above all others, a step too small, or nothing to release.
        UsageError: no such agent, no repository, a bare or shallow one, nobody who makes it.
        TransientError: with `push`, the remote was not reached.
    """
    project, clock = open_project(root, state), clock or SystemClock()
    check_agent_known(agent_names(project), wish.agent, project.agents)
    if is_original(project, wish.agent):
        raise UsageError(
            f"{wish.agent} is kept in the original layout, which has no worktree to release",
            help="`agentctl releases import` makes one",
        )
    if not has_git(project):
        return _without_git(project, wish, clock)
    with GitWriting(project.root, clock) as git:
        source = committed(project, git, wish.agent)
        check_identity(git)
        return _with_git(project, git, wish, source)


def make_release(plan: ReleasePlan, clock: Clock | None = None) -> Made:
    """Make a planned release: the tag decides who was first; the push comes last.

    Raises:
        GateError: somebody else made this version, or a later one, meanwhile; or the remote
            refused the tag, which stays here then.
        UsageError, StateError: it could not be made; nothing was.
        TransientError: the remote was not reached; the tag stays here.
    """
    if plan.tag is None:
        check_above(versions_of(plan.project, plan.agent), plan.version, plan.agent)
        with write_version(plan.directory, plan.source.snapshot):
            return Made(plan, None, "")
    with GitWriting(plan.project.root, clock or SystemClock()) as git, ExitStack() as directory:
        if there := tag_at(git, plan.tag.name):
            raise exists_already(plan.tag.name, there)
        check_above(versions_of(plan.project, plan.agent), plan.version, plan.agent)
        if plan.vendor:
            directory.enter_context(write_version(plan.directory, plan.source.snapshot))
        oid = make_tag(git, plan.tag)
        directory.close()
        if plan.remote:
            push_tag(git, plan.remote, plan.tag.name)
        return Made(plan, oid, check_identity(git))


def _without_git(project: Project, wish: Wish, clock: Clock) -> ReleasePlan:
    if not wish.vendor:
        raise UsageError(
            f"{project.root} is in no git repository, and a release is a tag",
            help="`git init` makes one; --vendor writes a version directory without",
        )
    if wish.sign or wish.push or wish.message:
        raise UsageError(
            "without git there is no tag that could be signed, pushed or have a message",
            help="leave --sign, --push and -m out",
        )
    source = on_disk(project, wish.agent)
    chosen = choose_version(project, wish, source, clock)
    return ReleasePlan(project, wish.agent, source, chosen, vendor=True)


def _with_git(project: Project, git: GitWriting, wish: Wish, source: Source) -> ReleasePlan:
    chosen = choose_version(project, wish, source, git.clock)
    if wish.vendor:
        _check_copied(git, wish.agent)
    tag = _tag(project, wish, source, chosen)
    if there := tag_at(git, tag.name):
        raise exists_already(tag.name, there)
    remote = _remote(project, git, source, (wish.agent, chosen.version)) if wish.push else None
    return ReleasePlan(project, wish.agent, source, chosen, tag, wish.vendor, remote)


def _check_copied(git: GitWriting, agent: str) -> None:
    """Raise GateError when a copy of the files would not be what git lists of it."""
    for path in ignored_and_tracked(git, f"{git.prefix}{AGENTS}/{agent}"):
        raise GateError(
            f"{path} is committed and ignored, so a version directory would lack it",
            help="take it out of .gitignore, or leave --vendor out",
        )


def _tag(project: Project, wish: Wish, source: Source, chosen: Chosen) -> NewTag:
    assert source.commit is not None, "it comes from a commit"
    text = check_message(wish.message) if wish.message is not None else None
    title = f"{wish.agent} {chosen.version}"
    settings = project.settings
    return NewTag(
        tag_name(settings.tag_format, wish.agent, chosen.version),
        source.commit,
        tag_message(title, text, chosen.difference, source.snapshot, wish.accepted),
        sign=wish.sign
        or source.signed
        or any(rules.signed for rules in settings.environments.values()),
    )


def _remote(project: Project, git: GitWriting, source: Source, named: tuple[str, str]) -> str:
    """Return the remote that is pushed to; it has no version of the agent that is not below."""
    upstream = upstream_of(git, source.branch or "")
    if upstream is None:
        known = ", ".join(git.tell("remote").split())
        raise UsageError(
            f"nobody says which remote to push to: {known}" if known else "there is no remote",
            help="git remote add origin ADDRESS, or leave --push out",
        )
    (agent, version), spelling = named, project.settings.tag_format
    tags = remote_tags(git, upstream.remote, tag_pattern(spelling, agent))
    last = newest(list(filter(None, (version_in(spelling, agent, tag) for tag in tags))))
    if last and precedence(last) >= precedence(version):
        raise GateError(
            f"{upstream.remote} has {agent} {last} already, and {version} is not above it",
            help=f"git fetch --tags {upstream.remote}, then look at the plan again",
        )
    return upstream.remote
