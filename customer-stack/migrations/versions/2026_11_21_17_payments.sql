-- What becomes of money later: suspense that a person clears, pay-ins that the bank takes back, refunds that
-- are proposed for LKR that waits too long.

ALTER TYPE payment_pay_in_reason ADD VALUE 'debt_cleared';
ALTER TYPE payment_pay_in_reason ADD VALUE 'taken_back';

CREATE TYPE payment_suspense_way AS ENUM ('assign', 'return');
CREATE TYPE payment_decision AS ENUM ('approved', 'rejected');

-- The bank's word that it took a pay-in back: once per bank reference, also when it overtakes the pay-in.
CREATE TABLE payment_take_back (
    provider text NOT NULL CONSTRAINT payment_take_back_provider CHECK (provider ~ '^[a-z0-9_-]{1,32}$'),
    bank_reference text NOT NULL
        CONSTRAINT payment_take_back_reference CHECK (length(bank_reference) BETWEEN 1 AND 64),
    reversal_reference text NOT NULL
        CONSTRAINT payment_take_back_reversal CHECK (length(reversal_reference) BETWEEN 1 AND 64),
    amount bigint NOT NULL CONSTRAINT payment_take_back_amount CHECK (amount > 0),
    booked_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    CONSTRAINT payment_take_back_pk PRIMARY KEY (provider, bank_reference),
    CONSTRAINT payment_take_back_reversal_once UNIQUE (provider, reversal_reference)
);
CALL bulkhead_plain_table('payment_take_back', append_only => true);
COMMENT ON TABLE payment_take_back IS
    'no tenant: it may be stored before the pay-in that it takes back; the reversal has the tenant';

-- Where the money came from that the bank took back: one reversal per pay-in.
CREATE TABLE payment_pay_in_reversal (
    tenant_id uuid NOT NULL,
    pay_in_id uuid CONSTRAINT payment_pay_in_reversal_pk PRIMARY KEY
        CONSTRAINT payment_pay_in_reversal_fk REFERENCES payment_pay_in (id),
    provider text NOT NULL,
    reversal_reference text NOT NULL,
    from_suspense bigint NOT NULL CONSTRAINT payment_pay_in_reversal_suspense CHECK (from_suspense >= 0),
    from_wallet bigint NOT NULL CONSTRAINT payment_pay_in_reversal_wallet CHECK (from_wallet >= 0),
    from_debt bigint NOT NULL CONSTRAINT payment_pay_in_reversal_debt CHECK (from_debt >= 0),
    movement_id uuid NOT NULL,
    reversed_at timestamptz NOT NULL,
    CONSTRAINT payment_pay_in_reversal_once UNIQUE (provider, reversal_reference),
    CONSTRAINT payment_pay_in_reversal_amount CHECK (from_suspense + from_wallet + from_debt > 0),
    CONSTRAINT payment_pay_in_reversal_one_book CHECK (from_suspense = 0 OR from_wallet + from_debt = 0)
);
CALL bulkhead_tenant_table('payment_pay_in_reversal', append_only => true);

CREATE TABLE payment_suspense_proposal (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT payment_suspense_proposal_pk PRIMARY KEY,
    pay_in_id uuid NOT NULL CONSTRAINT payment_suspense_proposal_fk REFERENCES payment_pay_in (id),
    way payment_suspense_way NOT NULL,
    customer_id uuid,
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL,
    CONSTRAINT payment_suspense_proposal_customer CHECK ((way = 'assign') = (customer_id IS NOT NULL)),
    CONSTRAINT payment_suspense_proposal_by UNIQUE (id, proposed_by)
);
CREATE INDEX payment_suspense_proposal_pay_in ON payment_suspense_proposal (pay_in_id);
CREATE INDEX payment_suspense_proposal_owner ON payment_suspense_proposal (customer_id)
    WHERE customer_id IS NOT NULL;
CALL bulkhead_tenant_table('payment_suspense_proposal', append_only => true);

-- Another person than the proposer approves; a proposer may take a proposal back.
CREATE TABLE payment_suspense_decision (
    tenant_id uuid NOT NULL,
    proposal_id uuid CONSTRAINT payment_suspense_decision_pk PRIMARY KEY,
    proposed_by uuid NOT NULL,
    outcome payment_decision NOT NULL,
    decided_by uuid NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT payment_suspense_decision_fk FOREIGN KEY (proposal_id, proposed_by)
        REFERENCES payment_suspense_proposal (id, proposed_by),
    CONSTRAINT payment_suspense_decision_four_eyes CHECK (outcome = 'rejected' OR decided_by <> proposed_by)
);
CALL bulkhead_tenant_table('payment_suspense_decision', append_only => true);

-- The one proposal of a pay-in that stands. The row goes when a proposal is rejected or a return fails.
CREATE TABLE payment_suspense_claim (
    tenant_id uuid NOT NULL,
    pay_in_id uuid CONSTRAINT payment_suspense_claim_pk PRIMARY KEY
        CONSTRAINT payment_suspense_claim_fk REFERENCES payment_pay_in (id),
    proposal_id uuid NOT NULL CONSTRAINT payment_suspense_claim_proposal_once UNIQUE
        CONSTRAINT payment_suspense_claim_proposal_fk REFERENCES payment_suspense_proposal (id)
);
CALL bulkhead_tenant_table('payment_suspense_claim', append_only => false);

-- The end of an approved proposal: the money left suspense.
CREATE TABLE payment_suspense_resolution (
    tenant_id uuid NOT NULL,
    proposal_id uuid CONSTRAINT payment_suspense_resolution_pk PRIMARY KEY
        CONSTRAINT payment_suspense_resolution_fk REFERENCES payment_suspense_decision (proposal_id),
    movement_id uuid NOT NULL,
    resolved_at timestamptz NOT NULL
);
CALL bulkhead_tenant_table('payment_suspense_resolution', append_only => true);

-- Each pay-in that waited the configured number of days is looked at once.
CREATE TABLE payment_refund_review (
    tenant_id uuid NOT NULL,
    pay_in_id uuid CONSTRAINT payment_refund_review_pk PRIMARY KEY
        CONSTRAINT payment_refund_review_fk REFERENCES payment_pay_in (id),
    is_proposed boolean NOT NULL,
    reviewed_at timestamptz NOT NULL
);
CALL bulkhead_tenant_table('payment_refund_review', append_only => true);

CREATE INDEX payment_pay_in_waiting ON payment_pay_in (decided_at) WHERE outcome = 'waiting';
