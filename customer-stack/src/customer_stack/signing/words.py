"""Words with which people without any factor enrol the first one: given, shown, used up, ended.

Who gives one is asked for a proof by `service`; here is what is true of the word and of both people.
"""

import base64
import os
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from customer_stack.access.domain import Officer
from customer_stack.signing import store, word_store
from customer_stack.signing.domain import WORD_BYTES, EnrolmentWord, Shown, hash_word
from customer_stack.signing.errors import (
    ColleagueNotFound,
    EnrolmentWordMissing,
    EnrolmentWordNotFound,
    FactorStands,
    OwnEnrolmentWord,
)
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import Ids

GIVE: Final = "tenant.signing.give_word"
WORK: Final = "tenant.access.use"


class People(Protocol):
    """Who works for a tenant, and their passwords."""

    async def has_password(self, tenant_id: UUID, staff_id: UUID, password: str) -> bool:
        """Tell whether this is the person's password."""
        ...

    async def load_permissions(self, tx: Transaction, staff_id: UUID) -> frozenset[str]:
        """Return what a person may do: nothing for one who is disabled or not of the tenant of `tx`."""
        ...


@dataclass(frozen=True, slots=True)
class GivenWord:
    """A word to hand to a colleague, shown once."""

    word: EnrolmentWord
    text: str


class EnrolmentWords:
    """Words of enrolment."""

    def __init__(self, database: Database, people: People, clock: Clock, ids: Ids) -> None:
        """Look people up in `people`."""
        self._database = database
        self._people = people
        self._clock = clock
        self._ids = ids

    async def require_enrollable(self, giver: Officer, staff_id: UUID) -> None:
        """Go on when a person may be given a word by another.

        Raises OwnEnrolmentWord, ColleagueNotFound, FactorStands.
        """
        async with self._database.transaction(giver.tenant_id) as tx:
            await self._require_enrollable(tx, giver, staff_id)

    async def give(self, tx: Transaction, giver: Officer, staff_id: UUID, *, at_machine: bool) -> GivenWord:
        """Keep a new word and return it; `at_machine`: by an operator of the installation.

        Raises OwnEnrolmentWord, ColleagueNotFound, FactorStands.
        """
        await self._require_enrollable(tx, giver, staff_id)
        text = base64.b32encode(os.urandom(WORD_BYTES)).decode()
        given_by = None if at_machine else giver.staff_id
        word = EnrolmentWord(self._ids.new(), giver.tenant_id, staff_id, given_by, self._clock.now())
        await word_store.insert_word(tx, word, hash_word(text))
        body = {"word": word.id, "staff_id": staff_id, "at_machine": at_machine}
        record = AuditRecord(giver.tenant_id, "signing.word_given", body, word.given_at, giver.actor)
        await append(tx, [record])
        return GivenWord(word, text)

    async def give_at_machine(self, operator: Officer, staff_id: UUID) -> GivenWord:
        """Return a word for somebody whom no colleague can let in yet: for who operates the installation.

        Raises OwnEnrolmentWord, ColleagueNotFound, FactorStands.
        """
        async with self._database.transaction(operator.tenant_id) as tx:
            return await self.give(tx, operator, staff_id, at_machine=True)

    async def end(self, officer: Officer, word_id: UUID) -> None:
        """End a word that nobody has enrolled with. Raises EnrolmentWordNotFound."""
        now = self._clock.now()
        async with self._database.transaction(officer.tenant_id) as tx:
            word = await word_store.load_word(tx, word_id)
            if word is not None:
                await store.lock_staff(tx, word.staff_id)
            if word is None or not await word_store.end_word(tx, word, officer.staff_id, now):
                raise EnrolmentWordNotFound("No word of this id may still be used. There is nothing to end.")
            body = {"word": word_id, "staff_id": word.staff_id}
            await append(tx, [AuditRecord(officer.tenant_id, "signing.word_ended", body, now, officer.actor)])

    async def look_at(self, tx: Transaction, officer: Officer, text: str | None) -> Shown | None:
        """Return which word was shown, None for a wrong one; it is used up when the enrolment is finished.

        Raises EnrolmentWordMissing.
        """
        if text is None:
            raise EnrolmentWordMissing("Your first factor needs a word that a colleague gives you. Ask one.")
        word = await word_store.find_word(tx, officer.staff_id, hash_word(text), self._clock.now())
        if word is None or not await self._counts(tx, word):
            return None
        return Shown(word_id=word.id)

    async def use(self, tx: Transaction, word_id: UUID) -> bool:
        """Use a word up, under the lock of its person; False when it does not count any more."""
        word = await word_store.load_word(tx, word_id)
        if word is None or not await self._counts(tx, word):
            return False
        return await word_store.use_word(tx, word, self._clock.now())

    async def _counts(self, tx: Transaction, word: EnrolmentWord) -> bool:
        """Tell whether who gave a word may still give one."""
        return word.given_by is None or GIVE in await self._people.load_permissions(tx, word.given_by)

    async def _require_enrollable(self, tx: Transaction, giver: Officer, staff_id: UUID) -> None:
        if staff_id == giver.staff_id:
            raise OwnEnrolmentWord("Nobody lets themselves in. Ask a colleague for a word.")
        if WORK not in await self._people.load_permissions(tx, staff_id):
            raise ColleagueNotFound("Nobody of this id may work here. Look at the id that they told you.")
        if await store.load_passkeys(tx, staff_id) or await store.load_code_secret(tx, staff_id):
            raise FactorStands("This person has a factor, and enrols another with it. No word is needed.")
