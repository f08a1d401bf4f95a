"""The secrets of a run: which it needs, which it knows, and where they must not stand."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from runner.boundary.secrets import MIN_LENGTH, SecretBook, resolve
from runner.boundary.surroundings import environment
from runner.domain.errors import UsageError
from runner.domain.events import Event
from runner.domain.job import Job
from runner.domain.references import SecretRef
from runner.domain.release import Release
from runner.domain.tool import CommandCall, HttpCall, PythonCall, ToolSpec
from runner.journal.entries import Entry


def model_secrets(release: Release) -> Iterator[SecretRef]:
    """Yield the secrets that asking the model needs."""
    if release.spec.agent.model.api_key:
        yield release.spec.agent.model.api_key


def tool_secrets(tool: ToolSpec) -> Iterator[SecretRef]:
    """Yield the secrets that a tool needs."""
    held: Iterable[object] = ()
    if isinstance(tool.call, HttpCall):
        held = tool.call.headers.values()
    elif isinstance(tool.call, CommandCall | PythonCall):
        held = tool.call.env.values()
    yield from (value for value in held if isinstance(value, SecretRef))


def secret_of(release: Release, ref: SecretRef, root: Any) -> str:
    """Return the value of a secret.

    Raises:
        UsageError: it is not there, or cannot be one.
    """
    try:
        return resolve(ref, environment(), root)
    except UsageError as error:
        error.help = error.help or f"{release.agent} needs it; nothing was run"
        raise


def open_book(release: Release, needed: list[SecretRef], root: Any) -> SecretBook:
    """Return what knows every secret that the release names.

    One that this run does not need may be missing; where it is there, it is hidden all the same.

    Raises:
        UsageError: a needed one is missing, or one is a word of the journal's own.
    """
    named = [*model_secrets(release), *(r for t in release.spec.tools for r in tool_secrets(t))]
    known: list[tuple[str, str]] = []
    for ref in dict.fromkeys(named):
        try:
            value = secret_of(release, ref, root)
        except UsageError:
            if ref in needed:
                raise
            continue
        check_value(ref.label, value)
        known += [(ref.label, form) for form in _forms(value)]
    return SecretBook(known)


def _forms(value: str) -> Iterator[str]:
    """Yield a secret, and the bare token of one that brings its own scheme."""
    yield value
    scheme, _, token = value.partition(" ")
    if scheme in {"Bearer", "Basic", "Token"} and len(token) >= MIN_LENGTH:
        yield token


def check_value(label: str, value: str) -> None:
    """Raise UsageError when a secret's value could not be hidden in a journal."""
    advice = "choose a random value, or pass what is no secret as a variable: {var: NAME}"
    if value.isdigit():
        raise UsageError(
            f"the value of {label} is a plain number: it cannot be hidden", help=advice
        )
    if any(value in word for word in vocabulary()):
        raise UsageError(
            f"the value of {label} is a word that journals are made of, and no secret", help=advice
        )


def check_identity(release: Release, job: Job, book: SecretBook) -> None:
    """Raise UsageError when what names a run, or travels in keys, holds a known secret."""
    named: dict[str, str] = {
        "the job's key": job.id,
        "the agent's name": release.agent,
        "the version": release.version,
        "the environment": release.environment or "",
        "the origin": release.origin,
        "the model": f"{release.spec.agent.model.id} {release.spec.agent.model.base_url}",
        "a value": json.dumps(release.values, ensure_ascii=False),
        "the input": json.dumps(job.input, ensure_ascii=False),
    }
    for what, text in named.items():
        if book.redact(text) != text:
            raise UsageError(
                f"{what} holds the value of a secret: {book.redact(text)[:200]}",
                help="nothing was run; a value that is no secret is passed as a variable, {var: "
                "NAME}, and a secret stands nowhere but in its {env: NAME} or {file: path}",
            )


def vocabulary() -> Iterator[str]:
    """Yield every word that the lines of journals and ledgers are made of."""
    for union in (Event, Entry):
        yield from _words(get_args(union)[0])


def _words(kind: Any) -> Iterator[str]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            yield name
            yield from _words(field.annotation)
    elif get_origin(kind) is Literal:
        yield from map(str, get_args(kind))
    else:
        for inner in get_args(kind):
            yield from _words(inner)
