"""The rules of wagers, one noun per file: amounts, gate, states, flows, reports. Pure."""
