-- Facts: what the gate must know of a customer, in one row, so that a lane reads one row and not ten tables.
-- A projection: each column is written by the module that owns its truth, in the transaction of the change and
-- under the lock of the customer's book. A decision keeps a copy of what it saw, so no history is kept here.

CREATE TYPE facts_restriction AS ENUM ('none', 'debit_only', 'full');
CREATE TYPE facts_screening AS ENUM ('pending', 'clear', 'possible', 'confirmed');

CREATE TABLE facts_customer (
    tenant_id uuid NOT NULL,
    customer_id uuid CONSTRAINT facts_customer_pk PRIMARY KEY,
    version integer NOT NULL DEFAULT 1 CONSTRAINT facts_customer_version_positive CHECK (version > 0),
    restriction facts_restriction NOT NULL DEFAULT 'none',
    cooling_until timestamptz,
    excluded_until timestamptz,
    screening facts_screening NOT NULL DEFAULT 'pending',
    screening_version bytea CONSTRAINT facts_customer_screening_version_length
        CHECK (octet_length(screening_version) = 32),
    screened_at timestamptz,
    tier text,
    document_expires_on date,
    expected_turnover bigint CONSTRAINT facts_customer_turnover_not_negative CHECK (expected_turnover >= 0),
    risk smallint CONSTRAINT facts_customer_risk_range CHECK (risk BETWEEN 0 AND 100),
    flags text[] NOT NULL DEFAULT '{}',
    country text,
    registered_at timestamptz NOT NULL,
    snoozes jsonb NOT NULL DEFAULT '{}',
    changed_at timestamptz NOT NULL
) WITH (fillfactor = 85);
CALL bulkhead_tenant_table('facts_customer', append_only => false);
REVOKE DELETE ON facts_customer FROM bulkhead_app;

INSERT INTO facts_customer
    (tenant_id, customer_id, restriction, screening, screening_version, screened_at, registered_at, changed_at)
SELECT a.tenant_id, a.id,
       CASE WHEN a.status = 'frozen' THEN 'full'::facts_restriction ELSE 'none' END,
       CASE c.is_clear WHEN true THEN 'clear'::facts_screening WHEN false THEN 'possible' ELSE 'pending' END,
       r.list_version, r.screened_at, a.registered_at, a.changed_at
FROM customer_account a
LEFT JOIN customer_clearance c ON c.customer_id = a.id AND c.kind = 'screening'
LEFT JOIN LATERAL (
    SELECT s.list_version, s.screened_at FROM screening_result s
    WHERE s.customer_id = a.id ORDER BY s.screened_at DESC LIMIT 1) r ON true;
