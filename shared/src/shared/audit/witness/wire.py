"""Offers, cosignatures and verdicts as they cross the wall. The origin never does: both sides know it."""

from datetime import timedelta
from typing import Final

from boundary.v2 import boundary_pb2 as v2
from shared.audit.witness.domain import BEGINNING, Cosignature, Held, Offer, SignedCheckpoint, Verdict
from shared.boundary.wire import (
    digest_from_wire,
    digest_to_wire,
    node_from_wire,
    node_to_wire,
    signature_from_wire,
    signature_to_wire,
)

_LAST_SECOND: Final = 253_402_300_799
_Response: Final = v2.ExchangeCheckpointsResponse
_VERDICTS: Final = {
    Verdict.NOTHING_OFFERED: _Response.VERDICT_NOTHING_OFFERED,
    Verdict.COSIGNED: _Response.VERDICT_COSIGNED,
    Verdict.WRONG_OLD_SIZE: _Response.VERDICT_WRONG_OLD_SIZE,
    Verdict.INCONSISTENT: _Response.VERDICT_INCONSISTENT,
    Verdict.UNKNOWN_EPOCH: _Response.VERDICT_UNKNOWN_EPOCH,
    Verdict.BAD_SIGNATURE: _Response.VERDICT_BAD_SIGNATURE,
}
_WORDS: Final = {number: verdict for verdict, number in _VERDICTS.items()}


def verdict_to_wire(verdict: Verdict) -> "v2.ExchangeCheckpointsResponse.Verdict":
    """Return the word."""
    return _VERDICTS[verdict]


def verdict_from_wire(word: int) -> Verdict | None:
    """Return the verdict, or None for no word of ours."""
    return _WORDS.get(word)  # type: ignore[call-overload, no-any-return]  # an answer may hold any number


def held_to_wire(held: Held) -> v2.Held:
    """Return what is held, without its root: the other side has it."""
    return v2.Held(epoch=held.epoch, size=held.size)


def offer_to_wire(offer: Offer) -> v2.Offer:
    """Return an offer."""
    signed = offer.checkpoint
    checkpoint = v2.Checkpoint(
        epoch=signed.epoch,
        size=signed.size,
        root=digest_to_wire(signed.root),
        signature=signature_to_wire(signed.signature),
    )
    proof = [node_to_wire(node) for node in offer.proof]
    return v2.Offer(checkpoint=checkpoint, old_size=offer.old_size, proof=proof)


def offer_from_wire(message: v2.Offer) -> Offer:
    """Return an offer whose signature and proof are not checked yet."""
    checkpoint = message.checkpoint
    signed = SignedCheckpoint(
        checkpoint.epoch,
        checkpoint.size,
        digest_from_wire(checkpoint.root),
        signature_from_wire(checkpoint.signature),
    )
    return Offer(signed, message.old_size, tuple(node_from_wire(node) for node in message.proof))


def cosignature_to_wire(cosignature: Cosignature) -> v2.Cosignature:
    """Return a cosignature."""
    return v2.Cosignature(
        epoch=cosignature.epoch,
        size=cosignature.size,
        signed_at=cosignature.seconds,
        signature=signature_to_wire(cosignature.signature),
    )


def cosignature_from_wire(message: v2.Cosignature) -> Cosignature:
    """Return a cosignature that is not checked yet; a time beyond the calendar becomes its last second."""
    at = BEGINNING + timedelta(seconds=min(message.signed_at, _LAST_SECOND))
    return Cosignature(message.epoch, message.size, at, signature_from_wire(message.signature))
