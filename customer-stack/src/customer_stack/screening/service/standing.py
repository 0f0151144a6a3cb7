"""What other modules ask of screening, in their transactions."""

from collections.abc import Sequence
from uuid import UUID

from customer_stack.screening.domain.alerts import Verdict
from customer_stack.screening.store import alerts as store
from shared.database import Transaction


async def are_clear(tx: Transaction, business_id: UUID, customer_ids: Sequence[UUID]) -> bool:
    """Tell whether a business and these customers were screened, wait for nothing and are clear."""
    wanted = {business_id, *customer_ids}
    verdicts = await store.load_verdicts(tx, sorted(wanted))
    return verdicts.keys() == wanted and set(verdicts.values()) == {Verdict.CLEAR}
