"""Answers of screening as JSON: of a batch's query, of a line that is none, and the reasons of one match."""

from collections.abc import Sequence
from typing import Any

from customer_stack.screening.matching.party import MATCHER_VERSION, Decision, PossibleMatch
from customer_stack.screening.queries import Query, QueryRefused


def describe_answer(
    line: int, query: Query, matches: Sequence[PossibleMatch], threshold: int, list_version: bytes
) -> dict[str, Any]:
    """Return the answer to a query."""
    hit = any(match.decide(threshold) is Decision.POSSIBLE_MATCH for match in matches)
    answer = {
        "line": line,
        "id": query.id,
        "decision": (Decision.POSSIBLE_MATCH if hit else Decision.CLEAR).value,
        "threshold": threshold,
        "matcher_version": MATCHER_VERSION,
        "list_version": list_version.hex(),
        "matches": [describe_match(match, threshold) for match in matches],
    }
    return answer | ({"ignored": list(query.ignored)} if query.ignored else {})


def describe_refusal(line: int, problem: QueryRefused) -> dict[str, Any]:
    """Return the answer to a line that was not screened."""
    return {
        "line": line,
        "id": problem.query_id,
        "decision": "error",
        "error": {"code": problem.code, "message": str(problem)},
    }


def describe_match(match: PossibleMatch, threshold: int) -> dict[str, Any]:
    """Return one entry with its score and why."""
    return {
        "entry": match.entry_id,
        "published_id": match.published_id,
        "list": match.source,
        "schema": match.schema.value,
        "name": match.name.text,
        "name_id": match.name.id,
        "name_kind": match.name.kind.value,
        "score": match.score,
        "priority": match.priority,
        "decision": match.decide(threshold).value,
        "explanation": describe_explanation(match),
    }


def describe_explanation(match: PossibleMatch) -> dict[str, Any]:
    """Return why a score is what it is."""
    why = match.explanation
    return {
        "name_score": why.name_score,
        "rarity": why.rarity,
        "pieces": [
            {"asked": each.asked, "listed": each.listed, "how": each.how, "likeness": each.thousandths}
            for each in why.pieces
        ],
        "qualifiers": {kind: agreement.value for kind, agreement in why.qualifiers},
    }
