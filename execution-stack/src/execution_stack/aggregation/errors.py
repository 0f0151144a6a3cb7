"""What a question about an order can be refused for."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class OrderNotFound(Refusal):
    """No omnibus order has this id."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "aggregation.order_not_found"
