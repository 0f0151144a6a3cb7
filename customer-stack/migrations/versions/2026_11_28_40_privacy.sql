-- Consents, the end of a relationship and what becomes of its data, exports, and who of staff looked at whom.

-- ---- what of an append-only row may change: a sealed field may become empty, and nothing else

CREATE FUNCTION refuse_all_but_emptying() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    name text;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV THEN
        FOREACH name IN ARRAY TG_ARGV LOOP
            IF to_jsonb(NEW) -> name IS DISTINCT FROM to_jsonb(OLD) -> name
               AND to_jsonb(NEW) ->> name IS DISTINCT FROM '\x' THEN
                RAISE EXCEPTION '% of % may be emptied and not rewritten', name, TG_TABLE_NAME
                    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';
            END IF;
        END LOOP;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';
END $$;

-- Lets the application empty these columns of an append-only table, when a person or a text has had its time.
CREATE PROCEDURE bulkhead_erasable(name text, VARIADIC columns text[]) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DROP TRIGGER %I ON %I', name || '_append_only', name);
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW '
                   'EXECUTE FUNCTION refuse_all_but_emptying(%s)', name || '_append_only', name,
                   (SELECT string_agg(quote_literal(c), ', ') FROM unnest(columns) AS c));
    EXECUTE format('GRANT UPDATE (%s) ON %I TO bulkhead_app',
                   (SELECT string_agg(quote_ident(c), ', ') FROM unnest(columns) AS c), name);
END $$;

CALL bulkhead_erasable('transfer_order', 'note_sealed');
CALL bulkhead_erasable('transfer_qr_code', 'payload_sealed');
CALL bulkhead_erasable('payout_account', 'number_sealed', 'holder_sealed', 'number_index');
CALL bulkhead_erasable('payout_order', 'destination_sealed');
CALL bulkhead_erasable('payment_bank_event', 'payer_account_sealed', 'payer_text_sealed');
CALL bulkhead_erasable('cards_charge', 'token_sealed');
CALL bulkhead_erasable('open_banking_step', 'account_sealed');
CALL bulkhead_erasable('bank_file_entry', 'remittance_sealed', 'counterparty_sealed');
CALL bulkhead_erasable('bank_file_payout', 'account_sealed', 'reference_sealed');
CALL bulkhead_erasable('webhook_message', 'body_sealed');
CALL bulkhead_erasable('filing_file', 'content_sealed');

-- A blind index that was emptied finds nobody any more.
ALTER TABLE payout_account DROP CONSTRAINT payout_account_index,
    ADD CONSTRAINT payout_account_index CHECK (octet_length(number_index) IN (0, 32));

-- Texts of nobody in particular are emptied by their age: found by it without reading the table.
CREATE INDEX webhook_message_kept ON webhook_message (received_at) WHERE body_sealed <> '\x';
CREATE INDEX payment_bank_event_kept ON payment_bank_event (received_at) WHERE payer_account_sealed <> '\x';
CREATE INDEX bank_file_entry_kept ON bank_file_entry (booked_at) WHERE counterparty_sealed <> '\x';
CREATE INDEX bank_file_entry_of_payout ON bank_file_entry (payout_id) WHERE payout_id IS NOT NULL;

-- The request that registered somebody holds a keyed digest of their data: it goes when their key has gone.
CREATE FUNCTION refuse_while_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND NOT EXISTS (
        SELECT FROM customer_data_key k WHERE k.customer_id = OLD.customer_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '%: % refused while the person is known', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';
END $$;
DROP TRIGGER customer_registration_append_only ON customer_registration;
CREATE TRIGGER customer_registration_while_known BEFORE UPDATE OR DELETE ON customer_registration
    FOR EACH ROW EXECUTE FUNCTION refuse_while_known();
GRANT DELETE ON customer_registration TO bulkhead_app;
CREATE TRIGGER customer_credential_while_known BEFORE DELETE ON customer_credential
    FOR EACH ROW EXECUTE FUNCTION refuse_while_known();
GRANT DELETE ON customer_credential TO bulkhead_app;

-- Whose relationship has ended, and since when.
CREATE INDEX customer_account_ended ON customer_account (tenant_id, changed_at, id)
    WHERE status IN ('closed', 'refused');

-- ---- consents

CREATE TYPE privacy_purpose AS ENUM ('terms', 'privacy_notice', 'identity_vendor', 'marketing');
CREATE TYPE privacy_channel AS ENUM ('online', 'desk');
CREATE TYPE privacy_language AS ENUM ('en', 'si', 'ta');

-- What somebody agreed to or took back, one after another. `digest` is SHA-256 of the text that they saw.
CREATE TABLE privacy_consent (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    number integer NOT NULL CONSTRAINT privacy_consent_number CHECK (number > 0),
    purpose privacy_purpose NOT NULL,
    version integer NOT NULL CONSTRAINT privacy_consent_version CHECK (version > 0),
    digest bytea NOT NULL CONSTRAINT privacy_consent_digest CHECK (octet_length(digest) = 32),
    is_given boolean NOT NULL,
    channel privacy_channel NOT NULL,
    language privacy_language NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT privacy_consent_pk PRIMARY KEY (customer_id, number),
    CONSTRAINT privacy_consent_customer FOREIGN KEY (tenant_id, customer_id)
        REFERENCES customer_account (tenant_id, id)
);
CALL bulkhead_tenant_table('privacy_consent', append_only => true);

-- ---- the end of a relationship

CREATE TYPE privacy_answer AS ENUM ('account_open', 'retained', 'erased');

-- A person asked to be erased, and what they were told: until when their data is kept.
CREATE TABLE privacy_request (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT privacy_request_pk PRIMARY KEY,
    customer_id uuid NOT NULL,
    channel privacy_channel NOT NULL,
    answer privacy_answer NOT NULL,
    kept_until date,
    taken_by text NOT NULL CONSTRAINT privacy_request_taken_by CHECK (length(taken_by) BETWEEN 1 AND 64),
    asked_at timestamptz NOT NULL,
    CONSTRAINT privacy_request_customer FOREIGN KEY (tenant_id, customer_id)
        REFERENCES customer_account (tenant_id, id),
    CONSTRAINT privacy_request_date CHECK ((answer = 'erased') = (kept_until IS NULL))
);
CREATE INDEX privacy_request_by_customer ON privacy_request (customer_id, id);
CALL bulkhead_tenant_table('privacy_request', append_only => true);

CREATE TYPE privacy_wish AS ENUM ('erase_early', 'hold', 'lift_hold');
CREATE TYPE privacy_basis AS ENUM (
    'court_order', 'authority_order', 'dispute', 'no_business_done', 'order_ended', 'mistake');
CREATE TYPE privacy_outcome AS ENUM ('approved', 'rejected', 'withdrawn');

-- Staff wants to erase before the time, or to keep beyond it. `reference` is the order's or the dispute's.
CREATE TABLE privacy_proposal (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT privacy_proposal_pk PRIMARY KEY,
    customer_id uuid NOT NULL,
    number integer NOT NULL CONSTRAINT privacy_proposal_number CHECK (number > 0),
    wish privacy_wish NOT NULL,
    basis privacy_basis NOT NULL,
    reference text NOT NULL CONSTRAINT privacy_proposal_reference CHECK (reference ~ '^[A-Z0-9][A-Z0-9/.-]{0,39}$'),
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL,
    CONSTRAINT privacy_proposal_in_turn UNIQUE (customer_id, number),
    CONSTRAINT privacy_proposal_proposer UNIQUE (id, proposed_by),
    CONSTRAINT privacy_proposal_customer FOREIGN KEY (tenant_id, customer_id)
        REFERENCES customer_account (tenant_id, id)
);
CREATE INDEX privacy_proposal_list ON privacy_proposal (tenant_id, id);
CALL bulkhead_tenant_table('privacy_proposal', append_only => true);

CREATE TABLE privacy_decision (
    tenant_id uuid NOT NULL,
    proposal_id uuid CONSTRAINT privacy_decision_pk PRIMARY KEY,
    proposed_by uuid NOT NULL,
    outcome privacy_outcome NOT NULL,
    decided_by uuid NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT privacy_decision_proposal FOREIGN KEY (proposal_id, proposed_by)
        REFERENCES privacy_proposal (id, proposed_by),
    CONSTRAINT privacy_decision_two_people CHECK ((outcome = 'withdrawn') = (decided_by = proposed_by))
);
CALL bulkhead_tenant_table('privacy_decision', append_only => true);

CREATE TYPE privacy_erasure_cause AS ENUM ('due', 'early', 'replayed');

-- Who was erased. The same stands in a file that no restore of this database brings back to an older state.
CREATE TABLE privacy_erasure (
    tenant_id uuid NOT NULL,
    customer_id uuid CONSTRAINT privacy_erasure_pk PRIMARY KEY,
    cause privacy_erasure_cause NOT NULL,
    fields_emptied integer NOT NULL CONSTRAINT privacy_erasure_fields CHECK (fields_emptied >= 0),
    erased_at timestamptz NOT NULL,
    CONSTRAINT privacy_erasure_customer FOREIGN KEY (tenant_id, customer_id)
        REFERENCES customer_account (tenant_id, id)
);
CREATE INDEX privacy_erasure_list ON privacy_erasure (tenant_id, customer_id);
CALL bulkhead_tenant_table('privacy_erasure', append_only => true);

-- ---- exports: all that is kept of a person, for that person

CREATE TYPE privacy_export_state AS ENUM ('asked', 'ready', 'failed', 'gone');

CREATE TABLE privacy_export (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT privacy_export_pk PRIMARY KEY,
    customer_id uuid NOT NULL,
    asked_by text NOT NULL CONSTRAINT privacy_export_asked_by CHECK (length(asked_by) BETWEEN 1 AND 64),
    asked_at timestamptz NOT NULL,
    state privacy_export_state NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL,
    ready_at timestamptz,
    expires_at timestamptz,
    size_bytes bigint,
    digest bytea CONSTRAINT privacy_export_digest CHECK (octet_length(digest) = 32),
    CONSTRAINT privacy_export_customer FOREIGN KEY (tenant_id, customer_id)
        REFERENCES customer_account (tenant_id, id),
    CONSTRAINT privacy_export_ready CHECK (state <> 'ready' OR (
        ready_at IS NOT NULL AND expires_at IS NOT NULL AND size_bytes > 0 AND digest IS NOT NULL))
);
CREATE INDEX privacy_export_by_customer ON privacy_export (customer_id, id);
CREATE UNIQUE INDEX privacy_export_one_at_a_time ON privacy_export (customer_id) WHERE state = 'asked';
CREATE INDEX privacy_export_due ON privacy_export (tenant_id, next_attempt_at) WHERE state = 'asked';
CREATE INDEX privacy_export_over ON privacy_export (tenant_id, expires_at) WHERE state = 'ready';
CALL bulkhead_tenant_table('privacy_export', append_only => false);
REVOKE DELETE ON privacy_export FROM bulkhead_app;

-- Its content in parts, each sealed under the person's key for its number. Gone when the offer is over.
CREATE TABLE privacy_export_part (
    tenant_id uuid NOT NULL,
    export_id uuid NOT NULL CONSTRAINT privacy_export_part_of REFERENCES privacy_export (id),
    number integer NOT NULL CONSTRAINT privacy_export_part_number CHECK (number > 0),
    sealed bytea NOT NULL,
    CONSTRAINT privacy_export_part_pk PRIMARY KEY (export_id, number)
);
CALL bulkhead_tenant_table('privacy_export_part', append_only => false);
REVOKE UPDATE ON privacy_export_part FROM bulkhead_app;

-- ---- looks of staff at personal data

-- Written in the transaction of the look. `kind` is a word of the catalogue that says what was shown, and why.
CREATE TABLE disclosure (
    tenant_id uuid NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT disclosure_pk PRIMARY KEY,
    customer_id uuid,
    subject_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT disclosure_kind CHECK (kind ~ '^[a-z_]+\.[a-z_]{2,40}$'),
    at timestamptz NOT NULL
);
CREATE INDEX disclosure_by_customer ON disclosure (tenant_id, customer_id, id) WHERE customer_id IS NOT NULL;
CREATE INDEX disclosure_by_staff ON disclosure (tenant_id, staff_id, id);
CALL bulkhead_tenant_table('disclosure', append_only => true);
