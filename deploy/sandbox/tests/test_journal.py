from dataclasses import dataclass

import pytest

from sandbox.journal import Journal, JournalBroken


@dataclass(frozen=True)
class Counted:
    number: int


def test_facts_come_back_in_order(journal_path):
    journal = Journal(journal_path, [Counted])
    assert list(journal.replay()) == []
    journal.append([Counted(1), Counted(2)])
    journal.append([Counted(3)])
    journal.close()
    again = Journal(journal_path, [Counted])
    assert list(again.replay()) == [Counted(1), Counted(2), Counted(3)]
    again.close()


def test_a_torn_last_line_is_cut_off_and_the_journal_goes_on(journal_path):
    journal = Journal(journal_path, [Counted])
    journal.append([Counted(1)])
    journal.close()
    with journal_path.open("ab") as file:
        file.write(b'[["Counted",{"num')
    torn = Journal(journal_path, [Counted])
    assert list(torn.replay()) == [Counted(1)]
    torn.append([Counted(2)])
    torn.close()
    healed = Journal(journal_path, [Counted])
    assert list(healed.replay()) == [Counted(1), Counted(2)]
    healed.close()


def test_a_broken_line_in_the_middle_stops_the_start(journal_path):
    journal_path.write_bytes(b'[["Unknown",{}]]\n')
    journal = Journal(journal_path, [Counted])
    with pytest.raises(JournalBroken, match="line 1"):
        list(journal.replay())
    journal.close()


def test_two_programs_never_share_a_journal(journal_path):
    first = Journal(journal_path, [Counted])
    with pytest.raises(JournalBroken, match="in use"):
        Journal(journal_path, [Counted])
    first.close()
