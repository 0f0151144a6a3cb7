"""What was posted, as transactions: each way of paying gives a file that the validator accepts."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from lxml import etree

from customer_stack.customers.domain import DocumentType
from customer_stack.customers.domain import Profile as CustomerProfile
from customer_stack.documents.nic import Sex
from customer_stack.filings.domain.composing import Client, Outside, compose, split_name
from customer_stack.filings.domain.movements import (
    Basis,
    Channel,
    Direction,
    Movement,
    Policy,
    Posted,
    Source,
)
from customer_stack.filings.domain.profile import Company, Counterparty, Director, Party, Profile
from customer_stack.filings.domain.report import Report, ReportCode
from customer_stack.filings.domain.writing import write_report
from customer_stack.filings.schemas.knowing import CodesBody
from customer_stack.filings.validator import Expectations, validate
from shared.ids import SystemIds

from .samples import GALLE_ROAD, OWN, SUBMITTED, report

IDS = SystemIds()
TODAY = date(2026, 11, 20)
CODES = CodesBody()
PROFILE = Profile(
    entity_id=4711,
    branch="Colombo",
    address=GALLE_ROAD,
    reporting_person=report().entity.person,
    institution=OWN,
    location="Online",
    codes=CODES,
    policy=Policy(),
    suspicion_days=2,
)
EXPECTED = Expectations(entity_id=4711, own_code="LEX001")
BANK = Counterparty("Hatton National Bank PLC", "HBLILKLX", "S. Fernando")
PARTY = Party("18/2 Temple Road", "Nugegoda", "LK", "Civil engineer")


def person(**changes):
    made = CustomerProfile(
        email="saman@example.lk",
        full_name="Saman Kumara Fernando",
        date_of_birth=date(1985, 8, 11),
        residency="LK",
        document_type=DocumentType.NATIONAL_ID,
        document_country="LK",
        document_number="852231234 v",
        phone="+94712345678",
    )
    return replace(made, **changes)


def client(party=PARTY, **changes):
    return Client(person(**changes), IDS.new(), datetime(2026, 1, 5, tzinfo=UTC), party)


def movement(source=Source.PAY_IN, channel=Channel.BANK, direction=Direction.IN, amount=123_456_789):
    at = datetime(2026, 11, 3, 20, 0, tzinfo=UTC)
    posted = Posted(source, IDS.new(), IDS.new(), IDS.new(), direction, channel, "bank", "IN1", amount, at)
    return Movement(IDS.new(), posted, ReportCode.EFT, Basis.SINGLE, date(2026, 12, 5))


def file_of(*transactions, code=ReportCode.EFT):
    raw = write_report(Report(PROFILE.reporting_entity, code, "R-1", SUBMITTED, transactions))
    return etree.fromstring(raw), validate(raw, EXPECTED)


AT_BANK = Outside("8001112223", None, BANK)
NO_ACCOUNT = Outside()
FOREIGNER = {
    "document_type": DocumentType.PASSPORT,
    "document_country": "SE",
    "document_number": "AA3456789",
    "full_name": "Greta Lindqvist",
}


@pytest.mark.parametrize(
    ("moved", "outside", "sides"),
    [
        (movement(), AT_BANK, ("t_from/from_account", "t_to_my_client/to_account")),
        (
            movement(channel=Channel.CHECKOUT),
            NO_ACCOUNT,
            ("t_from_my_client/from_person", "t_to_my_client/to_account"),
        ),
        (
            movement(Source.CARD_CAPTURE, Channel.CARD),
            NO_ACCOUNT,
            ("t_from_my_client/from_person", "t_to_my_client/to_account"),
        ),
        (
            movement(Source.PAYOUT, direction=Direction.OUT),
            AT_BANK,
            ("t_from_my_client/from_account", "t_to/to_account"),
        ),
        (
            movement(Source.CARD_REFUND, Channel.CARD, Direction.OUT),
            NO_ACCOUNT,
            ("t_from_my_client/from_account", "t_to_my_client/to_person"),
        ),
    ],
    ids=["bank in", "checkout", "card", "bank out", "refund"],
)
@pytest.mark.parametrize("who", [{}, FOREIGNER], ids=["citizen", "foreigner"])
def test_each_way_of_paying_has_its_sides(moved, outside, sides, who):
    party = replace(PARTY, sex="female") if who else PARTY
    root, findings = file_of(compose(moved, client(party, **who), outside, PROFILE, TODAY))
    assert findings == ()
    assert all(root.find(f"transaction/{each}") is not None for each in sides)
    assert root.findtext("transaction/amount_local") == "1234567.89"
    assert root.findtext("transaction/date_transaction") == "2026-11-04T01:30:00"


def test_cash_is_handed_over_by_the_client():
    moved = movement(channel=Channel.CASH, amount=150_000_000)
    root, findings = file_of(compose(moved, client(), AT_BANK, PROFILE, TODAY), code=ReportCode.CTR)
    assert findings == ()
    assert root.findtext("transaction/transmode_code") == "BRCH"
    assert root.find("transaction/t_from_my_client/from_person") is not None


def test_a_company_stands_behind_its_account():
    director = Director("Kumari", "Wickramasinghe", "LK", ssn="198768612345")
    company = Company(
        "Uva Highland Teas (Private) Limited",
        "PVT",
        "Export of tea",
        "LK",
        "7 Bandarawela Road",
        "Badulla",
        "+94552222333",
        "PV 00219876",
        (director,),
    )
    behind = client(replace(PARTY, company=company))
    root, findings = file_of(compose(movement(), behind, AT_BANK, PROFILE, TODAY))
    assert findings == ()
    account = root.find("transaction/t_to_my_client/to_account")
    assert account.findtext("t_entity/director_id/last_name") == "Wickramasinghe"
    assert account.findall("signatory") == []


def test_what_nobody_wrote_down_is_missing_and_not_made_up():
    root, findings = file_of(compose(movement(), client(None), Outside("8001112223"), PROFILE, TODAY))
    missing = {each.message.rpartition(" ")[2] for each in findings if "mandatory" in each.code}
    assert missing == {"<addresses>", "<occupation>", "<institution_name>", "<account_name>"}
    assert root.find(".//occupation") is None or root.findtext(".//occupation") == "Compliance officer"


def test_the_card_tells_the_sex_and_a_passport_does_not():
    card = compose(movement(), client(), AT_BANK, PROFILE, TODAY).destination.subject.signatories[0]
    assert (card.sex, card.ssn, card.passport_number) == (Sex.MALE, "852231234V", None)
    foreign = client(**FOREIGNER)
    passport = compose(movement(), foreign, AT_BANK, PROFILE, TODAY).destination.subject.signatories[0]
    assert (passport.sex, passport.ssn, passport.nationality) == (None, None, "SE")


@pytest.mark.parametrize(
    ("name", "party", "parts"),
    [
        ("Saman Kumara Fernando", None, ("Saman Kumara", "Fernando")),
        (
            "Wickremesinghe A.B.",
            replace(PARTY, first_name="A.B.", last_name="Wickremesinghe"),
            ("A.B.", "Wickremesinghe"),
        ),
        ("Sivakumar", None, ("Sivakumar", "Sivakumar")),
    ],
)
def test_a_name_is_parted_at_its_last_blank_unless_an_officer_knows_better(name, party, parts):
    assert split_name(name, party) == parts
