"""Pure rules of AML: trees over facts, their evaluation and explanation, verdicts, counters, lifecycle."""
