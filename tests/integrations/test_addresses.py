"""Where webhooks may go: the open internet, and nothing behind a door."""

import socket
from typing import Any

import pytest

from marketplace.core.errors import DomainError
from marketplace.integrations import addresses
from marketplace.integrations.addresses import Unreachable, numbers_of, read_url


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("https://erp.example.com/hook?a=1", "erp.example.com", 443, "/hook?a=1"),
        ("https://erp.example.com", "erp.example.com", 443, "/"),
        ("https://erp.example.com:8443/x", "erp.example.com", 8443, "/x"),
        ("https://büro.example/x", "xn--bro-hoa.example", 443, "/x"),
        ("https://8.8.8.8/x", "8.8.8.8", 443, "/x"),
    ],
)
def test_an_address_of_the_open_internet_is_taken(
    url: str, host: str, port: int, path: str
) -> None:
    target = read_url(url)
    assert (target.host, target.port, target.path, target.is_tls) == (host, port, path, True)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "erp.example.com/hook",
        "http://erp.example.com/hook",
        "ftp://erp.example.com/hook",
        "file:///etc/passwd",
        "gopher://erp.example.com/",
        "https://",
        "https:///hook",
        "https://user:secret@erp.example.com/",
        "https://erp.example.com/#part",
        "https://erp.example.com:22/",
        "https://erp.example.com:80/",
        "https://erp.example.com:99999/",
        "https://erp.example.com/a b",
        "https://erp.example.com/\r\nHost: inside",
        "https://localhost/",
        "https://intranet/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://[::1]/",
        "https://[fe80::1]/",
        "https://[fc00::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://[2002:a00:1::]/",
        "https://erp.example.com/" + "a" * 500,
    ],
)
def test_any_other_address_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(DomainError) as refused:
        read_url(url)
    assert refused.value.fields["url"].endswith((".", ";")) and refused.value.status == 422


@pytest.mark.parametrize(
    "answers",
    [
        ["10.0.0.1"],
        ["127.0.0.1"],
        ["169.254.169.254"],
        ["fe80::1%eth0"],
        ["::ffff:192.168.0.1"],
        ["8.8.8.8", "10.0.0.1"],
    ],
)
def test_a_name_that_leads_into_a_private_network_is_not_called(
    answers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _resolve(monkeypatch, answers)
    with pytest.raises(Unreachable, match="private network"):
        numbers_of(read_url("https://erp.example.com/"))


def test_a_name_that_leads_outside_is_called_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    _resolve(monkeypatch, ["8.8.8.8", "2001:4860:4860::8888"])
    assert numbers_of(read_url("https://erp.example.com/")) == ["8.8.8.8", "2001:4860:4860::8888"]


@pytest.mark.parametrize("number", ["1", "0x7f000001", "2130706433", "0177.0.0.1", "127.1"])
def test_numbers_in_other_clothes_are_seen_through(number: str) -> None:
    """The system's resolver reads these as 127.0.0.1 or the like."""
    try:
        target = read_url(f"https://{number}/")
    except DomainError:
        return
    with pytest.raises(Unreachable):
        numbers_of(target)


def _resolve(monkeypatch: pytest.MonkeyPatch, answers: list[str]) -> None:
    def getaddrinfo(*args: Any, **kwargs: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, 443)) for text in answers]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", getaddrinfo)
