-- The markets of the exchange as it described them last. Ticker, title and rules are the only free text
-- of this database: they come from the exchange, bounded, and never from the customer side.
CREATE TYPE market_status AS ENUM ('upcoming', 'open', 'halted', 'closed', 'resolved');

CREATE TABLE market (
    id uuid CONSTRAINT market_pk PRIMARY KEY,
    close_time timestamptz NOT NULL,
    refreshed_at timestamptz NOT NULL,
    tick integer NOT NULL CONSTRAINT market_tick_bounds CHECK (tick BETWEEN 1 AND 5000),
    yes_bid integer NOT NULL CONSTRAINT market_yes_bid_inside_the_dollar CHECK (yes_bid BETWEEN 0 AND 10000),
    yes_ask integer NOT NULL CONSTRAINT market_yes_ask_inside_the_dollar CHECK (yes_ask BETWEEN 0 AND 10000),
    fee_multiplier integer NOT NULL CONSTRAINT market_fee_multiplier_covered CHECK (fee_multiplier BETWEEN 0 AND 142857),
    yes_value integer CONSTRAINT market_yes_value_inside_the_dollar CHECK (yes_value BETWEEN 0 AND 10000),
    status market_status NOT NULL,
    ticker text NOT NULL CONSTRAINT market_ticker_form CHECK (ticker ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
    title text NOT NULL CONSTRAINT market_title_size CHECK (char_length(title) <= 200),
    rules text NOT NULL CONSTRAINT market_rules_size CHECK (char_length(rules) <= 500),
    CONSTRAINT market_ticker_once UNIQUE (ticker),
    CONSTRAINT market_value_when_resolved CHECK ((status = 'resolved') = (yes_value IS NOT NULL))
) WITH (fillfactor = 70);
CALL bulkhead_plain_table('market', append_only => false);
REVOKE DELETE ON market FROM bulkhead_app;
COMMENT ON TABLE market IS 'no tenant: markets of the exchange are the same for all';
