-- Identity checks by a vendor, and screening of names against a list. Silence of either clears nobody.

CREATE TYPE kyc_outcome AS ENUM ('clear', 'refused');
CREATE TYPE kyc_reason AS ENUM (
    'clear',
    'under_age',
    'residency_not_allowed',
    'document_rejected',
    'name_differs',
    'birth_date_differs'
);

-- One check per attempt. What the vendor read from the document is judged and not kept.
CREATE TABLE kyc_check (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT kyc_check_pk PRIMARY KEY,
    customer_id uuid NOT NULL CONSTRAINT kyc_check_one_per_customer UNIQUE,
    requested_at timestamptz NOT NULL,
    submitted_at timestamptz,
    next_attempt_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0 CONSTRAINT kyc_check_attempts_not_negative CHECK (attempts >= 0),
    CONSTRAINT kyc_check_of_tenant UNIQUE (tenant_id, id),
    CONSTRAINT kyc_check_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES customer_account (tenant_id, id)
);
CREATE INDEX kyc_check_due ON kyc_check (next_attempt_at);
CALL bulkhead_tenant_table('kyc_check', append_only => false);
REVOKE DELETE ON kyc_check FROM bulkhead_app;

-- The end of a check: the check is the key, so it is decided once. `rules_version` says by which rules.
CREATE TABLE kyc_decision (
    tenant_id uuid NOT NULL,
    check_id uuid CONSTRAINT kyc_decision_pk PRIMARY KEY,
    outcome kyc_outcome NOT NULL,
    reason kyc_reason NOT NULL,
    rules_version integer NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT kyc_decision_check FOREIGN KEY (tenant_id, check_id) REFERENCES kyc_check (tenant_id, id),
    CONSTRAINT kyc_decision_reason_agrees CHECK ((outcome = 'clear') = (reason = 'clear'))
);
CALL bulkhead_tenant_table('kyc_decision', append_only => true);

CREATE TYPE screening_verdict AS ENUM ('clear', 'possible_match');

-- Appended, never changed: a verdict belongs to one version of the list. Scores are integers, 0 to 10000.
CREATE TABLE screening_result (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT screening_result_pk PRIMARY KEY,
    customer_id uuid NOT NULL,
    list_version bytea NOT NULL CONSTRAINT screening_result_list_version_size CHECK (octet_length(list_version) = 32),
    matcher_version integer NOT NULL,
    threshold integer NOT NULL,
    best_score integer NOT NULL CONSTRAINT screening_result_best_score_range CHECK (best_score BETWEEN 0 AND 10000),
    best_entry text CONSTRAINT screening_result_best_entry_form CHECK (best_entry ~ '^[A-Z]{2,8}-[0-9]{1,8}$'),
    verdict screening_verdict NOT NULL,
    screened_at timestamptz NOT NULL,
    CONSTRAINT screening_result_once_per_list UNIQUE (customer_id, list_version, matcher_version),
    CONSTRAINT screening_result_customer FOREIGN KEY (tenant_id, customer_id)
        REFERENCES customer_account (tenant_id, id),
    CONSTRAINT screening_result_verdict_follows
        CHECK ((verdict = 'possible_match') = (best_score >= threshold))
);
CALL bulkhead_tenant_table('screening_result', append_only => true);
