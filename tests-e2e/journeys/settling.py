"""Step seven: reconciliation, the one instruction and its approval, the final checks, both audit chains."""

from collections import Counter

from journeys.doors import Refused, command
from journeys.journey import Journey, StepFailed, require
from journeys.wagering import SETTLED_WAGERS


async def settle(journey: Journey) -> None:
    """Reconcile, propose the period's one instruction, have a second person approve it."""
    for tenant in journey.address.tenants:
        proposer = await journey.staff(tenant["slug"], "settlement_proposer")
        approver = await journey.staff(tenant["slug"], "settlement_approver")
        run = await proposer.call("POST", "/staff/reconciliation/runs", {})
        journey.checks += [
            {
                "name": f"{tenant['slug']}: {check['name']}",
                "held": check["held"],
                "detail": check.get("detail", ""),
            }
            for check in run["checks"]
        ]
        proposal = await proposer.call("POST", "/staff/settlements", {"purpose_code": "SETTLE"})
        approval = {"digest": proposal["digest"]}
        try:
            await proposer.call("POST", f"/staff/settlements/{proposal['id']}/approval", approval)
            raise StepFailed("the proposer approved their own settlement")
        except Refused as refusal:
            require(refusal.status in {403, 409, 422}, f"refused, but with {refusal.code}")
        approved = await approver.call("POST", f"/staff/settlements/{proposal['id']}/approval", approval)
        require(approved["state"] == "approved", "the settlement is approved")
        journey.settlements.append(approved)
        journey.screen.note(
            f"{tenant['slug']}: {approved['direction']} USD {approved['amount']} for reports to "
            f"{approved['to_sequence']}, digest {approved['digest'][:16]}…, approved by a second person"
        )


async def verify(journey: Journey) -> None:
    """Run every final check of both stacks and verify both audit chains."""
    for stack in ("customer", "execution"):
        journey.checks += [
            {**check, "name": f"{stack}: {check['name']}"}
            for check in await command(journey.address, stack, "checks", "--json")
        ]
        report = await command(journey.address, stack, "audit-verify", "--json")
        journey.checks.append(
            {
                "name": f"{stack}: audit chain verifies",
                "held": report["good"],
                "detail": f"{report['sealed']} records, head {report['head'][:16]}…",
            }
        )
    placed = [each for customer in journey.people for each in customer.wagers]
    ids = Counter(each["wager_id"] for each in placed)
    journey.checks.append(
        {
            "name": "every wager accounted for exactly once",
            "held": all(each["state"] in SETTLED_WAGERS for each in placed) and max(ids.values()) == 1,
            "detail": f"{len(ids)} wagers",
        }
    )
    journey.screen.checks(journey.checks)
    broken = [check["name"] for check in journey.checks if not check["held"]]
    require(not broken, "checks that did not hold: " + "; ".join(broken))
