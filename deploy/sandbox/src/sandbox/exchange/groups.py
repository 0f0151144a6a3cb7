"""Groups of orders: a limit on what may match within fifteen seconds, and one switch for all of them.

When the limit is hit the group is triggered: its resting orders are canceled, and it takes no new order until
it is reset. An order never matches more than its group still allows.
"""

from sandbox.exchange.errors import GroupIsTriggered, InvalidParameters
from sandbox.exchange.facts import (
    Fact,
    GroupCreated,
    GroupDeleted,
    GroupLimited,
    GroupReset,
    GroupTriggered,
    OrderCanceled,
)
from sandbox.exchange.kernel import Kernel
from sandbox.exchange.state import Group

GROUPS_LIMIT = 100_000


class Groups(Kernel):
    """Commands on groups."""

    def create_group(self, limit: int | None, now_ms: int) -> Group:
        """Create a group; `limit` in hundredths of a contract. Raises InvalidParameters."""
        if len(self.state.groups) >= GROUPS_LIMIT:
            raise InvalidParameters("too many order groups")
        group_id = str(self._new_id())
        self._commit([GroupCreated(group_id, _checked(limit), now_ms)])
        return self.state.groups[group_id]

    def limit_group(self, group_id: str, limit: int, now_ms: int) -> None:
        """Give a group another limit; what matched already counts. Raises NotFound, InvalidParameters."""
        group = self.state.group(group_id)
        self._commit([GroupLimited(group.group_id, _checked(limit) or 0, now_ms)])
        self._trigger_if_hit(group_id, now_ms)

    def trigger_group(self, group_id: str, now_ms: int) -> None:
        """Cancel a group's orders and take no new ones. Raises NotFound."""
        group = self.state.group(group_id)
        self._commit([GroupTriggered(group.group_id, now_ms), *self._cancels(group_id, now_ms)])

    def reset_group(self, group_id: str, now_ms: int) -> None:
        """Count from zero and take orders again. Raises NotFound."""
        self._commit([GroupReset(self.state.group(group_id).group_id, now_ms)])

    def delete_group(self, group_id: str, now_ms: int) -> None:
        """Cancel a group's orders and forget it. Raises NotFound."""
        group = self.state.group(group_id)
        self._commit([*self._cancels(group_id, now_ms), GroupDeleted(group.group_id, now_ms)])

    def _allowance(self, group_id: str | None, now_ms: int) -> int | None:
        """Return what may match in a group now, None for any count. Raises GroupIsTriggered."""
        if group_id is None:
            return None
        group = self.state.groups.get(group_id)
        if group is None:
            raise InvalidParameters("order group not found")
        if group.is_triggered:
            raise GroupIsTriggered("the order group was triggered: reset it")
        return group.allowance(now_ms)

    def _trigger_if_hit(self, group_id: str | None, now_ms: int) -> None:
        group = self.state.groups.get(group_id or "")
        if group is not None and not group.is_triggered and group.allowance(now_ms) == 0:
            self.trigger_group(group.group_id, now_ms)

    def _cancels(self, group_id: str, now_ms: int) -> list[Fact]:
        resting = self.state.resting_in_group(group_id)
        return [OrderCanceled(order.order_id, "order_group", now_ms) for order in resting]


def _checked(limit: int | None) -> int | None:
    if limit is not None and limit <= 0:
        raise InvalidParameters("contracts_limit must be more than zero")
    return limit
