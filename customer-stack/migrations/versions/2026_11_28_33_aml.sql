-- AML: what customers did with money, counters over it, rules and who may change them.
-- Amounts in LKR cents.

CREATE TYPE aml_event_kind AS ENUM (
    'deposit', 'withdrawal', 'transfer_in', 'transfer_out', 'wager', 'wager_sale', 'winnings', 'chargeback');
CREATE TYPE aml_product AS ENUM ('bank', 'card', 'checkout', 'open_banking', 'qr', 'wallet', 'market');
CREATE TYPE aml_side AS ENUM ('yes', 'no');

-- One row per movement, and one per reversal of it: `counted_at` says where a row counts, which for a
-- reversal is where its original was counted. `n` is 1; or -1 when all of it is taken back, 0 for a part.
CREATE TABLE aml_event (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT aml_event_pk PRIMARY KEY,
    customer_id uuid NOT NULL,
    kind aml_event_kind NOT NULL,
    product aml_product NOT NULL,
    tags smallint NOT NULL CONSTRAINT aml_event_tags CHECK (tags BETWEEN 0 AND 3),
    at timestamptz NOT NULL,
    counted_at timestamptz NOT NULL,
    n smallint NOT NULL,
    amount bigint NOT NULL,
    counterparty_id uuid,
    instrument_id uuid,
    device_id uuid,
    market_id uuid,
    side aml_side,
    reverses uuid CONSTRAINT aml_event_reverses_fk REFERENCES aml_event (id),
    CONSTRAINT aml_event_first CHECK (reverses IS NOT NULL OR (n = 1 AND amount >= 0 AND counted_at = at)),
    CONSTRAINT aml_event_reversal CHECK (reverses IS NULL OR (n IN (0, -1) AND amount <= 0 AND counted_at <= at)),
    CONSTRAINT aml_event_side CHECK (side IS NULL OR market_id IS NOT NULL)
);
CREATE INDEX aml_event_customer ON aml_event (tenant_id, customer_id, counted_at)
    INCLUDE (kind, product, tags, n, amount);
CREATE INDEX aml_event_instrument ON aml_event (tenant_id, instrument_id, counted_at)
    INCLUDE (kind, product, tags, n, amount) WHERE instrument_id IS NOT NULL;
CREATE INDEX aml_event_device ON aml_event (tenant_id, device_id, counted_at)
    INCLUDE (kind, product, tags, n, amount) WHERE device_id IS NOT NULL;
-- The history of a tenant as it happened, for backtests.
CREATE INDEX aml_event_history ON aml_event (tenant_id, at, id);
CREATE INDEX aml_event_reversals ON aml_event (reverses) WHERE reverses IS NOT NULL;
CREATE UNIQUE INDEX aml_event_reversed_once ON aml_event (reverses) WHERE n = -1;
CALL bulkhead_tenant_table('aml_event', append_only => true);

-- Sums of events by subject and class (kind, product, tags), in buckets of ten minutes and of one day of Colombo.
-- What leads the key is compared by leakproof operators only (an enum's are not): others are not looked up in
-- an index under row-level security. Subject: 1 customer, 2 instrument, 3 device.
CREATE TABLE aml_counter (
    tenant_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    subject smallint NOT NULL CONSTRAINT aml_counter_subject CHECK (subject BETWEEN 1 AND 3),
    minutes smallint NOT NULL CONSTRAINT aml_counter_minutes CHECK (minutes IN (10, 1440)),
    starts_at timestamptz NOT NULL,
    kind aml_event_kind NOT NULL,
    product aml_product NOT NULL,
    tags smallint NOT NULL,
    n integer NOT NULL CONSTRAINT aml_counter_n CHECK (n >= 0),
    amount bigint NOT NULL CONSTRAINT aml_counter_amount CHECK (amount >= 0),
    CONSTRAINT aml_counter_pk
        PRIMARY KEY (tenant_id, subject_id, subject, minutes, starts_at, kind, product, tags)
) WITH (fillfactor = 70);
CALL bulkhead_tenant_table('aml_counter', append_only => false);
REVOKE DELETE ON aml_counter FROM bulkhead_app;

-- Which values met a subject on a day of Colombo, in how many events that stand.
-- Dimension: 1 customer, 2 instrument, 3 device, 4 counterparty.
CREATE TABLE aml_pair (
    tenant_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    subject smallint NOT NULL CONSTRAINT aml_pair_subject CHECK (subject BETWEEN 1 AND 3),
    dimension smallint NOT NULL CONSTRAINT aml_pair_dimension CHECK (dimension BETWEEN 1 AND 4),
    day timestamptz NOT NULL,
    value_id uuid NOT NULL,
    n integer NOT NULL CONSTRAINT aml_pair_n CHECK (n >= 0),
    CONSTRAINT aml_pair_pk PRIMARY KEY (tenant_id, subject_id, subject, dimension, day, value_id)
) WITH (fillfactor = 70);
CALL bulkhead_tenant_table('aml_pair', append_only => false);
REVOKE DELETE ON aml_pair FROM bulkhead_app;

CREATE TYPE aml_step_kind AS ENUM ('write', 'shadow', 'propose', 'approve', 'reject', 'drop', 'replace');
CREATE TYPE aml_version_state AS ENUM ('draft', 'shadow', 'proposed', 'published', 'retiring', 'retired');

-- One row per tenant: rises with every change of what is evaluated. Changes of rules hold its lock.
CREATE TABLE aml_ruleset (
    tenant_id uuid CONSTRAINT aml_ruleset_pk PRIMARY KEY,
    revision bigint NOT NULL CONSTRAINT aml_ruleset_revision CHECK (revision > 0)
);
CALL bulkhead_tenant_table('aml_ruleset', append_only => false);
REVOKE DELETE ON aml_ruleset FROM bulkhead_app;

-- A version is its content, in canonical JSON; the digest is SHA-256 of it.
CREATE TABLE aml_version (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT aml_version_pk PRIMARY KEY,
    key text NOT NULL CONSTRAINT aml_version_key CHECK (key ~ '^[a-z][a-z0-9_]{2,47}$'),
    content bytea NOT NULL CONSTRAINT aml_version_content CHECK (octet_length(content) <= 64000),
    digest bytea NOT NULL CONSTRAINT aml_version_digest CHECK (digest = sha256(content)),
    written_by uuid NOT NULL,
    written_at timestamptz NOT NULL,
    CONSTRAINT aml_version_once UNIQUE (tenant_id, key, digest),
    CONSTRAINT aml_version_writer UNIQUE (id, written_by),
    CONSTRAINT aml_version_of_key UNIQUE (id, key)
);
CREATE INDEX aml_version_tenant ON aml_version (tenant_id, id);
CALL bulkhead_tenant_table('aml_version', append_only => true);

-- What was done with a version, step by step. The key refuses a second step from one state.
CREATE TABLE aml_step (
    tenant_id uuid NOT NULL,
    version_id uuid NOT NULL,
    number integer NOT NULL CONSTRAINT aml_step_number CHECK (number > 0),
    step aml_step_kind NOT NULL,
    state aml_version_state NOT NULL,
    written_by uuid NOT NULL,
    taken_by uuid NOT NULL,
    taken_at timestamptz NOT NULL,
    -- Of an approval: which proposal it answers, and whose.
    asked_number integer,
    asked_by uuid,
    CONSTRAINT aml_step_pk PRIMARY KEY (version_id, number),
    CONSTRAINT aml_step_taker UNIQUE (version_id, number, taken_by),
    CONSTRAINT aml_step_result UNIQUE (version_id, number, step, state),
    CONSTRAINT aml_step_version_fk FOREIGN KEY (version_id, written_by) REFERENCES aml_version (id, written_by),
    CONSTRAINT aml_step_asked_fk FOREIGN KEY (version_id, asked_number, asked_by)
        REFERENCES aml_step (version_id, number, taken_by),
    CONSTRAINT aml_step_two_people CHECK (
        step <> 'approve' OR (asked_by IS NOT NULL AND asked_number = number - 1 AND taken_by <> asked_by
                              AND (state <> 'published' OR taken_by <> written_by))),
    CONSTRAINT aml_step_states CHECK (CASE step
        WHEN 'write' THEN number = 1 AND state = 'draft'
        WHEN 'shadow' THEN state = 'shadow'
        WHEN 'propose' THEN state IN ('proposed', 'retiring')
        WHEN 'approve' THEN state IN ('published', 'retired')
        WHEN 'reject' THEN state IN ('draft', 'published')
        ELSE state = 'retired' END)
);
CALL bulkhead_tenant_table('aml_step', append_only => true);

-- The version of each rule that counts: one, and only one that was approved.
CREATE TABLE aml_published (
    tenant_id uuid NOT NULL,
    key text NOT NULL,
    version_id uuid NOT NULL,
    number integer NOT NULL,
    step aml_step_kind NOT NULL DEFAULT 'approve' CONSTRAINT aml_published_step CHECK (step = 'approve'),
    state aml_version_state NOT NULL DEFAULT 'published' CONSTRAINT aml_published_state CHECK (state = 'published'),
    CONSTRAINT aml_published_pk PRIMARY KEY (tenant_id, key),
    CONSTRAINT aml_published_key_fk FOREIGN KEY (version_id, key) REFERENCES aml_version (id, key),
    CONSTRAINT aml_published_step_fk FOREIGN KEY (version_id, number, step, state)
        REFERENCES aml_step (version_id, number, step, state)
);
CALL bulkhead_tenant_table('aml_published', append_only => false);
