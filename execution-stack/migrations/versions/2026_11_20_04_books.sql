-- Gross holdings of all references per market: what pairing compares, kept under the market book's lock.
-- It follows from the `position` accounts; reconciliation compares the two.
CREATE TABLE book_market (
    market_id uuid CONSTRAINT book_market_pk PRIMARY KEY,
    yes_gross bigint NOT NULL CONSTRAINT book_market_yes_not_negative CHECK (yes_gross >= 0),
    no_gross bigint NOT NULL CONSTRAINT book_market_no_not_negative CHECK (no_gross >= 0)
) WITH (fillfactor = 50);
CALL bulkhead_plain_table('book_market', append_only => false);
REVOKE DELETE ON book_market FROM bulkhead_app;
COMMENT ON TABLE book_market IS 'no tenant: a market is held by references of all tenants';

-- Differences between our books and the exchange, or inside our books.
CREATE TYPE break_kind AS ENUM ('resolution_cash', 'resolution_clearing', 'check', 'fee_excess', 'late_fill');
CREATE TABLE break_found (
    kind break_kind NOT NULL,
    subject uuid NOT NULL,
    expected bigint NOT NULL,
    found bigint NOT NULL,
    found_at timestamptz NOT NULL,
    CONSTRAINT break_found_pk PRIMARY KEY (kind, subject, expected, found)
);
CALL bulkhead_plain_table('break_found', append_only => true);
COMMENT ON TABLE break_found IS 'no tenant: a difference with the exchange concerns all who share its account';
