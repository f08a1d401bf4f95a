"""The programs that tools start: in the release or on PATH, and what interprets scripts."""

import json
import posixpath
import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from runner.app.doctor.need import Need
from runner.boundary.surroundings import environment
from runner.domain.references import VariableRef
from runner.domain.release import Release
from runner.domain.tool import CommandCall


def program_needs(call: CommandCall, release: Release) -> Iterator[Need]:
    """Yield the program of a tool, and the interpreter where it is a script of the release.

    The rule is that of `runner.tools.command`: in the release first, then on PATH; a relative path
    with `/` is in the release or nowhere.
    """
    source = call.argv[0]
    if isinstance(source, VariableRef) and source.var not in release.values:
        needs = f"its name is the variable `{source.var}`, which has no value"
        yield Need("command", _name(source), "skipped", help=needs)
        return
    program, name = _program(source, release), _name(source)
    path = posixpath.normpath(program)
    script = None if PurePosixPath(program).is_absolute() else release.snapshot.files.get(path)
    if script is not None:
        yield from _script(name, release.origin, script, call)
    elif "/" in program and not PurePosixPath(program).is_absolute():
        advice = f"the release has no such file: write it below {release.origin}"
        yield Need("command", name, "missing", help=advice)
    else:
        yield _on_path(name, program)


def _name(source: str | VariableRef) -> str:
    return source if isinstance(source, str) else f"{{var: {source.var}}}"


def _program(source: str | VariableRef, release: Release) -> str:
    if isinstance(source, str):
        return source
    value = release.values[source.var]
    return (value if isinstance(value, str) else json.dumps(value)) + source.suffix


def _on_path(name: str, program: str) -> Need:
    found = shutil.which(program, path=environment().get("PATH"))
    if found:
        return Need("command", name, "ok", str(Path(found).absolute()))
    if Path(program).is_absolute():
        if Path(program).exists():
            return Need("command", name, "wrong", program, f"not executable: chmod +x {program}")
        return Need("command", name, "missing", help="install it at exactly that path")
    advice = "install it, or add its directory to PATH; a script of the agent goes beside it"
    return Need("command", name, "missing", help=advice)


def _script(name: str, where: str, script: bytes, call: CommandCall) -> Iterator[Need]:
    first = script.split(b"\n", 1)[0].decode("utf-8", "replace")
    if not first.startswith("#!"):
        advice = "not executable: its first line must start with #!"
        yield Need("command", name, "wrong", where, advice)
    elif first.endswith("\r"):
        advice = "its lines end in CR LF, so no interpreter is found: save it with LF"
        yield Need("command", name, "wrong", where, advice)
    else:
        yield Need("command", name, "ok", where)
        yield _interpreter(first.removeprefix("#!").split(), name, call)


def _interpreter(words: list[str], script: str, call: CommandCall) -> Need:
    """`#!/bin/sh`, or `#!/usr/bin/env [-S] [NAME=VALUE] python3`, found on the tool's own PATH."""
    program = words[0] if words else ""
    if PurePosixPath(program).name == "env":
        named = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
        program = named[0] if named else program
    declared = call.env.get("PATH")
    path = declared if isinstance(declared, str) else environment().get("PATH")
    found = shutil.which(program, path=path)
    if found:
        return Need("interpreter", program, "ok", found)
    advice = f"install it: the first line of {script} asks for it"
    return Need("interpreter", program or "(none)", "missing", help=advice)
