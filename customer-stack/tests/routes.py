"""The application of a test, which is built once per process.

Building the stack's 140 routes takes a quarter of a second, and the framework's first look at them as much
again, far more than most tests that send requests take themselves; and the routes are the same for every
test. So the application is built over stand-ins: what it asks of a service is asked of that service of the
test which sent the request.

*Guaranteed:*
- a request is answered by the services of its own test, also while another one is answered;
- a file that a test fetches is in the register of exports, with the SHA-256 of its bytes;
- a request that changes something leaves an audit record, in whatever test it is sent (a second one to the
  same path may find everything as it wants it);
- an application that asks a service anything while it is built, and would so keep a test's answer, cannot
  be built.
"""

import hashlib
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields, replace
from pathlib import Path
from uuid import UUID

from bulkhead_local import acts
from customer_stack.application import build_routers
from customer_stack.edge.application import create_app
from customer_stack.main import Services

GROUPS = (
    "payouts",
    "channels",
    "cards",
    "kyc",
    "aml",
    "screening",
    "gates",
    "protection",
    "cases",
    "privacy",
    "filings",
    "standing",
    "evidence",
    "reconciliation",
    "settlement",
)
"""Services that are handed out as a group, of which some may be switched off."""

_asked: ContextVar[Services] = ContextVar("_asked")
_built = {}


class StandIn:
    """Stands for one service of the test that asks."""

    def __init__(self, *path):
        self._path = path

    def __getattr__(self, name):
        found = _asked.get()
        for step in self._path:
            found = getattr(found, step)
        return getattr(found, name)


@contextmanager
def answering(services):
    """Let stand-ins stand for these services, in this task and what it starts."""
    token = _asked.set(services)
    try:
        yield
    finally:
        _asked.reset(token)


def _stand_ins(value, *path):
    """Return a copy of a group whose members are stand-ins; what is off stays off."""
    names = [field.name for field in fields(value) if getattr(value, field.name) is not None]
    return replace(value, **{name: StandIn(*path, name) for name in names})


def _routers_over(services):
    groups = {name: _stand_ins(getattr(services, name), name) for name in GROUPS}
    return build_routers(replace(_stand_ins(services), settings=services.settings, **groups))


def _shape(services):
    """Return what decides which routes there are."""
    on = [
        (name, field.name)
        for name in GROUPS
        for field in fields(getattr(services, name))
        if getattr(getattr(services, name), field.name) is not None
    ]
    return services.settings.is_sandbox, *on


def shared_application(services):
    """Return an application like that of `build_application`, built by the first test that asked for it."""
    shape = _shape(services)
    if shape not in _built:
        _built[shape] = create_app(
            _routers_over(services),
            customer_sessions=StandIn("sessions"),
            staff_sessions=StandIn("access"),
            ids=StandIn("ids"),
            show_documentation=services.settings.is_sandbox,
            origins=StandIn("standing", "countries"),
        )
    return _built[shape]


def quick_application(services):
    """Return what `build_application` returns, as an ASGI application."""
    services.standing.countries.load()
    return watched(shared_application(services), services)


def watched(app, services):
    """Return an application whose answers are looked at: records of what changed, the register of files."""
    recorded = set()

    async def answer(scope, receive, send):
        seen, before = Watched(send), len(acts.WATCH.written)
        with answering(services):
            await app(scope, receive, seen.send)
        # The route of the hot path is answered before the framework looks for one.
        name = f"{scope['method']} {getattr(scope.get('route'), 'path', scope['path'])}"
        if acts.WATCH.has_recorded(ACTS, "routes", name, before):
            recorded.add((name, scope["path"]))
        elif seen.status < 300 and must_record(name):
            known = (name, scope["path"]) in recorded
            assert known, f"{name} changed something and left none of its audit records"
        if seen.is_file and not scope["path"].startswith(LOOKS):
            await require_registered(services, seen)

    return answer


LOOKS = ("/staff/kyc/files/", "/v1/kyc/files/", "/staff/cases/")
"""Pictures, shown to those who sent or review them: no exports, see `disclosures`."""


CHANGING = ("POST ", "PUT ", "PATCH ", "DELETE ")
ACTS = acts.WATCH.open(Path(__file__).with_name("acts.yaml"))
"""What changes something, and which audit records it leaves."""


def must_record(name):
    """Tell whether a request that was answered well leaves a record."""
    act = ACTS.find("routes", name)
    return name.startswith(CHANGING) and (act is None or bool(act.records)) and not _changes_nothing.get()


_changes_nothing = ContextVar("_changes_nothing", default=False)


@contextmanager
def changing_nothing():
    """Say that the requests sent in here find everything as they want it."""
    token = _changes_nothing.set(True)
    try:
        yield
    finally:
        _changes_nothing.reset(token)


class Watched:
    """Passes an answer on and remembers whether it was a file, and of which bytes."""

    def __init__(self, send):
        self._send = send
        self.status = 0
        self.headers = {}
        self.digest = hashlib.sha256()

    async def send(self, message):
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.digest.update(message.get("body", b""))
        await self._send(message)

    @property
    def is_file(self):
        return "content-disposition" in self.headers


async def require_registered(services, seen):
    """Fail unless the file that was answered is in the register."""
    export_id = seen.headers.get("export-id")
    assert export_id is not None, "a file left that is not in the register of exports"
    tenants = await services.tenancy.list_tenant_ids()
    async with services.database.transaction(*tenants) as tx:
        sha256 = await tx.fetch_value("SELECT sha256 FROM export_register WHERE id = $1", UUID(export_id))
    assert sha256 == seen.digest.digest(), "the register has other bytes than those that left"
