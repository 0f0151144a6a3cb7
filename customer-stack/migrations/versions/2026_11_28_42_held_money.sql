-- Transfers and payouts that wait for a decision of compliance: their money is held in the ledger, nothing moved.

CREATE TYPE transfer_held_outcome AS ENUM ('released', 'denied', 'cancelled');

-- A transfer that was asked for and waits. When it is released, transfer_order has a row with the same id.
CREATE TABLE transfer_held (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT transfer_held_pk PRIMARY KEY,
    sender_id uuid NOT NULL,
    recipient_id uuid NOT NULL,
    amount bigint NOT NULL CONSTRAINT transfer_held_amount_positive CHECK (amount > 0),
    currency ledger_currency NOT NULL,
    kind transfer_order_kind NOT NULL,
    is_single_use boolean,
    qr_code_id uuid,
    note_sealed bytea CONSTRAINT transfer_held_note_size CHECK (octet_length(note_sealed) <= 1024),
    hold_id uuid NOT NULL CONSTRAINT transfer_held_hold_once UNIQUE,
    received_id uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    CONSTRAINT transfer_held_two_customers CHECK (sender_id <> recipient_id),
    CONSTRAINT transfer_held_qr_payment_names_code
        CHECK ((kind = 'qr_payment') = (qr_code_id IS NOT NULL AND is_single_use IS NOT NULL)
               AND (qr_code_id IS NULL) = (is_single_use IS NULL)),
    CONSTRAINT transfer_held_qr_payment_in_lkr CHECK (kind = 'transfer' OR currency = 'LKR'),
    CONSTRAINT transfer_held_qr_code FOREIGN KEY (qr_code_id, recipient_id, is_single_use)
        REFERENCES transfer_qr_code (id, merchant_id, is_single_use)
);
CREATE INDEX transfer_held_sender ON transfer_held (sender_id, id);
CALL bulkhead_tenant_table('transfer_held', append_only => true);
CALL bulkhead_erasable('transfer_held', 'note_sealed');

-- The one end of a transfer that waited. `reason` says why it could not be made, as a code.
CREATE TABLE transfer_held_end (
    tenant_id uuid NOT NULL,
    transfer_id uuid CONSTRAINT transfer_held_end_pk PRIMARY KEY
        CONSTRAINT transfer_held_end_fk REFERENCES transfer_held (id),
    outcome transfer_held_outcome NOT NULL,
    reason text CONSTRAINT transfer_held_end_reason CHECK (reason ~ '^[a-z_.]{2,60}$'),
    ended_by text NOT NULL CONSTRAINT transfer_held_end_by CHECK (length(ended_by) BETWEEN 1 AND 64),
    ended_at timestamptz NOT NULL,
    CONSTRAINT transfer_held_end_reason_of_denied CHECK (outcome = 'denied' OR reason IS NULL)
);
CALL bulkhead_tenant_table('transfer_held_end', append_only => true);

-- The one transfer that waits to pay a code that is paid once. The row goes when that transfer ends.
CREATE TABLE transfer_claim (
    tenant_id uuid NOT NULL,
    qr_code_id uuid CONSTRAINT transfer_claim_pk PRIMARY KEY
        CONSTRAINT transfer_claim_code_fk REFERENCES transfer_qr_code (id),
    transfer_id uuid NOT NULL CONSTRAINT transfer_claim_transfer_once UNIQUE
        CONSTRAINT transfer_claim_transfer_fk REFERENCES transfer_held (id)
);
CALL bulkhead_tenant_table('transfer_claim', append_only => false);

-- A payout that waits: it has no task, so no provider hears of it. A release makes the task, the others end it.
ALTER TYPE payout_outcome ADD VALUE 'denied';
CREATE TYPE payout_held_outcome AS ENUM ('released', 'denied', 'cancelled');

CREATE TABLE payout_held (
    tenant_id uuid NOT NULL,
    payout_id uuid CONSTRAINT payout_held_pk PRIMARY KEY
        CONSTRAINT payout_held_fk REFERENCES payout_order (id),
    held_at timestamptz NOT NULL
);
CALL bulkhead_tenant_table('payout_held', append_only => true);

CREATE TABLE payout_held_end (
    tenant_id uuid NOT NULL,
    payout_id uuid CONSTRAINT payout_held_end_pk PRIMARY KEY
        CONSTRAINT payout_held_end_fk REFERENCES payout_held (payout_id),
    outcome payout_held_outcome NOT NULL,
    ended_by text NOT NULL CONSTRAINT payout_held_end_by CHECK (length(ended_by) BETWEEN 1 AND 64),
    ended_at timestamptz NOT NULL
);
CALL bulkhead_tenant_table('payout_held_end', append_only => true);

-- What customers' verifications and statements say today, for the gate. New ones are written with their fact.
UPDATE facts_customer f
   SET tier = v.tier, document_expires_on = v.document_expires_on
  FROM (SELECT DISTINCT ON (customer_id) customer_id, tier, document_expires_on
          FROM kyc_verification ORDER BY customer_id, verified_at DESC) v
 WHERE v.customer_id = f.customer_id;
UPDATE facts_customer f
   SET expected_turnover = t.monthly_cents
  FROM (SELECT DISTINCT ON (customer_id) customer_id, monthly_cents
          FROM kyc_turnover ORDER BY customer_id, declared_at DESC, id DESC) t
 WHERE t.customer_id = f.customer_id;

-- By which way a deposit came is asked when it comes.
CREATE INDEX open_banking_consent_of_quote ON open_banking_consent (quote_id) WHERE quote_id IS NOT NULL;
