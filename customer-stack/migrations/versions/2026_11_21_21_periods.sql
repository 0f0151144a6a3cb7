-- Periods: proposed by one person, closed by another. A closed period takes no entry any more: what was
-- wrong in it is corrected by transfers of a later day that name what they correct.

CREATE TABLE period_proposal (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT period_proposal_pk PRIMARY KEY,
    number integer NOT NULL CONSTRAINT period_proposal_number CHECK (number > 0),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL,
    digest bytea NOT NULL CONSTRAINT period_proposal_digest CHECK (octet_length(digest) = 32),
    CONSTRAINT period_proposal_of_tenant UNIQUE (tenant_id, id),
    CONSTRAINT period_proposal_span CHECK (starts_at < ends_at)
);
CALL bulkhead_tenant_table('period_proposal', append_only => true);

CREATE TABLE period_closed (
    tenant_id uuid NOT NULL,
    number integer NOT NULL CONSTRAINT period_closed_number CHECK (number > 0),
    proposal_id uuid NOT NULL CONSTRAINT period_closed_proposal_once UNIQUE,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    proposed_by uuid NOT NULL,
    closed_by uuid NOT NULL,
    closed_at timestamptz NOT NULL,
    CONSTRAINT period_closed_pk PRIMARY KEY (tenant_id, number),
    CONSTRAINT period_closed_proposal_fk FOREIGN KEY (tenant_id, proposal_id)
        REFERENCES period_proposal (tenant_id, id),
    CONSTRAINT period_closed_span CHECK (starts_at < ends_at),
    CONSTRAINT period_closed_by_another CHECK (proposed_by <> closed_by)
);
CREATE UNIQUE INDEX period_closed_end ON period_closed (tenant_id, ends_at DESC);
CALL bulkhead_tenant_table('period_closed', append_only => true);

-- What stood on every account when the period was closed, and what moved in it.
CREATE TABLE period_balance (
    tenant_id uuid NOT NULL,
    number integer NOT NULL,
    asset_id integer NOT NULL,
    book_kind ledger_book_kind NOT NULL,
    account ledger_account NOT NULL,
    moved bigint NOT NULL,
    closing bigint NOT NULL,
    CONSTRAINT period_balance_pk PRIMARY KEY (tenant_id, number, asset_id, book_kind, account),
    CONSTRAINT period_balance_period_fk FOREIGN KEY (tenant_id, number) REFERENCES period_closed (tenant_id, number)
);
CALL bulkhead_tenant_table('period_balance', append_only => true);

-- Whoever posts holds this lock of the tenant in shared mode to the end of the transaction; whoever
-- closes takes it alone. So nobody posts into a period while it is being closed, and posters never wait
-- for each other. An advisory lock costs no write, unlike the lock of a row that everybody shares.
CREATE FUNCTION period_lock_key(tenant uuid) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN hashtextextended(tenant::text, 7065);

-- Periods follow each other without gaps, and end before they are closed: five minutes are longer than
-- any transaction of ours may last, so an entry that was decided inside a period is also posted in it.
CREATE FUNCTION period_check_close() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    last_number integer;
    last_end timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(period_lock_key(NEW.tenant_id));
    SELECT number, ends_at INTO last_number, last_end FROM period_closed
    WHERE tenant_id = NEW.tenant_id ORDER BY number DESC LIMIT 1;
    IF NEW.number <> coalesce(last_number, 0) + 1 OR NEW.starts_at IS DISTINCT FROM coalesce(last_end, NEW.starts_at) THEN
        PERFORM ledger_violation('a period begins where the one before it ended', 'period_closed_follows');
    END IF;
    IF last_end IS NULL AND EXISTS (SELECT FROM ledger_transfer t
                                    WHERE t.tenant_id = NEW.tenant_id AND t.effective_at < NEW.starts_at) THEN
        PERFORM ledger_violation('the first period begins with the first entry', 'period_closed_first');
    END IF;
    IF NEW.ends_at > clock_timestamp() - interval '5 minutes' THEN
        PERFORM ledger_violation('a period is closed five minutes after its end at the earliest', 'period_closed_ended');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER period_closed_check BEFORE INSERT ON period_closed
    FOR EACH ROW EXECUTE FUNCTION period_check_close();

CREATE FUNCTION period_refuse_entry() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public SET enable_seqscan = off AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(period_lock_key(t.tenant_id))
    FROM (SELECT DISTINCT tenant_id FROM added ORDER BY 1) t;
    -- A statement of its own: it sees what a closer committed while the lock above was waited for.
    IF EXISTS (SELECT FROM added a WHERE a.effective_at <
                   (SELECT p.ends_at FROM period_closed p WHERE p.tenant_id = a.tenant_id
                    ORDER BY p.ends_at DESC LIMIT 1)) THEN
        PERFORM ledger_violation('the period of this entry is closed: post in the open one, naming what it corrects',
                                 'ledger_transfer_period_open');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_transfer_period AFTER INSERT ON ledger_transfer
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION period_refuse_entry();
