-- Outcomes that are taken back: reversals, voided and amended markets.

ALTER TYPE ledger_transfer_kind ADD VALUE 'reversal';
ALTER TYPE ledger_action ADD VALUE 'buy_revert';
ALTER TYPE ledger_action ADD VALUE 'sale_revert';
ALTER TYPE ledger_action ADD VALUE 'fee_revert';
ALTER TYPE ledger_action ADD VALUE 'pairing_revert';
ALTER TYPE ledger_action ADD VALUE 'payout_revert';
ALTER TYPE ledger_action ADD VALUE 'loss_revert';
ALTER TYPE ledger_action ADD VALUE 'clearing_revert';
ALTER TYPE break_kind ADD VALUE 'resolution_amended';
ALTER TYPE break_kind ADD VALUE 'reversal_float';
ALTER TYPE report_kind ADD VALUE 'reversal';

-- ---- reports

CREATE TYPE resolution_basis AS ENUM ('value', 'cancelled_trades', 'original_cost');

-- `revision`: which outcome of its market a resolution and a payout belong to. `reverses`: the number, in the
-- same recipient's sequence, of the report that a reversal takes back.
ALTER TABLE report
    ADD COLUMN reverses bigint,
    ADD COLUMN revision smallint NOT NULL DEFAULT 1 CONSTRAINT report_revision_positive CHECK (revision > 0),
    ADD COLUMN basis resolution_basis,
    ADD CONSTRAINT report_reverses_something_earlier CHECK (reverses > 0 AND reverses < sequence),
    DROP CONSTRAINT report_shape,
    -- Kinds are compared as text where their word is newer than this transaction.
    ADD CONSTRAINT report_shape CHECK (CASE kind::text
        WHEN 'fill_share' THEN num_nonnulls(intent_id, account, market_id, window_id, quantity, amount, fee,
                                            side, action, manifest) = 10
                               AND num_nonnulls(yes_value, reason, reverses, basis) = 0
        WHEN 'final' THEN num_nonnulls(intent_id, quantity) = 2
                          AND num_nonnulls(account, market_id, window_id, amount, fee, yes_value, side,
                                           action, reason, manifest, reverses, basis) = 0
        WHEN 'not_pooled' THEN num_nonnulls(intent_id, reason) = 2
                               AND num_nonnulls(account, market_id, window_id, quantity, amount, fee,
                                                yes_value, side, action, manifest, reverses, basis) = 0
        WHEN 'resolution' THEN num_nonnulls(market_id, yes_value) = 2
                               AND num_nonnulls(intent_id, account, window_id, quantity, amount, fee, side,
                                                action, reason, manifest, reverses) = 0
        WHEN 'payout' THEN num_nonnulls(account, market_id, quantity, amount, side) = 5
                           AND num_nonnulls(intent_id, window_id, fee, yes_value, action, reason, manifest,
                                            reverses, basis) = 0
        WHEN 'settlement_fee' THEN num_nonnulls(account, market_id, amount) = 3
                                   AND num_nonnulls(intent_id, window_id, quantity, fee, yes_value, side,
                                                    action, reason, manifest, reverses, basis) = 0
        -- Of a fill: its side and action; of a payout: its side; of a settlement fee: neither.
        WHEN 'reversal' THEN num_nonnulls(account, market_id, quantity, amount, fee, reverses) = 6
                             AND num_nonnulls(intent_id, window_id, yes_value, reason, manifest, basis) = 0
                             AND (side IS NOT NULL OR (action IS NULL AND quantity = 0 AND amount = 0))
    END);
DROP INDEX report_one_payout;
CREATE UNIQUE INDEX report_one_payout ON report (market_id, account, side, revision) WHERE kind = 'payout';
CREATE UNIQUE INDEX report_one_reversal ON report (recipient_id, reverses) WHERE reverses IS NOT NULL;

-- ---- markets

-- A market has one row per outcome that was posted; the newest stands, those before it were reversed.
-- `payouts` of cancelled trades: what references got back for their trades, in net.
ALTER TABLE resolution_market
    ADD COLUMN revision smallint NOT NULL DEFAULT 1 CONSTRAINT resolution_market_revision_positive CHECK (revision > 0),
    ADD COLUMN basis resolution_basis NOT NULL DEFAULT 'value',
    ADD COLUMN void_id uuid,
    DROP CONSTRAINT resolution_market_payouts_follow,
    ADD CONSTRAINT resolution_market_payouts_follow
        CHECK (basis <> 'value' OR payouts = yes_gross * yes_value + no_gross * (10000 - yes_value)),
    ADD CONSTRAINT resolution_market_void_declared CHECK ((basis = 'value') = (void_id IS NULL)),
    DROP CONSTRAINT resolution_market_pk,
    ADD CONSTRAINT resolution_market_pk PRIMARY KEY (market_id, revision);

-- ---- voids that an operator declares on the exchange's notice, and another operator approves

CREATE TYPE resolution_void_outcome AS ENUM ('approved', 'rejected');

CREATE TABLE resolution_void (
    id uuid CONSTRAINT resolution_void_pk PRIMARY KEY,
    market_id uuid NOT NULL,
    returned bigint NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL,
    form resolution_basis NOT NULL CONSTRAINT resolution_void_form CHECK (form <> 'value'),
    fees_returned boolean NOT NULL,
    CONSTRAINT resolution_void_cost_keeps_fees CHECK (form = 'cancelled_trades' OR NOT fees_returned)
);
CREATE INDEX resolution_void_of_market ON resolution_void (market_id);
CALL bulkhead_plain_table('resolution_void', append_only => true);
COMMENT ON TABLE resolution_void IS 'no tenant: a market is held by references of all tenants';
COMMENT ON COLUMN resolution_void.returned IS 'all that the exchange paid for the market since its last trade';

CREATE TABLE resolution_void_decision (
    void_id uuid CONSTRAINT resolution_void_decision_pk PRIMARY KEY
        CONSTRAINT resolution_void_decision_void REFERENCES resolution_void (id),
    decided_by uuid NOT NULL,
    decided_at timestamptz NOT NULL,
    outcome resolution_void_outcome NOT NULL
);
CALL bulkhead_plain_table('resolution_void_decision', append_only => true);
COMMENT ON TABLE resolution_void_decision IS 'no tenant: a market is held by references of all tenants';

-- Whoever declares a void does not approve it. Taking back one's own proposal is allowed.
CREATE FUNCTION resolution_void_two_persons() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.outcome = 'approved'
       AND NEW.decided_by = (SELECT v.proposed_by FROM resolution_void v WHERE v.id = NEW.void_id) THEN
        RAISE EXCEPTION 'a void is approved by another person'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'resolution_void_two_persons';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER resolution_void_two_persons BEFORE INSERT ON resolution_void_decision
    FOR EACH ROW EXECUTE FUNCTION resolution_void_two_persons();

-- ---- settlements state what was taken back

ALTER TABLE settlement_confirmation
    ADD COLUMN reversed_costs bigint NOT NULL DEFAULT 0,
    ADD COLUMN reversed_proceeds bigint NOT NULL DEFAULT 0,
    ADD COLUMN reversed_fees bigint NOT NULL DEFAULT 0,
    ADD COLUMN reversed_payouts bigint NOT NULL DEFAULT 0;
