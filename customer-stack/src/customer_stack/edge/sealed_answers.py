"""Answers to acts of high value wait until what they recorded is sealed in the audit. Pure ASGI.

Between commit and seal a record is protected by the database's rules alone. Whoever approves a settlement
or releases money is told that it happened when it can no longer be taken out unnoticed. Which acts wait is a
setting: the permissions that their routes ask for.

Guaranteed: an act that was recorded and could not be sealed in time is answered with 503 and its own code;
the act stands. Refusals and reading never wait.
"""

from collections.abc import Awaitable, Callable
from collections.abc import Set as AbstractSet
from typing import Final
from uuid import UUID

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from customer_stack.edge.problems import problem_of_refusal
from shared.audit.store import NotSealedInTime

ACT: Final = "bulkhead.act"
"""Where in a request's scope `require` notes tenant and permission."""

_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_FIRST_FAILURE: Final = 400

WaitSealed = Callable[[UUID], Awaitable[None]]
"""Returns when everything that a tenant has recorded so far is sealed. Raises NotSealedInTime."""


class SealedAnswers:
    """Holds an answer back until the audit has sealed what it is about."""

    def __init__(self, app: ASGIApp, wait: WaitSealed, acts: AbstractSet[str]) -> None:
        """Wrap `app`; `acts` are permissions."""
        self._app = app
        self._wait = wait
        self._acts = acts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] in _READING:
            await self._app(scope, receive, send)
            return
        is_replaced = False

        async def send_when_sealed(message: Message) -> None:
            nonlocal is_replaced
            if message["type"] == "http.response.start" and message["status"] < _FIRST_FAILURE:
                tenant_id, permission = scope.get(ACT, (None, ""))
                if permission in self._acts:
                    try:
                        await self._wait(tenant_id)
                    except NotSealedInTime as late:
                        is_replaced = True
                        await problem_of_refusal(late)(scope, receive, send)
            if not is_replaced:
                await send(message)

        await self._app(scope, receive, send_when_sealed)
