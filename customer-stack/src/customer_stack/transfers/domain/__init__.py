"""Rules of transfers: account codes, QR payloads, the gate, what is posted."""
