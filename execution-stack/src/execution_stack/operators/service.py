"""Keys of operators: founded once, registered and retired by two, and who signed what."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from execution_stack.operators import store
from execution_stack.operators.domain import (
    Act,
    Key,
    message,
    require_others,
    require_registrable,
)
from execution_stack.operators.errors import KeysFounded, KeyTaken, KeyUnknown
from execution_stack.operators.store import Said
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import HOUSE_TENANT, SystemIds
from shared.operations.system_key import SystemKey, is_signed

__all__ = ["Act", "Key", "OperatorKeys", "Signed", "identify", "is_by", "message"]

SYSTEM: Final = "system"


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed, with which key, and the signature."""

    operator: UUID
    key_id: UUID
    signature: bytes


async def identify(tx: Transaction, key: SystemKey) -> Key:
    """Return the key that stands of whoever holds `key`. Raises KeyUnknown."""
    found = next((each for each in await store.load_keys(tx) if each.public == key.public), None)
    if found is None or not found.stands:
        raise KeyUnknown("This key is not an operator's that stands. Let two operators register it.")
    return found


async def is_by(tx: Transaction, signed: Signed, payload: bytes) -> bool:
    """Tell whether a kept signature is of these bytes, by a key of the operator, even if it is over now."""
    found = next((each for each in await store.load_keys(tx) if each.id == signed.key_id), None)
    return (
        found is not None
        and found.operator == signed.operator
        and is_signed(found.public, payload, signed.signature)
    )


class OperatorKeys:
    """Keys, as commands work with them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Work on `database`."""
        self._database = database
        self._clock = clock

    async def list_keys(self) -> Sequence[Key]:
        """Return all keys."""
        async with self._database.transaction(HOUSE_TENANT) as tx:
            return await store.load_keys(tx)

    async def found(self, keys: Sequence[tuple[UUID, bytes]]) -> Sequence[Key]:
        """Let the first operators' keys, (operator, public key), stand: once, at the machine.

        Raises KeysFounded, KeyTaken.
        """
        if len({operator for operator, _ in keys}) < len(keys) or len({raw for _, raw in keys}) < len(keys):
            raise KeyTaken("Each operator has a key of their own.")
        at = self._clock.now()
        async with self._database.transaction(HOUSE_TENANT) as tx:
            await store.lock(tx)
            if await store.load_keys(tx):
                raise KeysFounded("Keys were founded before. Let two operators register another.")
            for operator, public in keys:
                key = Key(SystemIds().new(), operator, public)
                await store.insert_key(tx, key, at)
                await store.insert_act(tx, Said(Act.FOUND, key.id, operator, None, None, at))
                await self._record(tx, Act.FOUND, key, SYSTEM)
            return await store.load_keys(tx)

    async def register(self, by: SystemKey, operator: UUID, public: bytes) -> Key:
        """Say that a key is an operator's; it stands once a second operator said so. Never one's own.

        Raises KeyUnknown, KeyTaken.
        """
        at = self._clock.now()
        async with self._database.transaction(HOUSE_TENANT) as tx:
            await store.lock(tx)
            signer = await identify(tx, by)
            known = next((each for each in await store.load_keys(tx) if each.public == public), None)
            require_registrable(known, operator)
            if signer.operator == operator and known is not None and signer.id == known.id:
                raise KeyTaken("This key stands. Nobody registers the key with which they sign.")
            key = known or Key(SystemIds().new(), operator, public)
            if known is None:
                await store.insert_key(tx, key, at)
            await self._say(tx, Act.REGISTER, key, (signer, by))
            return await self._reload(tx, key)

    async def retire(self, by: SystemKey, key_id: UUID) -> Key:
        """Say that a key is over; it is once a second operator said so. Raises KeyUnknown, LastKeys."""
        async with self._database.transaction(HOUSE_TENANT) as tx:
            await store.lock(tx)
            signer, keys = await identify(tx, by), await store.load_keys(tx)
            key = next((each for each in keys if each.id == key_id), None)
            if key is None:
                raise KeyUnknown("There is no such key. Look at operator-keys.")
            require_others(keys, key)
            await self._say(tx, Act.RETIRE, key, (signer, by))
            return await self._reload(tx, key)

    async def _say(self, tx: Transaction, act: Act, key: Key, by: tuple[Key, SystemKey]) -> None:
        signer, holder = by
        payload = message(act.value, key.id, key.operator, key.public.hex())
        said = Said(act, key.id, signer.operator, signer.id, holder.sign(payload), self._clock.now())
        if await store.insert_act(tx, said):
            await self._record(tx, act, key, f"staff:{signer.operator}")

    async def _reload(self, tx: Transaction, key: Key) -> Key:
        return next(each for each in await store.load_keys(tx) if each.id == key.id)

    async def _record(self, tx: Transaction, act: Act, key: Key, actor: str) -> None:
        body = {"key": key.id, "operator": key.operator, "public": key.public.hex()}
        kind = f"operators.key_{act.value}"
        await append(tx, [AuditRecord(HOUSE_TENANT, kind, body, self._clock.now(), actor)])
