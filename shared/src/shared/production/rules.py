"""Rules for the values of settings in production. Each returns what is wrong, and never a value.

Guaranteed: a problem names a setting, a file or a key id; no part of a secret or of an address.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import parse_qs, unquote, urlsplit

from shared.errors import Kind, Refusal
from shared.operations.key_files import list_exposed

SECRET_LENGTH_MINIMUM: Final = 16
_SAMPLE: Final = re.compile(
    r"(sandbox|local|sample|example|change[-_ ]?me|default|test|demo|dummy|placeholder|password|secret)",
    re.IGNORECASE,
)
_TRIAL_HOST: Final = re.compile(r"(^|[.-])(sandbox|demo|test|staging)([.-]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why production does not start: a stable code, and a sentence with what to do."""

    code: str
    sentence: str


class ProductionRefused(Refusal):
    """Production does not start as it is configured."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "production.refused"

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep every problem, and say all of them."""
        self.problems = tuple(problems)
        lines = [f"  {each.code}: {each.sentence}" for each in self.problems]
        super().__init__("\n".join(["Production refuses to start:", *lines]))


def refuse(problems: Iterable[Problem]) -> None:
    """Raise ProductionRefused unless there is no problem. The same problem is said once."""
    found = list(dict.fromkeys(problems))
    if found:
        raise ProductionRefused(found)


def is_sandbox_mark(text: str) -> bool:
    """Tell whether a key, its id or its name says that it was made for trying things out."""
    return _SAMPLE.match(text.strip()) is not None


def check_exposed(files: Iterable[Path | None]) -> list[Problem]:
    """Refuse files with keys that others can use."""
    return [
        Problem(
            "production.key_file_exposed",
            f"others can use {file}, which holds a key. Take that away: chmod 600.",
        )
        for file in list_exposed(files)
    ]


def check_secret(setting: str, value: str | None) -> list[Problem]:
    """Refuse a secret of the sandbox, a sample, and one that can be guessed."""
    if value is None:
        return []
    if is_sandbox_mark(value):
        return [
            Problem(
                "production.sample_secret",
                f"{setting} is a secret of the sandbox or a sample. Set the one that the counterparty gave.",
            )
        ]
    if len(value) < SECRET_LENGTH_MINIMUM or len(set(value)) < SECRET_LENGTH_MINIMUM // 3:
        return [
            Problem(
                "production.weak_secret",
                f"{setting} can be guessed: it has to have {SECRET_LENGTH_MINIMUM} characters or more, drawn "
                "at random.",
            )
        ]
    return []


def check_url(setting: str, url: str | None, schemes: tuple[str, ...] = ("https",)) -> list[Problem]:
    """Refuse an address without TLS, one on this machine, and one that says it is for trials."""
    if url is None:
        return []
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    found = []
    if parts.scheme not in schemes or not host:
        found.append(
            Problem("production.plain_url", f"{setting} has to begin with {schemes[0]}://. Correct it.")
        )
    if is_loopback(host):
        found.append(
            Problem(
                "production.loopback_url",
                f"{setting} names this machine, where only a sandbox's counterparty is. Name the real one.",
            )
        )
    if _TRIAL_HOST.search(host):
        found.append(
            Problem(
                "production.sandbox_url",
                f"{setting} names a counterparty's system for trials. Name the one that counts.",
            )
        )
    return found


def check_database(setting: str, dsn: str) -> list[Problem]:
    """Refuse a connection that somebody on the way could read or answer: a socket, or a verified server."""
    if is_socket(dsn):
        return []
    try:
        modes = parse_qs(urlsplit(dsn).query).get("sslmode", [])
    except ValueError:
        modes = []
    if modes == ["verify-full"]:
        return []
    return [
        Problem(
            "production.database_tls",
            f"{setting} has to say sslmode=verify-full (and sslrootcert=FILE), or to name the folder of a "
            "socket. Add it to the address.",
        )
    ]


def is_socket(dsn: str) -> bool:
    """Tell whether a database's address names the folder of a socket on this machine."""
    hosts = _hosts_of(dsn)
    return bool(hosts) and all(host.startswith("/") for host in hosts)


def is_here(dsn: str) -> bool:
    """Tell whether a database's address names this machine."""
    hosts = _hosts_of(dsn)
    return not hosts or any(host.startswith("/") or is_loopback(host) for host in hosts)


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    try:
        place = ip_network(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return place.is_loopback or place.is_unspecified


def _hosts_of(dsn: str) -> list[str]:
    """Return the hosts of an address, as the driver reads them: several may stand there."""
    try:
        parts = urlsplit(dsn)
        named = parse_qs(parts.query).get("host", [])
    except ValueError:
        return []
    places = unquote(parts.netloc.rpartition("@")[2]).split(",")
    hosts = [place if place.startswith("/") else place.rpartition(":")[0] or place for place in places]
    return [host.strip("[]") for host in (*hosts, *named) if host]
