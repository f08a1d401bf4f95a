"""One question to the model's server: does it answer, take the key, and list the model?"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from difflib import get_close_matches
from urllib.parse import urlsplit, urlunsplit

from runner.app.doctor.host_probe import status_of, told
from runner.app.doctor.need import Need, Status
from runner.boundary.egress import Egress
from runner.boundary.exchange import HttpError, HttpRequest, HttpResponse
from runner.boundary.http import HttpClient
from runner.domain.errors import UsageError
from runner.notation.jsonish import strict_json

MODEL_WITHIN_S = 4.0
MAX_LIST_BYTES = 8 << 20
MAX_NAMED = 5
MOST_NAMES = 2_000
LONGEST_NAME = 80
"""A longer one is not repeated: cut, it could be the beginning of a secret."""
TELLING = 8
"""So many characters of a key tell something of it."""
GONE = frozenset({502, 503, 504})


@dataclass(frozen=True)
class ModelProbe:
    """One question to the model's server: which models are there?"""

    id: str
    base_url: str
    allow: tuple[str, ...]
    key_label: str | None
    key: str | None = field(repr=False)

    def look(self) -> tuple[Need, ...]:
        """Ask, and return what came of it for the server and for the model."""
        headers = {"accept": "application/json"}
        if self.key:
            headers["authorization"] = f"Bearer {self.key.removeprefix('Bearer ')}"
        url = _models_url(self.base_url)
        request = HttpRequest("GET", url, headers, None, MODEL_WITHIN_S, MAX_LIST_BYTES)
        try:
            with closing(HttpClient(Egress(self.allow))) as client:
                return self._judged(client.send(request))
        except HttpError as error:
            if error.status is not None:
                return self._there(f"its list of models cannot be read: {error.message}")
            return self._server(status_of(error), told(error))
        except UsageError as error:
            return self._server("wrong", told(error))

    def unseen(self, status: Status, why: str) -> tuple[Need, ...]:
        """Return that nothing was found out, and why."""
        return (self._need("server", status, why), self._need("model", "skipped", why))

    def _judged(self, response: HttpResponse) -> tuple[Need, ...]:
        if response.status in {401, 403}:
            return self._refused(response.status)
        if response.status in GONE:
            return self._server("unreachable", f"it answers {response.status}; try again later")
        if response.status != 200:
            return self._there(f"it gives no list of models (status {response.status})")
        names = _listed(response.body)
        if names is None:
            return self._there("its list of models cannot be read")
        return (self._need("server", "ok"), self._model(names))

    def _refused(self, status: int) -> tuple[Need, ...]:
        if self.key:
            advice = f"it refuses the key in {self.key_label} (status {status}): put another there"
            return self._server("wrong", advice)
        if self.key_label:
            return self._there(f"it wants the key in {self.key_label}, which cannot be used")
        advice = f"it wants a key (status {status}): add `api_key: {{env: NAME}}` to the model"
        return self._server("wrong", advice)

    def _model(self, names: Sequence[str]) -> Need:
        name = self.id.partition("/")[2]
        names = names[:MOST_NAMES]
        if any(listed == name or listed.endswith("/" + name) for listed in names):
            return self._need("model", "ok")
        names = [listed for listed in names if not _tells(listed, self.key or "")]
        close = get_close_matches(name, names, n=1)
        hint = f"did you mean `{close[0]}`?" if close else f"it lists {_some(names)}"
        return self._need("model", "warning", f"its server does not list `{name}`; {hint}")

    def _there(self, what: str) -> tuple[Need, ...]:
        """The server answers; whether it has the model only a run will tell."""
        return (
            self._need("server", "warning", f"reachable, but {what}"),
            self._need("model", "skipped", "only a run will tell whether the server has it"),
        )

    def _server(self, status: Status, advice: str) -> tuple[Need, ...]:
        server = self._need("server", status, advice)
        return (server, self._need("model", "skipped", "its server comes first"))

    def _need(self, kind: str, status: Status, advice: str = "") -> Need:
        if kind == "model":
            return Need(kind, self.id, status, self.base_url if status == "ok" else "", advice)
        return Need(kind, self.allow[0], status, self.base_url, advice)


def _models_url(base_url: str) -> str:
    parts = urlsplit(base_url)
    path = parts.path.rstrip("/") + "/models"
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


def _listed(body: bytes) -> list[str] | None:
    try:
        data = strict_json(body.decode("utf-8"))
    except ValueError:
        return None
    models = data.get("data") if isinstance(data, dict) else None
    if not isinstance(models, list):
        return None
    ids = [model.get("id") for model in models if isinstance(model, dict)]
    return [name for name in ids if isinstance(name, str) and len(name) <= LONGEST_NAME]


def _tells(name: str, key: str) -> bool:
    """Whether a name repeats a part of the key; the whole key is redacted wherever it stands."""
    rest = name.replace(key, "") if key else name
    return any(key[at : at + TELLING] in rest for at in range(len(key) - TELLING + 1))


def _some(names: Sequence[str]) -> str:
    if not names:
        return "none at all"
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return ", ".join(f"`{name}`" for name in names[:MAX_NAMED]) + more
