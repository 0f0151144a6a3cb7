"""Use cases of cases. Other modules open them here, in their own transaction."""

from customer_stack.cases.service.opening import Opened, add_links, open_cases

__all__ = ["Opened", "add_links", "open_cases"]
