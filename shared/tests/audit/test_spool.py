"""Heads on the disk are those in memory, by size, without what a restore took away."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from shared.audit import AuditHead
from shared.audit.spool import ELSEWHERE, HeadSpool
from shared.audit.walking import HeadList

HEADS = st.builds(AuditHead, st.integers(1, 50), st.sampled_from([bytes(32), bytes(31) + b"1"]))
SIGNED = st.lists(st.tuples(st.integers(ELSEWHERE, 4), HEADS), max_size=30)


def kept(signed, accepted):
    """Return what stays, as a whole list in memory would be gone through."""
    ends = {epoch: [size for later, size in accepted.items() if later > epoch] for epoch, _ in signed}
    return {
        (epoch, head.size, head.root)
        for epoch, head in signed
        if epoch == ELSEWHERE or head.size <= min(ends[epoch], default=head.size)
    }


@given(SIGNED, st.dictionaries(st.integers(2, 4), st.integers(0, 50)), st.integers(0, 50), st.integers(0, 50))
def test_a_spool_holds_what_a_list_would(signed, accepted, before, last):
    with tempfile.TemporaryDirectory() as folder:
        spool = HeadSpool.begin(Path(folder))
        for epoch, head in signed:
            spool.add(epoch, [head, head])
        spool.forget(accepted)
        stays = kept(signed, accepted)
        heads = sorted({(size, root) for _, size, root in stays})
        listed = HeadList(tuple(AuditHead(*each) for each in heads))
        assert spool.between(before, last) == listed.between(before, last)
        assert tuple(spool.each()) == listed.heads
        assert max(spool.largest().values(), default=0) == max(listed.largest().values(), default=0)
        assert spool.count_signed() == len({each[1:] for each in stays if each[0] != ELSEWHERE})
