"""What reports say beside movements: who reports (by two people), parties, counterparties. Kept sealed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from customer_stack.customers.sealing import PersonCipher
from customer_stack.filings.domain.movements import Movement, Policy, Source
from customer_stack.filings.domain.profile import Counterparty, Party, Profile, ProfileVersion, SealedVersion
from customer_stack.filings.errors import (
    FilingNotFound,
    MovementUnusable,
    OwnFiling,
    ProfileDecided,
    ProfileMissing,
)
from customer_stack.filings.service.ground import Ground, Person
from customer_stack.filings.store import knowledge as store
from customer_stack.filings.store import movements as movement_store
from customer_stack.payouts.domain.accounts import normalise_number
from shared.database import Transaction

_PROFILE: Final = TypeAdapter(Profile)
_PARTY: Final = TypeAdapter(Party)
COUNTERPARTIES_LIMIT: Final = 200
"""Notes of accounts outside that may be written of one client."""


@dataclass(frozen=True, slots=True)
class OpenedProfile:
    """A version of who reports, opened."""

    version: ProfileVersion
    profile: Profile


@dataclass(frozen=True, slots=True)
class Numbers:
    """The account outside of a movement, and whose it is said to be where it was registered."""

    number: str = field(repr=False)
    holder: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Known:
    """Whose the account with this number is."""

    number: str = field(repr=False)
    counterparty: Counterparty


_KNOWN: Final = TypeAdapter(Known)


async def load_policy(tx: Transaction, ground: Ground, tenant_id: UUID) -> Policy:
    """Return when movements are reportable; the published figures until somebody approved others."""
    found = await store.load_profile(tx, tenant_id)
    return Policy() if found is None else _open_profile(ground, found).policy


async def require_profile(tx: Transaction, ground: Ground, tenant_id: UUID) -> Profile:
    """Return who reports. Raises ProfileMissing."""
    found = await store.load_profile(tx, tenant_id)
    if found is None:
        raise ProfileMissing("Nobody has approved who reports. Propose a profile, and have it approved.")
    return _open_profile(ground, found)


async def open_parties(tx: Transaction, ciphers: Mapping[UUID, PersonCipher]) -> dict[UUID, Party]:
    """Return what was written down of clients, by customer."""
    found = await store.load_parties(tx, list(ciphers))
    return {
        customer_id: _PARTY.validate_json(
            ciphers[customer_id].open(
                ("filing_party", "content_sealed", version.seal_id), version.content_sealed
            )
        )
        for customer_id, version in found.items()
    }


async def open_numbers(tx: Transaction, ground: Ground, movements: Iterable[Movement]) -> dict[UUID, Numbers]:
    """Return movement id -> its account outside; a movement of a card has none."""
    by_source = {(each.posted.source, each.posted.source_id): each.id for each in movements}
    pay_ins = [source_id for source, source_id in by_source if source is Source.PAY_IN]
    payouts = [source_id for source, source_id in by_source if source is Source.PAYOUT]
    found = {
        by_source[Source.PAY_IN, source_id]: Numbers(number, None)
        for source_id, number in (await ground.payers.open(tx, pay_ins)).items()
        if any(character.isdigit() for character in number)
    }
    for source_id, destination in (await ground.destinations.open(tx, payouts)).items():
        found[by_source[Source.PAYOUT, source_id]] = Numbers(destination.number, destination.holder)
    return found


async def open_counterparties(
    tx: Transaction, ciphers: Mapping[UUID, PersonCipher]
) -> dict[tuple[UUID, str], Counterparty]:
    """Return (customer, account number) -> whose it is, as it was last written down."""
    limit = COUNTERPARTIES_LIMIT * max(len(ciphers), 1)
    found = {}
    for customer_id, version in await store.load_counterparties(tx, list(ciphers), limit):
        place = ("filing_counterparty", "content_sealed", version.seal_id)
        known = _KNOWN.validate_json(ciphers[customer_id].open(place, version.content_sealed))
        found[customer_id, known.number] = known.counterparty
    return found


class Knowledge:
    """Who reports, and what officers write down of parties."""

    def __init__(self, ground: Ground) -> None:
        """Work on `ground`."""
        self._ground = ground

    async def propose_profile(self, person: Person, profile: Profile) -> ProfileVersion:
        """Propose who reports and how. Raises ProfileDecided when another proposal came at once."""
        ground = self._ground
        async with ground.database.transaction(person.tenant_id) as tx:
            newest = await store.load_profiles(tx, person.tenant_id, None, 1)
            number = 1 + (newest[0].sealed.number if newest else 0)
            seal_id, now = ground.ids.new(), ground.clock.now()
            place = ("filing_profile", "content", seal_id)
            content = ground.records.seal(place, _PROFILE.dump_json(profile).decode())
            sealed = SealedVersion(number, seal_id, content, person.staff_id, now)
            if not await store.insert_profile(tx, person.tenant_id, sealed):
                raise ProfileDecided("Somebody else has just proposed a profile. Look at it first.")
            await ground.audit(tx, person, "profile_proposed", {"number": number})
        return ProfileVersion(sealed, None, None, None)

    async def decide_profile(self, person: Person, number: int, *, is_approved: bool) -> ProfileVersion:
        """Approve or reject the newest proposal; from an approval on it counts.

        What was posted within the days of a report is read again, since other thresholds may hold for it.
        Raises FilingNotFound, ProfileDecided, OwnFiling.
        """
        ground = self._ground
        async with ground.database.transaction(person.tenant_id) as tx:
            newest = await store.load_profiles(tx, person.tenant_id, None, 1)
            if not newest or newest[0].sealed.number < number:
                raise FilingNotFound("There is no such proposal. Look at the list of profiles.")
            version, now = newest[0], ground.clock.now()
            if version.sealed.number != number or version.is_approved is not None:
                raise ProfileDecided("This proposal was decided, or a newer one came. Look at the newest.")
            if is_approved and version.sealed.written_by == person.staff_id:
                raise OwnFiling("You proposed this. Ask somebody else to approve it.")
            if not await store.insert_decision(
                tx, person.tenant_id, version, person.staff_id, now, is_approved=is_approved
            ):
                raise ProfileDecided("Somebody else has just decided this. Look at it again.")
            if is_approved:
                policy = _open_profile(ground, version).policy
                await movement_store.rewind_scan(tx, person.tenant_id, now - timedelta(days=policy.late_days))
            kind = "profile_approved" if is_approved else "profile_rejected"
            await ground.audit(tx, person, kind, {"number": number})
        return ProfileVersion(version.sealed, is_approved, person.staff_id, now)

    async def list_profiles(
        self, person: Person, before: int | None, limit: int
    ) -> tuple[OpenedProfile, ...]:
        """Return versions of who reports, newest first; the audit remembers who looked."""
        async with self._ground.database.transaction(person.tenant_id) as tx:
            found = await store.load_profiles(tx, person.tenant_id, before, limit)
            await self._ground.audit(tx, person, "profiles_read", {"count": len(found)})
        return tuple(OpenedProfile(each, _open_profile(self._ground, each)) for each in found)

    async def write_party(self, person: Person, customer_id: UUID, party: Party) -> int:
        """Keep what reports ask of a client beyond a profile; return its number. Raises CustomerNotFound."""
        ground = self._ground
        async with ground.database.transaction(person.tenant_id) as tx:
            cipher = await ground.customers.cipher_of(tx, customer_id)
            standing = (await store.load_parties(tx, [customer_id])).get(customer_id)
            seal_id, now = ground.ids.new(), ground.clock.now()
            place = ("filing_party", "content_sealed", seal_id)
            content = cipher.seal(place, _PARTY.dump_json(party).decode())
            number = 1 + (standing.number if standing else 0)
            sealed = SealedVersion(number, seal_id, content, person.staff_id, now)
            await store.insert_party(tx, person.tenant_id, customer_id, sealed)
            await ground.audit(tx, person, "party_written", {"customer_id": customer_id, "number": number})
        return number

    async def read_party(self, person: Person, customer_id: UUID) -> Party:
        """Return what was written down of a client; the audit remembers who looked.

        Raises CustomerNotFound, FilingNotFound.
        """
        ground = self._ground
        async with ground.database.transaction(person.tenant_id) as tx:
            cipher = await ground.customers.cipher_of(tx, customer_id)
            found = (await open_parties(tx, {customer_id: cipher})).get(customer_id)
            if found is None:
                raise FilingNotFound("Nobody has written anything down of this client.")
            await ground.audit(tx, person, "party_read", {"customer_id": customer_id})
            await ground.disclose(tx, person, "party", customer_id, customer_id)
        return found

    async def write_counterparty(self, person: Person, movement_id: UUID, counterparty: Counterparty) -> None:
        """Keep whose the account outside of a movement is; it holds for every movement between both.

        Raises FilingNotFound, MovementUnusable.
        """
        ground = self._ground
        async with ground.database.transaction(person.tenant_id) as tx:
            movement = await movement_store.load_movement(tx, movement_id)
            if movement is None:
                raise FilingNotFound("There is no such movement. Look at the list of movements.")
            customer_id = movement.posted.customer_id
            numbers = (await open_numbers(tx, ground, [movement])).get(movement_id)
            if numbers is None or customer_id is None:
                raise MovementUnusable("This movement has no account outside, or is nobody's yet.")
            cipher = await ground.customers.cipher_of(tx, customer_id)
            written = await store.load_counterparties(tx, [customer_id], COUNTERPARTIES_LIMIT)
            if len(written) == COUNTERPARTIES_LIMIT:
                raise MovementUnusable("Too much was written down of this client's accounts.")
            seal_id, now = ground.ids.new(), ground.clock.now()
            known = Known(normalise_number(numbers.number), counterparty)
            place = ("filing_counterparty", "content_sealed", seal_id)
            content = cipher.seal(place, _KNOWN.dump_json(known).decode())
            number = 1 + len(written)
            sealed = SealedVersion(number, seal_id, content, person.staff_id, now)
            await store.insert_counterparty(tx, person.tenant_id, customer_id, sealed)
            await ground.audit(
                tx, person, "counterparty_written", {"movement_id": movement_id, "number": number}
            )


def _open_profile(ground: Ground, version: ProfileVersion) -> Profile:
    place = ("filing_profile", "content", version.sealed.seal_id)
    return _PROFILE.validate_json(ground.records.open(place, version.sealed.content_sealed))
