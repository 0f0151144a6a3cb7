"""Where a request comes from: the country of its client's address, from memory, without any query.

`create_app` is told how to find it; whoever did not tell has requests from nowhere known.
"""

from typing import Annotated, Protocol

from fastapi import Depends, Request


class Origins(Protocol):
    """Finds countries of clients."""

    def find(self, peer: str | None, forwarded: list[str]) -> str | None:
        """Return the country (ISO 3166, two letters) behind a connection from `peer`.

        `forwarded`: the lines of X-Forwarded-For as they came, of which nothing has to be true. None: not
        known.
        """
        ...


def country_of(request: Request) -> str | None:
    """Return the country of a request, or None."""
    origins: Origins | None = request.app.state.origins
    if origins is None:
        return None
    peer = None if request.client is None else request.client.host
    return origins.find(peer, request.headers.getlist("x-forwarded-for"))


async def request_country(request: Request) -> str | None:
    """Return the country of a request; as a dependency, in the loop and not in a thread."""
    return country_of(request)


RequestCountry = Annotated[str | None, Depends(request_country)]
