-- Settlement proven: signatures of people, the route of the money, files for the bank, what the bank said.

ALTER TYPE ledger_transfer_kind ADD VALUE IF NOT EXISTS 'settlement_return' BEFORE 'reversal';
ALTER TYPE ledger_transfer_kind ADD VALUE IF NOT EXISTS 'settlement_shortfall' BEFORE 'reversal';

-- Second factors of staff, and what was signed with them.
CREATE TYPE signing_method AS ENUM ('passkey', 'password_and_code');

CREATE TABLE signing_passkey (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT signing_passkey_pk PRIMARY KEY,
    staff_id uuid NOT NULL,
    credential_id bytea NOT NULL CONSTRAINT signing_passkey_credential_once UNIQUE
        CONSTRAINT signing_passkey_credential CHECK (octet_length(credential_id) BETWEEN 16 AND 1023),
    credential bytea NOT NULL CONSTRAINT signing_passkey_size CHECK (octet_length(credential) BETWEEN 34 AND 4096),
    counter bigint NOT NULL CONSTRAINT signing_passkey_counter CHECK (counter BETWEEN 0 AND 4294967295),
    enrolled_at timestamptz NOT NULL,
    CONSTRAINT signing_passkey_of_staff UNIQUE (id, staff_id)
);
CREATE INDEX signing_passkey_staff ON signing_passkey (staff_id);
CALL bulkhead_tenant_table('signing_passkey', append_only => true);

CREATE TABLE signing_passkey_end (
    tenant_id uuid NOT NULL,
    passkey_id uuid CONSTRAINT signing_passkey_end_pk PRIMARY KEY
        CONSTRAINT signing_passkey_end_fk REFERENCES signing_passkey (id),
    ended_at timestamptz NOT NULL
);
CALL bulkhead_tenant_table('signing_passkey_end', append_only => true);

-- What a browser was asked to sign when a passkey is enrolled; used once.
CREATE TABLE signing_challenge (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT signing_challenge_pk PRIMARY KEY,
    staff_id uuid NOT NULL,
    challenge bytea NOT NULL CONSTRAINT signing_challenge_size CHECK (octet_length(challenge) = 32),
    made_at timestamptz NOT NULL
);
CALL bulkhead_tenant_table('signing_challenge', append_only => true);

CREATE TABLE signing_challenge_use (
    tenant_id uuid NOT NULL,
    challenge_id uuid CONSTRAINT signing_challenge_use_pk PRIMARY KEY
        CONSTRAINT signing_challenge_use_fk REFERENCES signing_challenge (id),
    used_at timestamptz NOT NULL
);
CALL bulkhead_tenant_table('signing_challenge_use', append_only => true);

-- Secrets of one-time codes (RFC 6238), sealed. One counts once a code of it was shown.
CREATE TABLE signing_code_secret (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT signing_code_secret_pk PRIMARY KEY,
    staff_id uuid NOT NULL,
    secret_encrypted bytea NOT NULL,
    made_at timestamptz NOT NULL
);
CREATE INDEX signing_code_secret_staff ON signing_code_secret (staff_id);
CALL bulkhead_tenant_table('signing_code_secret', append_only => true);

-- A code counts once: the step of thirty seconds is the key.
CREATE TABLE signing_code_use (
    tenant_id uuid NOT NULL,
    secret_id uuid NOT NULL CONSTRAINT signing_code_use_fk REFERENCES signing_code_secret (id),
    step bigint NOT NULL,
    used_at timestamptz NOT NULL,
    CONSTRAINT signing_code_use_pk PRIMARY KEY (secret_id, step)
);
CALL bulkhead_tenant_table('signing_code_use', append_only => true);

-- Attempts, written down before they are judged, so that guesses at one moment count too.
CREATE TABLE signing_attempt (
    tenant_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT signing_attempt_pk PRIMARY KEY,
    has_passed boolean NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX signing_attempt_recent ON signing_attempt (staff_id, number);
CALL bulkhead_tenant_table('signing_attempt', append_only => true);

-- What a person signed: a digest, and the proof. A passkey's counter only grows.
CREATE TABLE signing_signature (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT signing_signature_pk PRIMARY KEY,
    staff_id uuid NOT NULL,
    digest bytea NOT NULL CONSTRAINT signing_signature_digest CHECK (octet_length(digest) = 32),
    method signing_method NOT NULL,
    passkey_id uuid,
    client_data bytea,
    authenticator_data bytea,
    signature bytea,
    counter bigint,
    secret_id uuid CONSTRAINT signing_signature_secret_fk REFERENCES signing_code_secret (id),
    signed_at timestamptz NOT NULL,
    CONSTRAINT signing_signature_passkey_fk FOREIGN KEY (passkey_id, staff_id)
        REFERENCES signing_passkey (id, staff_id),
    CONSTRAINT signing_signature_proof CHECK (CASE method
        WHEN 'passkey' THEN secret_id IS NULL
            AND num_nulls(passkey_id, client_data, authenticator_data, signature, counter) = 0
        ELSE secret_id IS NOT NULL
            AND num_nonnulls(passkey_id, client_data, authenticator_data, signature, counter) = 0 END),
    CONSTRAINT signing_signature_whose UNIQUE (id, staff_id, digest)
);
CREATE INDEX signing_signature_counter ON signing_signature (passkey_id, counter);
CALL bulkhead_tenant_table('signing_signature', append_only => true);

-- The accounts between which the money goes are part of the instruction. `place` orders proposals, releases and
-- words of banks as they were committed: all are written under the lock of the department's book.
CREATE SEQUENCE settlement_place;
GRANT USAGE ON SEQUENCE settlement_place TO bulkhead_app;
ALTER TABLE settlement_proposal
    ADD COLUMN route jsonb,
    ADD COLUMN place bigint NOT NULL DEFAULT nextval('settlement_place');
ALTER TABLE settlement_release ADD COLUMN place bigint NOT NULL DEFAULT nextval('settlement_place');

-- An approval carries the signature of exactly its digest by exactly its person.
ALTER TABLE settlement_decision
    ADD COLUMN signature_id uuid,
    ADD CONSTRAINT settlement_decision_signature_fk FOREIGN KEY (signature_id, decided_by, digest)
        REFERENCES signing_signature (id, staff_id, digest),
    ADD CONSTRAINT settlement_decision_signed CHECK ((outcome = 'approved') = (signature_id IS NOT NULL)) NOT VALID;

-- An approval that was not released in time, or was taken back with a reason.
CREATE TABLE settlement_void (
    tenant_id uuid NOT NULL,
    settlement_id uuid CONSTRAINT settlement_void_pk PRIMARY KEY,
    approval settlement_outcome NOT NULL DEFAULT 'approved'
        CONSTRAINT settlement_void_of_approval CHECK (approval = 'approved'),
    outcome settlement_outcome NOT NULL
        CONSTRAINT settlement_void_outcome CHECK (outcome IN ('rejected', 'expired')),
    decided_by uuid,
    reason text CONSTRAINT settlement_void_reason_size CHECK (length(reason) BETWEEN 1 AND 500),
    decided_at timestamptz NOT NULL,
    CONSTRAINT settlement_void_approval_fk FOREIGN KEY (settlement_id, approval)
        REFERENCES settlement_decision (settlement_id, outcome),
    CONSTRAINT settlement_void_person CHECK (
        (outcome = 'rejected') = (decided_by IS NOT NULL) AND (outcome = 'rejected') = (reason IS NOT NULL))
);
CALL bulkhead_tenant_table('settlement_void', append_only => true);

-- What is void is not released, and what was released is not void. Whoever comes second waits, and looks.
CREATE FUNCTION settlement_refuse_both() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.settlement_id::text, 50));
    IF EXISTS (SELECT FROM settlement_void WHERE settlement_id = NEW.settlement_id)
        AND EXISTS (SELECT FROM settlement_release WHERE settlement_id = NEW.settlement_id) THEN
        RAISE EXCEPTION 'a settlement is released or void, never both' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER settlement_release_not_void AFTER INSERT ON settlement_release
    FOR EACH ROW EXECUTE FUNCTION settlement_refuse_both();
CREATE TRIGGER settlement_void_not_released AFTER INSERT ON settlement_void
    FOR EACH ROW EXECUTE FUNCTION settlement_refuse_both();

-- Files that a release made. Bytes are kept; the schedule is made from the lines again.
CREATE TYPE settlement_file_kind AS ENUM ('pain001', 'claim', 'schedule', 'cover');
CREATE TABLE settlement_file (
    tenant_id uuid NOT NULL,
    settlement_id uuid NOT NULL
        CONSTRAINT settlement_file_release_fk REFERENCES settlement_release (settlement_id),
    kind settlement_file_kind NOT NULL,
    digest bytea NOT NULL CONSTRAINT settlement_file_digest CHECK (octet_length(digest) = 32),
    content bytea CONSTRAINT settlement_file_size CHECK (octet_length(content) <= 1000000),
    made_at timestamptz NOT NULL,
    CONSTRAINT settlement_file_pk PRIMARY KEY (settlement_id, kind),
    CONSTRAINT settlement_file_content CHECK ((kind = 'schedule') = (content IS NULL))
);
CALL bulkhead_tenant_table('settlement_file', append_only => true);

-- The bank's words about a release. `reopened` is what a word adds to what we owe.
CREATE TYPE settlement_word AS ENUM ('paid', 'refused', 'returned', 'closed_short');
CREATE TABLE settlement_bank_word (
    tenant_id uuid NOT NULL,
    settlement_id uuid NOT NULL
        CONSTRAINT settlement_bank_word_release_fk REFERENCES settlement_release (settlement_id),
    number integer NOT NULL CONSTRAINT settlement_bank_word_number CHECK (number > 0),
    word settlement_word NOT NULL,
    amount bigint NOT NULL CONSTRAINT settlement_bank_word_amount CHECK (amount > 0),
    reopened bigint NOT NULL,
    bank_reference text
        CONSTRAINT settlement_bank_word_reference_once UNIQUE
        CONSTRAINT settlement_bank_word_reference CHECK (length(bank_reference) BETWEEN 1 AND 64),
    reason text CONSTRAINT settlement_bank_word_reason CHECK (length(reason) BETWEEN 1 AND 500),
    said_by text NOT NULL CONSTRAINT settlement_bank_word_actor CHECK (length(said_by) BETWEEN 1 AND 64),
    said_at timestamptz NOT NULL,
    place bigint NOT NULL DEFAULT nextval('settlement_place'),
    CONSTRAINT settlement_bank_word_pk PRIMARY KEY (settlement_id, number),
    CONSTRAINT settlement_bank_word_referred CHECK (
        (word IN ('paid', 'returned')) = (bank_reference IS NOT NULL)),
    CONSTRAINT settlement_bank_word_explained CHECK (word <> 'closed_short' OR reason IS NOT NULL)
);
CREATE UNIQUE INDEX settlement_bank_word_ends ON settlement_bank_word (settlement_id)
    WHERE word IN ('refused', 'returned');
CALL bulkhead_tenant_table('settlement_bank_word', append_only => true);
INSERT INTO settlement_bank_word (tenant_id, settlement_id, number, word, amount, reopened, bank_reference,
    said_by, said_at)
SELECT b.tenant_id, b.settlement_id, 1, 'paid', p.amount, 0, b.bank_reference, 'staff:' || b.recorded_by, b.recorded_at
FROM settlement_payment b JOIN settlement_proposal p ON p.id = b.settlement_id;
DROP TABLE settlement_payment;

-- Messages of the bank with our USD account, and which settlement each of their entries was about.
CREATE TABLE settlement_message (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT settlement_message_pk PRIMARY KEY,
    kind bank_file_kind NOT NULL,
    message_id text NOT NULL CONSTRAINT settlement_message_form CHECK (message_id ~ '^[ -~]{1,35}$'),
    digest bytea NOT NULL CONSTRAINT settlement_message_digest CHECK (octet_length(digest) = 32),
    imported_by text NOT NULL CONSTRAINT settlement_message_actor CHECK (length(imported_by) BETWEEN 1 AND 64),
    imported_at timestamptz NOT NULL,
    CONSTRAINT settlement_message_once UNIQUE (tenant_id, message_id)
);
CALL bulkhead_tenant_table('settlement_message', append_only => true);

CREATE TYPE settlement_entry_outcome AS ENUM ('applied', 'repeated', 'contradicts', 'not_ours');
CREATE TABLE settlement_message_entry (
    tenant_id uuid NOT NULL,
    message_id uuid NOT NULL
        CONSTRAINT settlement_message_entry_fk REFERENCES settlement_message (id),
    number integer NOT NULL,
    settlement_id uuid,
    bank_reference text,
    amount bigint,
    is_credit boolean,
    outcome settlement_entry_outcome NOT NULL,
    problem text CONSTRAINT settlement_message_entry_problem CHECK (problem ~ '^[a-z_.]{1,64}$'),
    CONSTRAINT settlement_message_entry_pk PRIMARY KEY (message_id, number)
);
CALL bulkhead_tenant_table('settlement_message_entry', append_only => true);

-- A released payment that took longer than it may; noticed once.
CREATE TABLE settlement_late (
    tenant_id uuid NOT NULL,
    settlement_id uuid CONSTRAINT settlement_late_pk PRIMARY KEY
        CONSTRAINT settlement_late_release_fk REFERENCES settlement_release (settlement_id),
    noticed_at timestamptz NOT NULL
);
CALL bulkhead_tenant_table('settlement_late', append_only => true);

-- Every record of a settlement, canonical and signed by the system; each names the one before it.
CREATE TABLE settlement_record (
    tenant_id uuid NOT NULL,
    settlement_id uuid NOT NULL
        CONSTRAINT settlement_record_fk REFERENCES settlement_proposal (id),
    number integer NOT NULL CONSTRAINT settlement_record_number CHECK (number > 0),
    payload bytea NOT NULL CONSTRAINT settlement_record_size CHECK (octet_length(payload) BETWEEN 2 AND 20000),
    digest bytea NOT NULL CONSTRAINT settlement_record_digest CHECK (digest = sha256(payload)),
    key_id bytea NOT NULL CONSTRAINT settlement_record_key CHECK (octet_length(key_id) = 32),
    signature bytea NOT NULL CONSTRAINT settlement_record_signature CHECK (octet_length(signature) = 64),
    CONSTRAINT settlement_record_pk PRIMARY KEY (settlement_id, number)
);
CALL bulkhead_tenant_table('settlement_record', append_only => true);
