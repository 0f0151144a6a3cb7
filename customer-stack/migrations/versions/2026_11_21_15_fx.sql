-- FX in both directions: withdrawals, the market's readings, posted and proposed rates, all six rates of a
-- conversion, and a stock whose cost the database follows entry by entry.
-- LKR in cents, USD in micro-dollars, rates LKR per USD scaled 1e-8.

-- A word cannot be used in the transaction that adds it: below it is compared as text.
ALTER TYPE fx_quote_purpose ADD VALUE 'withdrawal';

-- What the desk does with USD.
CREATE TYPE fx_direction AS ENUM ('sell', 'buy');
CREATE TYPE fx_rate_outcome AS ENUM ('approved', 'rejected');

-- What live quotes together may reserve of the till. A table of a central bank is a day old, or a weekend.
ALTER TABLE fx_terms
    ADD COLUMN till_share_basis integer NOT NULL DEFAULT 5000
        CONSTRAINT fx_terms_till_share CHECK (till_share_basis BETWEEN 1 AND 10000),
    DROP CONSTRAINT fx_terms_mid_lifetime,
    ADD CONSTRAINT fx_terms_mid_lifetime CHECK (mid_lifetime_seconds BETWEEN 1 AND 604800);
ALTER TABLE fx_terms ALTER COLUMN till_share_basis DROP DEFAULT;

-- A rate that one member of staff proposes and another one approves.
CREATE TABLE fx_rate_proposal (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT fx_rate_proposal_pk PRIMARY KEY,
    rate_e8 bigint NOT NULL CONSTRAINT fx_rate_proposal_rate CHECK (rate_e8 > 0),
    as_of timestamptz NOT NULL,
    -- Where the proposer read it, such as a page or a dealer's slip.
    reference text NOT NULL
        CONSTRAINT fx_rate_proposal_reference CHECK (reference ~ '^[A-Za-z0-9][A-Za-z0-9 ._:/-]{0,63}$'),
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL,
    CONSTRAINT fx_rate_proposal_maker UNIQUE (id, proposed_by)
);
CREATE INDEX fx_rate_proposal_tenant ON fx_rate_proposal (tenant_id, id);
CALL bulkhead_tenant_table('fx_rate_proposal', append_only => true);

-- One decision per proposal; an approval is never the proposer's.
CREATE TABLE fx_rate_decision (
    tenant_id uuid NOT NULL,
    proposal_id uuid CONSTRAINT fx_rate_decision_pk PRIMARY KEY,
    proposed_by uuid NOT NULL,
    outcome fx_rate_outcome NOT NULL,
    decided_by uuid NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT fx_rate_decision_proposal_fk FOREIGN KEY (proposal_id, proposed_by)
        REFERENCES fx_rate_proposal (id, proposed_by),
    CONSTRAINT fx_rate_decision_checker CHECK (outcome <> 'approved' OR decided_by <> proposed_by),
    CONSTRAINT fx_rate_decision_outcome UNIQUE (proposal_id, outcome)
);
CALL bulkhead_tenant_table('fx_rate_decision', append_only => true);

-- Readings of the market's mid that we used or may use. One reading is kept once.
CREATE TABLE fx_mid (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT fx_mid_pk PRIMARY KEY,
    rate_e8 bigint NOT NULL CONSTRAINT fx_mid_rate CHECK (rate_e8 > 0),
    source text NOT NULL CONSTRAINT fx_mid_source CHECK (source ~ '^[a-z0-9_-]{1,32}$'),
    as_of timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    proposal_id uuid CONSTRAINT fx_mid_proposal_once UNIQUE,
    outcome fx_rate_outcome
        CONSTRAINT fx_mid_approved CHECK (outcome = 'approved'),
    CONSTRAINT fx_mid_once UNIQUE (tenant_id, source, as_of, rate_e8),
    -- What is called manual was approved by a second person, and nothing else was.
    CONSTRAINT fx_mid_manual CHECK (
        (source = 'manual') = (proposal_id IS NOT NULL) AND (proposal_id IS NULL) = (outcome IS NULL)),
    CONSTRAINT fx_mid_approval_fk FOREIGN KEY (proposal_id, outcome)
        REFERENCES fx_rate_decision (proposal_id, outcome)
);
CALL bulkhead_tenant_table('fx_mid', append_only => true);

-- What a department buys and sells at. A row when that changes.
CREATE TABLE fx_posted_rate (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    id uuid CONSTRAINT fx_posted_rate_pk PRIMARY KEY,
    mid_id uuid NOT NULL CONSTRAINT fx_posted_rate_mid_fk REFERENCES fx_mid (id),
    terms_version integer NOT NULL,
    mid_e8 bigint NOT NULL,
    buy_e8 bigint NOT NULL CONSTRAINT fx_posted_rate_buy CHECK (buy_e8 > 0),
    sell_e8 bigint NOT NULL,
    posted_at timestamptz NOT NULL,
    CONSTRAINT fx_posted_rate_terms_fk FOREIGN KEY (department_id, terms_version)
        REFERENCES fx_terms (department_id, version),
    CONSTRAINT fx_posted_rate_order CHECK (buy_e8 <= mid_e8 AND mid_e8 <= sell_e8)
);
CREATE INDEX fx_posted_rate_department ON fx_posted_rate (department_id, id);
CALL bulkhead_tenant_table('fx_posted_rate', append_only => true);

-- A quote of either direction, and the reading and the posted rates that it was made from.
ALTER TABLE fx_quote
    ADD COLUMN direction fx_direction NOT NULL DEFAULT 'sell',
    ADD COLUMN mid_id uuid CONSTRAINT fx_quote_mid_fk REFERENCES fx_mid (id),
    ADD COLUMN posted_rate_id uuid CONSTRAINT fx_quote_posted_rate_fk REFERENCES fx_posted_rate (id),
    ADD CONSTRAINT fx_quote_direction CHECK ((purpose::text = 'withdrawal') = (direction = 'buy')),
    ADD CONSTRAINT fx_quote_agreed_side CHECK (
        agreed_e8 = CASE direction WHEN 'sell' THEN sell_e8 ELSE buy_e8 END),
    -- The fee of a withdrawal is the payout's, not the conversion's.
    ADD CONSTRAINT fx_quote_purchase_fee CHECK (direction = 'sell' OR fee = 0),
    DROP CONSTRAINT fx_quote_residue,
    -- One side is fixed, the other floored: what is left over stays with the desk and is below one
    -- micro-dollar's worth when it sells, below one cent when it buys.
    ADD CONSTRAINT fx_quote_residue CHECK (
        CASE direction
            WHEN 'sell' THEN (amount - fee)::numeric * 1000000000000 - usd::numeric * agreed_e8 >= 0
                AND (amount - fee)::numeric * 1000000000000 - usd::numeric * agreed_e8 < agreed_e8
            ELSE usd::numeric * agreed_e8 - amount::numeric * 1000000000000 >= 0
                AND usd::numeric * agreed_e8 - amount::numeric * 1000000000000 < 1000000000000
        END);
ALTER TABLE fx_quote ALTER COLUMN direction DROP DEFAULT;

-- A conversion with its six rates. Settlement is the newest bank deal that the stock knew, if there was one.
ALTER TABLE fx_quote_close ADD CONSTRAINT fx_quote_close_outcome UNIQUE (quote_id, outcome);
ALTER TABLE fx_conversion
    ADD COLUMN direction fx_direction NOT NULL DEFAULT 'sell',
    ADD COLUMN quote_outcome fx_quote_outcome NOT NULL DEFAULT 'used'
        CONSTRAINT fx_conversion_of_used_quote CHECK (quote_outcome = 'used'),
    ADD COLUMN settlement_e8 bigint
        CONSTRAINT fx_conversion_settlement_rate CHECK (settlement_e8 > 0),
    ADD COLUMN settlement_movement_id uuid,
    ADD CONSTRAINT fx_conversion_used_fk FOREIGN KEY (quote_id, quote_outcome)
        REFERENCES fx_quote_close (quote_id, outcome),
    ADD CONSTRAINT fx_conversion_settlement CHECK (
        (settlement_e8 IS NULL) = (settlement_movement_id IS NULL)),
    DROP CONSTRAINT fx_conversion_margin,
    -- What a sale earned; or what a purchase paid less than mid, which is no profit yet.
    ADD CONSTRAINT fx_conversion_margin CHECK (
        CASE direction
            WHEN 'sell' THEN spread_e6 + holding_e6 + rounding_e6 = profit * 10000
            ELSE profit = 0 AND holding_e6 = 0
                AND abs((spread_e6 + rounding_e6)::numeric * 100000000
                        - (usd::numeric * mid_e8 - amount::numeric * 1000000000000)) <= 50000000
        END),
    DROP CONSTRAINT fx_conversion_residue,
    ADD CONSTRAINT fx_conversion_residue CHECK (
        CASE direction
            WHEN 'sell' THEN residue_e14 < agreed_e8
                AND residue_e14 = (amount - fee)::numeric * 1000000000000 - usd::numeric * agreed_e8
            ELSE residue_e14 < 1000000000000
                AND residue_e14 = usd::numeric * agreed_e8 - amount::numeric * 1000000000000
        END AND residue_e14 >= 0);
ALTER TABLE fx_conversion ALTER COLUMN direction DROP DEFAULT;
CREATE INDEX fx_conversion_tenant ON fx_conversion (tenant_id, id);

-- A conversion is its quote, used before its end by our clock.
CREATE FUNCTION fx_check_conversion() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM fx_quote q WHERE q.id = NEW.quote_id AND NEW.converted_at < q.expires_at
            AND (q.tenant_id, q.department_id, q.customer_id, q.direction, q.amount, q.fee, q.usd)
              = (NEW.tenant_id, NEW.department_id, NEW.customer_id, NEW.direction, NEW.amount, NEW.fee, NEW.usd)
            AND (q.mid_e8, q.buy_e8, q.sell_e8, q.agreed_e8)
              = (NEW.mid_e8, NEW.buy_e8, NEW.sell_e8, NEW.agreed_e8)) THEN
        RAISE EXCEPTION 'a conversion has the amounts and rates of its quote, and happens before its end'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'fx_conversion_as_quoted';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER fx_conversion_as_quoted AFTER INSERT ON fx_conversion
    FOR EACH ROW EXECUTE FUNCTION fx_check_conversion();

-- The stock carries its profit to date and its newest bank deal, so that no report sums what only grows.
ALTER TABLE fx_stock_cost
    ADD COLUMN profit_to_date bigint NOT NULL DEFAULT 0,
    ADD COLUMN settlement_e8 bigint
        CONSTRAINT fx_stock_cost_settlement_rate CHECK (settlement_e8 > 0),
    ADD COLUMN settlement_movement_id uuid,
    ADD CONSTRAINT fx_stock_cost_settlement CHECK (
        (settlement_e8 IS NULL) = (settlement_movement_id IS NULL));
ALTER TABLE fx_stock_cost ALTER COLUMN profit_to_date DROP DEFAULT;

-- What stands already gets both from its ledger entries, once.
ALTER TABLE fx_stock_cost DISABLE TRIGGER fx_stock_cost_append_only;
UPDATE fx_stock_cost s SET
    profit_to_date = (SELECT coalesce(sum(e.profit), 0) FROM ledger_entry e
                      WHERE e.book_id = s.book_id AND e.asset_id = 2 AND e.account = 'stock'
                        AND e.version <= s.version),
    (settlement_e8, settlement_movement_id) = (
        SELECT round(e.cost::numeric * 1000000000000 / e.amount)::bigint, t.movement_id
        FROM ledger_entry e JOIN ledger_transfer t ON t.book_id = e.book_id AND t.id = e.transfer_id
        WHERE e.book_id = s.book_id AND e.asset_id = 2 AND e.account = 'stock' AND e.version <= s.version
          AND t.kind = 'stock_purchase'
        ORDER BY e.version DESC LIMIT 1);
ALTER TABLE fx_stock_cost ENABLE TRIGGER fx_stock_cost_append_only;

-- A row of the stock is the row before it and one ledger entry: cost is neither made nor lost.
CREATE FUNCTION fx_check_stock_cost() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    entry record;
    before record;
BEGIN
    SELECT e.balance_after, e.cost, e.profit INTO entry FROM ledger_entry e
    WHERE e.book_id = NEW.book_id AND e.asset_id = 2 AND e.account = 'stock' AND e.version = NEW.version
      AND e.tenant_id = NEW.tenant_id;
    SELECT s.cost, s.profit_to_date INTO before FROM fx_stock_cost s
    WHERE s.book_id = NEW.book_id AND s.version = NEW.version - 1;
    IF before IS NULL AND NEW.version > 1
       OR NEW.quantity IS DISTINCT FROM entry.balance_after
       OR NEW.cost IS DISTINCT FROM coalesce(before.cost, 0) + entry.cost
       OR NEW.profit_to_date IS DISTINCT FROM coalesce(before.profit_to_date, 0) + coalesce(entry.profit, 0) THEN
        RAISE EXCEPTION 'the cost of a stock follows its ledger entries, one by one'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'fx_stock_cost_follows';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER fx_stock_cost_follows AFTER INSERT ON fx_stock_cost
    FOR EACH ROW EXECUTE FUNCTION fx_check_stock_cost();
