"""Which answers of the identity vendor are told, and that none is told wrongly."""

import json
import random
from datetime import date

from sandbox.identity.documents import Claim, DocumentType
from sandbox.identity.vendor import FACT_KINDS, Vendor
from sandbox.journal import Journal

CLAIM = Claim("Nimal Perera", date(1990, 2, 10), "LK", DocumentType.NIC, "199004100001", "LK")


def open_vendor(path):
    journal = Journal(path, FACT_KINDS)
    return journal, Vendor(journal, delay_ms=400, randomness=random.Random(1))


def test_an_answer_is_told_when_it_is_there_until_it_was_heard_also_after_a_restart(journal_path):
    journal, vendor = open_vendor(journal_path)
    vendor.ask("v-1", CLAIM, 1_000)
    vendor.ask("v-2", CLAIM, 1_000)
    assert vendor.outbox(1_000) == {}
    told = vendor.outbox(1_400)
    assert set(told) == {"answered-v-1", "answered-v-2"}
    assert json.loads(told["answered-v-1"].body) == {
        "event_id": "answered-v-1",
        "type": "verification.completed",
        "verification_id": "v-1",
    }
    vendor.told("answered-v-1")
    vendor.told("answered-v-1")
    journal.close()
    journal, vendor = open_vendor(journal_path)
    assert set(vendor.outbox(1_400)) == {"answered-v-2"}
    journal.close()
