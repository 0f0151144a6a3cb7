"""The routes that tests share are the stack's, and ask the services of whoever was asked."""

from types import SimpleNamespace

import pytest

from customer_stack.main import build_routers

from .routes import StandIn, answering, shared_routers


def listed(routers):
    return [
        (route.path, sorted(route.methods), route.endpoint.__qualname__)
        for router in routers
        for route in router.routes
    ]


def test_tests_share_the_routes_of_the_stack(services):
    assert listed(shared_routers(services)) == listed(build_routers(services))
    assert shared_routers(services) is shared_routers(services)


def test_each_is_answered_by_its_own_services_and_nothing_is_asked_between():
    stand_in = StandIn("cards", "charges")
    first, second = (SimpleNamespace(cards=SimpleNamespace(charges=SimpleNamespace(at=n))) for n in (1, 2))
    with answering(first):
        with answering(second):
            assert stand_in.at == 2
        assert stand_in.at == 1
    with pytest.raises(LookupError):
        stand_in.at  # noqa: B018 - looking is the test
