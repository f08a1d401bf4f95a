"""Which hosts may be reached, and at which addresses."""

import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.boundary.egress import Egress
from runner.boundary.exchange import HttpError
from runner.domain.errors import UsageError

PUBLIC = "93.184.215.14"


def egress(*allow: str, found: tuple[str, ...] = (PUBLIC,)) -> Egress:
    return Egress(allow, resolve=lambda host, port: found)


def refusal(gate: Egress, host: str, port: int = 443) -> HttpError:
    with pytest.raises(HttpError) as caught:
        gate.check(host, port)
    assert caught.value.sent is False
    return caught.value


@pytest.mark.parametrize(
    ("entry", "host", "port"),
    [
        ("tickets.example", "tickets.example", 443),
        ("tickets.example", "tickets.example", 8080),
        ("tickets.example:443", "tickets.example", 443),
        ("Tickets.Example", "tICKETS.eXAMPLE.", 443),
        ("tickets.example.", "tickets.example", 443),
        ("*.example", "a.example", 443),
        ("*.example", "a.b.example", 443),
        ("*.example:443", "a.example", 443),
        ("b\u00fccher.example", "xn--bcher-kva.example", 443),
        ("xn--bcher-kva.example", "B\u00dcCHER.example", 443),
        ("under_score.example", "under_score.example", 443),
    ],
)
def test_an_allowed_host_gets_its_address(entry: str, host: str, port: int) -> None:
    assert egress(entry).check(host, port) == PUBLIC


@pytest.mark.parametrize(
    ("entry", "host", "port"),
    [
        ("tickets.example", "evil.example", 443),
        ("tickets.example", "tickets.example.evil", 443),
        ("tickets.example", "eviltickets.example", 443),
        ("tickets.example", "a.tickets.example", 443),
        ("tickets.example:443", "tickets.example", 80),
        ("*.example", "example", 443),
        ("*.example", "badexample", 443),
        ("*.example:443", "a.example", 80),
        ("127.0.0.1:8900", "localhost", 8900),
        ("127.0.0.1:8900", "127.0.0.1", 8901),
        ("localhost", "127.0.0.1", 80),
    ],
)
def test_any_other_host_is_refused_by_name(entry: str, host: str, port: int) -> None:
    error = refusal(egress(entry), host, port)
    assert error.kind == "egress"
    assert f"{host}:{port}" in error.message
    assert "network.allow" in error.message
    assert error.exit_code == 5


def test_nothing_is_allowed_unless_it_is_said() -> None:
    assert refusal(egress(), "tickets.example").kind == "egress"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "169.254.169.254",
        "fe80::1",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "100.100.100.200",
        "168.63.129.16",
        "64:ff9b:1::a9fe:a9fe",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
        "fec0::1",
        "224.0.0.1",
        "ff02::1",
        "0.0.0.0",
        "0.1.2.3",
        "::",
        "240.0.0.1",
        "255.255.255.255",
        "nonsense",
    ],
)
def test_an_allowed_name_may_not_lead_to_a_dangerous_address(address: str) -> None:
    error = refusal(egress("tickets.example", found=(address,)), "tickets.example")
    assert error.kind == "egress"
    assert address in error.message
    assert "network.allow" in error.message


@pytest.mark.parametrize("address", ["10.0.0.7", "172.16.1.1", "192.168.1.1", "fd12::1"])
def test_an_allowed_name_may_lead_to_a_private_address(address: str) -> None:
    assert egress("tickets.internal", found=(address,)).check("tickets.internal", 1) == address


@pytest.mark.parametrize(
    ("entry", "address"),
    [
        ("127.0.0.1:443", "127.0.0.1"),
        ("localhost", "127.0.0.1"),
        ("localhost", "::1"),
        ("::1", "::1"),
        ("[::1]:443", "::1"),
        ("169.254.7.7", "169.254.7.7"),
    ],
)
def test_a_dangerous_address_that_is_allowed_itself_is_fine(entry: str, address: str) -> None:
    assert egress("tickets.example", entry, found=(address,)).check("tickets.example", 443)


def test_an_address_that_is_allowed_for_another_port_is_refused() -> None:
    gate = egress("tickets.example", "127.0.0.1:80", found=("127.0.0.1",))
    assert refusal(gate, "tickets.example", 443).kind == "egress"


def test_only_the_addresses_that_are_permitted_are_returned() -> None:
    gate = egress("tickets.example", found=("127.0.0.1", PUBLIC, "169.254.169.254", "10.0.0.1"))
    assert gate.addresses("tickets.example", 443) == (PUBLIC, "10.0.0.1")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "[::1]", "10.0.0.1"])
def test_an_address_is_allowed_by_its_own_entry_and_not_looked_up(host: str) -> None:
    def nobody(name: str, port: int) -> list[str]:
        pytest.fail(f"{name} was looked up")

    plain = host.strip("[]")
    assert Egress([plain], resolve=nobody).check(host, 80) == plain


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "1.2.3.4.5", "a b", "", ".", "-", "a/b", "[a]"],
)
def test_a_host_that_is_none_is_refused_before_the_lookup(host: str) -> None:
    assert refusal(egress("*.example", "a"), host).kind == "bad_url"


@pytest.mark.parametrize("answer", [socket.gaierror(-2, "unknown"), UnicodeError("x"), []])
def test_a_name_without_address_is_a_lost_connection(answer: object) -> None:
    def unknown(host: str, port: int) -> list[str]:
        if isinstance(answer, Exception):
            raise answer
        return []

    error = refusal(Egress(["gone.example"], resolve=unknown), "gone.example")
    assert error.kind == "connection"


@pytest.mark.parametrize(
    "entry",
    [
        "",
        "*",
        "*.",
        "*.127.0.0.1",
        "a.*.example",
        "http://tickets.example",
        "tickets.example/path",
        "tickets.example:http",
        "tickets.example:0",
        "tickets.example:99999",
        "user@tickets.example",
        "2130706433",
    ],
)
def test_an_entry_that_is_no_host_is_a_mistake(entry: str) -> None:
    with pytest.raises(UsageError, match=r"network\.allow"):
        Egress([entry])


def test_this_machine_knows_its_own_name() -> None:
    assert Egress(["localhost"]).check("localhost", 80) in {"127.0.0.1", "::1"}


@settings(max_examples=150)
@given(st.text(max_size=40) | st.from_regex(r"[0-9a-fx.:\[\]%]{1,30}", fullmatch=True))
def test_no_text_gets_past_a_list_that_does_not_name_it(host: str) -> None:
    assert refusal(egress("the-only-host.example"), host).kind in {"egress", "bad_url"}
