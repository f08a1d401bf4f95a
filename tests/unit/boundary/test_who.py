"""Who acts, for records."""

import socket

from runner.boundary.who import who


def test_who_is_a_login_at_this_host() -> None:
    login, _, host = who().partition("@")
    assert login
    assert host == socket.gethostname()
