"""People of these tests, and what is counted of them, written down beside the counters."""

from collections import defaultdict
from datetime import UTC, datetime

from customer_stack.protection.domain.counting import LENGTHS, Change, Measure
from customer_stack.protection.service import change
from shared.ids import SystemIds

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
IDS = SystemIds()
TENANT, CUSTOMER, OTHER = IDS.new(), IDS.new(), IDS.new()


class Diary:
    """Counts through the module, and remembers everything in a plain list."""

    def __init__(self, database):
        self.database = database
        self.written = []

    async def write(self, *changes):
        async with self.database.transaction(TENANT) as tx:
            await change(tx, changes)
        self.written += changes

    def recount(self, customer_id, measure, window, now):
        return sum(
            each.amount
            for each in self.written
            if (each.customer_id, each.measure) == (customer_id, measure)
            and each.counted_at > now - LENGTHS[window]
        )

    def left(self):
        """Return what can be taken back yet: (customer, measure, moment) -> amount."""
        sums = defaultdict(int)
        for each in self.written:
            sums[each.customer_id, each.measure, each.counted_at] += each.amount
        return {key: amount for key, amount in sums.items() if amount > 0 and key[1] is not Measure.RETURN}


def counted(measure, at, amount, customer_id=CUSTOMER):
    return Change(TENANT, customer_id, measure, at, amount)
