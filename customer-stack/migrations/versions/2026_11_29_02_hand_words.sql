-- What a person says about a payment where the bank gives no file: it counts once another person said so too.

-- `break_id`: a shortfall that is too large waits until people ended this break.
CREATE TABLE settlement_hand_word (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT settlement_hand_word_pk PRIMARY KEY,
    settlement_id uuid NOT NULL
        CONSTRAINT settlement_hand_word_release_fk REFERENCES settlement_release (settlement_id),
    word settlement_word NOT NULL,
    amount bigint NOT NULL CONSTRAINT settlement_hand_word_amount CHECK (amount > 0),
    bank_reference text CONSTRAINT settlement_hand_word_reference CHECK (length(bank_reference) BETWEEN 1 AND 64),
    reason text CONSTRAINT settlement_hand_word_reason CHECK (length(reason) BETWEEN 1 AND 500),
    break_id uuid,
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL,
    CONSTRAINT settlement_hand_word_maker UNIQUE (id, settlement_id, proposed_by)
);
CREATE INDEX settlement_hand_word_settlement ON settlement_hand_word (settlement_id);
CALL bulkhead_tenant_table('settlement_hand_word', append_only => true);

CREATE TYPE settlement_hand_outcome AS ENUM ('approved', 'rejected');
CREATE TABLE settlement_hand_decision (
    tenant_id uuid NOT NULL,
    word_id uuid CONSTRAINT settlement_hand_decision_pk PRIMARY KEY,
    settlement_id uuid NOT NULL,
    proposed_by uuid NOT NULL,
    outcome settlement_hand_outcome NOT NULL,
    decided_by uuid NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT settlement_hand_decision_fk FOREIGN KEY (word_id, settlement_id, proposed_by)
        REFERENCES settlement_hand_word (id, settlement_id, proposed_by),
    CONSTRAINT settlement_hand_decision_checker CHECK (outcome = 'rejected' OR decided_by <> proposed_by),
    CONSTRAINT settlement_hand_decision_of UNIQUE (word_id, settlement_id, outcome)
);
CALL bulkhead_tenant_table('settlement_hand_decision', append_only => true);

-- A word by hand names the proposal that another person approved, once.
ALTER TABLE settlement_bank_word
    ADD COLUMN hand_word_id uuid CONSTRAINT settlement_bank_word_hand_once UNIQUE,
    ADD COLUMN hand_outcome settlement_hand_outcome
        CONSTRAINT settlement_bank_word_approved CHECK (hand_outcome = 'approved'),
    ADD CONSTRAINT settlement_bank_word_two_people CHECK ((hand_word_id IS NULL) = (hand_outcome IS NULL)),
    ADD CONSTRAINT settlement_bank_word_hand_fk FOREIGN KEY (hand_word_id, settlement_id, hand_outcome)
        REFERENCES settlement_hand_decision (word_id, settlement_id, outcome);
