-- Markets that were paid: once each, with the numbers of the cash identity (money flows, X6).
CREATE TABLE resolution_market (
    market_id uuid CONSTRAINT resolution_market_pk PRIMARY KEY,
    yes_value integer NOT NULL CONSTRAINT resolution_market_value_range CHECK (yes_value BETWEEN 0 AND 10000),
    yes_gross bigint NOT NULL,
    no_gross bigint NOT NULL,
    payouts bigint NOT NULL,
    fees bigint NOT NULL CONSTRAINT resolution_market_fees_not_negative CHECK (fees >= 0),
    exchange_cash bigint NOT NULL,
    pair_cash bigint NOT NULL,
    resolved_at timestamptz NOT NULL,
    CONSTRAINT resolution_market_cash_identity CHECK (payouts - fees = exchange_cash + pair_cash),
    CONSTRAINT resolution_market_payouts_follow
        CHECK (payouts = yes_gross * yes_value + no_gross * (10000 - yes_value))
);
CALL bulkhead_plain_table('resolution_market', append_only => true);
COMMENT ON TABLE resolution_market IS 'no tenant: a market is held by references of all tenants';
