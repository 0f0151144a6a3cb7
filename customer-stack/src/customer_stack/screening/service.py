"""Use case of screening: compare a customer's name with the list, store the verdict, clear or refuse."""

from importlib import resources
from uuid import UUID

from customer_stack.customers.domain import ClearanceKind
from customer_stack.customers.service import DECLINED, CustomersService, record_clearance
from customer_stack.screening import store
from customer_stack.screening.domain import Verdict, WatchList, read_list, screen
from shared import audit
from shared.audit import AuditRecord
from shared.clock import Clock
from shared.database import Transaction
from shared.ids import Ids


def load_local_list() -> WatchList:
    """Return the list that comes with the repository."""
    return read_list(resources.files("customer_stack.screening").joinpath("lists", "local.csv").read_bytes())


class ScreeningService:
    """Screens customers against one list."""

    def __init__(self, customers: CustomersService, watch_list: WatchList, clock: Clock, ids: Ids) -> None:
        """Screen against `watch_list`."""
        self._customers = customers
        self._list = watch_list
        self._clock = clock
        self._ids = ids

    async def screen_customer(self, tx: Transaction, tenant_id: UUID, customer_id: UUID) -> None:
        """Screen one customer in the caller's transaction. A possible match refuses, without saying why."""
        profile = await self._customers.open_profile(tx, customer_id)
        result = screen(profile.full_name, self._list)
        now, result_id = self._clock.now(), self._ids.new()
        if not await store.insert_result(
            tx,
            tenant_id=tenant_id,
            result_id=result_id,
            customer_id=customer_id,
            list_version=self._list.version,
            result=result,
            now=now,
        ):
            return
        body = {
            "result_id": result_id,
            "customer_id": customer_id,
            "verdict": result.verdict.value,
            "best_score": result.best_score,
            "list_version": self._list.version.hex(),
        }
        await audit.append(tx, [AuditRecord(tenant_id, "screening.screened", body, now, "system")])
        await record_clearance(
            tx,
            customer_id,
            ClearanceKind.SCREENING,
            refusal=DECLINED if result.verdict is Verdict.POSSIBLE_MATCH else None,
            now=now,
            event_id=self._ids.new(),
        )
