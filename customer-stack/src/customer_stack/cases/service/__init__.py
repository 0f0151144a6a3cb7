"""Use cases of cases. Other modules open them here, and say what waits no longer, in their transactions."""

from customer_stack.cases.service.deciding import end_held
from customer_stack.cases.service.opening import Opened, add_links, has_open_case, open_cases

__all__ = ["Opened", "add_links", "end_held", "has_open_case", "open_cases"]
