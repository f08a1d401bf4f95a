"""Making a release's tag, create-only, and pushing just that tag.

git's own `tag` makes it: so identity, signing key and signing program are those of the user.
"""

import re
from dataclasses import dataclass

from runner.domain.errors import GateError, TransientError, UsageError
from runner.releases.git_failures import told
from runner.releases.git_objects import Ref
from runner.releases.git_writing import NETWORK_S, GitWriting, plain_urls

TAGS = "refs/tags/"
UNSIGNED = re.compile(r"gpg failed to sign|failed to sign|Couldn't load|No private key|signingkey")
IN_THE_WAY = re.compile(r"'(refs/tags/[^']+)' exists; cannot create")
NO_CONNECTION = re.compile(
    r"Could not resolve|unable to access|Connection|timed out|Could not read from remote"
)


@dataclass(frozen=True)
class NewTag:
    """A tag to be made."""

    name: str
    """Without `refs/tags/`; checked before: an agent's name and a version are in it."""
    commit: str
    message: str
    sign: bool = False
    """Sign it whatever git's config says; `tag.gpgSign` signs it anyway."""


def check_identity(git: GitWriting) -> str:
    """Return who makes tags and commits here, `Name <address>`.

    Raises:
        UsageError: git's config names nobody; a guessed address is nobody.
    """
    status, _err = git.verdict({"user.useConfigOnly": "true"}, "var", "GIT_COMMITTER_IDENT")
    if status != 0:
        raise unknown_identity()
    return git.tell("var", "GIT_COMMITTER_IDENT").rpartition("> ")[0] + ">"


def unknown_identity() -> UsageError:
    """Return the error of a git that does not know who writes."""
    return UsageError(
        "git does not know who you are, and a release says who made it",
        help='git config --global user.name "Your Name"\n'
        "      git config --global user.email you@example.com",
    )


def make_tag(git: GitWriting, tag: NewTag) -> str:
    """Make an annotated tag and return the id of its object.

    Raises:
        GateError: the tag exists; the message says who made it, and when.
        UsageError: it could not be signed, or another tag is in the way.
    """
    kind = "--sign" if tag.sign else "--annotate"
    words = (kind, "--cleanup=whitespace", "--file=-", tag.name, tag.commit)
    status, _out, err = git.run("tag", *words, stdin=tag.message.encode())
    made = tag_at(git, tag.name)
    if status == 0 and made is not None:
        return made.oid
    if made is not None:
        raise exists_already(tag.name, made)
    if blocking := IN_THE_WAY.search(err):
        other = blocking[1].removeprefix(TAGS)
        raise UsageError(
            f"the tag {tag.name} cannot be made: a tag called {other} is in the way",
            help=f"give that one another name: git tag {other}-old {other}^{{}} && "
            f"git tag -d {other}",
        )
    if UNSIGNED.search(err):
        raise UsageError(
            f"the tag {tag.name} could not be signed: {_reason(err)}",
            help="look at `git config user.signingkey` and `gpg.format`; nothing was made",
        )
    raise told(git.directory, "tag", plain_urls(err))


def tag_at(git: GitWriting, name: str) -> Ref | None:
    """Return a tag as it stands, None where there is none."""
    return next((ref for ref in git.refs(TAGS + name) if ref.name == TAGS + name), None)


def exists_already(name: str, tag: Ref) -> GateError:
    """Return the error of a tag that somebody else made first."""
    made = f"{tag.by or 'somebody'}, {tag.at:%Y-%m-%d %H:%M}Z" if tag.at else tag.by or "somebody"
    return GateError(
        f"the tag {name} exists already: made by {made}, of commit {tag.target[:12]}",
        help="a version never changes; release under the next one",
    )


def push_tag(git: GitWriting, remote: str, name: str) -> None:
    """Push one tag and nothing else; hooks of the user run, and git may ask for no password.

    Raises:
        GateError: the remote refused it.
        TransientError: the remote was not reached. In both the tag stays here.
    """
    ref = f"{TAGS}{name}"
    words = ("--no-follow-tags", "--no-recurse-submodules", remote, f"{ref}:{ref}")
    status, _out, err = git.run("push", *words, within_s=NETWORK_S)
    if status == 0:
        return
    said = _reason(plain_urls(err))
    advice = f"the tag stays here; `git push {remote} {ref}` tries again, `git tag -d {name}` "
    advice += "removes it"
    if NO_CONNECTION.search(err) or status < 0:
        raise TransientError(
            f"the tag {name} was made, but {remote} was not reached: {said}", help=advice
        )
    raise GateError(f"the tag {name} was made, but {remote} refused it: {said}", help=advice)


def _reason(said: str) -> str:
    """Return the line of git's that says why."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [
        line for line in lines if "rejected" in line or line.startswith(("error:", "fatal:"))
    ]
    return (telling or lines or ["git gave no reason"])[0]
