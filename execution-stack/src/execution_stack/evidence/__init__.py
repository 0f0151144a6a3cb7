"""Evidence: packs of single windows, made of execution's own records and proven by its audit.

Words. A *pack* is of one window whose order has ended: what it committed itself to, its intents, its order
and the exchange's answer, fills, the shares, what was posted, and what was reported. It names accounts and
tenants by their opaque ids, as everything here does, and nobody else. How packs are built and checked:
`shared.evidence`.

Guaranteed:
- a pack proves by the audit that its manifest of the window was committed to, once, before what became of the
  order was recorded;
- what was made is registered once, with its SHA-256 and the signature of the operator who made it, before
  the file has its name;
- a window of which the audit has no commitment gets no pack.

Tables owned: evidence_pack. Tables read: aggregation_window, aggregation_order, aggregation_fill,
break_found, intent, market, report, ledger_transfer, ledger_posting, ledger_asset. Events: none.
"""
