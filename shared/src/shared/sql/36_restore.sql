-- Which database this is. A server has a number of its own, and each restore or failover begins a timeline: a pair
-- that is not listed here has come back from somewhere, and nobody has looked at it yet. An operator who has is
-- named; the first row, and a failover that is promised to lose nothing, have none.
CREATE TABLE database_seen (
    system_identifier bigint NOT NULL,
    timeline integer NOT NULL,
    seen_at timestamptz NOT NULL,
    operator uuid,
    calls_after timestamptz,
    CONSTRAINT database_seen_pk PRIMARY KEY (system_identifier, timeline, seen_at),
    CONSTRAINT database_seen_by_operator CHECK (operator IS NULL OR calls_after IS NOT NULL)
);
COMMENT ON TABLE database_seen IS 'no tenant: one database';
CALL bulkhead_plain_table('database_seen', append_only => true);

-- A restore forgets the nonces that were used up after its moment. So a call that was signed before the restore
-- ended takes no effect: its nonce is not stored, as if it stood there already.
CREATE FUNCTION refuse_calls_before_restore() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.sent_at <= (SELECT max(calls_after) FROM database_seen) THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER boundary_nonce_after_restore BEFORE INSERT ON boundary_nonce
    FOR EACH ROW EXECUTE FUNCTION refuse_calls_before_restore();
