"""What pages tell people to ask over HTTP is there."""

import re
from pathlib import Path
from types import SimpleNamespace

from fastapi.routing import iter_route_contexts

from customer_stack.application import build_application
from customer_stack.routers import build_channel_routers

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    *(page for folder in ("docs", "deploy/runbooks") for page in sorted((ROOT / folder).rglob("*.md"))),
    *(ROOT / name for name in ("README.md", "SECURITY.md")),
]
NAMED = re.compile(
    r"(GET|POST|PUT|PATCH|DELETE) (/(?:staff|v1|webhooks)/[a-z0-9{}_/-]*[a-z0-9}])(?![\w{}/-]|\.\.)"
)
OF_THE_SANDBOX = {("POST", "/v1/pay-ins/{}/take-back")}


def shape_of(path):
    """Return a path without the names of what varies in it."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def named_in(text):
    """Return the routes that a text names whole, as method and shape."""
    return {(method, shape_of(path)) for method, path in NAMED.findall(text)}


def is_at(path, route):
    """Tell whether a path is answered by a route, names of what varies put in or not."""
    return re.fullmatch(re.escape(route).replace(r"\{\}", "[^/]+"), path) is not None


def test_every_route_that_a_page_names_is_there(services):
    every = SimpleNamespace(
        checkouts=object(), bank_files=object(), payout_files=object(), open_banking=object()
    )
    channels = [route for router in build_channel_routers(every) for route in router.routes]
    routes = [*iter_route_contexts(build_application(services).routes), *channels]
    there = {(method, shape_of(route.path)) for route in routes for method in route.methods or ()}
    missing = {
        f"{page.relative_to(ROOT)}: {method} {path}"
        for page in PAGES
        for method, path in named_in(page.read_text()) - OF_THE_SANDBOX
        if not any(method == other and is_at(path, route) for other, route in there)
    }
    assert missing == set()
    assert sum(len(named_in(page.read_text())) for page in PAGES) > 100


def test_a_route_is_read_from_a_sentence():
    text = "Ask (`GET /staff/payouts?held=true`), then `POST /staff/payouts/{id}/resume`; `GET /breaks/{id}`."
    assert named_in(text) == {("GET", "/staff/payouts"), ("POST", "/staff/payouts/{}/resume")}
