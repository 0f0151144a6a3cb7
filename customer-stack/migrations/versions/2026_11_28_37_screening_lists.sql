-- Screening: lists as published, who waits to be screened, what was found, what people said of it.
-- Lists are public and the same for all tenants; what concerns customers is their tenant's.

CREATE TYPE screening_change AS ENUM ('added', 'changed', 'removed');
CREATE TYPE screening_check_outcome AS ENUM ('taken', 'unchanged', 'refused', 'unreachable');
CREATE TYPE screening_task_reason AS ENUM ('registered', 'corrected', 'submitted', 'list', 'matcher');
CREATE TYPE screening_state AS ENUM ('clear', 'possible', 'confirmed');
CREATE TYPE screening_alert_state AS ENUM (
    'open', 'clear_proposed', 'confirm_proposed', 'release_proposed', 'cleared', 'confirmed', 'gone');
CREATE TYPE screening_alert_step_kind AS ENUM (
    'found', 'found_again', 'lapse', 'vanish', 'prove', 'clear', 'propose_clear', 'propose_confirm', 'propose_release',
    'approve', 'reject');

-- A version of a list that was taken. Numbers run over all lists: what counts at a number is, of each list, its
-- newest version up to there; `lists_version` is the digest of that, `contents` of all entries of this version.
CREATE TABLE screening_version (
    number integer CONSTRAINT screening_version_pk PRIMARY KEY
        CONSTRAINT screening_version_number CHECK (number > 0),
    source text NOT NULL CONSTRAINT screening_version_source CHECK (source ~ '^[a-z][a-z_]{1,31}$'),
    version bytea NOT NULL CONSTRAINT screening_version_digest CHECK (octet_length(version) = 32),
    lists_version bytea NOT NULL CONSTRAINT screening_version_lists CHECK (octet_length(lists_version) = 32),
    contents bytea NOT NULL CONSTRAINT screening_version_contents CHECK (octet_length(contents) = 32),
    entries integer NOT NULL CONSTRAINT screening_version_entries CHECK (entries > 0),
    names integer NOT NULL CONSTRAINT screening_version_names CHECK (names > 0),
    added integer NOT NULL,
    changed integer NOT NULL,
    removed integer NOT NULL,
    origin text NOT NULL CONSTRAINT screening_version_origin CHECK (length(origin) BETWEEN 1 AND 500),
    published_at timestamptz,
    fetched_at timestamptz NOT NULL,
    stored_at timestamptz NOT NULL,
    CONSTRAINT screening_version_of_source UNIQUE (source, number),
    CONSTRAINT screening_version_counts CHECK (added >= 0 AND changed >= 0 AND removed >= 0)
);
CALL bulkhead_plain_table('screening_version', append_only => true);
COMMENT ON TABLE screening_version IS 'no tenant: published lists are the same for all';

-- What a version changed. The entries of a version are the newest change of each up to it, so that a version of ten
-- thousand entries costs what it changes. Content is JSON as `lists.stored` writes it.
CREATE TABLE screening_entry_change (
    source text NOT NULL,
    entry_id text NOT NULL CONSTRAINT screening_entry_change_entry CHECK (length(entry_id) BETWEEN 1 AND 160),
    number integer NOT NULL,
    change screening_change NOT NULL,
    fingerprint bytea CONSTRAINT screening_entry_change_fingerprint CHECK (octet_length(fingerprint) = 32),
    content bytea,
    CONSTRAINT screening_entry_change_pk PRIMARY KEY (source, entry_id, number),
    CONSTRAINT screening_entry_change_version_fk FOREIGN KEY (source, number)
        REFERENCES screening_version (source, number),
    CONSTRAINT screening_entry_change_whole
        CHECK ((change = 'removed') = (content IS NULL) AND (content IS NULL) = (fingerprint IS NULL))
);
CREATE INDEX screening_entry_change_of_version ON screening_entry_change (number, entry_id);
CALL bulkhead_plain_table('screening_entry_change', append_only => true);
COMMENT ON TABLE screening_entry_change IS 'no tenant: published lists are the same for all';

-- Every look at a list, with what came of it: a refusal says why, and the last good version stays.
CREATE TABLE screening_check (
    id uuid CONSTRAINT screening_check_pk PRIMARY KEY,
    source text NOT NULL CONSTRAINT screening_check_source CHECK (source ~ '^[a-z][a-z_]{1,31}$'),
    outcome screening_check_outcome NOT NULL,
    reason text CONSTRAINT screening_check_reason CHECK (length(reason) BETWEEN 1 AND 500),
    origin text NOT NULL CONSTRAINT screening_check_origin CHECK (length(origin) BETWEEN 1 AND 500),
    at timestamptz NOT NULL,
    number integer CONSTRAINT screening_check_version_fk REFERENCES screening_version (number),
    CONSTRAINT screening_check_says_why CHECK ((outcome IN ('refused', 'unreachable')) = (reason IS NOT NULL)),
    CONSTRAINT screening_check_has_version CHECK (outcome NOT IN ('taken', 'unchanged') OR number IS NOT NULL)
);
CREATE INDEX screening_check_of_source ON screening_check (source, id);
CALL bulkhead_plain_table('screening_check', append_only => true);
COMMENT ON TABLE screening_check IS 'no tenant: published lists are the same for all';

-- A verdict belongs to a subject as it was when it was asked about: `party_print` is a keyed digest of what was
-- compared. Older verdicts have none. A business is screened too; its representative's key seals the reasons.
ALTER TABLE screening_result
    ADD COLUMN business_id uuid,
    ADD COLUMN party_print bytea
        CONSTRAINT screening_result_party_print CHECK (octet_length(party_print) = 32),
    DROP CONSTRAINT screening_result_best_entry_form, -- a house's own list has ids of its own form
    ADD CONSTRAINT screening_result_best_entry_form CHECK (length(best_entry) BETWEEN 1 AND 160),
    DROP CONSTRAINT screening_result_once_per_list,
    ADD CONSTRAINT screening_result_once_per_list
        UNIQUE NULLS NOT DISTINCT (customer_id, business_id, list_version, matcher_version, party_print);

-- Who waits to be screened. `revision` rises when it is asked for again, so that nothing asked for meanwhile is lost.
CREATE TABLE screening_task (
    tenant_id uuid NOT NULL,
    subject_id uuid CONSTRAINT screening_task_pk PRIMARY KEY,
    customer_id uuid NOT NULL,
    business_id uuid,
    reason screening_task_reason NOT NULL,
    revision integer NOT NULL DEFAULT 1,
    asked_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0 CONSTRAINT screening_task_attempts CHECK (attempts >= 0),
    problem text CONSTRAINT screening_task_problem CHECK (problem ~ '^[a-z_]{2,40}$'),
    CONSTRAINT screening_task_subject CHECK (subject_id = coalesce(business_id, customer_id)),
    CONSTRAINT screening_task_customer FOREIGN KEY (tenant_id, customer_id)
        REFERENCES customer_account (tenant_id, id)
);
CREATE INDEX screening_task_due ON screening_task (tenant_id, due_at);
CALL bulkhead_tenant_table('screening_task', append_only => false);

-- Where each subject stands: the fold of its alerts at the last screening or decision.
CREATE TABLE screening_standing (
    tenant_id uuid NOT NULL,
    subject_id uuid CONSTRAINT screening_standing_pk PRIMARY KEY,
    customer_id uuid NOT NULL,
    business_id uuid,
    state screening_state NOT NULL,
    number integer NOT NULL,
    lists_version bytea NOT NULL CONSTRAINT screening_standing_lists CHECK (octet_length(lists_version) = 32),
    matcher_version integer NOT NULL,
    party_print bytea CONSTRAINT screening_standing_print CHECK (octet_length(party_print) = 32),
    screened_at timestamptz NOT NULL,
    CONSTRAINT screening_standing_subject CHECK (subject_id = coalesce(business_id, customer_id)),
    CONSTRAINT screening_standing_customer FOREIGN KEY (tenant_id, customer_id)
        REFERENCES customer_account (tenant_id, id)
) WITH (fillfactor = 80);
CREATE INDEX screening_standing_matcher ON screening_standing (tenant_id, matcher_version, subject_id);
CALL bulkhead_tenant_table('screening_standing', append_only => false);
REVOKE DELETE ON screening_standing FROM bulkhead_app;

-- One subject beside one entry. A cleared one is a clearing: it holds while `entry_print` and `party_print`, which say
-- what was compared, stay as they are.
CREATE TABLE screening_alert (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT screening_alert_pk PRIMARY KEY,
    subject_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    business_id uuid,
    department_id uuid NOT NULL,
    source text NOT NULL,
    entry_id text NOT NULL,
    state screening_alert_state NOT NULL,
    steps integer NOT NULL CONSTRAINT screening_alert_steps CHECK (steps > 0),
    score integer NOT NULL CONSTRAINT screening_alert_score CHECK (score BETWEEN 0 AND 10000),
    priority integer NOT NULL,
    is_sanctioned boolean NOT NULL,
    entry_print bytea NOT NULL CONSTRAINT screening_alert_entry_print CHECK (octet_length(entry_print) = 32),
    party_print bytea NOT NULL CONSTRAINT screening_alert_party_print CHECK (octet_length(party_print) = 32),
    number integer NOT NULL,
    matcher_version integer NOT NULL,
    reasons_sealed bytea NOT NULL,
    opened_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT screening_alert_once UNIQUE (subject_id, source, entry_id),
    CONSTRAINT screening_alert_subject CHECK (subject_id = coalesce(business_id, customer_id)),
    CONSTRAINT screening_alert_customer FOREIGN KEY (tenant_id, customer_id)
        REFERENCES customer_account (tenant_id, id)
);
CREATE INDEX screening_alert_queue ON screening_alert (tenant_id, state, priority DESC, id);
CREATE INDEX screening_alert_entry ON screening_alert (tenant_id, source, entry_id) WHERE state <> 'gone';
CALL bulkhead_tenant_table('screening_alert', append_only => false);
REVOKE DELETE ON screening_alert FROM bulkhead_app;

-- What was done with an alert, step by step; nobody approves what they proposed. Without `taken_by`: the system.
CREATE TABLE screening_alert_step (
    tenant_id uuid NOT NULL,
    alert_id uuid NOT NULL CONSTRAINT screening_alert_step_alert_fk REFERENCES screening_alert (id),
    number integer NOT NULL CONSTRAINT screening_alert_step_number CHECK (number > 0),
    step screening_alert_step_kind NOT NULL,
    state screening_alert_state NOT NULL,
    score integer NOT NULL,
    taken_by uuid,
    taken_at timestamptz NOT NULL,
    asked_number integer,
    asked_by uuid,
    note_sealed bytea,
    CONSTRAINT screening_alert_step_pk PRIMARY KEY (alert_id, number),
    CONSTRAINT screening_alert_step_taker UNIQUE (alert_id, number, taken_by),
    CONSTRAINT screening_alert_step_asked_fk FOREIGN KEY (alert_id, asked_number, asked_by)
        REFERENCES screening_alert_step (alert_id, number, taken_by),
    CONSTRAINT screening_alert_step_two_people CHECK (
        step <> 'approve' OR (asked_by IS NOT NULL AND asked_number = number - 1 AND taken_by <> asked_by)),
    CONSTRAINT screening_alert_step_by_somebody CHECK (
        (step IN ('found', 'found_again', 'lapse', 'vanish', 'prove')) = (taken_by IS NULL)),
    CONSTRAINT screening_alert_step_states CHECK (CASE step
        WHEN 'found' THEN state = 'open'
        WHEN 'lapse' THEN state = 'open'
        WHEN 'vanish' THEN state = 'gone'
        WHEN 'prove' THEN state = 'confirmed'
        WHEN 'clear' THEN state = 'cleared'
        WHEN 'propose_clear' THEN state = 'clear_proposed'
        WHEN 'propose_confirm' THEN state = 'confirm_proposed'
        WHEN 'propose_release' THEN state = 'release_proposed'
        WHEN 'approve' THEN state IN ('cleared', 'confirmed')
        WHEN 'reject' THEN state IN ('open', 'confirmed')
        ELSE state IN ('open', 'confirmed') END)
);
CALL bulkhead_tenant_table('screening_alert_step', append_only => true);

-- A walk over a tenant's customers after lists changed: from `since` to `number`, as far as `after_subject`.
CREATE TABLE screening_rescreen (
    tenant_id uuid NOT NULL,
    number integer NOT NULL,
    since integer NOT NULL,
    after_subject uuid,
    seen integer NOT NULL DEFAULT 0,
    found integer NOT NULL DEFAULT 0,
    worker uuid,
    leased_until timestamptz NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT screening_rescreen_pk PRIMARY KEY (tenant_id, number),
    CONSTRAINT screening_rescreen_forward CHECK (since < number)
);
CREATE UNIQUE INDEX screening_rescreen_one ON screening_rescreen (tenant_id) WHERE finished_at IS NULL;
CALL bulkhead_tenant_table('screening_rescreen', append_only => false);
REVOKE DELETE ON screening_rescreen FROM bulkhead_app;

-- Who was screened before lists were kept is screened again, at the pace of a new matcher.
INSERT INTO screening_standing (tenant_id, subject_id, customer_id, state, number, lists_version, matcher_version,
    screened_at)
SELECT DISTINCT ON (r.customer_id) r.tenant_id, r.customer_id, r.customer_id,
    CASE r.verdict WHEN 'clear' THEN 'clear' ELSE 'possible' END::screening_state, 0, r.list_version, 0, r.screened_at
FROM screening_result r JOIN customer_account a ON a.id = r.customer_id
WHERE a.status IN ('registered', 'verifying', 'active', 'frozen')
ORDER BY r.customer_id, r.screened_at DESC;
