"""The routes that tests share are the stack's, and ask the services of whoever was asked."""

from types import SimpleNamespace

import pytest
from fastapi.routing import iter_route_contexts

from customer_stack.application import build_application

from .routes import StandIn, answering, shared_application


def listed(app):
    return [
        (route.path, sorted(route.methods or ()), getattr(route.endpoint, "__qualname__", None))
        for route in iter_route_contexts(app.routes)
    ]


def test_tests_share_the_application_of_the_stack(services):
    shared, own = shared_application(services), build_application(services)
    assert listed(shared) == listed(own)
    assert len(listed(own)) > 140
    assert vars(shared.state).keys() == vars(own.state).keys()
    assert [kind.cls for kind in shared.user_middleware] == [kind.cls for kind in own.user_middleware]
    assert shared_application(services) is shared


def test_each_is_answered_by_its_own_services_and_nothing_is_asked_between():
    stand_in = StandIn("cards", "charges")
    first, second = (SimpleNamespace(cards=SimpleNamespace(charges=SimpleNamespace(at=n))) for n in (1, 2))
    with answering(first):
        with answering(second):
            assert stand_in.at == 2
        assert stand_in.at == 1
    with pytest.raises(LookupError):
        stand_in.at  # noqa: B018 - looking is the test
