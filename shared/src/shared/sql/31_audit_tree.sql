-- The audit's tree (RFC 6962) and its signed checkpoints, and seals of which one covers a whole turn of the sealer.

-- The sealer seals again from the first record on: what a leaf is made of has changed, records have not.
DROP TABLE audit_seal;

-- One row for each turn: the leaves of its records side by side, and the tree's right edge after them.
CREATE TABLE audit_seal (
    start bigint NOT NULL,
    size bigint NOT NULL,
    last_txid xid8 NOT NULL,
    last_id bigint NOT NULL,
    leaves bytea NOT NULL,
    frontier bytea NOT NULL,
    chain bytea NOT NULL CONSTRAINT audit_seal_chain_size CHECK (octet_length(chain) = 32),
    sealed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Two seals after the same one are a unique violation.
    CONSTRAINT audit_seal_pk PRIMARY KEY (start),
    CONSTRAINT audit_seal_last_once UNIQUE (last_txid, last_id),
    CONSTRAINT audit_seal_start_form CHECK (start >= 0 AND size > start),
    CONSTRAINT audit_seal_leaves_size CHECK (octet_length(leaves) = 32 * (size - start)),
    CONSTRAINT audit_seal_frontier_size CHECK (octet_length(frontier) = 32 * bit_count(size::bit(64)))
);
-- Hashes can't be made smaller; and a part of what is stored plain is read without the rest.
ALTER TABLE audit_seal ALTER COLUMN leaves SET STORAGE EXTERNAL;
COMMENT ON TABLE audit_seal IS 'no tenant: one tree over the records of all tenants; it holds hashes only';
CALL bulkhead_plain_table('audit_seal', append_only => true);
REVOKE INSERT ON audit_seal FROM bulkhead_app;
GRANT SELECT, INSERT ON audit_seal TO bulkhead_sealer;

-- Complete subtrees from level 8 on, over 256 leaves: two rows for 256 records. Lower ones come from the leaves.
CREATE TABLE audit_node (
    level smallint NOT NULL CONSTRAINT audit_node_level_form CHECK (level BETWEEN 8 AND 62),
    number bigint NOT NULL CONSTRAINT audit_node_number_form CHECK (number >= 0),
    hash bytea NOT NULL CONSTRAINT audit_node_hash_size CHECK (octet_length(hash) = 32),
    CONSTRAINT audit_node_pk PRIMARY KEY (level, number)
);
COMMENT ON TABLE audit_node IS 'no tenant: nodes of the one tree over the records of all tenants';
CALL bulkhead_plain_table('audit_node', append_only => true);
REVOKE INSERT ON audit_node FROM bulkhead_app;
GRANT SELECT, INSERT ON audit_node TO bulkhead_sealer;

-- What the log signed of itself. The key's id tells which of its keys.
CREATE TABLE audit_checkpoint (
    size bigint NOT NULL CONSTRAINT audit_checkpoint_size_positive CHECK (size > 0),
    root bytea NOT NULL CONSTRAINT audit_checkpoint_root_size CHECK (octet_length(root) = 32),
    key_id bytea NOT NULL CONSTRAINT audit_checkpoint_key_size CHECK (octet_length(key_id) = 4),
    signature bytea NOT NULL CONSTRAINT audit_checkpoint_signature_size CHECK (octet_length(signature) = 64),
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT audit_checkpoint_pk PRIMARY KEY (size)
);
COMMENT ON TABLE audit_checkpoint IS 'no tenant: signed roots of the one tree over the records of all tenants';
CALL bulkhead_plain_table('audit_checkpoint', append_only => true);
REVOKE INSERT ON audit_checkpoint FROM bulkhead_app;
GRANT SELECT, INSERT ON audit_checkpoint TO bulkhead_sealer;
