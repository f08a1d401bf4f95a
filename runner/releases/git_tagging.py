"""Making a release's tag, create-only, and pushing just that tag.

git's own `tag` makes it: so identity, signing key and signing program are those of the user.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from runner.domain.errors import GateError, TransientError, UsageError
from runner.releases.git_failures import told
from runner.releases.git_objects import Ref, signature_kind
from runner.releases.git_writing import NETWORK_S, GitWriting, plain_urls

TAGS = "refs/tags/"
NO_REASON = ("error: failed to push some refs", "To ", "hint:")
UNSIGNED = re.compile(r"gpg failed to sign|failed to sign|Couldn't load|No private key|signingkey")
IN_THE_WAY = re.compile(r"'(refs/tags/[^']+)' exists; cannot create")


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
    if made is not None and status != 0:
        raise exists_already(tag.name, made)
    if made is not None:
        _check_signed(git, tag, made, err)
        return made.oid
    if blocking := IN_THE_WAY.search(err):
        other = blocking[1].removeprefix(TAGS)
        raise UsageError(
            f"the tag {tag.name} cannot be made: a tag called {other} is in the way",
            help=f"give that one another name: git tag {other}-old {other}^{{}} && "
            f"git tag -d {other}",
        )
    if UNSIGNED.search(err):
        raise _not_signed(tag.name, err)
    raise told(git.directory, "tag", plain_urls(err))


def _check_signed(git: GitWriting, tag: NewTag, made: Ref, said: str) -> None:
    """Take a tag back that has no signature and should have one.

    git 2.39 says so on stderr when ssh-keygen fails, makes the tag unsigned, and exits with 0.
    """
    wanted = tag.sign or git.setting("tag.gpgSign", "bool") == "true"
    if wanted and signature_kind(made.message) is None:
        git.tell("update_ref", "-d", made.name, made.oid)
        raise _not_signed(tag.name, said)


def _not_signed(name: str, said: str) -> UsageError:
    return UsageError(
        f"the tag {name} could not be signed: {_reason(said)}",
        help="look at `git config user.signingkey` and `gpg.format`; nothing was made",
    )


def commit_files(git: GitWriting, paths: Sequence[str], message: str) -> str:
    """Commit new files of the working tree, by their path from its top, and return the commit.

    Raises:
        UsageError: git refused it; a hook of the user's may have.
    """
    # Whatever some file of the user's ignores: these are named one by one.
    git.tell("add", "--force", "--", *(f":(literal,top){path}" for path in paths))
    git.tell("commit", "--quiet", "--cleanup=whitespace", "--file=-", stdin=message.encode())
    return git.tell("rev_parse", "HEAD")


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


def remote_tags(git: GitWriting, remote: str, begin: str) -> list[str]:
    """Return the tags of a remote whose names begin so, without `refs/tags/`.

    Raises:
        TransientError: the remote was not reached.
    """
    words = ("--tags", "--refs", "--", remote, f"{TAGS}{begin.removesuffix('*')}*")
    status, out, err = git.run("ls_remote", *words, within_s=NETWORK_S)
    if status != 0:
        raise TransientError(
            f"{remote} was not reached: {_reason(plain_urls(err))}; nothing was made",
            help=f"`git fetch {remote}` shows whether it works again; without --push the tag is "
            "made here alone",
        )
    return [line.partition("\t")[2].removeprefix(TAGS) for line in out.splitlines()]


def push_tag(git: GitWriting, remote: str, name: str) -> None:
    """Push one tag and nothing else; hooks of the user run, and git may ask for no password.

    Raises:
        GateError: the remote, or the user's `pre-push` hook, refused it.
        TransientError: the remote was not reached. In both the tag stays here.
    """
    ref = f"{TAGS}{name}"
    words = ("--porcelain", "--no-follow-tags", "--no-recurse-submodules", "--", remote)
    status, out, err = git.run("push", *words, f"{ref}:{ref}", within_s=NETWORK_S)
    if status == 0:
        return
    refused = next((line.split("\t")[-1] for line in out.splitlines() if line[:1] == "!"), "")
    said = refused or _reason(plain_urls(err))
    advice = f"the tag stays here: `git push {remote} {ref}` tries again, `git tag -d {name}` "
    advice += "removes it"
    if not refused and (status < 0 or "fatal:" in err):
        raise TransientError(
            f"the tag {name} was made, but {remote} was not reached: {said}", help=advice
        )
    raise GateError(f"the tag {name} was made, but {remote} refused it: {said}", help=advice)


def _reason(said: str) -> str:
    """Return the line that says why: git's own, else what a hook said."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    own = [line for line in lines if not line.startswith(NO_REASON)]
    telling = [line for line in own if line.startswith(("error:", "fatal:"))]
    return (telling or own or lines or ["git gave no reason"])[0]
