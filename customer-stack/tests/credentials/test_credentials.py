"""Tokens and passwords."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from customer_stack.credentials.passwords import Passwords
from customer_stack.credentials.tokens import Holder, hash_token, read_token, write_token

TENANT = UUID("01a1fb25-25b4-75ce-a6ba-96e3c4db0bd4")


@given(st.uuids(), st.binary(min_size=32, max_size=32), st.sampled_from(Holder))
def test_a_token_says_its_tenant_and_its_hash(tenant_id, secret, holder):
    text = write_token(holder, tenant_id, secret)
    token = read_token(holder, text)
    assert (token.tenant_id, token.hash) == (tenant_id, hash_token(text))
    assert all(read_token(other, text) is None for other in Holder if other is not holder)


@given(st.text(max_size=120))
def test_anything_else_is_no_token(text):
    assert read_token(Holder.CUSTOMER, text) is None
    assert read_token(Holder.CUSTOMER, f"bhc_{text}") is None or len(text) == 64


async def test_a_password_verifies_and_another_does_not():
    passwords = Passwords(memory_kib=8192, passes=1, lanes=1)
    stored = await passwords.hash("correct horse")
    assert stored.startswith("$argon2id$")
    assert await passwords.verify(stored, "correct horse")
    assert not await passwords.verify(stored, "wrong horse")
    assert not await passwords.verify(None, "the password of nobody")
    assert not await passwords.verify("no hash", "correct horse")
    passwords.close()
