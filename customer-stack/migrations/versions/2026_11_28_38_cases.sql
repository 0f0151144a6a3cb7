-- Compliance cases: what a person has to look at, what waits for them, how it ended; and snoozes of rules.

CREATE TYPE cases_state AS ENUM ('open', 'investigating', 'closing', 'closed');
CREATE TYPE cases_step_kind AS ENUM (
    'open', 'alert', 'take', 'put_back', 'propose', 'reject', 'close', 'reopen', 'ask_release', 'refuse_release', 'end_hold');
CREATE TYPE cases_outcome AS ENUM ('confirmed', 'valuable', 'false_positive', 'no_finding');
CREATE TYPE cases_hold_end AS ENUM ('released', 'denied', 'gone');
CREATE TYPE cases_snooze_state AS ENUM ('proposed', 'standing', 'rejected', 'ended');

-- Where a case stands now. Nothing of it changes without a step; `steps` is the number of the last one.
CREATE TABLE cases_case (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT cases_case_pk PRIMARY KEY,
    customer_id uuid NOT NULL,
    family text NOT NULL CONSTRAINT cases_case_family_form CHECK (family ~ '^[a-z][a-z0-9_]{2,47}$'),
    state cases_state NOT NULL,
    priority integer NOT NULL CONSTRAINT cases_case_priority_range CHECK (priority BETWEEN 0 AND 1000),
    opened_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    assignee_id uuid,
    outcome cases_outcome,
    closed_at timestamptz,
    steps integer NOT NULL CONSTRAINT cases_case_steps_positive CHECK (steps > 0),
    CONSTRAINT cases_case_of_tenant UNIQUE (tenant_id, id),
    CONSTRAINT cases_case_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES customer_account (tenant_id, id),
    CONSTRAINT cases_case_end_whole CHECK (
        (state = 'closed') = (closed_at IS NOT NULL) AND (state = 'closed') = (outcome IS NOT NULL)),
    CONSTRAINT cases_case_somebody_works CHECK (
        CASE state WHEN 'open' THEN assignee_id IS NULL ELSE assignee_id IS NOT NULL END)
) WITH (fillfactor = 80);
-- One open case per customer and family: whoever finds more adds to it.
CREATE UNIQUE INDEX cases_case_one_open ON cases_case (tenant_id, customer_id, family) WHERE closed_at IS NULL;
CREATE INDEX cases_case_queue ON cases_case (tenant_id, priority DESC, id);
CREATE INDEX cases_case_pending ON cases_case (tenant_id, priority DESC, id) WHERE closed_at IS NULL;
CREATE INDEX cases_case_due ON cases_case (tenant_id, due_at) WHERE closed_at IS NULL;
CREATE INDEX cases_case_of_customer ON cases_case (tenant_id, customer_id, id);
CALL bulkhead_tenant_table('cases_case', append_only => false);
REVOKE DELETE ON cases_case FROM bulkhead_app;

-- What people wrote in a case, sealed under the key of the customer whom it is about.
CREATE TABLE cases_note (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT cases_note_pk PRIMARY KEY,
    case_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    written_at timestamptz NOT NULL,
    sealed bytea NOT NULL CONSTRAINT cases_note_sealed CHECK (octet_length(sealed) > 28),
    CONSTRAINT cases_note_of_case UNIQUE (case_id, id),
    CONSTRAINT cases_note_case FOREIGN KEY (tenant_id, case_id) REFERENCES cases_case (tenant_id, id)
);
CALL bulkhead_tenant_table('cases_note', append_only => true);

-- What happened to a case, numbered without gaps. `staff_id` NULL: the platform.
CREATE TABLE cases_step (
    tenant_id uuid NOT NULL,
    case_id uuid NOT NULL,
    number integer NOT NULL CONSTRAINT cases_step_number_positive CHECK (number > 0),
    before integer GENERATED ALWAYS AS (nullif(number - 1, 0)) STORED,
    step cases_step_kind NOT NULL,
    state cases_state NOT NULL,
    at timestamptz NOT NULL,
    staff_id uuid,
    assignee_id uuid,
    outcome cases_outcome,
    note_id uuid,
    reasons text[] NOT NULL DEFAULT '{}',
    -- Of a step with something that is held: what.
    about_kind text,
    about_id uuid,
    -- Of a closing: which proposal it approves, and whose.
    asked_number integer,
    asked_step cases_step_kind CONSTRAINT cases_step_asked_step CHECK (asked_step = 'propose'),
    asked_by uuid,
    CONSTRAINT cases_step_pk PRIMARY KEY (case_id, number),
    CONSTRAINT cases_step_no_gap FOREIGN KEY (case_id, before) REFERENCES cases_step (case_id, number),
    CONSTRAINT cases_step_state UNIQUE (case_id, number, state),
    CONSTRAINT cases_step_asked UNIQUE (case_id, number, step, staff_id, outcome),
    CONSTRAINT cases_step_case FOREIGN KEY (tenant_id, case_id) REFERENCES cases_case (tenant_id, id),
    CONSTRAINT cases_step_note FOREIGN KEY (case_id, note_id) REFERENCES cases_note (case_id, id),
    CONSTRAINT cases_step_asked_fk FOREIGN KEY (case_id, asked_number, asked_step, asked_by, outcome)
        REFERENCES cases_step (case_id, number, step, staff_id, outcome),
    -- Nothing may have come between a proposal and its approval, and they are two people.
    CONSTRAINT cases_step_two_people CHECK (
        step <> 'close' OR (asked_number = number - 1 AND asked_step IS NOT NULL AND asked_by <> staff_id
                            AND asked_by IS NOT NULL AND staff_id IS NOT NULL AND outcome IS NOT NULL)),
    CONSTRAINT cases_step_person CHECK (staff_id IS NOT NULL OR step IN ('open', 'alert', 'end_hold')),
    CONSTRAINT cases_step_about CHECK (
        (step IN ('ask_release', 'refuse_release', 'end_hold')) = (about_kind IS NOT NULL AND about_id IS NOT NULL)),
    CONSTRAINT cases_step_states CHECK (CASE step
        WHEN 'open' THEN number = 1 AND state = 'open'
        WHEN 'alert' THEN state IN ('open', 'investigating')
        WHEN 'take' THEN state = 'investigating' AND assignee_id IS NOT NULL
        WHEN 'put_back' THEN state = 'open'
        WHEN 'propose' THEN state = 'closing' AND outcome IS NOT NULL AND note_id IS NOT NULL
        WHEN 'reject' THEN state = 'investigating'
        WHEN 'close' THEN state = 'closed'
        WHEN 'reopen' THEN state = 'open' AND note_id IS NOT NULL
        ELSE state IN ('open', 'investigating') END)
);
CREATE INDEX cases_step_when ON cases_step (tenant_id, at);
CALL bulkhead_tenant_table('cases_step', append_only => true);
ALTER TABLE cases_case ADD CONSTRAINT cases_case_last_step FOREIGN KEY (id, steps, state)
    REFERENCES cases_step (case_id, number, state);

-- What a case is about. `reasons` are the codes with which it came.
CREATE TABLE cases_link (
    tenant_id uuid NOT NULL,
    case_id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT cases_link_kind_form CHECK (kind ~ '^[a-z_]{2,40}$'),
    link_id uuid NOT NULL,
    reasons text[] NOT NULL,
    added_at timestamptz NOT NULL,
    added_by uuid,
    CONSTRAINT cases_link_pk PRIMARY KEY (case_id, kind, link_id),
    CONSTRAINT cases_link_case FOREIGN KEY (tenant_id, case_id) REFERENCES cases_case (tenant_id, id)
);
CREATE INDEX cases_link_found ON cases_link (tenant_id, link_id);
CREATE INDEX cases_link_when ON cases_link (tenant_id, added_at);
CALL bulkhead_tenant_table('cases_link', append_only => true);

-- Commands that wait for a case. `amount` in LKR cents, NULL: not known. `alone`: one person was enough.
CREATE TABLE cases_held (
    tenant_id uuid NOT NULL,
    case_id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT cases_held_kind_form CHECK (kind ~ '^[a-z_]{2,40}$'),
    held_id uuid NOT NULL,
    amount bigint CONSTRAINT cases_held_amount_not_negative CHECK (amount >= 0),
    added_at timestamptz NOT NULL,
    asked_by uuid,
    asked_at timestamptz,
    alone boolean NOT NULL DEFAULT false,
    ended_as cases_hold_end,
    ended_by uuid,
    ended_at timestamptz,
    CONSTRAINT cases_held_pk PRIMARY KEY (tenant_id, kind, held_id),
    CONSTRAINT cases_held_case FOREIGN KEY (tenant_id, case_id) REFERENCES cases_case (tenant_id, id),
    CONSTRAINT cases_held_asked_whole CHECK ((asked_by IS NULL) = (asked_at IS NULL)),
    CONSTRAINT cases_held_end_whole CHECK ((ended_as IS NULL) = (ended_at IS NULL)
        AND (ended_as IS NOT NULL OR ended_by IS NULL) AND (ended_as IS NULL OR ended_as = 'gone' OR ended_by IS NOT NULL)),
    CONSTRAINT cases_held_two_people CHECK (ended_as <> 'released' OR alone OR (
        asked_by IS NOT NULL AND ended_by IS NOT NULL AND asked_by <> ended_by))
);
CREATE INDEX cases_held_of_case ON cases_held (case_id);
CALL bulkhead_tenant_table('cases_held', append_only => false);
REVOKE DELETE ON cases_held FROM bulkhead_app;

CREATE FUNCTION cases_case_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (OLD.state = NEW.state OR (OLD.state, NEW.state) IN (
        ('open', 'investigating'), ('investigating', 'open'), ('investigating', 'closing'),
        ('closing', 'investigating'), ('closing', 'closed'), ('closed', 'open'))) THEN
        RAISE EXCEPTION 'a case that is % cannot become %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'cases_case_transition';
    END IF;
    IF NEW.steps <= OLD.steps OR (OLD.tenant_id, OLD.id, OLD.customer_id, OLD.family, OLD.opened_at)
        IS DISTINCT FROM (NEW.tenant_id, NEW.id, NEW.customer_id, NEW.family, NEW.opened_at) THEN
        RAISE EXCEPTION 'a case changes by its next step, and what it is about never'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'cases_case_by_steps';
    END IF;
    IF NEW.state IN ('closing', 'closed') AND EXISTS (
        SELECT FROM cases_held WHERE case_id = NEW.id AND ended_at IS NULL) THEN
        RAISE EXCEPTION 'a case does not close while it holds something'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'cases_case_holds';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cases_case_guard BEFORE UPDATE ON cases_case FOR EACH ROW EXECUTE FUNCTION cases_case_guard();

CREATE FUNCTION cases_held_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL OR (OLD.tenant_id, OLD.case_id, OLD.kind, OLD.held_id, OLD.amount, OLD.added_at)
        IS DISTINCT FROM (NEW.tenant_id, NEW.case_id, NEW.kind, NEW.held_id, NEW.amount, NEW.added_at) THEN
        RAISE EXCEPTION 'what was held and decided does not change'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'cases_held_decided';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cases_held_guard BEFORE UPDATE ON cases_held FOR EACH ROW EXECUTE FUNCTION cases_held_guard();

-- Files of a case, in sealed parts.
CREATE TABLE cases_file (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT cases_file_pk PRIMARY KEY,
    case_id uuid NOT NULL,
    format text NOT NULL CONSTRAINT cases_file_format_known CHECK (format IN ('jpeg', 'png', 'pdf')),
    size_bytes integer NOT NULL CONSTRAINT cases_file_size_bounded CHECK (size_bytes BETWEEN 1 AND 8000000),
    added_by uuid NOT NULL,
    added_at timestamptz NOT NULL,
    CONSTRAINT cases_file_of_tenant UNIQUE (tenant_id, id),
    CONSTRAINT cases_file_case FOREIGN KEY (tenant_id, case_id) REFERENCES cases_case (tenant_id, id)
);
CREATE INDEX cases_file_of_case ON cases_file (case_id);
CALL bulkhead_tenant_table('cases_file', append_only => true);

CREATE TABLE cases_file_chunk (
    tenant_id uuid NOT NULL,
    file_id uuid NOT NULL,
    number smallint NOT NULL CONSTRAINT cases_file_chunk_number_positive CHECK (number > 0),
    sealed bytea NOT NULL CONSTRAINT cases_file_chunk_sealed
        CHECK (octet_length(sealed) > 28 AND octet_length(sealed) <= 262144 + 28),
    CONSTRAINT cases_file_chunk_pk PRIMARY KEY (file_id, number),
    CONSTRAINT cases_file_chunk_file FOREIGN KEY (tenant_id, file_id) REFERENCES cases_file (tenant_id, id)
);
ALTER TABLE cases_file_chunk ALTER COLUMN sealed SET STORAGE EXTERNAL; -- what is encrypted cannot be compressed
CALL bulkhead_tenant_table('cases_file_chunk', append_only => true);

-- A rule that is not heard for one customer until a moment. The reason is sealed under the customer's key.
CREATE TABLE cases_snooze (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT cases_snooze_pk PRIMARY KEY,
    customer_id uuid NOT NULL,
    rule text NOT NULL CONSTRAINT cases_snooze_rule_form CHECK (rule ~ '^[a-z][a-z0-9_]{2,47}$'),
    ends_at timestamptz NOT NULL,
    state cases_snooze_state NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL,
    decided_by uuid,
    decided_at timestamptz,
    ended_by uuid,
    ended_at timestamptz,
    reason_sealed bytea NOT NULL CONSTRAINT cases_snooze_reason_sealed CHECK (octet_length(reason_sealed) > 28),
    CONSTRAINT cases_snooze_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES customer_account (tenant_id, id),
    CONSTRAINT cases_snooze_bounded CHECK (
        ends_at > proposed_at AND ends_at <= proposed_at + interval '90 days'),
    CONSTRAINT cases_snooze_decided_whole CHECK ((state = 'proposed') = (decided_by IS NULL)
        AND (decided_by IS NULL) = (decided_at IS NULL)),
    CONSTRAINT cases_snooze_two_people CHECK (decided_by <> proposed_by OR state = 'rejected'),
    CONSTRAINT cases_snooze_end_whole CHECK ((state = 'ended') = (ended_at IS NOT NULL))
);
CREATE UNIQUE INDEX cases_snooze_one ON cases_snooze (tenant_id, customer_id, rule)
    WHERE ended_at IS NULL AND state IN ('proposed', 'standing');
CREATE INDEX cases_snooze_list ON cases_snooze (tenant_id, id);
CREATE INDEX cases_snooze_of_customer ON cases_snooze (tenant_id, customer_id);
CALL bulkhead_tenant_table('cases_snooze', append_only => false);
REVOKE DELETE ON cases_snooze FROM bulkhead_app;

CREATE FUNCTION cases_snooze_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (('proposed', 'standing'), ('proposed', 'rejected'), ('standing', 'ended'))
        OR (OLD.tenant_id, OLD.id, OLD.customer_id, OLD.rule, OLD.ends_at, OLD.proposed_by, OLD.proposed_at,
            OLD.reason_sealed) IS DISTINCT FROM (NEW.tenant_id, NEW.id, NEW.customer_id, NEW.rule, NEW.ends_at,
            NEW.proposed_by, NEW.proposed_at, NEW.reason_sealed)
        OR (OLD.state = 'standing' AND (OLD.decided_by, OLD.decided_at) IS DISTINCT FROM
            (NEW.decided_by, NEW.decided_at)) THEN
        RAISE EXCEPTION 'a snooze is proposed, decided by another, and ends; what it says never changes'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'cases_snooze_transition';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cases_snooze_guard BEFORE UPDATE ON cases_snooze
    FOR EACH ROW EXECUTE FUNCTION cases_snooze_guard();

-- Who is kept from the cases of a customer: themselves, a relative, a friend. It ends by somebody else only.
CREATE TABLE cases_exclusion (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT cases_exclusion_pk PRIMARY KEY,
    customer_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    excluded_by uuid NOT NULL,
    excluded_at timestamptz NOT NULL,
    ended_by uuid,
    ended_at timestamptz,
    CONSTRAINT cases_exclusion_customer FOREIGN KEY (tenant_id, customer_id)
        REFERENCES customer_account (tenant_id, id),
    CONSTRAINT cases_exclusion_staff FOREIGN KEY (tenant_id, staff_id) REFERENCES access_staff (tenant_id, id),
    CONSTRAINT cases_exclusion_end_whole CHECK ((ended_by IS NULL) = (ended_at IS NULL)),
    CONSTRAINT cases_exclusion_not_by_oneself CHECK (ended_by <> staff_id)
);
CREATE UNIQUE INDEX cases_exclusion_once ON cases_exclusion (tenant_id, customer_id, staff_id)
    WHERE ended_at IS NULL;
CREATE INDEX cases_exclusion_list ON cases_exclusion (tenant_id, id);
CALL bulkhead_tenant_table('cases_exclusion', append_only => false);
REVOKE DELETE ON cases_exclusion FROM bulkhead_app;

CREATE FUNCTION cases_step_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM cases_exclusion e JOIN cases_case c USING (tenant_id, customer_id)
        WHERE c.id = NEW.case_id AND e.ended_at IS NULL AND e.staff_id IN (NEW.staff_id, NEW.assignee_id)) THEN
        RAISE EXCEPTION 'who is kept from a customer takes no step in a case of theirs'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'cases_step_excluded';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cases_step_guard BEFORE INSERT ON cases_step FOR EACH ROW
    WHEN (NEW.staff_id IS NOT NULL) EXECUTE FUNCTION cases_step_guard();
