-- Markets as execution last described them, and what resolved markets pay.

CREATE TYPE market_status AS ENUM ('upcoming', 'open', 'halted', 'closed', 'resolved');

-- Prices and ticks in 0.0001 USD. A market of the catalogue never leaves it, so no row is ever deleted.
CREATE TABLE market (
    id uuid CONSTRAINT market_pk PRIMARY KEY,
    ticker text NOT NULL CONSTRAINT market_ticker_size CHECK (length(ticker) BETWEEN 1 AND 64),
    title text NOT NULL CONSTRAINT market_title_size CHECK (length(title) <= 200),
    rules text NOT NULL CONSTRAINT market_rules_size CHECK (length(rules) <= 500),
    status market_status NOT NULL,
    close_time timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    tick integer NOT NULL CONSTRAINT market_tick_range CHECK (tick BETWEEN 1 AND 9999),
    fee_multiplier_e4 integer NOT NULL CONSTRAINT market_fee_multiplier_not_negative CHECK (fee_multiplier_e4 >= 0),
    yes_bid integer CONSTRAINT market_yes_bid_range CHECK (yes_bid BETWEEN 1 AND 9999),
    yes_ask integer CONSTRAINT market_yes_ask_range CHECK (yes_ask BETWEEN 1 AND 9999),
    yes_value integer CONSTRAINT market_yes_value_range CHECK (yes_value BETWEEN 0 AND 10000)
);
CALL bulkhead_plain_table('market', append_only => false);
REVOKE DELETE ON market FROM bulkhead_app;
COMMENT ON TABLE market IS 'no tenant: the catalogue is the same for all';

-- The report that fixed what a market pays. Payouts are checked against it.
CREATE TABLE market_resolution (
    market_id uuid CONSTRAINT market_resolution_pk PRIMARY KEY,
    yes_value integer NOT NULL CONSTRAINT market_resolution_yes_value_range CHECK (yes_value BETWEEN 0 AND 10000),
    report_sequence bigint NOT NULL CONSTRAINT market_resolution_report_once UNIQUE,
    resolved_at timestamptz NOT NULL
);
CALL bulkhead_plain_table('market_resolution', append_only => true);
COMMENT ON TABLE market_resolution IS 'no tenant: a market resolves for all';
