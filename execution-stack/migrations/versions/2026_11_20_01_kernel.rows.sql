-- The chart of accounts of the execution ledger (money flows, section 1).
INSERT INTO ledger_chart (account, class, side) VALUES
    ('position', 'checked', 1),
    ('cash', 'unchecked', 0),
    ('fees', 'unchecked', 0),
    ('prefund', 'unchecked', 1),
    ('settled', 'unchecked', 0),
    ('float', 'checked', -1),
    ('omnibus', 'unchecked', -1),
    ('pairs', 'unchecked', -1),
    ('pair_payable', 'unchecked', 1),
    ('pair_cash', 'unchecked', -1),
    ('resolution', 'unchecked', 0),
    ('own', 'unchecked', 1),
    ('excess', 'unchecked', 1),
    ('suspense', 'unchecked', 1),
    ('own_cash', 'unchecked', -1),
    ('between', 'unchecked', 0);

-- The house's book: what is nobody's. Its tenant stands for no tenant of the customer side.
INSERT INTO ledger_book (id, tenant_id, kind)
VALUES ('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000001', 'house');
