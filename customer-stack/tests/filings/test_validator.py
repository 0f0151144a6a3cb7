"""The validator: each rule sees the one thing that was broken in a valid file, and nothing else.

A case is a valid report with one thing broken in its XML, so that no code of the writer is in between.
"""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from lxml import etree
from typer.testing import CliRunner

from customer_stack.cli import app
from customer_stack.filings.domain.writing import write_report
from customer_stack.filings.validator import Expectations, Weight, is_acceptable, read_institutions, validate
from customer_stack.filings.validator.catalogue import RULES
from customer_stack.filings.validator.parties import is_card_number
from customer_stack.filings.validator.validating import FILE_LIMIT_BYTES

from .samples import EXPECTED, cash_report, report, suspicion_report

FILES = {
    "EFT": write_report(report()),
    "CTR": write_report(cash_report()),
    "STR": write_report(suspicion_report()),
}
CLIENT = "transaction[1]/t_to_my_client/to_account/signatory/t_person"
FOREIGNER = "transaction[3]/t_to_my_client/to_account/signatory/t_person"
COMPANY = "transaction[4]/t_to_my_client/to_account/t_entity"
BANK = "transaction[1]/t_from/from_account"
WALLET = "transaction[1]/t_to_my_client/to_account"


def drop(path):
    def do(root):
        for node in root.findall(path):
            node.getparent().remove(node)

    return do


def put(path, text):
    def do(root):
        root.find(path).text = text

    return do


def rename(path, name):
    def do(root):
        root.find(path).tag = name

    return do


def every(*changes):
    def do(root):
        for change in changes:
            change(root)

    return do


def add_after(path, xml):
    def do(root):
        root.find(path).addnext(etree.fromstring(xml))

    return do


def repeat(path):
    def do(root):
        node = root.find(path)
        node.addnext(etree.fromstring(etree.tostring(node)))

    return do


BROKEN = {
    "file.structure": ("EFT", put("submission_code", "X")),
    "report.entity_differs": ("EFT", put("rentity_id", "4712")),
    "report.currency": ("EFT", put("currency_code_local", "USD")),
    "report.reason_missing": ("STR", drop("reason")),
    "report.action_missing": ("STR", drop("action")),
    "report.indicator_missing": ("STR", drop("report_indicators/indicator")),
    "transaction.number_repeated": ("EFT", put("transaction[2]/transactionnumber", "D-1")),
    "transaction.mandatory_missing": ("EFT", drop("transaction[1]/internal_ref_number")),
    "transaction.too_old": (
        "EFT",
        every(
            put("transaction[1]/date_transaction", "2021-12-31T23:59:59"),
            put("submission_date", "2022-01-01T00:00:00"),
            *(put(f"transaction[{n}]/date_transaction", "2022-01-01T00:00:00") for n in (2, 3, 4)),
        ),
    ),
    "transaction.after_submission": ("EFT", put("transaction[1]/date_transaction", "2026-11-21T00:00:00")),
    "transaction.late": ("EFT", put("transaction[1]/date_transaction", "2026-10-19T23:59:59")),
    "transaction.below_threshold": ("EFT", put("transaction[1]/amount_local", "999999.99")),
    "transaction.sides": ("EFT", repeat("transaction[1]/t_from")),
    "cash.not_round": ("CTR", put("transaction/amount_local", "1500003.00")),
    "cash.extreme": ("CTR", put("transaction/amount_local", "500000005.00")),
    "cash.abroad": ("CTR", put("transaction/t_from/from_country", "IN")),
    "account.mandatory_missing": ("EFT", drop(f"{WALLET}/branch")),
    "account.not_own": ("EFT", put(f"{WALLET}/institution_code", "LEX002")),
    "account.not_a_bank": ("EFT", put(f"{BANK}/swift", "DEUTDEFF")),
    "account.institution_differs": ("EFT", put(f"{BANK}/institution_name", "Seylan Bank PLC")),
    "account.number_form": ("EFT", put(f"{BANK}/account", "800 1112223")),
    "account.number_is_amount": ("EFT", put(f"{BANK}/account", "1500000")),
    "entity.mandatory_missing": ("EFT", drop(f"{COMPANY}/business")),
    "entity.number_missing": ("EFT", drop(f"{COMPANY}/incorporation_number")),
    "entity.director_missing": ("EFT", drop(f"{COMPANY}/director_id")),
    "person.mandatory_missing": ("EFT", drop(f"{CLIENT}/occupation")),
    "person.nationality_missing": ("EFT", drop(f"{CLIENT}/nationality1")),
    "person.nic_missing": ("EFT", drop(f"{CLIENT}/ssn")),
    "person.nic_invalid": ("EFT", put(f"{CLIENT}/ssn", "903670123V")),
    "person.passport_missing": (
        "EFT",
        every(drop(f"{FOREIGNER}/passport_number"), drop(f"{FOREIGNER}/passport_country")),
    ),
}
"""Rules of which one broken thing breaks no other; the others have tests of their own."""


def run(kind, change, expected=EXPECTED):
    root = etree.fromstring(FILES[kind])
    change(root)
    return validate(etree.tostring(root), expected)


def codes(findings):
    return {each.code for each in findings}


@pytest.mark.parametrize("code", BROKEN)
def test_a_rule_sees_what_was_broken_and_no_other_rule_does(code):
    kind, change = BROKEN[code]
    found = run(kind, change)
    assert codes(found) - {"file.structure"} == {code} - {"file.structure"}
    assert code in codes(found)
    assert all(each.weight is RULES[each.code].weight for each in found)
    assert is_acceptable(found) == (RULES[code].weight is Weight.WARNING)


def test_what_happened_at_a_branch_says_where():
    found = run("CTR", drop("transaction/transaction_location"))
    assert codes(found) == {"transaction.location_missing", "transaction.mandatory_missing"}


def test_cash_does_not_go_from_account_to_account():
    account = etree.fromstring(FILES["EFT"]).find(BANK)

    def change(root):
        person = root.find("transaction/t_from/from_person")
        person.getparent().replace(person, account)

    assert codes(run("CTR", change)) == {"cash.between_accounts"}


def test_an_electronic_transfer_has_an_account_on_one_side():
    def change(root):
        person = etree.fromstring(etree.tostring(root.find("transaction[3]/t_from_my_client/from_person")))
        person.tag = "to_person"
        account = root.find("transaction[3]/t_to_my_client/to_account")
        account.getparent().replace(account, person)

    assert codes(run("EFT", change)) == {"transfer.no_account"}


def test_a_transfer_across_the_border_has_a_side_outside():
    change = put("report_code", "IFT")
    assert codes(run("EFT", change)) == {"border.both_local"}
    abroad = every(change, *(put(f"transaction[{n}]//from_country", "SG") for n in (1, 2, 3, 4)))
    assert codes(run("EFT", abroad)) == set()


def test_an_account_belongs_to_a_body_or_to_people():
    body = etree.fromstring(FILES["EFT"]).find(COMPANY)

    def change(root):
        root.find(f"{WALLET}/signatory").addprevious(body)

    assert codes(run("EFT", change)) == {"account.two_owners"}


def test_our_own_account_is_no_strangers():
    change = every(rename(f"{BANK}/swift", "institution_code"), put(f"{BANK}/institution_code", "LEX001"))
    assert codes(run("EFT", change)) == {"account.own_as_foreign"}


def test_own_by_swift_code():
    expected = replace(EXPECTED, own_code=None, own_swift="CCEYLKLX")
    assert codes(run("EFT", put("rentity_branch", "-"), expected)) == {
        "account.own_as_foreign",
        "account.not_own",
    }


def test_who_is_known_so_well_may_be_a_client():
    change = every(
        put("report_code", "EFT"),
        put("transaction/transmode_code", "ELEC"),
        add_after("transaction/t_from/from_person/last_name", "<birthdate>1990-02-10T00:00:00</birthdate>"),
    )
    found = run("CTR", change)
    assert codes(found) == {"person.hidden_client"}
    assert is_acceptable(found)


def test_a_stranger_at_a_branch_shows_a_document():
    found = run("CTR", drop("transaction/t_from/from_person/ssn"))
    assert codes(found) == {"person.nic_missing"}


def test_directors_show_theirs():
    assert codes(run("EFT", put(f"{COMPANY}/director_id/ssn", "198798612345"))) == {"person.nic_invalid"}


def test_an_office_of_the_government_has_no_director_here():
    change = every(put(f"{COMPANY}/incorporation_legal_form", "GOVT"), drop(f"{COMPANY}/director_id"))
    assert run("EFT", change) == ()


def test_parties_stand_instead_of_sides():
    account = etree.tostring(etree.fromstring(FILES["EFT"]).find(BANK)).decode()
    account = account.replace("from_account", "account")
    party = f"<party><role>A</role>{account}<funds_code>BANK</funds_code><country>LK</country></party>"

    def change(root):
        transaction = root.find("transaction[1]")
        for name in ("t_from", "t_to_my_client"):
            transaction.remove(transaction.find(name))
        transaction.append(etree.fromstring(f"<involved_parties>{party * 2}</involved_parties>"))

    assert run("EFT", change) == ()


def test_a_payment_at_a_merchant_says_where_the_merchant_is():
    def change(root):
        transaction = root.find("transaction[1]")
        parties = etree.fromstring("<involved_parties><party/></involved_parties>")
        for name in ("t_from", "t_to_my_client", "transaction_location"):
            transaction.remove(transaction.find(name))
        transaction.append(parties)
        transaction.find("transaction_description").text = "Credit card at a jeweller"

    assert "transaction.location_missing" in codes(run("EFT", change))


def test_thirty_one_days_are_in_time_and_another_is_late():
    assert run("EFT", put("transaction[1]/date_transaction", "2026-10-20T00:00:00")) == ()
    late = run("EFT", put("transaction[1]/date_transaction", "2026-10-19T23:59:59"))
    assert codes(late) == {"transaction.late"}


def test_what_a_suspicion_is_about_may_be_old_and_small():
    old = put("transaction[1]/date_transaction", "2024-01-05T10:00:00")
    assert run("STR", every(old, put("transaction[1]/amount_local", "1.00"))) == ()


def test_the_threshold_is_configured():
    assert run("EFT", put("rentity_branch", "x"), replace(EXPECTED, threshold=1_500_000)) == ()
    found = run("EFT", put("rentity_branch", "x"), replace(EXPECTED, threshold=1_500_001))
    assert codes(found) == {"transaction.below_threshold"}


@pytest.mark.parametrize(
    ("number", "is_one"),
    [
        ("900410123V", True),
        ("905410123x", True),
        ("900410123 V", True),
        ("198768612345", True),
        ("201036612345", True),
        ("090410123V", False),
        ("900000123V", False),
        ("903670123V", False),
        ("904990123V", False),
        ("908670123V", False),
        ("190936612345", False),
        ("201136612345", False),
        ("9004101234", False),
        ("900410123A", False),
        ("19876861234", False),
    ],
)
def test_numbers_of_identity_cards(number, is_one):
    assert is_card_number(number) is is_one


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"no xml", "file.not_xml"),
        (b"", "file.not_xml"),
        (b"<!DOCTYPE report [<!ENTITY a 'b'>]><report>&a;</report>", "file.has_doctype"),
        (b"<!DOCTYPE report SYSTEM 'http://127.0.0.1:9/x.dtd'><report/>", "file.has_doctype"),
        (b"<report/>", "file.structure"),
        (b" " * (FILE_LIMIT_BYTES + 1), "file.too_large"),
    ],
)
def test_what_is_no_report_at_all(raw, code):
    assert code in codes(validate(raw, EXPECTED))


def test_entities_that_grow_are_not_followed():
    layers = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
    bomb = f"<!DOCTYPE report [<!ENTITY a0 'x'>{layers}]><report><reason>&a11;</reason></report>"
    assert codes(validate(bomb.encode(), EXPECTED)) <= {"file.has_doctype", "file.not_xml"}


def test_a_finding_says_nothing_of_a_person():
    found = run("EFT", put(f"{CLIENT}/ssn", "no-such-number-77"))
    assert not any("77" in each.message or "77" in each.place for each in found)


def test_every_rule_of_the_catalogue_is_seen_to_hit():
    source = Path(__file__).read_text()
    assert all(f'"{code}"' in source for code in RULES)


def test_a_table_of_banks_may_be_another():
    table = read_institutions("swift,name\nCCEYLKLX,Other Bank\nBCEYLKLX,Bank of Ceylon\n")
    found = run("EFT", put("rentity_branch", "x"), replace(EXPECTED, institutions=table))
    assert codes(found) == {"account.institution_differs"}
    with pytest.raises(ValueError, match="line 2"):
        read_institutions("swift,name\nCCEY,Short\n")


def test_the_command_says_what_is_wrong(tmp_path):
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_bytes(FILES["EFT"])
    bad.write_bytes(re.sub(b"<ssn>900410123V</ssn>", b"<ssn>1</ssn>", FILES["EFT"]))
    options = ["--entity-id", "4711", "--institution-code", "LEX001"]
    answer = CliRunner().invoke(app, ["filings", "validate", str(good), *options])
    assert (answer.exit_code, answer.stdout) == (0, "")
    answer = CliRunner().invoke(app, ["filings", "validate", str(bad), *options])
    assert answer.exit_code == 1
    assert "error: person.nic_invalid at report/transaction[1]/t_to_my_client" in answer.stdout


def test_defaults_are_the_published_figures():
    plain = Expectations()
    assert (plain.threshold, plain.late_days, plain.beginning) == (1_000_000, 31, date(2022, 1, 1))
