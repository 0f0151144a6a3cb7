-- Run after the kernel's files.
INSERT INTO ledger_chart (account, class, side) VALUES
    ('wallet', 'checked', 1), ('position', 'checked', 1), ('float', 'checked', -1),
    ('outside', 'unchecked', 0), ('fees', 'unchecked', 1), ('desk', 'unchecked', 0);
