-- Late fills of the house, breaks with owners, and what the exchange was last seen to hold.

-- A late fill is the house's: what it cost lies in suspense until a person takes it over.
ALTER TYPE ledger_transfer_kind ADD VALUE 'late_fill';
ALTER TYPE ledger_transfer_kind ADD VALUE 'late_fill_kept';

-- A market that was paid takes no position any more. Gross counts the house's contracts with the references'.
ALTER TABLE book_market ADD COLUMN is_cleared boolean NOT NULL DEFAULT false;
UPDATE book_market SET is_cleared = true WHERE market_id IN (SELECT market_id FROM resolution_market);

ALTER TYPE break_kind ADD VALUE 'order_missing';
ALTER TYPE break_kind ADD VALUE 'order_unknown';
ALTER TYPE break_kind ADD VALUE 'order_differs';
ALTER TYPE break_kind ADD VALUE 'fill_missing';
ALTER TYPE break_kind ADD VALUE 'fill_unknown';
ALTER TYPE break_kind ADD VALUE 'fill_differs';
ALTER TYPE break_kind ADD VALUE 'position_drift';
ALTER TYPE break_kind ADD VALUE 'balance_delta';
ALTER TYPE break_kind ADD VALUE 'settlement_differs';

-- The same difference is one break while it is open. Found again after somebody closed it, it is another.
ALTER TABLE break_found
    ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN occurrence integer NOT NULL DEFAULT 1
        CONSTRAINT break_found_occurrence_counts CHECK (occurrence >= 1);
ALTER TABLE break_found ALTER COLUMN id DROP DEFAULT, ALTER COLUMN occurrence DROP DEFAULT;
ALTER TABLE break_found DROP CONSTRAINT break_found_pk;
ALTER TABLE break_found ADD CONSTRAINT break_found_pk PRIMARY KEY (id);
ALTER TABLE break_found
    ADD CONSTRAINT break_found_once UNIQUE (kind, subject, expected, found, occurrence);
CREATE INDEX break_found_age ON break_found (found_at, id);

-- What a break is about, beside its subject: never free text.
CREATE TYPE break_reference AS ENUM ('order', 'exchange_order', 'fill', 'window', 'market', 'reading');
CREATE TABLE break_evidence (
    break_id uuid NOT NULL CONSTRAINT break_evidence_of_break REFERENCES break_found (id),
    reference_id uuid NOT NULL,
    kind break_reference NOT NULL,
    CONSTRAINT break_evidence_pk PRIMARY KEY (break_id, kind, reference_id)
);
CALL bulkhead_plain_table('break_evidence', append_only => true);
COMMENT ON TABLE break_evidence IS 'no tenant: a difference with the exchange concerns all who share its account';

-- Who takes care of a break, and how it ended. Nothing follows an end.
CREATE TYPE break_step_kind AS ENUM ('taken', 'closed');
CREATE TYPE break_closing AS ENUM ('explained', 'corrected_by_transfer', 'exchange_corrected');
CREATE TABLE break_step (
    break_id uuid NOT NULL CONSTRAINT break_step_of_break REFERENCES break_found (id),
    operator uuid NOT NULL,
    transfer_id uuid,
    at timestamptz NOT NULL,
    number integer NOT NULL CONSTRAINT break_step_number_counts CHECK (number >= 1),
    kind break_step_kind NOT NULL,
    closing break_closing,
    CONSTRAINT break_step_pk PRIMARY KEY (break_id, number),
    CONSTRAINT break_step_facts CHECK (
        (kind = 'closed') = (closing IS NOT NULL)
        AND (transfer_id IS NOT NULL) = (closing IS NOT DISTINCT FROM 'corrected_by_transfer'::break_closing)
    )
);
CREATE UNIQUE INDEX break_step_one_end ON break_step (break_id) WHERE kind = 'closed';
CALL bulkhead_plain_table('break_step', append_only => true);
COMMENT ON TABLE break_step IS 'no tenant: a difference with the exchange concerns all who share its account';

-- Up to when the exchange's lists were compared with ours.
CREATE TYPE reconciliation_list AS ENUM ('trading', 'settlements');
CREATE TABLE reconciliation_cursor (
    list reconciliation_list CONSTRAINT reconciliation_cursor_pk PRIMARY KEY,
    reconciled_to timestamptz NOT NULL
);
CALL bulkhead_plain_table('reconciliation_cursor', append_only => false);
REVOKE DELETE ON reconciliation_cursor FROM bulkhead_app;
COMMENT ON TABLE reconciliation_cursor IS 'no tenant: the account at the exchange is shared by all';

-- The account's cash as the exchange stated it, beside the places of our books that lie there.
CREATE TABLE reconciliation_reading (
    id uuid CONSTRAINT reconciliation_reading_pk PRIMARY KEY,
    read_at timestamptz NOT NULL,
    balance bigint NOT NULL,
    float_cash bigint NOT NULL,
    pair_cash bigint NOT NULL,
    own_cash bigint NOT NULL
);
CREATE INDEX reconciliation_reading_newest ON reconciliation_reading (read_at, id);
CALL bulkhead_plain_table('reconciliation_reading', append_only => true);
COMMENT ON TABLE reconciliation_reading IS 'no tenant: the account at the exchange is shared by all';

CREATE INDEX aggregation_order_sent ON aggregation_order (sent_at);
CREATE INDEX aggregation_fill_traded ON aggregation_fill (traded_at) WHERE traded_at IS NOT NULL;
