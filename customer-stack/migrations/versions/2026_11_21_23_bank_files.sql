-- Bank files: messages of banks, their entries and what became of them; files of payouts.

CREATE TYPE bank_file_kind AS ENUM ('statement', 'notification', 'status_report');
CREATE TYPE bank_file_direction AS ENUM ('credit', 'debit');
CREATE TYPE bank_file_meaning AS ENUM ('pay_in', 'taken_back', 'payout_paid', 'payout_returned', 'own');
CREATE TYPE bank_file_outcome_word AS ENUM ('applied', 'own', 'unmatched', 'contradicts', 'held');
CREATE TYPE bank_file_verdict AS ENUM ('paid', 'refused', 'returned');

-- A message is named by its sender; the digest says whether a repeat is the same message.
CREATE TABLE bank_file (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT bank_file_pk PRIMARY KEY,
    kind bank_file_kind NOT NULL,
    message_id text NOT NULL CONSTRAINT bank_file_message_id CHECK (message_id ~ '^[ -~]{1,35}$'),
    digest bytea NOT NULL CONSTRAINT bank_file_digest CHECK (octet_length(digest) = 32),
    opening bigint,
    closing bigint,
    imported_by text NOT NULL CONSTRAINT bank_file_imported_by CHECK (length(imported_by) BETWEEN 1 AND 64),
    imported_at timestamptz NOT NULL,
    CONSTRAINT bank_file_once UNIQUE (tenant_id, message_id),
    CONSTRAINT bank_file_balances CHECK (
        (kind = 'statement') = (opening IS NOT NULL) AND (kind = 'statement') = (closing IS NOT NULL))
);
CALL bulkhead_tenant_table('bank_file', append_only => true);

-- Booked movements. What the other side typed or is called may name people, and is sealed.
CREATE TABLE bank_file_entry (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT bank_file_entry_pk PRIMARY KEY,
    file_id uuid NOT NULL CONSTRAINT bank_file_entry_file_fk REFERENCES bank_file (id),
    number integer NOT NULL CONSTRAINT bank_file_entry_number CHECK (number >= 0),
    bank_reference text NOT NULL
        CONSTRAINT bank_file_entry_reference CHECK (bank_reference ~ '^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$'),
    amount bigint NOT NULL CONSTRAINT bank_file_entry_amount CHECK (amount > 0),
    direction bank_file_direction NOT NULL,
    meaning bank_file_meaning NOT NULL,
    original_reference text,
    payout_id uuid,
    remittance_sealed bytea NOT NULL,
    counterparty_sealed bytea NOT NULL,
    booked_at timestamptz NOT NULL,
    reason text CONSTRAINT bank_file_entry_reason CHECK (length(reason) BETWEEN 1 AND 35),
    CONSTRAINT bank_file_entry_place UNIQUE (file_id, number),
    CONSTRAINT bank_file_entry_payout CHECK (
        meaning NOT IN ('payout_paid', 'payout_returned') OR payout_id IS NOT NULL)
);
CREATE INDEX bank_file_entry_reference ON bank_file_entry (tenant_id, bank_reference);
CALL bulkhead_tenant_table('bank_file_entry', append_only => true);

-- Entries that are still to be applied; the row goes with the outcome.
CREATE TABLE bank_file_task (
    tenant_id uuid NOT NULL,
    entry_id uuid CONSTRAINT bank_file_task_pk PRIMARY KEY
        CONSTRAINT bank_file_task_entry_fk REFERENCES bank_file_entry (id),
    attempts integer NOT NULL CONSTRAINT bank_file_task_attempts CHECK (attempts >= 0),
    due_at timestamptz NOT NULL
);
CREATE INDEX bank_file_task_due ON bank_file_task (due_at);
CALL bulkhead_tenant_table('bank_file_task', append_only => false);

-- What became of an entry; of one that was held and tried again there are several, the last one counts.
CREATE TABLE bank_file_outcome (
    tenant_id uuid NOT NULL,
    entry_id uuid NOT NULL CONSTRAINT bank_file_outcome_entry_fk REFERENCES bank_file_entry (id),
    number bigint GENERATED ALWAYS AS IDENTITY,
    outcome bank_file_outcome_word NOT NULL,
    problem text CONSTRAINT bank_file_outcome_problem CHECK (problem ~ '^[a-z_.]{1,64}$'),
    ended_at timestamptz NOT NULL,
    CONSTRAINT bank_file_outcome_pk PRIMARY KEY (entry_id, number)
);
CALL bulkhead_tenant_table('bank_file_outcome', append_only => true);

-- Payouts that wait for a file, or went with one.
CREATE TABLE bank_file_payout (
    tenant_id uuid NOT NULL,
    payout_id uuid CONSTRAINT bank_file_payout_pk PRIMARY KEY,
    amount bigint NOT NULL CONSTRAINT bank_file_payout_amount CHECK (amount > 0),
    account_sealed bytea NOT NULL,
    reference_sealed bytea NOT NULL,
    queued_at timestamptz NOT NULL
);
CALL bulkhead_tenant_table('bank_file_payout', append_only => true);

CREATE TABLE bank_file_batch (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT bank_file_batch_pk PRIMARY KEY,
    pay_on date NOT NULL,
    transfers integer NOT NULL CONSTRAINT bank_file_batch_transfers CHECK (transfers BETWEEN 1 AND 500),
    control_sum bigint NOT NULL CONSTRAINT bank_file_batch_sum CHECK (control_sum > 0),
    digest bytea NOT NULL CONSTRAINT bank_file_batch_digest CHECK (octet_length(digest) = 32),
    made_by text NOT NULL CONSTRAINT bank_file_batch_made_by CHECK (length(made_by) BETWEEN 1 AND 64),
    made_at timestamptz NOT NULL
);
CALL bulkhead_tenant_table('bank_file_batch', append_only => true);

-- The primary key is the rule: a payout stands in one file at most.
CREATE TABLE bank_file_batch_payout (
    tenant_id uuid NOT NULL,
    payout_id uuid CONSTRAINT bank_file_batch_payout_pk PRIMARY KEY
        CONSTRAINT bank_file_batch_payout_payout_fk REFERENCES bank_file_payout (payout_id),
    batch_id uuid NOT NULL CONSTRAINT bank_file_batch_payout_batch_fk REFERENCES bank_file_batch (id),
    number integer NOT NULL,
    CONSTRAINT bank_file_batch_payout_place UNIQUE (batch_id, number)
);
CALL bulkhead_tenant_table('bank_file_batch_payout', append_only => true);

-- Explicit words of the bank about a payout: one yes or no, and one return.
CREATE TABLE bank_file_answer (
    tenant_id uuid NOT NULL,
    payout_id uuid NOT NULL
        CONSTRAINT bank_file_answer_payout_fk REFERENCES bank_file_payout (payout_id),
    verdict bank_file_verdict NOT NULL,
    bank_reference text,
    reason text,
    file_id uuid NOT NULL CONSTRAINT bank_file_answer_file_fk REFERENCES bank_file (id),
    answered_at timestamptz NOT NULL,
    CONSTRAINT bank_file_answer_pk PRIMARY KEY (payout_id, verdict),
    CONSTRAINT bank_file_answer_reference CHECK (verdict = 'refused' OR bank_reference IS NOT NULL)
);
CREATE UNIQUE INDEX bank_file_answer_resolution ON bank_file_answer (payout_id) WHERE verdict <> 'returned';
CALL bulkhead_tenant_table('bank_file_answer', append_only => true);
