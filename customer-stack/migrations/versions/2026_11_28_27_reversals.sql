-- Outcomes that are taken back.

ALTER TYPE ledger_transfer_kind ADD VALUE 'debt_cover';
ALTER TYPE ledger_action ADD VALUE 'debt_cover';
ALTER TYPE ledger_action ADD VALUE 'debt_cover_revert';
ALTER TYPE wager_report_kind ADD VALUE 'reversal';
ALTER TYPE wager_fault ADD VALUE 'unknown_report';
ALTER TYPE wager_fault ADD VALUE 'reversal_mismatch';
ALTER TYPE wager_fault ADD VALUE 'reversed_before';

-- ---- markets: one row per outcome that was reported; the newest stands

CREATE TYPE market_basis AS ENUM ('value', 'cancelled_trades', 'original_cost');

ALTER TABLE market_resolution
    ADD COLUMN revision integer NOT NULL DEFAULT 1
        CONSTRAINT market_resolution_revision_positive CHECK (revision > 0),
    ADD COLUMN basis market_basis NOT NULL DEFAULT 'value',
    ADD CONSTRAINT market_resolution_void_has_no_value CHECK (basis = 'value' OR yes_value = 0),
    DROP CONSTRAINT market_resolution_pk,
    ADD CONSTRAINT market_resolution_pk PRIMARY KEY (market_id, revision);

-- ---- reports: what a reversal takes back. A fill's cost stands in `cost`, a payout in `amount`.

ALTER TABLE wager_report
    ADD COLUMN reverses bigint,
    ADD COLUMN revision integer,
    ADD COLUMN basis market_basis;
CREATE INDEX wager_report_reverses ON wager_report (reverses) WHERE reverses IS NOT NULL;

-- ---- wagers: what of the fills was taken back

ALTER TABLE wager_order
    ADD COLUMN reversed_quantity bigint NOT NULL DEFAULT 0,
    ADD COLUMN reversed_cost bigint NOT NULL DEFAULT 0,
    ADD COLUMN reversed_fee bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT wager_order_reversed_within_fills
        CHECK (reversed_quantity BETWEEN 0 AND filled_quantity AND reversed_cost BETWEEN 0 AND filled_cost
               AND reversed_fee BETWEEN 0 AND filled_fee);

-- ---- settlements state what was taken back

ALTER TABLE settlement_proposal
    ADD COLUMN reversed_costs bigint NOT NULL DEFAULT 0,
    ADD COLUMN reversed_proceeds bigint NOT NULL DEFAULT 0,
    ADD COLUMN reversed_fees bigint NOT NULL DEFAULT 0,
    ADD COLUMN reversed_payouts bigint NOT NULL DEFAULT 0;
ALTER TABLE settlement_line
    ADD COLUMN reversed_costs bigint NOT NULL DEFAULT 0,
    ADD COLUMN reversed_proceeds bigint NOT NULL DEFAULT 0,
    ADD COLUMN reversed_fees bigint NOT NULL DEFAULT 0,
    ADD COLUMN reversed_payouts bigint NOT NULL DEFAULT 0;
