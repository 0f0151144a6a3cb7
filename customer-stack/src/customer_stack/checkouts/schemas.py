"""Wire shapes of checkouts."""

from uuid import UUID

from customer_stack.edge.schemas import Answer, Body


class CheckoutBody(Body):
    """Pay a deposit quote on the gateway's page."""

    quote_id: UUID


class CheckoutAnswer(Answer):
    """A form: post `fields` to `action_url` from the browser, with `customer_fields` that you fill in.

    The page opens there. The money is yours when the pay-in shows it, not when the page says so.
    """

    action_url: str
    fields: dict[str, str]
    customer_fields: list[str]
    expires_at: str
