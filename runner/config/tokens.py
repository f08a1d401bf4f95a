"""Secrets that are known by their shape, wherever they stand. Nothing shows their value.

The shapes are those that providers publish so that scanners can find a leaked key: a fixed prefix
and a minimum length. A shape that ordinary words could have is not among them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice

from runner.domain.diagnostics import Diagnostic, Place
from runner.notation.text import MEBIBYTE

SHAPES = (
    ("a key of OpenAI", r"sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{20,}|sk-[A-Za-z0-9]{32,}"),
    ("a key of Anthropic", r"sk-ant-[a-z0-9]+-[A-Za-z0-9_-]{20,}"),
    ("a token of GitHub", r"gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,}"),
    ("a token of GitLab", r"glpat-[A-Za-z0-9_-]{20,}"),
    ("an access key of AWS", r"(?:AKIA|ASIA)[A-Z0-9]{16}"),
    ("a token of Slack", r"xox[abeprs]-[A-Za-z0-9-]{10,}"),
    ("a key of Google", r"AIza[A-Za-z0-9_-]{35}"),
    ("a key of Stripe", r"[rs]k_live_[A-Za-z0-9]{16,}"),
    ("a secret of a webhook", r"whsec_[A-Za-z0-9+/]{24,}=*"),
    ("a signed token (JWT)", r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
    ("a private key", r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"),
)
TOKEN = r"(?<![A-Za-z0-9_])(?:" + "|".join(f"({shape})" for _name, shape in SHAPES) + ")"
"""Compiled when something may be a secret: nearly every file has nothing that begins as one."""
STARTS = r"sk-|gh[pousr]_|github_pat_|glpat-|AKIA|ASIA|xox|AIza|k_live_|whsec_|eyJ|PRIVATE KEY"
START, START_BYTES = re.compile(STARTS), re.compile(STARTS.encode())
KEY_BODY = r"[A-Za-z0-9+/]{60,}={0,2}"
ADVICE = "take it out, name where it is kept ({env: NAME} or {file: PATH}), and change the secret"
MOST = 20


def leaked(files: Mapping[str, bytes], origin: str) -> Iterator[Diagnostic]:
    """Yield a problem for each secret in the text files of an agent; `origin` is put before them.

    The source line of such a problem is not shown, only its place.
    """
    for path, data in files.items():
        shown = f"{origin}/{path}" if origin else path
        yield from islice(leaked_in(data, shown), MOST)


def leaked_in(data: bytes, shown: str) -> Iterator[Diagnostic]:
    """Yield a problem for each secret in one file, which people know as `shown`."""
    if len(data) > MEBIBYTE or not START_BYTES.search(data) or b"\0" in data:
        return
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), 1):
        for found in re.finditer(TOKEN, line):
            name = SHAPES[(found.lastindex or 1) - 1][0]
            place = Place(
                file=shown,
                line=number,
                column=found.start() + 1,
                length=len(found[0]),
            )
            message = f"here stands {name}; whoever reads the files has it"
            yield Diagnostic(code="AC202", message=message, place=place, help=ADVICE)


@lru_cache(maxsize=8)
def without_tokens(text: str) -> str:
    """Return a text with every known shape of a secret, and lines of a key, as asterisks."""
    for pattern in (TOKEN, KEY_BODY) if START.search(text) else (KEY_BODY,):
        text = re.sub(pattern, lambda found: "*" * len(found[0]), text)
    return text


def not_told(found: Iterable[Diagnostic], told: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the secrets on lines of which nobody has said yet that they hold one."""
    lines = {(d.place.file, d.place.line) for d in told if d.code == "AC202"}
    return [secret for secret in found if (secret.place.file, secret.place.line) not in lines]
