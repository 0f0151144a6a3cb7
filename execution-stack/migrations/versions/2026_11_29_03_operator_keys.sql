-- Keys of operators, Ed25519: what two said of each, and what releases were signed with.
CREATE TABLE operator_key (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT operator_key_pk PRIMARY KEY,
    operator uuid NOT NULL,
    public_key bytea NOT NULL CONSTRAINT operator_key_once UNIQUE
        CONSTRAINT operator_key_size CHECK (octet_length(public_key) = 32),
    made_at timestamptz NOT NULL,
    CONSTRAINT operator_key_of UNIQUE (id, operator)
);
CALL bulkhead_tenant_table('operator_key', append_only => true);

CREATE TYPE operator_key_act_kind AS ENUM ('found', 'register', 'retire');
CREATE TABLE operator_key_act (
    tenant_id uuid NOT NULL,
    key_id uuid NOT NULL CONSTRAINT operator_key_act_fk REFERENCES operator_key (id),
    act operator_key_act_kind NOT NULL,
    operator uuid NOT NULL,
    signed_with uuid,
    signature bytea CONSTRAINT operator_key_act_size CHECK (octet_length(signature) = 64),
    at timestamptz NOT NULL,
    CONSTRAINT operator_key_act_pk PRIMARY KEY (key_id, act, operator),
    CONSTRAINT operator_key_act_by FOREIGN KEY (signed_with, operator) REFERENCES operator_key (id, operator),
    CONSTRAINT operator_key_act_signed CHECK (
        (act = 'found') = (signed_with IS NULL) AND (signed_with IS NULL) = (signature IS NULL)),
    CONSTRAINT operator_key_act_of_others CHECK (signed_with <> key_id OR act = 'retire')
);
CALL bulkhead_tenant_table('operator_key_act', append_only => true);

ALTER TABLE settlement_release
    ADD COLUMN signed_with uuid,
    ADD COLUMN signature bytea CONSTRAINT settlement_release_signature CHECK (octet_length(signature) = 64),
    ADD CONSTRAINT settlement_release_by FOREIGN KEY (signed_with, proposed_by)
        REFERENCES operator_key (id, operator) NOT VALID;
ALTER TABLE settlement_release_decision
    ADD COLUMN signed_with uuid,
    ADD COLUMN signature bytea
        CONSTRAINT settlement_release_decision_signature CHECK (octet_length(signature) = 64),
    ADD CONSTRAINT settlement_release_decision_by FOREIGN KEY (signed_with, decided_by)
        REFERENCES operator_key (id, operator) NOT VALID;
