"""The customers' ledger: names of accounts, wallets, deals and their versions, corrections, the past.

Words. A *wallet* is what a customer owns in one currency: posted, held (reserved by holds) and available
(posted - held). An *entry* is one numbered change of a wallet. A *source* says where a transfer came from:
the provider's reference, the quote, the six rates. A *deal* is one business transaction that can have stages
(created, authorized, settled, reversed) and versions; an *item* is one version of its parameters: draft,
active, superseded or cancelled. A *correction* is a new version with the reversal of what the old one posted
and the transfers of the new one. The *chart* says of every account which of fourteen kinds it is.

Guaranteed, by the database (`migrations/versions/2026_11_21_14_ledger.sql` and the kernel's rules):
- balances, versions and entries follow from postings, by the kernel's triggers (`shared.ledger`);
- one settlement per provider reference, one charge per charge id;
- a deal moves only along its legal states, and each step once;
- one version stands at a time, nothing of a version is edited, none is deleted;
- who proposed a correction or a reversal does not approve it;
- a reversal is the exact mirror of a movement, is posted once and is never reversed itself.

Where to look: `domain` and `chart` for the words, `service` for what other modules call in their own
transactions, `reading` and `views` for looking at everything at any moment, `corrections` and `revising` for
what two members of staff change together.

Tables owned: ledger_transfer_source, ledger_deal_state, ledger_item, ledger_reversal,
ledger_reversal_decision; the view ledger_lifecycle; besides them the kernel's ledger tables.
"""
