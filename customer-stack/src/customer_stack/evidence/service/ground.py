"""What every use case of evidence stands on."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from customer_stack.customers.sealing import PersonCipher, RecordSealing
from customer_stack.customers.service import CustomersService
from customer_stack.evidence.domain.packs import Pack
from customer_stack.evidence.domain.sources import Source
from shared.audit import AuditRecord
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import Ids

AllTenants = Callable[[], Awaitable[Sequence[UUID]]]
NameOperator = Callable[[UUID], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Ground:
    """What every use case needs."""

    database: Database
    customers: CustomersService
    records: RecordSealing
    sources: tuple[Source, ...]
    all_tenants: AllTenants
    name_operator: NameOperator
    clock: Clock
    ids: Ids

    async def cipher_of(self, tx: Transaction, pack: Pack) -> PersonCipher | None:
        """Return what seals a pack: the person's key when it tells of them, else None."""
        if not pack.wish.is_personal or pack.customer_id is None:
            return None
        return await self.customers.cipher_of(tx, pack.customer_id)

    def seal(self, cipher: PersonCipher | None, pack: Pack, number: int, part: bytes) -> bytes:
        """Return a part sealed for its place."""
        place = ("evidence_part", f"sealed {number}", pack.id)
        if cipher is not None:
            return cipher.seal_bytes(place, part)
        return self.records.seal(place, part.decode("latin-1"))

    def open(self, cipher: PersonCipher | None, pack: Pack, number: int, sealed: bytes) -> bytes:
        """Return a part. Raises SealBroken."""
        place = ("evidence_part", f"sealed {number}", pack.id)
        if cipher is not None:
            return cipher.open_bytes(place, sealed)
        return self.records.open(place, sealed).encode("latin-1")

    def record_of(self, pack: Pack, what: str, actor: str, **body: object) -> AuditRecord:
        """Return an audit record about a pack: ids, words and hashes."""
        about = {"pack_id": pack.id, "scope": pack.wish.scope.value, "scope_id": pack.wish.scope_id}
        return AuditRecord(pack.tenant_id, f"evidence.{what}", about | body, self.clock.now(), actor)
