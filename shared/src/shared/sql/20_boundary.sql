-- Nonces of calls that crossed the wall, kept until their calls are too old to be accepted again.
CREATE TABLE boundary_nonce (
    key_id uuid NOT NULL,
    nonce bytea NOT NULL CONSTRAINT boundary_nonce_size CHECK (octet_length(nonce) = 16),
    sent_at timestamptz NOT NULL,
    CONSTRAINT boundary_nonce_pk PRIMARY KEY (key_id, nonce)
);
CREATE INDEX boundary_nonce_sent_at ON boundary_nonce (sent_at);
COMMENT ON TABLE boundary_nonce IS 'no tenant: a call carries the work of several tenants';
CALL bulkhead_plain_table('boundary_nonce', append_only => false);
