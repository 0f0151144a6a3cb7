"""Who is linked with whom, for other modules."""

from typing import Final

from customer_stack.aml.store import links

load_linked: Final = links.read_linked
"""(tx, tenant id, customer id, since, limit) -> customers who used the same device or instrument since."""
