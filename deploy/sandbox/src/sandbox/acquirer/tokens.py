"""The test tokens: what each card does.

| token | what happens |
|---|---|
| `tok_approve` | authorised, captured, refunded as asked |
| `tok_decline` | declined: `do_not_honour` |
| `tok_pending` | never decided |
| `tok_redirect` | pending with a `redirect_url`; opened with `?answer=approve` or `decline` it is decided |
| `tok_capture_fails` | authorised; the capture fails: `authorisation_lapsed` |
| `tok_refund_fails` | authorised and captured; a refund fails: `card_closed` |
| `tok_chargeback` | authorised and captured; charged back a moment later |
| `tok_chargeback_won` | the same, and a moment later the chargeback is won |

Any other token is declined: `unknown_token`.
"""

from enum import StrEnum


class Token(StrEnum):
    """A test token."""

    APPROVE = "tok_approve"
    DECLINE = "tok_decline"
    PENDING = "tok_pending"
    REDIRECT = "tok_redirect"
    CAPTURE_FAILS = "tok_capture_fails"
    REFUND_FAILS = "tok_refund_fails"
    CHARGEBACK = "tok_chargeback"
    CHARGEBACK_WON = "tok_chargeback_won"


UNDECIDED = frozenset({Token.PENDING, Token.REDIRECT})
CHARGED_BACK = frozenset({Token.CHARGEBACK, Token.CHARGEBACK_WON})


def refusal_of(token: str) -> str:
    """Return why a charge of this token is declined; empty where it is not."""
    if token == Token.DECLINE:
        return "do_not_honour"
    return "" if token in set(Token) else "unknown_token"
