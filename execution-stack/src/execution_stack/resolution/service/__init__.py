"""Use cases of resolution: pay what is finalized, revise what was amended, declare and carry out voids."""

from execution_stack.resolution import store
from execution_stack.resolution.service.paying import ResolutionService
from execution_stack.resolution.service.voiding import Declaration, VoidService

list_resolved = store.list_current
"""(tx) -> the outcome that stands of every paid market, with the numbers of its cash identity."""

__all__ = ["Declaration", "ResolutionService", "VoidService", "list_resolved"]
