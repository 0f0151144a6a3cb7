"""Reports of a licensed operator in Colombo, with people, a company and banks as they look there."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from customer_stack.documents.nic import Sex
from customer_stack.filings.domain.report import (
    Account,
    Address,
    Director,
    Entity,
    Identification,
    Institution,
    Person,
    Phone,
    Report,
    ReportCode,
    ReportingEntity,
    Side,
    Transaction,
)
from customer_stack.filings.validator import Expectations

SUBMITTED = datetime(2026, 11, 20, 4, 30, tzinfo=UTC)
OWN = Institution("Lanka Event Exchange (Private) Limited", code="LEX001")
EXPECTED = Expectations(entity_id=4711, own_code="LEX001")
GALLE_ROAD = Address("BUS", "214 Galle Road", "Colombo 03", "LK")

NIMAL = Person(
    "Nimal",
    "Perera",
    sex=Sex.MALE,
    birthdate=date(1990, 2, 10),
    ssn="900410123V",
    nationality="LK",
    residence="LK",
    occupation="Civil engineer",
    email="nimal.perera@example.lk",
    phones=(Phone("PRI", "MOB", "+94771234567"),),
    addresses=(Address("PRI", "18/2 Temple Road", "Nugegoda", "LK"),),
    identification=(Identification("NIC", "900410123V", "LK"),),
)
"""Has an old identity card."""
KUMARI = replace(
    NIMAL,
    first_name="Kumari",
    last_name="Wickramasinghe",
    sex=Sex.FEMALE,
    birthdate=date(1987, 7, 5),
    ssn="198768612345",
    identification=(Identification("NIC", "198768612345", "LK"),),
)
"""Has a new one."""
GRETA = replace(
    NIMAL,
    first_name="Greta",
    last_name="Lindqvist",
    sex=Sex.FEMALE,
    birthdate=date(1979, 12, 1),
    ssn=None,
    passport_number="AA3456789",
    passport_country="SE",
    nationality="SE",
    identification=(Identification("PASS", "AA3456789", "SE"),),
)
"""Is a foreigner who lives in Galle."""
CEYLON_TEA = Entity(
    "Uva Highland Teas (Private) Limited",
    legal_form="PVT",
    incorporation_number="PV 00219876",
    business="Export of tea",
    country="LK",
    phones=(Phone("BUS", "LAN", "+94552222333"),),
    addresses=(Address("BUS", "7 Bandarawela Road", "Badulla", "LK"),),
    directors=(Director(KUMARI, "DIR"),),
)


def wallet(*people, entity=None):
    """Return a client's account with us."""
    return Account(
        OWN,
        "4c7e2f80-0d4f-4f4a-9d3b-0a6a9a1f0c11",
        name="wallet",
        branch="Colombo",
        currency="LKR",
        type="WALT",
        status="A",
        opened=datetime(2026, 1, 5, 3, 0, tzinfo=UTC),
        signatories=tuple(people),
        entity=entity,
    )


def at_bank(name="Commercial Bank of Ceylon PLC", swift="CCEYLKLX", holder="N. Perera"):
    """Return an account at a bank."""
    return Account(Institution(name, swift=swift), "8001112223", name=holder, currency="LKR")


def deposit(client=NIMAL, number="D-1", amount=150_000_000, **changes):
    """Return a bank transfer to a client's wallet."""
    owner = wallet(entity=client) if isinstance(client, Entity) else wallet(client)
    at = datetime(2026, 11, 3, 6, 15, tzinfo=UTC)
    made = Transaction(
        number=number,
        internal_reference=number,
        location="Online",
        description="Deposit by bank transfer",
        at=at,
        value_at=at,
        mode="ELEC",
        amount=amount,
        source=Side(False, "BANK", at_bank(), "LK"),
        destination=Side(True, "WALT", owner, "LK"),
    )
    return replace(made, **changes)


def card_deposit(client=GRETA, number="C-1"):
    """Return a payment by card: no account outside is known, so the client is the side."""
    return deposit(
        client,
        number,
        description="Deposit by card",
        source=Side(True, "CARD", client, "LK", funds_comment="debit or credit card"),
    )


def withdrawal(client=KUMARI, number="W-1"):
    """Return a bank transfer from a client's wallet."""
    return deposit(
        number=number,
        description="Withdrawal to the client's own bank account",
        source=Side(True, "WALT", wallet(client), "LK"),
        destination=Side(False, "BANK", at_bank("Bank of Ceylon", "BCEYLKLX", "K. Wickramasinghe"), "LK"),
    )


def report(code=ReportCode.EFT, transactions=None, **changes):
    """Return a report of four electronic transfers: old card, new card, passport, company."""
    every = (deposit(), withdrawal(), card_deposit(), deposit(CEYLON_TEA, "D-2", 2_500_000_050))
    made = Report(
        entity=ReportingEntity(
            4711,
            "Head office",
            GALLE_ROAD,
            Person(
                "Anusha",
                "Jayawardena",
                ssn="856231234V",
                nationality="LK",
                occupation="Compliance officer",
                email="mlro@lex.example.lk",
            ),
        ),
        code=code,
        reference="LEX-2026-11-001",
        submitted_at=SUBMITTED,
        transactions=every if transactions is None else tuple(transactions),
    )
    return replace(made, **changes)


def cash_report():
    """Return a report of cash at a counter, which this product does not take."""
    at_counter = Side(False, "CASH", replace(NIMAL, occupation=None, birthdate=None, addresses=()), "LK")
    return report(
        ReportCode.CTR,
        [deposit(source=at_counter, mode="BRCH", location="Branch Kandy", description="Cash at the counter")],
    )


def suspicion_report():
    """Return a report of a suspicion; its amounts are below the threshold."""
    at = datetime(2026, 11, 18, 18, 45, tzinfo=UTC)
    small = [
        deposit(number=f"S-{n}", amount=98_500_000, at=at + timedelta(hours=n), value_at=at) for n in range(3)
    ]
    return report(
        ReportCode.STR,
        small,
        reason="Three transfers just below the threshold within hours, by one payer for three clients.",
        action="Withdrawals are held for a decision.",
        indicators=("STRUCT",),
    )
