"""Use cases of bank files: importing what a bank says, making files of payouts."""
