"""Identity documents and phone numbers as values: what stands in them, and which two are the same. Pure.

One file per kind: `nic` (the Sri Lankan national identity card), `mrz` (the machine-readable zone of
passports and cards, ICAO 9303), `phone` (E.164), `countries` (ISO 3166). Nothing here knows customers or
checks; both `customers` and `kyc` build on it.

Guaranteed:
- a text becomes a value or a named problem, never an exception, whatever it holds;
- nothing that was read shows itself in a representation, so no log and no traceback can;
- what a document says is kept apart from what it may mean: a birthday that two ways of counting read
  differently is two days, and the caller decides.

Tables owned: none. Events: none.
"""
