"""Model answers kept in a file and played back: demos, evals and tests without a network.

A cassette is JSON Lines: a header, then one `{"request": ..., "answer": ...}` a line. It holds
neutral, redacted messages; no headers, no keys.
"""

import json
import os
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError

from runner.boundary.files import append_line, open_append
from runner.domain.agent import ModelSpec
from runner.domain.errors import UsageError
from runner.domain.failure import Failure, FailureError
from runner.domain.messages import ModelAnswer, ModelRequest
from runner.domain.noun import Noun
from runner.domain.ports import Clock, ModelClient
from runner.notation.jsonish import strict_json
from runner.reasoning.difference import first_difference

RECORD = "record one with `agentctl run AGENT --record FILE`"
MAX_BYTES = 64 << 20
N = TypeVar("N", bound=Noun)


class CassetteHeader(Noun):
    """The first line: what the answers came from."""

    cassette: Literal[1] = Field(1, description="Version of this format.")
    model: str = Field(description="provider/name of the model that answered.")
    server: str = Field(description="Base address of the server that answered.")
    recorded: datetime = Field(description="When the recording began, RFC 3339.")
    note: str = Field("", description="What people should know of it.")


class Exchange(Noun):
    """A later line: one request and its answer."""

    request: ModelRequest
    answer: ModelAnswer


class RecordingModel:
    """A ModelClient that keeps each answer of another one: on disk before it is returned.

    Failures are not kept. `redact` takes JSON data and returns it without secrets.

    Raises:
        UsageError: the file exists already.
        StateError: it cannot be written.
    """

    def __init__(
        self,
        inner: ModelClient,
        path: Path,
        spec: ModelSpec,
        clock: Clock,
        redact: Callable[[Any], Any],
    ) -> None:
        self._inner = inner
        self._path = path
        self._redact = redact
        header = CassetteHeader(model=spec.id, server=spec.base_url, recorded=clock.now())
        if os.path.lexists(path):  # unlike Path.exists, False for a name that no file can have
            raise UsageError(
                f"{path} exists; a recording does not overwrite", help="name another --record file"
            )
        self._append(header, new=True)

    def answer(self, request: ModelRequest, within_s: float) -> ModelAnswer:
        answer = self._inner.answer(request, within_s)
        self._append(Exchange(request=request, answer=answer))
        return answer

    def _append(self, line: Noun, *, new: bool = False) -> None:
        data = self._redact(line.model_dump(mode="json"))
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"
        fd = open_append(self._path, new=new)
        try:
            append_line(fd, text.encode(), self._path)
        finally:
            os.close(fd)


class CassetteModel:
    """A ModelClient that plays a cassette back.

    A request is answered by the first exchange not yet played whose request is equal, so that a
    resumed run, which asks only what is missing, finds its place.

    Raises:
        UsageError: the file cannot be read as a cassette; the line is named.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.header, exchanges = read_cassette(path)
        self._count = len(exchanges)
        self._unplayed = exchanges

    def answer(self, request: ModelRequest, within_s: float) -> ModelAnswer:
        now = _plain(request)
        for exchange in self._unplayed:
            if _plain(exchange.request) == now:
                self._unplayed = [other for other in self._unplayed if other is not exchange]
                return exchange.answer
        raise FailureError(Failure(kind="cassette_mismatch", message=self._mismatch(request)))

    def _mismatch(self, request: ModelRequest) -> str:
        if not self._unplayed:
            return f"all {self._count} exchanges of {self._path} were played; record it anew"
        expected = _likeliest(self._unplayed, request).request
        difference = first_difference(_plain(expected), _plain(request))
        return f"the request differs from the one recorded in {self._path}: {difference}"


def read_cassette(path: Path) -> tuple[CassetteHeader, list[Exchange]]:
    """Return the header and the exchanges of a cassette.

    Raises:
        UsageError: the file is missing, too large, or broken; the line is named.
    """
    lines = _text(path).removesuffix("\n").split("\n")
    header = _line(path, 1, lines[0], CassetteHeader)
    numbered = enumerate(lines[1:], 2)
    return header, [_line(path, number, line, Exchange) for number, line in numbered]


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(
                f"{path} is larger than {MAX_BYTES:,} bytes: it is not a cassette", help=RECORD
            )
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise UsageError(
            f"{path}: cannot read the cassette: {error.strerror}", help=RECORD
        ) from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8: it is not a cassette", help=RECORD) from None


def _line(path: Path, number: int, line: str, kind: type[N]) -> N:
    try:
        return kind.model_validate(strict_json(line))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        problem = f"{place}: {first['msg']}" if place else first["msg"]
    except ValueError as error:
        problem = str(error)
    raise UsageError(
        f"{path}:{number}: this is not a line of a cassette: {problem}",
        help="record it again with `agentctl run --record FILE`",
    )


def _likeliest(exchanges: Sequence[Exchange], request: ModelRequest) -> Exchange:
    """Return the exchange that was probably meant: as many messages, else the next in order."""
    length = len(request.messages)
    same = (other for other in exchanges if len(other.request.messages) == length)
    return next(same, exchanges[0])


def _plain(noun: Noun) -> Any:
    return json.loads(noun.model_dump_json())
