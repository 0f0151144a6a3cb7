-- Restrictions: what a customer may not do for now, and why. Several may stand; the strictest counts.

CREATE TYPE restriction_kind AS ENUM ('debit_only', 'full');
CREATE TYPE restriction_cause AS ENUM ('staff', 'screening', 'case', 'order');
CREATE TYPE restriction_state AS ENUM ('standing', 'lift_proposed', 'lifted');
CREATE TYPE restriction_step_kind AS ENUM (
    'place', 'lift', 'close_case', 'propose_lift', 'reject_lift', 'approve_lift');

-- `number` and `state` are those of the last step. `reason` is a code; what people wrote stands sealed in the step.
CREATE TABLE restriction (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT restriction_pk PRIMARY KEY,
    customer_id uuid NOT NULL,
    department_id uuid NOT NULL,
    kind restriction_kind NOT NULL,
    cause restriction_cause NOT NULL,
    cause_id uuid,
    reason text NOT NULL CONSTRAINT restriction_reason_form CHECK (reason ~ '^[a-z_]{2,60}(\.[a-z_]{2,60})?$'),
    placed_by text NOT NULL,
    placed_at timestamptz NOT NULL,
    number integer NOT NULL,
    state restriction_state NOT NULL,
    CONSTRAINT restriction_of_cause UNIQUE (id, cause),
    CONSTRAINT restriction_customer FOREIGN KEY (tenant_id, customer_id)
        REFERENCES customer_account (tenant_id, id),
    CONSTRAINT restriction_cause_named CHECK (
        CASE cause WHEN 'staff' THEN cause_id IS NULL WHEN 'order' THEN true ELSE cause_id IS NOT NULL END)
);
CREATE INDEX restriction_of_customer ON restriction (customer_id, id);
CREATE INDEX restriction_standing ON restriction (tenant_id, id) WHERE state <> 'lifted';
CREATE INDEX restriction_by_cause ON restriction (cause_id) WHERE cause_id IS NOT NULL;
CREATE UNIQUE INDEX restriction_once ON restriction (customer_id, cause_id, cause, kind)
    WHERE cause_id IS NOT NULL AND state <> 'lifted';
CALL bulkhead_tenant_table('restriction', append_only => false);
REVOKE DELETE ON restriction FROM bulkhead_app;

-- Who lifts what: staff their own kind; a case by its closing; a screening's and an order's take two people.
CREATE TABLE restriction_step (
    tenant_id uuid NOT NULL,
    restriction_id uuid NOT NULL,
    number integer NOT NULL CONSTRAINT restriction_step_number CHECK (number > 0),
    step restriction_step_kind NOT NULL,
    state restriction_state NOT NULL,
    cause restriction_cause NOT NULL,
    taken_by text NOT NULL,
    taken_at timestamptz NOT NULL,
    text_sealed bytea CONSTRAINT restriction_step_text_sealed CHECK (octet_length(text_sealed) > 28),
    -- Of an approval: which proposal it answers, and whose.
    asked_number integer,
    asked_by text,
    CONSTRAINT restriction_step_pk PRIMARY KEY (restriction_id, number),
    CONSTRAINT restriction_step_taker UNIQUE (restriction_id, number, taken_by),
    CONSTRAINT restriction_step_result UNIQUE (restriction_id, number, state),
    CONSTRAINT restriction_step_restriction_fk FOREIGN KEY (restriction_id, cause)
        REFERENCES restriction (id, cause),
    CONSTRAINT restriction_step_asked_fk FOREIGN KEY (restriction_id, asked_number, asked_by)
        REFERENCES restriction_step (restriction_id, number, taken_by),
    CONSTRAINT restriction_step_two_people CHECK (
        step <> 'approve_lift' OR (asked_by IS NOT NULL AND asked_number = number - 1 AND taken_by <> asked_by)),
    CONSTRAINT restriction_step_by_cause CHECK (CASE step
        WHEN 'place' THEN number = 1
        WHEN 'lift' THEN cause = 'staff'
        WHEN 'close_case' THEN cause = 'case'
        ELSE cause IN ('screening', 'order') END),
    CONSTRAINT restriction_step_states CHECK (CASE step
        WHEN 'place' THEN state = 'standing'
        WHEN 'reject_lift' THEN state = 'standing'
        WHEN 'propose_lift' THEN state = 'lift_proposed'
        ELSE state = 'lifted' END)
);
CALL bulkhead_tenant_table('restriction_step', append_only => true);
ALTER TABLE restriction ADD CONSTRAINT restriction_last_step FOREIGN KEY (id, number, state)
    REFERENCES restriction_step (restriction_id, number, state) DEFERRABLE INITIALLY DEFERRED;

CREATE FUNCTION restriction_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.tenant_id, OLD.id, OLD.customer_id, OLD.department_id, OLD.kind, OLD.cause, OLD.cause_id, OLD.reason, OLD.placed_by,
        OLD.placed_at, OLD.number + 1) IS DISTINCT FROM
       (NEW.tenant_id, NEW.id, NEW.customer_id, NEW.department_id, NEW.kind, NEW.cause, NEW.cause_id, NEW.reason, NEW.placed_by,
        NEW.placed_at, NEW.number)
       OR (OLD.state, NEW.state) NOT IN (('standing', 'lifted'), ('standing', 'lift_proposed'),
                                         ('lift_proposed', 'standing'), ('lift_proposed', 'lifted')) THEN
        RAISE EXCEPTION 'a restriction changes step by step, and not after it was lifted'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'restriction_transition';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER restriction_guard BEFORE UPDATE ON restriction FOR EACH ROW EXECUTE FUNCTION restriction_guard();

-- Who is frozen now was frozen by staff.
INSERT INTO restriction
    (tenant_id, id, customer_id, department_id, kind, cause, reason, placed_by, placed_at, number, state)
SELECT tenant_id, id, id, department_id, 'full', 'staff', 'frozen_before', 'system', changed_at, 1, 'standing'
FROM customer_account WHERE status = 'frozen';
INSERT INTO restriction_step (tenant_id, restriction_id, number, step, state, cause, taken_by, taken_at)
SELECT tenant_id, id, 1, 'place', 'standing', 'staff', placed_by, placed_at FROM restriction;

-- Which device a session was started on: a keyed digest of a cookie.
ALTER TABLE customer_session ADD COLUMN device_id uuid;

-- From which countries a tenant's customers may ask. A policy counts from its approval on, until a later one.
CREATE TYPE geography_mode AS ENUM ('allow', 'block');
CREATE TYPE geography_verdict AS ENUM ('approved', 'rejected');

CREATE TABLE geography_policy (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT geography_policy_pk PRIMARY KEY,
    version integer NOT NULL CONSTRAINT geography_policy_version CHECK (version > 0),
    mode geography_mode NOT NULL,
    countries text[] NOT NULL CONSTRAINT geography_policy_countries
        CHECK (array_to_string(countries, '') ~ '^([A-Z]{2})*$' AND cardinality(countries) <= 260),
    allows_unknown boolean NOT NULL,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    CONSTRAINT geography_policy_version_once UNIQUE (tenant_id, version),
    CONSTRAINT geography_policy_proposer UNIQUE (id, proposed_by),
    CONSTRAINT geography_policy_names_one CHECK (mode <> 'allow' OR cardinality(countries) > 0)
);
CALL bulkhead_tenant_table('geography_policy', append_only => true);

CREATE TABLE geography_decision (
    tenant_id uuid NOT NULL,
    policy_id uuid CONSTRAINT geography_decision_pk PRIMARY KEY,
    verdict geography_verdict NOT NULL,
    proposed_by text NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT geography_decision_policy_fk FOREIGN KEY (policy_id, proposed_by)
        REFERENCES geography_policy (id, proposed_by),
    CONSTRAINT geography_decision_two_people CHECK (decided_by <> proposed_by)
);
CALL bulkhead_tenant_table('geography_decision', append_only => true);

-- Risk of customers: what compliance knows of them, and scores with their parts.
CREATE TYPE risk_flag_kind AS ENUM ('pep', 'pep_relative', 'business', 'watched');
CREATE TYPE risk_band AS ENUM ('low', 'medium', 'high');

-- The last row of a flag counts; `facts_customer.flags` is made of them.
CREATE TABLE risk_flag (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT risk_flag_pk PRIMARY KEY,
    customer_id uuid NOT NULL,
    flag risk_flag_kind NOT NULL,
    is_set boolean NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    text_sealed bytea CONSTRAINT risk_flag_text_sealed CHECK (octet_length(text_sealed) > 28),
    CONSTRAINT risk_flag_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES customer_account (tenant_id, id)
);
CREATE INDEX risk_flag_of_customer ON risk_flag (customer_id, id);
CALL bulkhead_tenant_table('risk_flag', append_only => true);

-- `parts`: name of a part -> points; they add up to the score. `weights`: the digest of what they were reckoned by.
CREATE TABLE risk_score (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT risk_score_pk PRIMARY KEY,
    customer_id uuid NOT NULL,
    score smallint NOT NULL CONSTRAINT risk_score_range CHECK (score BETWEEN 0 AND 100),
    band risk_band NOT NULL,
    parts jsonb NOT NULL,
    weights bytea NOT NULL CONSTRAINT risk_score_weights_length CHECK (octet_length(weights) = 32),
    scored_at timestamptz NOT NULL,
    CONSTRAINT risk_score_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES customer_account (tenant_id, id)
);
CREATE INDEX risk_score_of_customer ON risk_score (customer_id, id);
CALL bulkhead_tenant_table('risk_score', append_only => true);

-- The score that counts, when it was looked at last, and the version of the facts that it was reckoned from.
CREATE TABLE risk_current (
    tenant_id uuid NOT NULL,
    customer_id uuid CONSTRAINT risk_current_pk PRIMARY KEY,
    score_id uuid NOT NULL CONSTRAINT risk_current_score REFERENCES risk_score (id),
    facts_version integer NOT NULL,
    checked_at timestamptz NOT NULL
) WITH (fillfactor = 80);
CALL bulkhead_tenant_table('risk_current', append_only => false);
REVOKE DELETE ON risk_current FROM bulkhead_app;

-- Dates by which verified customers are looked at again before their tier's: the last row since the approval counts.
CREATE TABLE kyc_review (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT kyc_review_pk PRIMARY KEY,
    customer_id uuid NOT NULL,
    due_on date NOT NULL,
    cause text NOT NULL CONSTRAINT kyc_review_cause_form CHECK (cause ~ '^[a-z_.]{2,60}$'),
    set_at timestamptz NOT NULL,
    CONSTRAINT kyc_review_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES customer_account (tenant_id, id)
);
CREATE INDEX kyc_review_last ON kyc_review (customer_id, id DESC);
CALL bulkhead_tenant_table('kyc_review', append_only => true);
