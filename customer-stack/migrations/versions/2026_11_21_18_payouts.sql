-- Payouts: what leaves through the bank, who asked, what the provider answered. LKR cents.

CREATE TYPE payout_purpose AS ENUM ('withdrawal', 'refund', 'suspense_return');
CREATE TYPE payout_outcome AS ENUM ('paid', 'refused', 'cancelled');
CREATE TYPE payout_task_state AS ENUM ('to_send', 'sent', 'held');

CREATE TABLE payout_terms (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    version integer NOT NULL CONSTRAINT payout_terms_version_positive CHECK (version > 0),
    fee bigint NOT NULL CONSTRAINT payout_terms_fee CHECK (fee >= 0),
    minimum_amount bigint NOT NULL,
    maximum_amount bigint NOT NULL,
    is_fee_returned boolean NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT payout_terms_pk PRIMARY KEY (department_id, version),
    CONSTRAINT payout_terms_bounds CHECK (minimum_amount > fee AND minimum_amount <= maximum_amount)
);
CALL bulkhead_tenant_table('payout_terms', append_only => true);

-- A customer's own account at a bank. Number and name are sealed; the index finds an equal number again.
CREATE TABLE payout_account (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    id uuid CONSTRAINT payout_account_pk PRIMARY KEY,
    number_sealed bytea NOT NULL,
    holder_sealed bytea NOT NULL,
    number_index bytea NOT NULL CONSTRAINT payout_account_index CHECK (octet_length(number_index) = 32),
    added_at timestamptz NOT NULL
);
CREATE INDEX payout_account_customer ON payout_account (customer_id, id);
CALL bulkhead_tenant_table('payout_account', append_only => true);

CREATE TABLE payout_account_removal (
    tenant_id uuid NOT NULL,
    account_id uuid CONSTRAINT payout_account_removal_pk PRIMARY KEY
        CONSTRAINT payout_account_removal_fk REFERENCES payout_account (id),
    removed_at timestamptz NOT NULL
);
CALL bulkhead_tenant_table('payout_account_removal', append_only => true);

CREATE TABLE payout_order (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    customer_id uuid,
    id uuid CONSTRAINT payout_order_pk PRIMARY KEY,
    purpose payout_purpose NOT NULL,
    provider text NOT NULL CONSTRAINT payout_order_provider CHECK (provider ~ '^[a-z0-9_-]{1,32}$'),
    amount bigint NOT NULL CONSTRAINT payout_order_amount CHECK (amount > 0),
    fee bigint NOT NULL CONSTRAINT payout_order_fee CHECK (fee >= 0),
    is_fee_returned boolean NOT NULL,
    reference text NOT NULL CONSTRAINT payout_order_reference CHECK (reference ~ '^[A-Z0-9]{4,35}$'),
    destination_sealed bytea NOT NULL,
    account_id uuid CONSTRAINT payout_order_account_fk REFERENCES payout_account (id),
    pay_in_id uuid CONSTRAINT payout_order_pay_in_fk REFERENCES payment_pay_in (id),
    quote_id uuid CONSTRAINT payout_order_quote_once UNIQUE,
    conversion_id uuid,
    hold_id uuid CONSTRAINT payout_order_hold_once UNIQUE,
    requested_by text NOT NULL CONSTRAINT payout_order_requested_by CHECK (length(requested_by) BETWEEN 1 AND 64),
    requested_at timestamptz NOT NULL,
    CONSTRAINT payout_order_owner CHECK ((purpose = 'suspense_return') = (customer_id IS NULL)),
    CONSTRAINT payout_order_hold CHECK ((customer_id IS NULL) = (hold_id IS NULL)),
    CONSTRAINT payout_order_account CHECK ((purpose = 'withdrawal') = (account_id IS NOT NULL)),
    CONSTRAINT payout_order_pay_in CHECK ((purpose = 'withdrawal') = (pay_in_id IS NULL)),
    CONSTRAINT payout_order_fee_of_withdrawals CHECK (fee = 0 OR purpose = 'withdrawal'),
    CONSTRAINT payout_order_conversion CHECK ((quote_id IS NULL) = (conversion_id IS NULL))
);
CREATE INDEX payout_order_customer ON payout_order (customer_id, id);
CALL bulkhead_tenant_table('payout_order', append_only => true);

-- What the provider is still to be asked. The row goes with the resolution; `due_at` is also the lease.
CREATE TABLE payout_task (
    tenant_id uuid NOT NULL,
    payout_id uuid CONSTRAINT payout_task_pk PRIMARY KEY
        CONSTRAINT payout_task_fk REFERENCES payout_order (id),
    state payout_task_state NOT NULL,
    is_accepted boolean NOT NULL,
    attempts integer NOT NULL CONSTRAINT payout_task_attempts CHECK (attempts >= 0),
    due_at timestamptz NOT NULL
);
CREATE INDEX payout_task_due ON payout_task (due_at) WHERE state <> 'held';
CALL bulkhead_tenant_table('payout_task', append_only => false);

-- The one payout that sends a pay-in back. The row goes when that payout fails or comes back.
CREATE TABLE payout_claim (
    tenant_id uuid NOT NULL,
    pay_in_id uuid CONSTRAINT payout_claim_pk PRIMARY KEY
        CONSTRAINT payout_claim_pay_in_fk REFERENCES payment_pay_in (id),
    payout_id uuid NOT NULL CONSTRAINT payout_claim_payout_once UNIQUE
        CONSTRAINT payout_claim_payout_fk REFERENCES payout_order (id)
);
CALL bulkhead_tenant_table('payout_claim', append_only => false);

-- The end of a payout: the payout is the key, so there is one; a booking of the provider pays one payout.
CREATE TABLE payout_resolution (
    tenant_id uuid NOT NULL,
    payout_id uuid CONSTRAINT payout_resolution_pk PRIMARY KEY
        CONSTRAINT payout_resolution_fk REFERENCES payout_order (id),
    outcome payout_outcome NOT NULL,
    provider text NOT NULL,
    bank_reference text CONSTRAINT payout_resolution_reference CHECK (length(bank_reference) BETWEEN 1 AND 64),
    reason text CONSTRAINT payout_resolution_reason CHECK (reason ~ '^[A-Za-z0-9_.:-]{1,64}$'),
    movement_id uuid,
    fee_movement_id uuid,
    resolved_by text NOT NULL,
    resolved_at timestamptz NOT NULL,
    CONSTRAINT payout_resolution_outcome_once UNIQUE (payout_id, outcome),
    CONSTRAINT payout_resolution_one_booking UNIQUE (provider, bank_reference),
    CONSTRAINT payout_resolution_paid CHECK (
        (outcome = 'paid') = (movement_id IS NOT NULL)
        AND (outcome = 'paid') = (bank_reference IS NOT NULL)
        AND (outcome = 'paid' OR fee_movement_id IS NULL))
);
CALL bulkhead_tenant_table('payout_resolution', append_only => true);

-- Money that came back after a yes: only of a payout that was paid, and once.
CREATE TABLE payout_return (
    tenant_id uuid NOT NULL,
    payout_id uuid CONSTRAINT payout_return_pk PRIMARY KEY,
    outcome payout_outcome NOT NULL DEFAULT 'paid' CONSTRAINT payout_return_of_paid CHECK (outcome = 'paid'),
    provider text NOT NULL,
    return_reference text NOT NULL
        CONSTRAINT payout_return_reference CHECK (length(return_reference) BETWEEN 1 AND 64),
    reason text CONSTRAINT payout_return_reason CHECK (reason ~ '^[A-Za-z0-9_.:-]{1,64}$'),
    movement_id uuid NOT NULL,
    returned_at timestamptz NOT NULL,
    CONSTRAINT payout_return_fk FOREIGN KEY (payout_id, outcome)
        REFERENCES payout_resolution (payout_id, outcome),
    CONSTRAINT payout_return_one_booking UNIQUE (provider, return_reference)
);
CALL bulkhead_tenant_table('payout_return', append_only => true);
