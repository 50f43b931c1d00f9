"""Who calls: bearer keys, or nobody but this machine.

Rule: a key is compared in constant time and kept only as its hash, which is the name of its owner.
Without keys the service is for loopback alone, and a web page of elsewhere may not use it.
"""

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

from agent.http.problems import Problem
from listing.errors import SettingsError

LOCAL = "local"
"""The owner where there are no keys."""
SHORTEST_KEY = 16
_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class Keys:
    """The keys that may call; `open` where there are none."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take the keys.

        Raises:
            SettingsError: a key is shorter than `SHORTEST_KEY` or no ASCII.
        """
        for place, key in enumerate(keys, 1):
            if len(key) < SHORTEST_KEY or not key.isascii() or not key.isprintable():
                raise SettingsError(
                    f"VOUCH_API_KEYS: key {place} must have at least {SHORTEST_KEY} ASCII "
                    "characters; make one with `openssl rand -hex 24`"
                )
        self._owners = tuple(owner_of(key) for key in keys)

    @property
    def open(self) -> bool:
        """Whether calls need no key."""
        return not self._owners

    def owner(self, authorization: str | None) -> str | None:
        """Return the owner that an `Authorization` header names; None where it names none."""
        if self.open:
            return LOCAL
        scheme, _, given = (authorization or "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        owner = owner_of(given.strip())
        same = [hmac.compare_digest(owner, known) for known in self._owners]
        return owner if any(same) else None


def owner_of(key: str) -> str:
    """Return the name under which a key's threads are kept: its SHA-256, 64 hex digits."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def is_loopback(host: str) -> bool:
    """Tell whether an address to listen on is reached from this machine alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def check_local(host: str | None, origin: str | None, allowed: Sequence[str]) -> None:
    """Refuse a call that another site's page makes to a service without keys.

    A browser sends it along, by its own name made to mean this machine (then Host tells) or by a
    form (then Origin does).

    Raises:
        Problem: 403 with what to do.
    """
    name = _hostname(f"//{host}") if host else ""
    if name not in _LOCAL_NAMES:
        raise Problem(
            403,
            "not-local",
            "Without keys this service answers only as localhost",
            "set VOUCH_API_KEYS to serve it under another name",
        )
    if origin and origin not in allowed and _hostname(origin) not in _LOCAL_NAMES:
        raise Problem(
            403,
            "foreign-origin",
            "Without keys only pages of this machine may call",
            "set VOUCH_CORS_ORIGINS to the page's origin, or VOUCH_API_KEYS",
        )


def _hostname(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
