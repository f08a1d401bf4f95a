"""Commands that fetch a program each time: which of them take whatever is newest today?

Sources: the manuals of npx and `npm exec`, bunx, uvx (`uv tool run`), pipx and `docker run`.
"""

import re
import shlex
from collections.abc import Sequence
from pathlib import PurePosixPath

NPM_EXACT = re.compile(r"@?[^@]+@v?[0-9]+\.[0-9]+\.[0-9]+\S*")
PYTHON_EXACT = re.compile(r"[^=@]+(===?|@)[0-9][\w.!+-]*(?<!\*)|.+ @ .+|(git\+)?https?://.+")
LOCAL = re.compile(r"[./~].*|file:.*|\S+\.(whl|tgz|tar\.gz)")
LAUNCHERS = (
    (("npx",), "npm"),
    (("npm", "exec"), "npm"),
    (("npm", "x"), "npm"),
    (("pnpm", "dlx"), "npm"),
    (("bunx",), "npm"),
    (("uvx",), "python"),
    (("uv", "tool", "run"), "python"),
    (("pipx", "run"), "python"),
    (("docker", "run"), "image"),
    (("docker", "container", "run"), "image"),
    (("podman", "run"), "image"),
)
ENV_WORD = re.compile(r"-|[A-Za-z_]\w*=")
SHELLS = frozenset({"sh", "bash", "dash", "zsh"})
SHELL_FLAGS = frozenset({"-c", "-ec", "-lc", "-euc"})
COMMAND_END = re.compile(r"&&|[;|&\n]")
PACKAGE = {"npm": ("-p", "--package"), "python": ("--from", "--spec"), "image": ()}
FLAGS = {
    "npm": {"-y", "--yes", "--no", "-q", "--quiet", "--silent", "--", "--bun", "--no-install"},
    "python": {"-q", "--quiet", "-v", "--verbose", "--isolated", "--offline", "--no-cache", "--"},
    "image": {
        "--rm",
        "-i",
        "-t",
        "-it",
        "-ti",
        "-d",
        "--interactive",
        "--tty",
        "--detach",
        "--init",
        "--read-only",
        "--privileged",
        "--no-healthcheck",
        "-P",
        "--publish-all",
        "--sig-proxy",
        "-q",
        "--quiet",
    },
}
VALUED = frozenset({"--python", "--with", "--index", "--index-url", "--registry", "--cache"})
HELP = {
    "npm": "name an exact version: `{}@1.2.3`",
    "python": "name an exact version: `{}==1.2.3`",
    "image": "name a digest, or at least a version: `{}@sha256:...`",
}


def unpinned(argv: Sequence[object]) -> tuple[int, str, str] | None:
    """Return index, what is fetched and help for a command that fetches what it does not pin.

    Words that are not text are variables: of them nothing is known. What `env` or `sh -c` starts
    is looked at as if it stood there alone.
    """
    start = _past_env(argv)
    rest = argv[start:]
    if not rest:
        return None
    commands = _of_shell(rest)
    if commands is None:
        found = _fetched(rest)
        return found and (start + found[0], *found[1:])
    told = (found for command in commands if (found := _fetched(command)))
    return next(((start + 2, package, advice) for _index, package, advice in told), None)


def _past_env(argv: Sequence[object]) -> int:
    """The index of the first word that `env` starts, 0 where another program comes first."""
    if not isinstance(argv[0], str) or PurePosixPath(argv[0]).name != "env":
        return 0
    words = enumerate(argv[1:], 1)
    return next((i for i, w in words if not (isinstance(w, str) and ENV_WORD.match(w))), len(argv))


def _of_shell(argv: Sequence[object]) -> list[list[str]] | None:
    """The words of each command of `sh -c TEXT`; None for another program."""
    shell, flag, text = (*argv, None, None)[:3]
    if not isinstance(shell, str) or PurePosixPath(shell).name not in SHELLS:
        return None
    if flag not in SHELL_FLAGS or not isinstance(text, str):
        return None
    try:
        return [shlex.split(part) for part in COMMAND_END.split(text) if part.strip()]
    except ValueError:
        return []


def _fetched(argv: Sequence[object]) -> tuple[int, str, str] | None:
    for words, kind in LAUNCHERS:
        if _begins(argv, words):
            found = _package(argv, len(words), kind)
            return _judged(argv, found, kind)
    return None


def _begins(argv: Sequence[object], words: tuple[str, ...]) -> bool:
    if not argv:
        return False
    first, rest = argv[0], tuple(argv[1 : len(words)])
    return isinstance(first, str) and (PurePosixPath(first).name, *rest) == words


def _package(argv: Sequence[object], start: int, kind: str) -> int | None:
    """The index of the word that says what is fetched: an option's value, or the first plain one.

    Most options of `docker run` have a value; of the others an unknown one ends the search.
    """
    index = start
    while index < len(argv):
        word = argv[index]
        if not isinstance(word, str):
            return None
        option, equals, _value = word.partition("=")
        if option in PACKAGE[kind]:
            return index if equals else index + 1
        if not word.startswith("-"):
            return index
        if not equals and word not in FLAGS[kind] | VALUED and kind != "image":
            return None
        index += 1 if equals or word in FLAGS[kind] else 2
    return None


def _judged(argv: Sequence[object], index: int | None, kind: str) -> tuple[int, str, str] | None:
    word = argv[index] if index is not None and index < len(argv) else None
    if index is None or not isinstance(word, str):
        return None
    package = word.partition("=")[2] if word.startswith("--") else word
    if _pinned(package, kind):
        return None
    bare = re.sub(r"(?<=.)(@|==|:)[^/]*$", "", package)
    return index, package, HELP[kind].format(bare)


def _pinned(package: str, kind: str) -> bool:
    if kind == "image":
        tag = package.rpartition("/")[2].partition(":")[2]
        return "@sha256:" in package or tag not in {"", "latest"}
    exact = NPM_EXACT if kind == "npm" else PYTHON_EXACT
    return bool(exact.fullmatch(package) or LOCAL.fullmatch(package))
