-- Identity checks as sessions: attempts, routes in versions, steps, reviews by people, files.

CREATE TYPE kyc_session_state AS ENUM ('draft', 'pending', 'screening', 'approved', 'rejected');
CREATE TYPE kyc_rejection AS ENUM ('final', 'retry');
CREATE TYPE kyc_channel AS ENUM ('online', 'desk');
CREATE TYPE kyc_risk AS ENUM ('standard', 'high');
CREATE TYPE kyc_step_outcome AS ENUM ('pass', 'retry', 'reject', 'escalate');
CREATE TYPE kyc_side AS ENUM ('front', 'back', 'selfie', 'address');
CREATE TYPE kyc_file_format AS ENUM ('jpeg', 'png', 'pdf');

-- Every version of the routes that a session was ever submitted under: a session is judged by its own to its end.
CREATE TABLE kyc_configuration (
    digest bytea CONSTRAINT kyc_configuration_pk PRIMARY KEY
        CONSTRAINT kyc_configuration_digest_size CHECK (octet_length(digest) = 32),
    document bytea NOT NULL CONSTRAINT kyc_configuration_is_its_digest CHECK (sha256(document) = digest),
    first_used_at timestamptz NOT NULL
);
COMMENT ON TABLE kyc_configuration IS 'no tenant: the routes of the software, the same for all';
CALL bulkhead_plain_table('kyc_configuration', append_only => true);

-- One attempt of one person. The claim is sealed under the person's key; it and the route change in draft only.
CREATE TABLE kyc_session (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT kyc_session_pk PRIMARY KEY,
    customer_id uuid NOT NULL,
    department_id uuid NOT NULL,
    attempt integer NOT NULL CONSTRAINT kyc_session_attempt_positive CHECK (attempt > 0),
    state kyc_session_state NOT NULL,
    channel kyc_channel NOT NULL,
    document_type customer_document_type NOT NULL,
    opened_at timestamptz NOT NULL,
    risk kyc_risk,
    configuration bytea CONSTRAINT kyc_session_configuration REFERENCES kyc_configuration (digest),
    route text CONSTRAINT kyc_session_route_form CHECK (route ~ '^[a-z_]{1,60}$'),
    submitted_at timestamptz,
    screening_at timestamptz,
    decided_at timestamptz,
    rejection kyc_rejection,
    reason text CONSTRAINT kyc_session_reason_form CHECK (reason ~ '^[a-z_]{2,60}$'),
    waits_for text CONSTRAINT kyc_session_waits_for_form CHECK (waits_for ~ '^[a-z_.]{2,60}$'),
    taken_by uuid,
    taken_at timestamptz,
    due_at timestamptz,
    tries integer NOT NULL DEFAULT 0 CONSTRAINT kyc_session_tries_not_negative CHECK (tries >= 0),
    vendor_check_id uuid CONSTRAINT kyc_session_vendor_check_once UNIQUE,
    asked_at timestamptz,
    first_attempt integer NOT NULL DEFAULT 1
        CONSTRAINT kyc_session_first_attempt_before CHECK (first_attempt BETWEEN 1 AND attempt),
    claim_sealed bytea CONSTRAINT kyc_session_claim_sealed CHECK (octet_length(claim_sealed) > 28),
    CONSTRAINT kyc_session_of_tenant UNIQUE (tenant_id, id),
    CONSTRAINT kyc_session_attempt_once UNIQUE (customer_id, attempt),
    CONSTRAINT kyc_session_customer FOREIGN KEY (tenant_id, customer_id)
        REFERENCES customer_account (tenant_id, id),
    CONSTRAINT kyc_session_rejection_of_rejected CHECK ((state = 'rejected') = (rejection IS NOT NULL)),
    CONSTRAINT kyc_session_rejection_has_reason CHECK ((state = 'rejected') = (reason IS NOT NULL)),
    CONSTRAINT kyc_session_end_has_time CHECK ((state IN ('approved', 'rejected')) = (decided_at IS NOT NULL)),
    CONSTRAINT kyc_session_taken_whole CHECK ((taken_by IS NULL) = (taken_at IS NULL)),
    CONSTRAINT kyc_session_one_waits CHECK (waits_for IS NULL OR due_at IS NULL)
);
CREATE UNIQUE INDEX kyc_session_one_open ON kyc_session (customer_id) WHERE state IN ('draft', 'pending', 'screening');
CREATE INDEX kyc_session_due ON kyc_session (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX kyc_session_queue ON kyc_session (tenant_id, id) WHERE waits_for IS NOT NULL;
CALL bulkhead_tenant_table('kyc_session', append_only => false);
REVOKE DELETE ON kyc_session FROM bulkhead_app;

CREATE FUNCTION kyc_session_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (OLD.state = NEW.state OR (OLD.state, NEW.state) IN (
        ('draft', 'pending'), ('pending', 'screening'), ('screening', 'approved'), ('screening', 'rejected'))) THEN
        RAISE EXCEPTION 'a session that is % cannot become %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'kyc_session_transition';
    END IF;
    IF OLD.state IN ('approved', 'rejected') THEN
        RAISE EXCEPTION 'a session that has ended does not change'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'kyc_session_ended';
    END IF;
    IF (OLD.tenant_id, OLD.id, OLD.customer_id, OLD.attempt, OLD.first_attempt, OLD.opened_at) IS DISTINCT FROM
        (NEW.tenant_id, NEW.id, NEW.customer_id, NEW.attempt, NEW.first_attempt, NEW.opened_at)
        OR (OLD.state <> 'draft'
            AND (OLD.claim_sealed, OLD.document_type, OLD.channel, OLD.risk, OLD.configuration, OLD.route,
                 OLD.submitted_at) IS DISTINCT FROM
                (NEW.claim_sealed, NEW.document_type, NEW.channel, NEW.risk, NEW.configuration, NEW.route,
                 NEW.submitted_at)) THEN
        RAISE EXCEPTION 'what was submitted does not change'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'kyc_session_submitted';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kyc_session_guard BEFORE UPDATE ON kyc_session FOR EACH ROW EXECUTE FUNCTION kyc_session_guard();

-- One look at one step. What people wrote, for the customer and for themselves, is sealed under the person's key.
CREATE TABLE kyc_step_result (
    tenant_id uuid NOT NULL,
    session_id uuid NOT NULL,
    number integer NOT NULL CONSTRAINT kyc_step_result_number_positive CHECK (number > 0),
    step text NOT NULL CONSTRAINT kyc_step_result_step_form CHECK (step ~ '^[a-z_]{1,60}$'),
    outcome kyc_step_outcome NOT NULL,
    reason text CONSTRAINT kyc_step_result_reason_form CHECK (reason ~ '^[a-z_]{2,60}$'),
    staff_id uuid,
    decided_at timestamptz NOT NULL,
    notes text[] NOT NULL,
    public_sealed bytea CONSTRAINT kyc_step_result_public_sealed CHECK (octet_length(public_sealed) > 28),
    private_sealed bytea CONSTRAINT kyc_step_result_private_sealed CHECK (octet_length(private_sealed) > 28),
    CONSTRAINT kyc_step_result_pk PRIMARY KEY (session_id, number),
    CONSTRAINT kyc_step_result_session FOREIGN KEY (tenant_id, session_id) REFERENCES kyc_session (tenant_id, id),
    CONSTRAINT kyc_step_result_reason_agrees CHECK ((outcome = 'pass') = (reason IS NULL))
);
CALL bulkhead_tenant_table('kyc_step_result', append_only => true);

-- What an approval is worth: the route's tier, when its holder is looked at again, and the document's own end.
CREATE TABLE kyc_verification (
    tenant_id uuid NOT NULL,
    session_id uuid CONSTRAINT kyc_verification_pk PRIMARY KEY,
    customer_id uuid NOT NULL,
    tier text NOT NULL CONSTRAINT kyc_verification_tier_form CHECK (tier ~ '^[a-z_]{1,60}$'),
    verified_at timestamptz NOT NULL,
    review_due_on date NOT NULL,
    document_expires_on date,
    CONSTRAINT kyc_verification_session FOREIGN KEY (tenant_id, session_id) REFERENCES kyc_session (tenant_id, id)
);
CREATE INDEX kyc_verification_last ON kyc_verification (customer_id, verified_at DESC);
CREATE INDEX kyc_verification_of_tenant ON kyc_verification (tenant_id, customer_id, verified_at DESC);
CALL bulkhead_tenant_table('kyc_verification', append_only => true);

CREATE TYPE kyc_funds_source AS ENUM ('salary', 'business', 'savings', 'investments', 'family', 'other');

-- What a customer expects to turn over in a month. Each statement stays; the last counts.
CREATE TABLE kyc_turnover (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT kyc_turnover_pk PRIMARY KEY,
    customer_id uuid NOT NULL,
    monthly_cents bigint NOT NULL CONSTRAINT kyc_turnover_monthly_not_negative CHECK (monthly_cents >= 0),
    source kyc_funds_source NOT NULL,
    declared_at timestamptz NOT NULL,
    CONSTRAINT kyc_turnover_customer FOREIGN KEY (tenant_id, customer_id)
        REFERENCES customer_account (tenant_id, id)
);
CREATE INDEX kyc_turnover_last ON kyc_turnover (customer_id, declared_at DESC);
CALL bulkhead_tenant_table('kyc_turnover', append_only => true);

-- A picture of a document in sealed parts: it is backed up, restored and erased with everything else.
CREATE TABLE kyc_file (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT kyc_file_pk PRIMARY KEY,
    customer_id uuid NOT NULL,
    session_id uuid NOT NULL,
    format kyc_file_format NOT NULL,
    size_bytes integer NOT NULL CONSTRAINT kyc_file_size_bounded CHECK (size_bytes BETWEEN 1 AND 8000000),
    added_at timestamptz NOT NULL,
    CONSTRAINT kyc_file_of_tenant UNIQUE (tenant_id, id),
    CONSTRAINT kyc_file_session FOREIGN KEY (tenant_id, session_id) REFERENCES kyc_session (tenant_id, id)
);
CREATE INDEX kyc_file_by_session ON kyc_file (session_id);
CALL bulkhead_tenant_table('kyc_file', append_only => true);

CREATE TABLE kyc_file_chunk (
    tenant_id uuid NOT NULL,
    file_id uuid NOT NULL,
    number smallint NOT NULL CONSTRAINT kyc_file_chunk_number_positive CHECK (number > 0),
    sealed bytea NOT NULL CONSTRAINT kyc_file_chunk_sealed
        CHECK (octet_length(sealed) > 28 AND octet_length(sealed) <= 262144 + 28),
    CONSTRAINT kyc_file_chunk_pk PRIMARY KEY (file_id, number),
    CONSTRAINT kyc_file_chunk_file FOREIGN KEY (tenant_id, file_id) REFERENCES kyc_file (tenant_id, id)
);
ALTER TABLE kyc_file_chunk ALTER COLUMN sealed SET STORAGE EXTERNAL; -- what is encrypted cannot be compressed
CALL bulkhead_tenant_table('kyc_file_chunk', append_only => true);

-- Which file shows which side of a session's document. A file may be shown by later attempts too.
CREATE TABLE kyc_attachment (
    tenant_id uuid NOT NULL,
    session_id uuid NOT NULL,
    side kyc_side NOT NULL,
    file_id uuid NOT NULL,
    CONSTRAINT kyc_attachment_pk PRIMARY KEY (session_id, side),
    CONSTRAINT kyc_attachment_session FOREIGN KEY (tenant_id, session_id) REFERENCES kyc_session (tenant_id, id),
    CONSTRAINT kyc_attachment_file FOREIGN KEY (tenant_id, file_id) REFERENCES kyc_file (tenant_id, id)
);
CALL bulkhead_tenant_table('kyc_attachment', append_only => false);
REVOKE DELETE ON kyc_attachment FROM bulkhead_app;

CREATE FUNCTION kyc_attachment_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM kyc_session WHERE id = NEW.session_id AND state = 'draft') THEN
        RAISE EXCEPTION 'files are attached to drafts only'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'kyc_attachment_of_draft';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kyc_attachment_guard BEFORE INSERT OR UPDATE ON kyc_attachment
    FOR EACH ROW EXECUTE FUNCTION kyc_attachment_guard();

-- Businesses: declared by a customer, with owners and directors who are customers themselves.
CREATE TYPE kyc_business_state AS ENUM ('draft', 'pending', 'approved', 'rejected');

CREATE TABLE kyc_business (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT kyc_business_pk PRIMARY KEY,
    department_id uuid NOT NULL,
    representative_id uuid NOT NULL,
    country text NOT NULL CONSTRAINT kyc_business_country_form CHECK (country ~ '^[A-Z]{2}$'),
    state kyc_business_state NOT NULL,
    opened_at timestamptz NOT NULL,
    submitted_at timestamptz,
    decided_at timestamptz,
    number_index bytea NOT NULL CONSTRAINT kyc_business_number_index_size CHECK (octet_length(number_index) = 32),
    name_sealed bytea NOT NULL CONSTRAINT kyc_business_name_sealed CHECK (octet_length(name_sealed) > 28),
    number_sealed bytea NOT NULL CONSTRAINT kyc_business_number_sealed CHECK (octet_length(number_sealed) > 28),
    CONSTRAINT kyc_business_of_tenant UNIQUE (tenant_id, id),
    CONSTRAINT kyc_business_representative FOREIGN KEY (tenant_id, representative_id)
        REFERENCES customer_account (tenant_id, id),
    CONSTRAINT kyc_business_times CHECK ((state = 'draft') = (submitted_at IS NULL)
        AND (state IN ('approved', 'rejected')) = (decided_at IS NOT NULL))
);
CREATE UNIQUE INDEX kyc_business_once ON kyc_business (tenant_id, number_index) WHERE state <> 'rejected';
CREATE INDEX kyc_business_by_representative ON kyc_business (representative_id);
CALL bulkhead_tenant_table('kyc_business', append_only => false);
REVOKE DELETE ON kyc_business FROM bulkhead_app;

-- Shares in basis points. The token of an invitation is stored as its hash; accepting fills in who it is, once.
CREATE TABLE kyc_owner (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT kyc_owner_pk PRIMARY KEY,
    business_id uuid NOT NULL,
    share_basis integer NOT NULL CONSTRAINT kyc_owner_share_range CHECK (share_basis BETWEEN 0 AND 10000),
    is_director boolean NOT NULL,
    invited_at timestamptz NOT NULL,
    token_hash bytea NOT NULL CONSTRAINT kyc_owner_token_once UNIQUE
        CONSTRAINT kyc_owner_token_hash_size CHECK (octet_length(token_hash) = 32),
    customer_id uuid,
    accepted_at timestamptz,
    CONSTRAINT kyc_owner_person_once UNIQUE (business_id, customer_id),
    CONSTRAINT kyc_owner_accepted_whole CHECK ((customer_id IS NULL) = (accepted_at IS NULL)),
    CONSTRAINT kyc_owner_is_somebody CHECK (share_basis > 0 OR is_director),
    CONSTRAINT kyc_owner_business FOREIGN KEY (tenant_id, business_id) REFERENCES kyc_business (tenant_id, id),
    CONSTRAINT kyc_owner_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES customer_account (tenant_id, id)
);
CALL bulkhead_tenant_table('kyc_owner', append_only => false);

CREATE FUNCTION kyc_owner_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM kyc_business WHERE id = coalesce(NEW.business_id, OLD.business_id)
        AND state = 'draft') THEN
        RAISE EXCEPTION 'owners of a submitted business do not change'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'kyc_owner_of_draft';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER kyc_owner_guard BEFORE INSERT OR UPDATE OR DELETE ON kyc_owner
    FOR EACH ROW EXECUTE FUNCTION kyc_owner_guard();

CREATE TABLE kyc_business_verdict (
    tenant_id uuid NOT NULL,
    business_id uuid NOT NULL,
    number integer NOT NULL CONSTRAINT kyc_business_verdict_number_positive CHECK (number > 0),
    outcome kyc_step_outcome NOT NULL
        CONSTRAINT kyc_business_verdict_yes_or_no CHECK (outcome IN ('pass', 'reject')),
    staff_id uuid NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT kyc_business_verdict_pk PRIMARY KEY (business_id, number),
    CONSTRAINT kyc_business_verdict_business FOREIGN KEY (tenant_id, business_id)
        REFERENCES kyc_business (tenant_id, id)
);
CALL bulkhead_tenant_table('kyc_business_verdict', append_only => true);

-- Checks of before become first attempts. Those that had not ended are drafts that the worker submits at once, with
-- the profile as their claim. The old tables stay as the history that they are.
INSERT INTO kyc_session (tenant_id, id, customer_id, department_id, attempt, state, channel, document_type, opened_at,
    submitted_at, decided_at, rejection, reason, due_at)
SELECT c.tenant_id, c.id, c.customer_id, a.department_id, 1,
    CASE d.outcome WHEN 'clear' THEN 'approved' WHEN 'refused' THEN 'rejected' ELSE 'draft' END::kyc_session_state,
    'online', p.document_type, c.requested_at,
    CASE WHEN d.check_id IS NOT NULL THEN c.submitted_at END, d.decided_at,
    CASE d.outcome WHEN 'refused' THEN 'final' END::kyc_rejection,
    CASE d.outcome WHEN 'refused' THEN d.reason::text END,
    CASE WHEN d.check_id IS NULL THEN c.requested_at END
FROM kyc_check c
JOIN customer_account a ON a.id = c.customer_id
JOIN customer_profile p ON p.customer_id = c.customer_id
LEFT JOIN kyc_decision d ON d.check_id = c.id;
INSERT INTO kyc_verification (tenant_id, session_id, customer_id, tier, verified_at, review_due_on)
SELECT tenant_id, id, customer_id, 'standard', decided_at,
    (decided_at AT TIME ZONE 'Asia/Colombo' + interval '36 months')::date
FROM kyc_session WHERE state = 'approved';
REVOKE INSERT, UPDATE ON kyc_check FROM bulkhead_app;
REVOKE INSERT ON kyc_decision FROM bulkhead_app;
