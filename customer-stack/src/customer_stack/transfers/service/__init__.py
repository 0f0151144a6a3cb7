"""Use cases of transfers: moving money, account codes, QR codes, terms."""
