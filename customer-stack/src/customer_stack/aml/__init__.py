"""AML: rules over what customers do with money, the counters behind them, and who may change a rule.

Words. An *event* is one movement of a customer's money as a rule sees it. A *fact* is something known of it
or of the customer; a *counter* is a sum, number or distinct number over a window of time, of a *subject*:
customer, instrument or device. A *rule* is a condition over facts; a *version* of it is its content, named
by its digest. A *finding* is a rule that hit or could not be decided; the *verdict* combines findings to
allow, hold or deny. A rule in *shadow* is evaluated and changes nothing.

Guaranteed:
- numbers are exact; what is not known is never a no;
- counters move in the transaction of the event, are exact at any edge of a window, and a reversal is taken
  out of where its event was counted;
- nobody publishes a version alone, and a published one never changes.

Tables owned: aml_event, aml_gathered, aml_counter, aml_pair, aml_ruleset, aml_version, aml_step,
aml_published. Publishes nothing.
"""
