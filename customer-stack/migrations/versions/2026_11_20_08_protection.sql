-- Stake limits and rolling stake counters.

-- A change is a new version; the newest of a tenant counts.
CREATE TABLE protection_stake_limit (
    tenant_id uuid NOT NULL,
    version integer NOT NULL CONSTRAINT protection_stake_limit_version_positive CHECK (version > 0),
    amount bigint NOT NULL CONSTRAINT protection_stake_limit_amount_not_negative CHECK (amount >= 0),
    set_at timestamptz NOT NULL,
    CONSTRAINT protection_stake_limit_pk PRIMARY KEY (tenant_id, version)
);
CALL bulkhead_tenant_table('protection_stake_limit', append_only => true);

-- What a customer staked within one clock hour, in micro-dollars. Written under the lock of the customer's book.
CREATE TABLE protection_stake_bucket (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    hour timestamptz NOT NULL,
    amount bigint NOT NULL CONSTRAINT protection_stake_bucket_amount_not_negative CHECK (amount >= 0),
    CONSTRAINT protection_stake_bucket_pk PRIMARY KEY (customer_id, hour)
) WITH (fillfactor = 70);
CALL bulkhead_tenant_table('protection_stake_bucket', append_only => false);
REVOKE DELETE ON protection_stake_bucket FROM bulkhead_app;
