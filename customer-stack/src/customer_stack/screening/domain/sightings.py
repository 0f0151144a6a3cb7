"""What of some matches becomes an alert, and why, in values that go between processes. Pure."""

from collections.abc import Sequence

from customer_stack.screening.describing import describe_match
from customer_stack.screening.domain.alerts import Sighting, is_proven
from customer_stack.screening.matching.party import THRESHOLD, Decision, Party, PossibleMatch


def sightings_of(
    matches: Sequence[PossibleMatch], party: Party, party_print: bytes
) -> tuple[list[Sighting], dict[tuple[str, str], object]]:
    """Return what of some matches reaches the threshold, and why."""
    sightings, reasons = [], dict[tuple[str, str], object]()
    for match in matches:
        if match.decide(THRESHOLD) is Decision.POSSIBLE_MATCH:
            sighting = Sighting(
                source=match.source,
                entry_id=match.entry_id,
                score=match.score,
                priority=match.priority,
                is_sanctioned=match.is_sanctioned,
                is_proven=is_proven(match, party),
                entry_print=match.entry_print,
                party_print=party_print,
            )
            sightings.append(sighting)
            reasons[sighting.key] = describe_match(match, THRESHOLD)
    return sightings, reasons
