"""Who acts: the login and the host, for records that a person reads."""

import os
import pwd
import socket


def who() -> str:
    """Return `login@host` of this process; the number of a user who has no name."""
    uid = os.geteuid()
    try:
        login = pwd.getpwuid(uid).pw_name
    except KeyError:
        login = str(uid)
    return f"{login}@{socket.gethostname()}"
