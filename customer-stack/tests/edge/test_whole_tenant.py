"""Who works for one department has no reach over what belongs to the whole tenant."""

from types import SimpleNamespace
from uuid import UUID

import pytest

from customer_stack.edge.authentication import Require
from customer_stack.edge.principals import DepartmentOutOfReach, StaffPrincipal
from customer_stack.reconciliation import api as runs
from customer_stack.settlement import api as acting
from customer_stack.settlement import reading_api as reading


class Door:
    def __init__(self, department_id):
        ids = UUID(int=1), UUID(int=2), UUID(int=3)
        self.principal = StaffPrincipal(*ids, department_id, frozenset({"tenant.settlement.read"}))

    async def authenticate(self, token):
        return self.principal


def ask(department_id):
    state = SimpleNamespace(doors=SimpleNamespace(staff=Door(department_id)))
    headers = {"authorization": "Bearer token"}
    return SimpleNamespace(app=SimpleNamespace(state=state), headers=headers, scope={}, method="GET")


async def test_staff_of_one_department_is_kept_out_of_what_is_the_whole_tenants():
    door = Require("tenant.settlement.read", whole_tenant=True)
    assert (await door(ask(None))).department_id is None
    with pytest.raises(DepartmentOutOfReach):
        await door(ask(UUID(int=4)))
    assert (await Require("tenant.settlement.read")(ask(UUID(int=4)))).department_id is not None


def test_every_route_of_settlement_and_of_runs_is_the_whole_tenants():
    services = SimpleNamespace(closing=None, purposes=None)
    routers = acting.build_router(services), reading.build_reading_router(None, None), runs.build_router(None)
    for route in (each for router in routers for each in router.routes):
        doors = [one.call for one in route.dependant.dependencies if isinstance(one.call, Require)]
        assert doors, route.path
        assert all(door.whole_tenant for door in doors), route.path
