"""The bank as a person sees it: a form that pays, and what was booked last. No key: it is a sandbox."""

from html import escape
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.bank.bank import CENTS, Bank, Entry, at
from sandbox.fixed_point import format_fixed, parse_fixed
from sandbox.http_edge import Refused, now_ms

router = APIRouter(include_in_schema=False)

LATEST_ENTRIES = 30
LONGEST_FORM_BYTES = 2_000

STYLE = """
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
form { display: grid; grid-template-columns: max-content minmax(0, 22rem); gap: .6rem 1rem }
label { align-self: center }
input, button { font: inherit; padding: .35rem .5rem }
button { grid-column: 2; justify-self: start }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .35rem .7rem; border-bottom: 1px solid #8884 }
.number { text-align: right; white-space: nowrap }
.said { padding: .5rem .8rem; border: 1px solid #8884; border-radius: .4rem }
"""


class Payment(BaseModel):
    """What the form sends."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    pay_reference: Annotated[str, Field(max_length=140)]
    amount: Annotated[str, Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,2})?$")]
    payer_account: Annotated[str, Field(min_length=1, max_length=140)]


@router.get("/")
async def show(request: Request) -> HTMLResponse:
    """Show the form and the house account's latest entries."""
    return _page(request.app.state.bank, request.app.state.house_account, "")


@router.post("/")
async def pay(request: Request) -> HTMLResponse:
    """Pay into the house account, as a customer does at the bank."""
    bank: Bank = request.app.state.bank
    house: str = request.app.state.house_account
    try:
        raw = (await request.body())[: LONGEST_FORM_BYTES + 1]
        fields = parse_qs(raw.decode("ascii"), keep_blank_values=True, max_num_fields=8)
        payment = Payment.model_validate({name: values[-1] for name, values in fields.items()})
        paid = bank.pay_in(
            pay_reference=payment.pay_reference,
            amount=parse_fixed(payment.amount, CENTS),
            currency="LKR",
            payer_account=payment.payer_account,
            account=house,
            now_ms=now_ms(),
        )
    except (ValidationError, ValueError, Refused):
        said = "Nothing was paid: give a reference, an amount such as 30000.00, and the payer's account."
        return _page(bank, house, said, status_code=400)
    return _page(
        bank, house, f"LKR {format_fixed(paid.amount, CENTS)} paid, booked as {paid.bank_reference}."
    )


def _page(bank: Bank, house: str, said: str, *, status_code: int = 200) -> HTMLResponse:
    account = bank.accounts[house]
    rows = "".join(_row(entry) for entry in reversed(account.entries[-LATEST_ENTRIES:]))
    content = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sandbox bank</title>
<style>{STYLE}</style></head><body><h1>Sandbox bank</h1>
{f'<p class="said" role="status">{escape(said)}</p>' if said else ""}
<h2>Pay in</h2>
<form method="post" action="/">
<label for="r">Pay reference of the quote</label>
<input id="r" name="pay_reference" required placeholder="BH…">
<label for="a">Amount, LKR</label>
<input id="a" name="amount" required inputmode="decimal" placeholder="30000.00">
<label for="p">From account</label><input id="p" name="payer_account" required value="8001234567">
<button>Pay</button></form>
<h2>House account {escape(house)}: {account.currency} {format_fixed(account.balance, CENTS)}</h2>
<table><thead><tr><th>Time</th><th>What</th><th>Bank reference</th><th>Reference</th>
<th class="number">Amount</th><th class="number">Balance</th></tr></thead>
<tbody>{rows or '<tr><td colspan="6">Nothing was booked yet.</td></tr>'}</tbody></table></body></html>"""
    return HTMLResponse(content, status_code=status_code)


def _row(entry: Entry) -> str:
    return (
        f"<tr><td>{at(entry.booked_ms)}</td><td>{escape(entry.kind)}</td>"
        f"<td>{escape(entry.bank_reference)}</td>"
        f'<td>{escape(entry.reference)}</td><td class="number">{format_fixed(entry.amount, CENTS)}</td>'
        f'<td class="number">{format_fixed(entry.balance, CENTS)}</td></tr>'
    )
