"""Identifiers ascend and say their version."""

from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from shared.ids import HOUSE_TENANT, CountingIds, SystemIds, uuid_from_name


def test_ids_ascend_and_are_version_7() -> None:
    source = SystemIds()
    ids = [source.new() for _ in range(10_000)]
    assert ids == sorted(set(ids))
    assert {made.version for made in ids} == {7}
    assert {made.variant for made in ids} == {"specified in RFC 4122"}


def test_two_sources_do_not_meet() -> None:
    first, second = SystemIds(), SystemIds()
    assert not {first.new() for _ in range(1000)} & {second.new() for _ in range(1000)}


def test_counted_ids_repeat_from_run_to_run() -> None:
    assert [CountingIds().new() for _ in range(2)] == [CountingIds().new()] * 2
    assert CountingIds().new().version == 7


def test_a_name_decides_its_id() -> None:
    assert uuid_from_name(HOUSE_TENANT, "a") == uuid_from_name(HOUSE_TENANT, "a")
    assert uuid_from_name(HOUSE_TENANT, "a") != uuid_from_name(HOUSE_TENANT, "b")
    assert isinstance(uuid_from_name(HOUSE_TENANT, "a"), UUID)


@given(st.uuids(), st.text(max_size=100))
def test_a_name_s_id_is_the_standard_s(namespace: UUID, name: str) -> None:
    made = uuid_from_name(namespace, name)
    assert made == uuid5(namespace, name)
    assert (made.version, made.variant) == (5, "specified in RFC 4122")
