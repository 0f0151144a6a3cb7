"""What operators do once the database is back: the steps of docs/systems/backup.md, by the same commands."""

import contextlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from bulkhead_local.layout import Stack
from bulkhead_local.problems import LocalProblem
from drill.disaster import Backed

OPERATOR: Final = ("--operator", str(uuid4()))
ATTEMPTS: Final = 20
OTHER: Final[dict[Stack, Stack]] = {"customer": "execution", "execution": "customer"}


@dataclass(frozen=True)
class Operators:
    """Operators of both stacks, after the database of one was restored."""

    platform: Backed
    lost: Stack
    to: str

    def start_too_early(self) -> str:
        """Start the worker of the lost stack before anything was finished; return what it says."""
        try:
            return self.platform.command(self.lost, "worker")
        except LocalProblem as problem:
            return str(problem)

    def finish(self) -> dict[str, Any]:
        """Run `after-restore`, before anything serves; return what it did."""
        reported: tuple[str, ...] = ()
        if self.lost == "execution" and self.to == "moment":
            reported = ("--reported", self._ask("customer", "reported")["reported"])
        return self._ask(self.lost, "after-restore", "--to", self.to, *OPERATOR, *reported)

    def accept(self, done: dict[str, Any]) -> dict[str, Any]:
        """Accept the epoch on the other side; return what was held and what it continues."""
        epoch, kept = str(done["audit_epoch"]), str(done["audit_records_kept"])
        return self._ask(OTHER[self.lost], "audit", "accept-epoch", epoch, "--kept", kept, *OPERATOR)

    def ask_again(self) -> dict[str, Any]:
        """Ask execution for what it may have lost. The wall refuses calls for a few seconds: try again."""
        for _ in range(ATTEMPTS):
            with contextlib.suppress(LocalProblem):
                return self._ask("customer", "ask-again", *OPERATOR)
            time.sleep(1)
        return self._ask("customer", "ask-again", *OPERATOR)

    def lift(self) -> None:
        """Let trading go on."""
        self.platform.command("execution", "lift", *OPERATOR)

    def resume_outflow(self, who: Sequence[str]) -> dict[str, Any]:
        """Say that the banks' statements were compared; `who` as the stack's command names people."""
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return self._ask(self.lost, "resume-outflow", "--compared-to", now, *who)

    def _ask(self, stack: Stack, *arguments: str) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.platform.command(stack, *arguments, "--json"))
        return answer
