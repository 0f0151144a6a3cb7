-- Answers already given to money requests: key, digest of the request and the answer, kept forever.
CREATE TABLE idempotency_answer (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    key bytea NOT NULL CONSTRAINT idempotency_answer_key_size CHECK (octet_length(key) = 32),
    digest bytea NOT NULL CONSTRAINT idempotency_answer_digest_size CHECK (octet_length(digest) = 32),
    answer bytea NOT NULL CONSTRAINT idempotency_answer_size CHECK (octet_length(answer) <= 8192),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT idempotency_answer_pk PRIMARY KEY (book_id, key)
);
CALL bulkhead_tenant_table('idempotency_answer', append_only => true);
