"""What was released before a restore that lost something: its order is handed to nobody meanwhile."""

import pytest

from customer_stack.settlement.files import FileKind
from shared.outflow import OutflowHeld

from ..restored import compare_with_banks, lose_records  # noqa: TID252 - test folders are no packages
from .office import Office


async def test_an_order_to_the_bank_is_handed_out_again_once_somebody_has_compared(office: Office):
    await office.period_1()
    settlement = await office.released()
    sid = settlement.instruction.id
    await lose_records(office.database, office.clock.now())
    with pytest.raises(OutflowHeld):
        await office.releasing.fetch(office.checker, sid, FileKind.PAIN001)
    await office.releasing.fetch(office.checker, sid, FileKind.COVER)
    await compare_with_banks(office.database, office.clock.now())
    _, content = await office.releasing.fetch(office.checker, sid, FileKind.PAIN001)
    assert content.startswith(b"<?xml")
