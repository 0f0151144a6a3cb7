"""Every rule by its code: what it says, how heavy it is, and where it comes from.

Sources: *schema*, UNODC's goAML XML schema 4.0.2; *FIU-SL*, the additions of its specification 1.1.10 of June
2021 as its table of amendments names them; *reporters*, what a Sri Lankan reporting entity checks before it
sends, because the FIU sent such reports back; *own*, ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from customer_stack.filings.validator.findings import Finding, Weight


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule says to whoever has to mend a file."""

    message: str
    source: str
    weight: Weight = Weight.ERROR


_WARNING: Final = Weight.WARNING

RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "file.too_large": Rule("The file is larger than any report of ours.", "own"),
        "file.not_xml": Rule("The file is not well-formed XML.", "schema"),
        "file.has_doctype": Rule("The file declares a document type. A report has none.", "own"),
        "file.structure": Rule("The structure is not that of the schema.", "schema"),
        "report.entity_differs": Rule("rentity_id is not that of the reporting entity.", "own"),
        "report.currency": Rule("currency_code_local is LKR.", "FIU-SL"),
        "report.reason_missing": Rule("A suspicious transaction report says why, in reason.", "schema"),
        "report.action_missing": Rule("Say in action what was done about the suspicion.", "schema", _WARNING),
        "report.indicator_missing": Rule("A suspicious transaction report has an indicator.", "schema"),
        "transaction.number_repeated": Rule("transactionnumber stands in this file twice.", "own"),
        "transaction.mandatory_missing": Rule("The FIU-SL asks for this of each transaction.", "FIU-SL"),
        "transaction.too_old": Rule("Reports by goAML are of transactions since 2022.", "reporters"),
        "transaction.after_submission": Rule("date_transaction is after submission_date.", "reporters"),
        "transaction.late": Rule("More than 31 days before submission: late.", "reporters", _WARNING),
        "transaction.below_threshold": Rule("amount_local is below the threshold.", "reporters"),
        "transaction.location_missing": Rule("What happened at a branch says where.", "reporters"),
        "transaction.sides": Rule(
            "One side where money came from and one where it went, or parties.", "schema"
        ),
        "cash.not_round": Rule("Cash comes in multiples of 5 rupees. Is it a transfer?", "reporters"),
        "cash.extreme": Rule("So much cash is more likely a transfer.", "reporters", _WARNING),
        "cash.between_accounts": Rule("Cash does not go from account to account.", "reporters"),
        "cash.abroad": Rule("Both countries of a cash transaction are LK.", "reporters"),
        "transfer.no_account": Rule("One side of an electronic transfer is an account.", "reporters"),
        "border.both_local": Rule("A transfer across the border has a side outside LK.", "reporters"),
        "account.mandatory_missing": Rule("The FIU-SL asks for this of such an account.", "FIU-SL"),
        "account.two_owners": Rule("An account has an entity or signatories, not both.", "reporters"),
        "account.not_own": Rule("A client's account is kept by the reporting entity.", "reporters"),
        "account.own_as_foreign": Rule("An account of the reporting entity is a client's.", "reporters"),
        "account.not_a_bank": Rule("Who keeps a stranger's account is a bank of Sri Lanka.", "reporters"),
        "account.institution_differs": Rule("swift is not of this institution_name.", "reporters"),
        "account.number_form": Rule("An account number has digits, and no blanks.", "reporters"),
        "account.number_is_amount": Rule("The account number is the amount.", "reporters"),
        "entity.mandatory_missing": Rule("The FIU-SL asks for this of a client's entity.", "FIU-SL"),
        "entity.number_missing": Rule("Such a legal form has an incorporation_number.", "reporters"),
        "entity.director_missing": Rule("An entity that is not GOVT has a director_id.", "reporters"),
        "person.mandatory_missing": Rule("The FIU-SL asks for this of a client.", "FIU-SL"),
        "person.nationality_missing": Rule("nationality1 is asked for here.", "reporters"),
        "person.nic_missing": Rule(
            "A citizen of LK has the number of the identity card in ssn.", "reporters"
        ),
        "person.nic_invalid": Rule("ssn is no number of an identity card.", "reporters"),
        "person.passport_missing": Rule("A foreigner has a passport_number.", "reporters"),
        "person.hidden_client": Rule("So much is known only of a client. Is it one?", "reporters", _WARNING),
    }
)


def find(code: str, place: str, detail: str = "") -> Finding:
    """Return a finding of a rule at a place; `detail` names an element, never what stands in it."""
    rule = RULES[code]
    return Finding(code, place, f"{rule.message} {detail}".rstrip(), rule.weight)
