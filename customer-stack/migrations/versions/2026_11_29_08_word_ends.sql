-- Words that were ended before anybody enrolled with them.
CREATE TABLE signing_enrolment_word_end (
    tenant_id uuid NOT NULL,
    word_id uuid CONSTRAINT signing_enrolment_word_end_pk PRIMARY KEY
        CONSTRAINT signing_enrolment_word_end_fk REFERENCES signing_enrolment_word (id),
    ended_by uuid NOT NULL,
    ended_at timestamptz NOT NULL
);
CALL bulkhead_tenant_table('signing_enrolment_word_end', append_only => true);

-- Of a row that says that an attempt passed: the only one that no longer counts. Null: all before it.
ALTER TABLE signing_attempt ADD COLUMN of_number bigint;
