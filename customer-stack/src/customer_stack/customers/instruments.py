"""Opaque ids of what people pay with: bank accounts and cards.

AML counts by instrument and must find the same one again, whoever uses it and whichever way money goes, but
must not know its number. An id is a keyed digest, cut to the form of a UUID: equal for equal numbers of one
tenant, different between tenants, and without the key nothing can be tried.

Guaranteed: blanks, hyphens and case of a number make no difference; a bank account and a card never meet.
"""

from uuid import UUID

from customer_stack.customers.sealing import Sealing

_BYTES = 16


class Instruments:
    """Makes ids of instruments."""

    def __init__(self, sealing: Sealing) -> None:
        """Work with the keys of this deployment."""
        self._sealing = sealing

    def bank_account(self, tenant_id: UUID, number: str) -> UUID | None:
        """Return the id of an account at a bank; None where the number says nothing."""
        return self._identify("instrument.bank", tenant_id, _normalise(number))

    def card(self, tenant_id: UUID, token: str) -> UUID | None:
        """Return the id of a card, by the acquirer's token, of which every character counts."""
        return self._identify("instrument.card", tenant_id, token.strip())

    def _identify(self, purpose: str, tenant_id: UUID, text: str) -> UUID | None:
        if not text:
            return None
        return UUID(bytes=self._sealing.index(purpose, tenant_id, text)[:_BYTES], version=4)


def _normalise(number: str) -> str:
    return "".join(character for character in number.upper() if character.isalnum())
