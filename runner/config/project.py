"""agentctl.yaml and the pointers of environments."""

import re
from collections.abc import Iterator
from typing import TypeVar

from runner.config.advice import near
from runner.config.findings import in_order
from runner.config.secrets import hide_secrets
from runner.config.source import Source, read_source
from runner.config.structure import parse
from runner.config.tokens import leaked_in, not_told
from runner.config.unsupported import without_project_fields
from runner.domain.diagnostics import ConfigError, Diagnostic
from runner.domain.environment import Pointer, ProjectSettings
from runner.domain.quantities import VERSION
from runner.domain.release import WORKTREE

T = TypeVar("T")


def read_project(data: bytes | None, origin: str) -> ProjectSettings:
    """Return the project's settings. `data` is agentctl.yaml, None when there is none.

    A file of comments alone is one without settings.

    Raises:
        ConfigError: with every problem; `origin` is the file's name in them.
    """
    if data is None:
        return ProjectSettings()
    source, found = read_source(data, origin)
    if [problem.code for problem in found] == ["AC010"]:
        return ProjectSettings()
    found += leaked_in(data, origin)
    if source is None:
        raise ConfigError(in_order(found))
    stripped, unsupported = without_project_fields(source)
    settings, problems = parse(source, ProjectSettings, stripped)
    found += [*unsupported, *problems]
    if settings is not None:
        found += [*_patterns(source, settings), *_required(source, settings)]
    return _result(settings, found)


def read_pointer(data: bytes, origin: str) -> Pointer:
    """Return a pointer; `data` is its file, `origin` the file's name in diagnostics.

    Raises:
        ConfigError: with every problem.
    """
    return _result(*check_pointer(data, origin))


def check_pointer(data: bytes, origin: str) -> tuple[Pointer | None, list[Diagnostic]]:
    """Return a pointer as far as its shape is right, and every problem of its file.

    A pointer that lacks its digest has a problem and is still one that can be checked further.
    """
    source, found = read_source(data, origin)
    if source is None:
        return None, [*found, *leaked_in(data, origin)]
    source, secrets = hide_secrets(source)
    pointer, found = parse(source, Pointer, source.data)
    leaks = not_told(leaked_in(data, origin), secrets)
    return pointer, [*secrets, *leaks, *found, *_digest(source)]


def _digest(source: Source) -> Iterator[Diagnostic]:
    version, digest = source.at(("version",)), source.at(("digest",))
    if isinstance(version, str) and VERSION.fullmatch(version) and digest is None:
        message = f"a pointer to `{version}` needs the release's digest"
        advice = 'add `digest: "h1:..."`; `agentctl show AGENT@VERSION` prints it'
        yield source.problem("AC410", message, ("version",), advice)
    if version == WORKTREE and digest is not None:
        message = "`worktree` is what is on disk now; it has no fixed digest"
        yield source.key_problem("AC410", message, ("digest",), "remove `digest`")


def _patterns(source: Source, settings: ProjectSettings) -> list[Diagnostic]:
    found = []
    for index, pattern in enumerate(settings.redact):
        try:
            re.compile(pattern)
        except re.error as error:
            message = f"this is not a regular expression: {error}"
            found.append(source.problem("AC411", message, ("redact", index)))
    default = settings.default_environment
    if default is not None and settings.environments and default not in settings.environments:
        message = f"`{default}` is not one of the environments"
        advice = near(default, settings.environments)
        found.append(source.problem("AC412", message, ("default_environment",), advice))
    return found


def _required(source: Source, settings: ProjectSettings) -> Iterator[Diagnostic]:
    for name, rules in settings.environments.items():
        if rules.requires is None or rules.requires in set(settings.environments) - {name}:
            continue
        message = f"`{rules.requires}` is not another of the environments"
        advice = near(rules.requires, settings.environments)
        yield source.problem("AC102", message, ("environments", name, "requires"), advice)


def _result(value: T | None, found: list[Diagnostic]) -> T:
    if found or value is None:
        raise ConfigError(in_order(found))
    return value
