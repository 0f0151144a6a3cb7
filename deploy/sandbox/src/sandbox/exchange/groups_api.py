"""The member's groups of orders. All signed."""

from fastapi import APIRouter, Depends

from sandbox.exchange import order_wire
from sandbox.exchange.errors import InvalidParameters
from sandbox.exchange.query import only_primary
from sandbox.exchange.service import Member
from sandbox.exchange.state import Group
from sandbox.exchange.units import CONTRACT, COUNT_DECIMALS, format_count
from sandbox.fixed_point import parse_fixed

router = APIRouter(prefix="/trade-api/v2/portfolio/order_groups", dependencies=[Depends(only_primary)])


@router.get("", response_model_exclude_none=True)
async def list_groups(member: Member) -> order_wire.GroupsView:
    """List all groups."""
    groups = [
        order_wire.GroupView(
            id=group.group_id, contracts_limit_fp=_limit(group), is_auto_cancel_enabled=_is_armed(group)
        )
        for group in member.state.groups.values()
    ]
    return order_wire.GroupsView(order_groups=groups)


@router.post("/create", status_code=201)
async def create_group(body: order_wire.GroupBody, member: Member) -> order_wire.CreatedGroup:
    """Create a group."""
    group = member.exchange.create_group(_asked(body), member.now_ms())
    return order_wire.CreatedGroup(order_group_id=group.group_id)


@router.get("/{group_id}", response_model_exclude_none=True)
async def get_group(
    group_id: str,
    member: Member,
) -> order_wire.OneGroup:
    """Show a group with its resting orders."""
    group = member.state.group(group_id)
    return order_wire.OneGroup(
        is_auto_cancel_enabled=_is_armed(group),
        contracts_limit_fp=_limit(group),
        orders=[order.order_id for order in member.state.resting_in_group(group_id)],
    )


@router.delete("/{group_id}")
async def delete_group(
    group_id: str,
    member: Member,
) -> dict[str, str]:
    """Cancel a group's orders and forget it."""
    member.exchange.delete_group(group_id, member.now_ms())
    return {}


@router.put("/{group_id}/reset")
async def reset_group(
    group_id: str,
    member: Member,
) -> dict[str, str]:
    """Count from zero and take orders again."""
    member.exchange.reset_group(group_id, member.now_ms())
    return {}


@router.put("/{group_id}/trigger")
async def trigger_group(
    group_id: str,
    member: Member,
) -> dict[str, str]:
    """Cancel a group's orders and take no new ones."""
    member.exchange.trigger_group(group_id, member.now_ms())
    return {}


@router.put("/{group_id}/limit")
async def limit_group(
    group_id: str,
    body: order_wire.GroupBody,
    member: Member,
) -> dict[str, str]:
    """Give a group another limit."""
    limit = _asked(body)
    if limit is None:
        raise InvalidParameters("contracts_limit or contracts_limit_fp must be given")
    member.exchange.limit_group(group_id, limit, member.now_ms())
    return {}


def _asked(body: order_wire.GroupBody) -> int | None:
    whole = None if body.contracts_limit is None else body.contracts_limit * CONTRACT
    fixed = None if body.contracts_limit_fp is None else parse_fixed(body.contracts_limit_fp, COUNT_DECIMALS)
    if whole is not None and fixed is not None and whole != fixed:
        raise InvalidParameters("contracts_limit and contracts_limit_fp must agree")
    return whole if fixed is None else fixed


def _limit(group: Group) -> str | None:
    return None if group.limit is None else format_count(group.limit)


def _is_armed(group: Group) -> bool:
    return group.limit is not None and not group.is_triggered
