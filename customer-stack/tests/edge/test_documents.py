"""What the guides and the pages of compliance name is there: routes, permissions, roles, codes, bodies.

A page that names a route of yesterday sends somebody to a closed door while a deadline runs. So pages are
read like code: what looks like a route, a permission or a code is looked up where it is made.

*Guaranteed:*
- a route is named with a method and a path that are served, with query parameters that it takes;
- a table that says who has a permission names exactly the roles that have it, and one that says what a route
  needs exactly what it asks for;
- a body that a guide shows is one that its route reads, and a rule in it one that can be published;
- every page is linked from the README or from the architecture, and no link of a page leads nowhere.
"""

import re
from functools import cache
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError

import customer_stack
from customer_stack.access.catalogue import load_roles
from customer_stack.aml.domain.rules import read_rule
from customer_stack.aml.errors import RuleInvalid
from customer_stack.aml.schemas import RuleBody
from customer_stack.application import build_routers

from .test_edge import Require, guards_of

ROOT = Path(__file__).resolve().parents[3]
SYSTEMS = (
    "kyc screening aml gate cases restrictions protection privacy filings geography risk".split()  # noqa: SIM905
)
PAGES = [
    *sorted((ROOT / "docs/guides").glob("*.md")),
    *(ROOT / f"docs/systems/{name}.md" for name in SYSTEMS),
]
NAMES = [page.name for page in PAGES]

METHOD = r"(?:GET|POST|PUT|PATCH|DELETE)"
ROUTE = re.compile(rf"(?:({METHOD}) )?((?:\.\.\.)?(?:/[a-z0-9{{}}_.-]+)+)(?:\?(\S+))?")
PERMISSION = re.compile(r"(?:tenant|department)\.[a-z_]+\.[a-z_]+")
ROLE = re.compile(r"[a-z]+(?:_[a-z]+)*_(?:analyst|approver|officer|proposer|manager|reader|writer)")
CODE = re.compile(
    r"(?:gate|protection|cases|filings|screening|privacy|kyc|restrictions|geography|aml|risk|customers|onboarding|access|edge)"
    r"\.[a-z][a-z_]+"
)
BLOCK = re.compile(rf"```http\n({METHOD}) (/\S+)\n(?:\n(.*?))?```", re.DOTALL)
WORD = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)*")
LINK = re.compile(r"\]\(([^)#\s]+)")
FOLDERS = ("/var/", "/run/", "/etc/", "/tmp/")  # noqa: S108 - beginnings of what is no route
CHOSEN = {"{provider}", "{kind}", "{window}", "{number}"}
"""What a page may name instead of leaving a placeholder; ids are always placeholders."""


class Served:
    """The routes of the stack, by method and path."""

    def __init__(self, routers):
        self.routes = {
            (method, route.path): route
            for router in routers
            for route in router.routes
            if isinstance(route, APIRoute)
            for method in route.methods
        }

    def find(self, method, path):
        """Return the routes that a page means; one without a root is an end of a path."""
        is_end = not path.startswith(("/v1/", "/staff/", "/webhooks/"))
        wanted = path.removeprefix("...").strip("/").split("/")
        return [
            route
            for (served_method, served), route in self.routes.items()
            if method in (None, served_method) and _fits(wanted, served.strip("/").split("/"), is_end)
        ]


def _fits(wanted, served, is_end):
    if len(wanted) != len(served) and not (is_end and len(wanted) < len(served)):
        return False
    return all(
        named == there or (there[0] == "{" and (named[0] == "{" or (there in CHOSEN and not is_end)))
        for named, there in zip(wanted, served[-len(wanted) :], strict=True)
    )


def spans_of(text):
    """Return what stands in back quotes, outside blocks; a span may go over a line's end."""
    bare = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", bare)]


def rows_of(text, *columns):
    """Return rows of tables that have these columns, as the cells of these."""
    names, found = [], []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            names = []
        elif not names:
            names = cells
        elif all(column in names for column in columns) and not set(line) <= set("|- "):
            found.append([cells[names.index(column)] for column in columns])
    return found


def missing_routes(text, served):
    """Return routes that are named and not served, or not with these parameters."""
    found = []
    for span in spans_of(text):
        named = ROUTE.fullmatch(span)
        if named is None or span.startswith(FOLDERS):
            continue
        method, path, query = named.groups()
        routes = served.find(method, path)
        asked = {part.partition("=")[0] for part in query.split("&")} if query else set()
        if not any(asked <= {each.alias for each in route.dependant.query_params} for route in routes):
            found.append(span)
    return found


def wrong_tables(text, served):
    """Return rows that say of a permission who has it, or of a route what it needs, and are wrong."""
    roles, found = load_roles(), []
    for who in ("who has it", "who"):
        for permission, holders in rows_of(text, "permission", who):
            named = set(re.findall(r"[a-z_]+", holders.partition(":")[0]))
            found += [
                f"{each}: {holders}"
                for each in spans_of(permission)
                if named != {role.name for role in roles.values() if each in role.permissions}
            ]
    for calls, permission in [*rows_of(text, "route", "permission"), *rows_of(text, "call", "permission")]:
        needed, routes = set(PERMISSION.findall(permission)), []
        for span in spans_of(calls):
            named = ROUTE.fullmatch(span)
            if named and not named[2].startswith("/v1/"):
                routes += served.find(named[1], named[2])[:1]
        asked = {
            call.permission for route in routes for call in guards_of(route) if isinstance(call, Require)
        }
        if routes and asked != needed:
            found.append(f"{calls}: {permission}")
    return found


def wrong_bodies(text, served):
    """Return what is wrong with the calls that a guide shows whole."""
    found = []
    for method, path, body in BLOCK.findall(text):
        routes = served.find(method, path.partition("?")[0])
        if not routes:
            found.append(f"{method} {path}: not served")
            continue
        field = routes[0].body_field
        if (field is None) != (not body.strip()):
            found.append(f"{method} {path}: has a body, or has none")
        elif field is not None:
            try:
                read = TypeAdapter(field.field_info.annotation).validate_json(body)
                if isinstance(read, RuleBody):
                    read_rule(read.rule)
            except (ValidationError, RuleInvalid) as error:
                found.append(f"{method} {path}: {error}")
    return found


def is_built(code, words):
    """Tell whether a word is put together of two in the code, such as `aml.rule_` and `written`."""
    cuts = [each.end() for each in re.finditer(r"[._]", code)]
    return any(code[cut:] in words and (code[:cut] in words or code[cut - 1] == ".") for cut in cuts)


@cache
def words_of_the_code():
    """Return every word, also with points in it, of what the stack and the bench are written in."""
    folders = [Path(customer_stack.__file__).parent, ROOT / "tests-e2e/bench", ROOT / "shared/src"]
    paths = [path for folder in folders for path in folder.rglob("*") if path.suffix in (".py", ".yaml")]
    return frozenset(word for path in paths for word in WORD.findall(path.read_text()))


@pytest.fixture
def served(services):
    return Served(build_routers(services))


def test_what_pages_name_is_served(served):
    texts = {page.name: page.read_text() for page in PAGES}
    assert {name: found for name, text in texts.items() if (found := missing_routes(text, served))} == {}
    assert {name: found for name, text in texts.items() if (found := wrong_tables(text, served))} == {}
    assert {name: found for name, text in texts.items() if (found := wrong_bodies(text, served))} == {}
    assert sum(len(BLOCK.findall(text)) for text in texts.values()) > 20


def test_what_is_not_served_is_found(served):
    good = "`GET /staff/cases?overdue=true`, `.../{id}/approval`, `/put-back`, `POST /webhooks/identity`"
    assert missing_routes(good, served) == []
    bad = ["GET /staff/cases/all", "PATCH /staff/cases/{id}", ".../closing", "GET /staff/cases?late=true"]
    assert missing_routes(" ".join(f"`{each}`" for each in bad), served) == bad
    table = "| permission | who has it |\n|---|---|\n| `tenant.cases.work` | compliance, auditor |\n"
    assert wrong_tables(table, served) == ["tenant.cases.work: compliance, auditor"]
    table = "| call | permission |\n|---|---|\n| `POST /staff/cases/{id}/take` | `tenant.cases.close` |\n"
    assert wrong_tables(table, served) == ["`POST /staff/cases/{id}/take`: `tenant.cases.close`"]
    shown = '```http\nPOST /staff/cases/{id}/proposal\n\n{"outcome": "closed", "reason": "x"}\n```'
    assert len(wrong_bodies(shown, served)) == 1


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_permissions_roles_and_codes_that_a_page_names_are_there(page):
    roles = load_roles()
    given = frozenset().union(*(role.permissions for role in roles.values()))
    text = page.read_text()
    spans = spans_of(text)
    assert [each for each in PERMISSION.findall(text) if each not in given] == []
    assert [each for each in spans if ROLE.fullmatch(each) and each not in roles] == []
    words = words_of_the_code()
    for code in (each for each in spans if CODE.fullmatch(each)):
        assert code in words or is_built(code, words), code
    for (alarm,) in rows_of(text, "alarm"):
        for each in spans_of(alarm):
            assert re.sub(r"(_total)?(\{.*\})?$", "", each) in words, each


def test_every_page_is_linked_and_no_link_leads_nowhere():
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    links = {page: {(page.parent / link).resolve() for link in LINK.findall(page.read_text())
                    if "://" not in link} for page in pages}  # fmt: skip
    assert [
        f"{page.name}: {link}" for page, found in links.items() for link in found if not link.exists()
    ] == []
    doors = links[ROOT / "README.md"] | links[ROOT / "docs/architecture.md"]
    assert [page.name for page in PAGES if page not in doors] == []
