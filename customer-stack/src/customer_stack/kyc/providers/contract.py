"""What every identity vendor must do."""

from typing import ClassVar, Protocol
from uuid import UUID

from customer_stack.kyc.domain.claims import Claim, Verdict
from shared.errors import Kind, Refusal


class VendorUnavailable(Refusal):
    """The vendor did not answer, or not in a way that means anything."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "kyc.vendor_unavailable"


class IdentityVendor(Protocol):
    """Safe to call twice with the same check; the second answer agrees with the first.

    Over HTTP or in this process: whoever calls does not see which. Both methods raise VendorUnavailable when
    the vendor did not answer, or does not know the check any more; nothing else. Then it is submitted again.
    """

    async def submit(self, check_id: UUID, claim: Claim) -> None:
        """Ask for a verification."""
        ...

    async def fetch(self, check_id: UUID) -> Verdict:
        """Return what the vendor says: Pending unless it said yes or no."""
        ...
