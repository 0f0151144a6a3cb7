-- Words that let a person without any factor enrol a first one: given by another person, used once.

-- `given_by` null: by whoever operates the installation, at its machine.
CREATE TABLE signing_enrolment_word (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT signing_enrolment_word_pk PRIMARY KEY,
    staff_id uuid NOT NULL,
    word_hash bytea NOT NULL CONSTRAINT signing_enrolment_word_once UNIQUE
        CONSTRAINT signing_enrolment_word_size CHECK (octet_length(word_hash) = 32),
    given_by uuid CONSTRAINT signing_enrolment_word_of_another CHECK (given_by <> staff_id),
    given_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX signing_enrolment_word_staff ON signing_enrolment_word (staff_id);
CALL bulkhead_tenant_table('signing_enrolment_word', append_only => true);

CREATE TABLE signing_enrolment_word_use (
    tenant_id uuid NOT NULL,
    word_id uuid CONSTRAINT signing_enrolment_word_use_pk PRIMARY KEY
        CONSTRAINT signing_enrolment_word_use_fk REFERENCES signing_enrolment_word (id),
    used_at timestamptz NOT NULL
);
CALL bulkhead_tenant_table('signing_enrolment_word_use', append_only => true);

-- What was shown when an enrolment began: what is needed is looked at again when it is finished.
ALTER TABLE signing_challenge
    ADD COLUMN word_id uuid CONSTRAINT signing_challenge_word_fk REFERENCES signing_enrolment_word (id),
    ADD COLUMN shown_secret_id uuid
        CONSTRAINT signing_challenge_secret_fk REFERENCES signing_code_secret (id);
ALTER TABLE signing_code_secret
    ADD COLUMN word_id uuid CONSTRAINT signing_code_secret_word_fk REFERENCES signing_enrolment_word (id),
    ADD COLUMN shown_secret_id uuid
        CONSTRAINT signing_code_secret_shown_fk REFERENCES signing_code_secret (id);
