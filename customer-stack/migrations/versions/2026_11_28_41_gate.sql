-- Decisions of the gate, for every lane, and what rules they stand on.

CREATE TYPE gate_answer AS ENUM ('allow', 'hold', 'deny');

-- Versions of rules and thresholds behind a digest, and what each place of a record's list of facts means.
CREATE TABLE gate_basis (
    tenant_id uuid NOT NULL,
    digest bytea NOT NULL CONSTRAINT gate_basis_digest CHECK (digest = sha256(content)),
    content bytea NOT NULL CONSTRAINT gate_basis_content CHECK (octet_length(content) <= 1000000),
    first_at timestamptz NOT NULL,
    CONSTRAINT gate_basis_pk PRIMARY KEY (tenant_id, digest)
);
CALL bulkhead_tenant_table('gate_basis', append_only => true);

-- One row per command that was decided. The id is the command's; `subject_id` is what it was about, which a second
-- decision about the same thing shares. `reason` is the first of the record's reasons. No foreign keys: hot path.
CREATE TABLE gate_decision (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT gate_decision_pk PRIMARY KEY,
    subject_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    decided_at timestamptz NOT NULL,
    record json NOT NULL,
    basis bytea CONSTRAINT gate_decision_basis CHECK (octet_length(basis) = 32),
    lane text NOT NULL CONSTRAINT gate_decision_lane CHECK (lane ~ '^[a-z_]{2,24}$'),
    reason text,
    gate_version smallint NOT NULL,
    score smallint NOT NULL,
    kind aml_event_kind NOT NULL,
    answer gate_answer NOT NULL,
    CONSTRAINT gate_decision_no_has_reason CHECK (answer = 'allow' OR reason IS NOT NULL)
);
CREATE INDEX gate_decision_customer ON gate_decision (customer_id, id);
CREATE INDEX gate_decision_not_allowed ON gate_decision (tenant_id, id) WHERE answer <> 'allow';
-- Figures of rules: few decisions find anything.
CREATE INDEX gate_decision_found ON gate_decision (tenant_id, decided_at) WHERE score > 0 OR answer <> 'allow';
CALL bulkhead_tenant_table('gate_decision', append_only => true);

-- The first gate decided wagers only; its records keep their form, under its version.
INSERT INTO gate_decision (tenant_id, id, subject_id, customer_id, decided_at, record, lane, reason, gate_version,
                           score, kind, answer)
SELECT d.tenant_id, d.wager_id, d.wager_id, d.customer_id, d.decided_at, d.record, 'wager',
       'wagers.' || d.reason, d.gate_version, 0,
       CASE d.record #>> '{facts,command,action}' WHEN 'sell' THEN 'wager_sale'::aml_event_kind ELSE 'wager' END,
       CASE WHEN d.reason IS NULL THEN 'allow'::gate_answer ELSE 'deny' END
FROM wager_decision d;
DROP TABLE wager_decision;
DROP TYPE wager_gate_reason;
