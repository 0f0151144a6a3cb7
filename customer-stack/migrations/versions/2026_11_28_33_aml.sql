-- AML: what customers did with money, counters over it, rules and who may change them.
-- Amounts in LKR cents.

CREATE TYPE aml_event_kind AS ENUM (
    'deposit', 'withdrawal', 'transfer_in', 'transfer_out', 'wager', 'wager_sale', 'winnings', 'chargeback');
CREATE TYPE aml_product AS ENUM ('bank', 'card', 'checkout', 'open_banking', 'qr', 'wallet', 'market');
CREATE TYPE aml_subject AS ENUM ('customer', 'instrument', 'device');
CREATE TYPE aml_dimension AS ENUM ('customer', 'counterparty', 'instrument', 'device');
CREATE TYPE aml_grain AS ENUM ('slot', 'day');
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
CREATE INDEX aml_event_reversals ON aml_event (reverses) WHERE reverses IS NOT NULL;
CREATE UNIQUE INDEX aml_event_reversed_once ON aml_event (reverses) WHERE n = -1;
CALL bulkhead_tenant_table('aml_event', append_only => true);

-- Sums of events by subject and class (kind, product, tags). A slot is ten minutes, a day one of Colombo.
CREATE TABLE aml_counter (
    tenant_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    subject aml_subject NOT NULL,
    grain aml_grain NOT NULL,
    starts_at timestamptz NOT NULL,
    kind aml_event_kind NOT NULL,
    product aml_product NOT NULL,
    tags smallint NOT NULL,
    n integer NOT NULL CONSTRAINT aml_counter_n CHECK (n >= 0),
    amount bigint NOT NULL CONSTRAINT aml_counter_amount CHECK (amount >= 0),
    CONSTRAINT aml_counter_pk
        PRIMARY KEY (tenant_id, subject_id, subject, grain, starts_at, kind, product, tags)
) WITH (fillfactor = 70);
CALL bulkhead_tenant_table('aml_counter', append_only => false);
REVOKE DELETE ON aml_counter FROM bulkhead_app;

-- Which values met a subject on a day of Colombo, in how many events that stand.
CREATE TABLE aml_pair (
    tenant_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    subject aml_subject NOT NULL,
    dimension aml_dimension NOT NULL,
    day timestamptz NOT NULL,
    value_id uuid NOT NULL,
    n integer NOT NULL CONSTRAINT aml_pair_n CHECK (n >= 0),
    CONSTRAINT aml_pair_pk PRIMARY KEY (tenant_id, subject_id, subject, dimension, day, value_id)
) WITH (fillfactor = 70);
CALL bulkhead_tenant_table('aml_pair', append_only => false);
REVOKE DELETE ON aml_pair FROM bulkhead_app;
