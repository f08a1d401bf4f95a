"""The order of versions: SemVer 2.0, section 11, with a leading v."""

Precedence = tuple[int, int, int, bool, tuple[tuple[int, int, str], ...]]


def precedence(version: str) -> Precedence:
    """Return a key by which versions such as `v1.2.0-rc.1` sort; a pre-release comes first."""
    core, _, pre = version.removeprefix("v").partition("-")
    major, minor, patch = (int(part) for part in core.split("."))
    return major, minor, patch, not pre, tuple(_identifier(part) for part in pre.split("."))


def _identifier(part: str) -> tuple[int, int, str]:
    numeric = part.isascii() and part.isdigit()
    return (0, int(part), "") if numeric else (1, 0, part)
