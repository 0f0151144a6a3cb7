-- Payments: what the bank told us, byte for byte accounted for, and what became of each pay-in.

CREATE TYPE payment_pay_in_outcome AS ENUM ('converted', 'waiting', 'suspense');
CREATE TYPE payment_pay_in_reason AS ENUM (
    'as_quoted', 'quote_expired', 'quote_closed', 'amount_short', 'amount_over',
    'unknown_reference', 'customer_not_active');

-- Which department's book stands for a bank's collection account. Money whose owner is unknown waits there.
CREATE TABLE payment_collection (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    provider text CONSTRAINT payment_collection_pk PRIMARY KEY
        CONSTRAINT payment_collection_provider CHECK (provider ~ '^[a-z0-9_-]{1,32}$')
);
CALL bulkhead_tenant_table('payment_collection', append_only => true);

-- A reference of ours is kept as it is; whatever else a payer typed may name people, and is sealed.
CREATE TABLE payment_bank_event (
    provider text NOT NULL
        CONSTRAINT payment_bank_event_provider CHECK (provider ~ '^[a-z0-9_-]{1,32}$'),
    event_id text NOT NULL CONSTRAINT payment_bank_event_id CHECK (length(event_id) BETWEEN 1 AND 64),
    id uuid NOT NULL CONSTRAINT payment_bank_event_once UNIQUE,
    type text NOT NULL CONSTRAINT payment_bank_event_type CHECK (length(type) BETWEEN 1 AND 64),
    bank_reference text NOT NULL
        CONSTRAINT payment_bank_event_reference CHECK (length(bank_reference) BETWEEN 1 AND 64),
    pay_reference text CONSTRAINT payment_bank_event_pay_reference CHECK (pay_reference ~ '^BH[0-9A-Z]{13}$'),
    payer_text_sealed bytea,
    amount bigint NOT NULL CONSTRAINT payment_bank_event_amount CHECK (amount > 0),
    payer_account_sealed bytea NOT NULL,
    booked_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    body_digest bytea NOT NULL CONSTRAINT payment_bank_event_digest CHECK (octet_length(body_digest) = 32),
    CONSTRAINT payment_bank_event_pk PRIMARY KEY (provider, event_id),
    CONSTRAINT payment_bank_event_text_is_sealed CHECK ((pay_reference IS NULL) = (payer_text_sealed IS NOT NULL))
);
CALL bulkhead_plain_table('payment_bank_event', append_only => true);
COMMENT ON TABLE payment_bank_event IS
    'no tenant: an event is stored before anybody knows whose money it is; the pay-in has the tenant';

CREATE TABLE payment_pay_in (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    customer_id uuid,
    id uuid CONSTRAINT payment_pay_in_pk PRIMARY KEY,
    provider text NOT NULL,
    event_id text NOT NULL,
    bank_reference text NOT NULL,
    amount bigint NOT NULL CONSTRAINT payment_pay_in_amount CHECK (amount > 0),
    outcome payment_pay_in_outcome NOT NULL,
    reason payment_pay_in_reason NOT NULL,
    quote_id uuid,
    conversion_id uuid,
    movement_id uuid NOT NULL,
    booked_at timestamptz NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT payment_pay_in_event_fk FOREIGN KEY (provider, event_id)
        REFERENCES payment_bank_event (provider, event_id),
    CONSTRAINT payment_pay_in_reference_once UNIQUE (provider, bank_reference),
    CONSTRAINT payment_pay_in_owner CHECK (outcome = 'suspense' OR customer_id IS NOT NULL),
    CONSTRAINT payment_pay_in_conversion CHECK (
        (outcome = 'converted') = (conversion_id IS NOT NULL)
        AND (outcome = 'converted') = (reason = 'as_quoted')
        AND (conversion_id IS NULL OR quote_id IS NOT NULL))
);
CREATE INDEX payment_pay_in_customer ON payment_pay_in (customer_id, id);
CALL bulkhead_tenant_table('payment_pay_in', append_only => true);
