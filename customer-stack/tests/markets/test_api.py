"""Markets over HTTP."""


async def test_markets_are_listed_by_a_status_that_exists(client, active_customer):
    _, customer = await active_customer()
    chosen = await client.get("/v1/markets?status=open", headers=customer)
    assert (chosen.status_code, chosen.json()["items"]) == (200, [])
    unknown = await client.get("/v1/markets?status=ajar", headers=customer)
    assert (unknown.status_code, unknown.json()["code"]) == (422, "request.invalid")
