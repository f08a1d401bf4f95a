"""Who signed a tag: asked of git and ssh-keygen, with everything pinned that a repository sets.

Only SSH signatures by a key of the given file count. The exit code alone is the answer: for an
unknown key git prints `Good "git" signature` as well.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Literal

from runner.domain.errors import UsageError
from runner.releases.git_repository import GitRepository

State = Literal["good", "plain", "unsigned", "foreign", "unknown", "unchecked"]
KEYGEN = "ssh-keygen"
NOBODY = "false"
"""A program that vouches for nothing: git asks by the signature's kind, which the signer chose."""
WHO = re.compile(r"signature for (\S+) with")


@dataclass(frozen=True)
class Signature:
    """What is known of the signature of a version's tag.

    `good`: by a key of the signers' file. `plain`: a lightweight tag, which cannot be signed.
    `unsigned`: a tag object without a signature. `foreign`: signed in another way than with SSH.
    `unknown`: signed, but by nobody in the file, or damaged since. `unchecked`: signed, and there
    is nothing to check it with.
    """

    state: State
    said: str


def check_signers(signers: Path) -> Path:
    """Return the absolute path of the file of allowed signers.

    Raises:
        UsageError: there is no such file.
    """
    if not signers.is_file():
        raise UsageError(
            f"no file of signers {signers}",
            help="one line for each: `name@example.com ssh-ed25519 AAAA...`; `signers` in "
            "agentctl.yaml or --signers names the file",
        )
    return signers.resolve()


def signature_of(
    repository: GitRepository, tag: str | None, kind: str | None, signers: Path | None
) -> Signature:
    """Return what is known of a signature.

    `tag` is the object id of the tag, None for a lightweight one; `kind` is the kind of signature
    that it carries; `signers` is the file of keys that count.
    """
    if tag is None:
        return Signature("plain", "a lightweight tag, which cannot be signed")
    if kind is None:
        return Signature("unsigned", "the tag has no signature")
    if kind != "ssh":
        return Signature("foreign", f"signed with {kind}; only SSH signatures count")
    if signers is None:
        return Signature("unchecked", "signed, and no file of signers says by whom")
    if which(KEYGEN) is None:
        return Signature("unchecked", f"signed, and {KEYGEN} is not on PATH to check it")
    status, said = repository.verdict(_pinned(signers), "verify_tag", tag)
    if status == 0:
        by = WHO.search(said)
        return Signature("good", f"signed by {by[1] if by else f'a key of {signers.name}'}")
    return Signature("unknown", f"not signed by a key of {signers.name}, or damaged since")


def _pinned(signers: Path) -> dict[str, str]:
    return {
        "gpg.format": "ssh",
        "gpg.ssh.allowedSignersFile": str(signers),
        "gpg.ssh.program": KEYGEN,
        "gpg.ssh.revocationFile": "",
        "gpg.program": NOBODY,
        "gpg.openpgp.program": NOBODY,
        "gpg.x509.program": NOBODY,
        "gpg.minTrustLevel": "fully",
    }
