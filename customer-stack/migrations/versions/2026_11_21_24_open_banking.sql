-- Open banking: consents to pay from a bank account, and the payments under them.

CREATE TYPE open_banking_purpose AS ENUM ('funding', 'verification');
CREATE TYPE open_banking_state AS ENUM ('asked', 'authorised', 'rejected', 'expired', 'paying', 'paid', 'failed');

-- A wish, written before the bank hears of it. The payment's id is made with it, so it is asked for once.
CREATE TABLE open_banking_consent (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    id uuid CONSTRAINT open_banking_consent_pk PRIMARY KEY,
    provider text NOT NULL CONSTRAINT open_banking_consent_provider CHECK (provider ~ '^[a-z0-9_-]{1,32}$'),
    purpose open_banking_purpose NOT NULL,
    amount bigint NOT NULL CONSTRAINT open_banking_consent_amount CHECK (amount > 0),
    quote_id uuid,
    pay_reference text
        CONSTRAINT open_banking_consent_reference CHECK (pay_reference ~ '^BH[0-9A-Z]{13}$'),
    payment_id uuid NOT NULL CONSTRAINT open_banking_consent_payment_once UNIQUE,
    asked_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT open_banking_consent_quote CHECK (
        (purpose = 'funding') = (quote_id IS NOT NULL) AND (purpose = 'funding') = (pay_reference IS NOT NULL))
);
CREATE INDEX open_banking_consent_customer ON open_banking_consent (customer_id, id);
CALL bulkhead_tenant_table('open_banking_consent', append_only => true);

-- Each state once. `account_sealed` is the account that the person chose; `bank_reference` the booking that paid.
CREATE TABLE open_banking_step (
    tenant_id uuid NOT NULL,
    consent_id uuid NOT NULL
        CONSTRAINT open_banking_step_consent_fk REFERENCES open_banking_consent (id),
    state open_banking_state NOT NULL,
    bank_reference text
        CONSTRAINT open_banking_step_reference CHECK (length(bank_reference) BETWEEN 1 AND 64),
    reason text CONSTRAINT open_banking_step_reason CHECK (reason ~ '^[a-z_]{1,64}$'),
    account_sealed bytea,
    happened_at timestamptz NOT NULL,
    CONSTRAINT open_banking_step_pk PRIMARY KEY (consent_id, state),
    CONSTRAINT open_banking_step_paid CHECK ((state = 'paid') = (bank_reference IS NOT NULL))
);
CREATE UNIQUE INDEX open_banking_step_one_end ON open_banking_step (consent_id)
    WHERE state IN ('rejected', 'expired', 'paid', 'failed');
CALL bulkhead_tenant_table('open_banking_step', append_only => true);

-- Consents that the worker still looks after; the row goes with their end.
CREATE TABLE open_banking_task (
    tenant_id uuid NOT NULL,
    consent_id uuid CONSTRAINT open_banking_task_pk PRIMARY KEY
        CONSTRAINT open_banking_task_consent_fk REFERENCES open_banking_consent (id),
    attempts integer NOT NULL CONSTRAINT open_banking_task_attempts CHECK (attempts >= 0),
    due_at timestamptz NOT NULL
);
CREATE INDEX open_banking_task_due ON open_banking_task (due_at);
CALL bulkhead_tenant_table('open_banking_task', append_only => false);
