"""The bank's page: a person pays without a key."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from sandbox.bank.app import create_app
from sandbox.settings import BankSettings


@pytest_asyncio.fixture
async def browser(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(BankSettings.model_validate({"state_dir": tmp_path, "bank_api_key": "key"}))
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://bank") as client,
    ):
        yield client


async def test_a_person_pays_by_the_form_and_sees_it_booked(browser: httpx.AsyncClient):
    form = {"pay_reference": "BH<b>", "amount": "30000.00", "payer_account": "8001234567"}
    paid = await browser.post("/", data=form)
    assert paid.status_code == 200
    assert "LKR 30000.00 paid" in paid.text
    shown = (await browser.get("/")).text
    assert "30000.00" in shown
    assert "BH&lt;b&gt;" in shown


@pytest.mark.parametrize("amount", ["", "-5", "1e9", "0.001", "ten"])
async def test_an_amount_that_is_none_pays_nothing(browser: httpx.AsyncClient, amount: str):
    answer = await browser.post("/", data={"pay_reference": "x", "amount": amount, "payer_account": "8"})
    assert answer.status_code == 400
    assert "Nothing was paid" in answer.text
    assert "Nothing was booked yet" in (await browser.get("/")).text
