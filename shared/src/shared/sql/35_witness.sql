-- What this stack holds of the other's audit, and what the other signed of ours: hashes and times, no more.

-- Each time our own database came back older than what the other stack holds, a person begins a new epoch:
-- the same log under another name, from here on. The first epoch has no row.
CREATE TYPE audit_restore_cause AS ENUM ('backup_restored', 'database_moved', 'drill');
CREATE TABLE audit_epoch (
    epoch integer NOT NULL CONSTRAINT audit_epoch_second_or_later CHECK (epoch > 1),
    after_size bigint NOT NULL CONSTRAINT audit_epoch_after_size_counts CHECK (after_size >= 0),
    operator uuid NOT NULL,
    cause audit_restore_cause NOT NULL,
    began_at timestamptz NOT NULL,
    CONSTRAINT audit_epoch_pk PRIMARY KEY (epoch)
);
COMMENT ON TABLE audit_epoch IS 'no tenant: one log over the records of all tenants';
CALL bulkhead_plain_table('audit_epoch', append_only => true);
GRANT SELECT ON audit_epoch TO bulkhead_sealer;

-- What the other stack signed of ours: whole notes, as they are handed to whoever wants to check.
CREATE TABLE audit_cosignature (
    epoch integer NOT NULL CONSTRAINT audit_cosignature_epoch_counts CHECK (epoch >= 1),
    size bigint NOT NULL CONSTRAINT audit_cosignature_size_counts CHECK (size >= 1),
    root bytea NOT NULL CONSTRAINT audit_cosignature_root_size CHECK (octet_length(root) = 32),
    note text COLLATE "C" NOT NULL CONSTRAINT audit_cosignature_note_size CHECK (length(note) <= 2000),
    cosigned_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    CONSTRAINT audit_cosignature_pk PRIMARY KEY (epoch, size)
);
COMMENT ON TABLE audit_cosignature IS 'no tenant: one log over the records of all tenants';
CALL bulkhead_plain_table('audit_cosignature', append_only => true);

-- Restores of the other stack's log that a person here accepted: from then on that epoch counts, and no other.
-- It has to continue what we hold of the first `kept_size` records; what we hold beyond is lost.
CREATE TABLE witness_epoch (
    epoch integer NOT NULL CONSTRAINT witness_epoch_second_or_later CHECK (epoch > 1),
    kept_size bigint NOT NULL CONSTRAINT witness_epoch_kept_size_counts CHECK (kept_size >= 0),
    operator uuid NOT NULL,
    accepted_at timestamptz NOT NULL,
    CONSTRAINT witness_epoch_pk PRIMARY KEY (epoch)
);
COMMENT ON TABLE witness_epoch IS 'no tenant: the other stack has one log';
CALL bulkhead_plain_table('witness_epoch', append_only => true);

-- The checkpoints that we cosigned. Each continues exactly one other and is continued by one: whoever comes
-- second with the same `previous_size` waits for the first and is told that it is wrong. A size never goes
-- back, and two histories cannot both be here, whatever the code does.
CREATE TABLE witness_checkpoint (
    epoch integer NOT NULL CONSTRAINT witness_checkpoint_epoch_counts CHECK (epoch >= 1),
    previous_size bigint NOT NULL,
    size bigint NOT NULL,
    continues bigint GENERATED ALWAYS AS (nullif(previous_size, 0)) STORED,
    root bytea NOT NULL CONSTRAINT witness_checkpoint_root_size CHECK (octet_length(root) = 32),
    signature bytea NOT NULL CONSTRAINT witness_checkpoint_signature_size CHECK (octet_length(signature) = 64),
    sent_at timestamptz NOT NULL,
    cosigned_at timestamptz NOT NULL,
    cosignature bytea NOT NULL
        CONSTRAINT witness_checkpoint_cosignature_size CHECK (octet_length(cosignature) = 64),
    CONSTRAINT witness_checkpoint_pk PRIMARY KEY (epoch, size),
    CONSTRAINT witness_checkpoint_continued_once UNIQUE (epoch, previous_size),
    CONSTRAINT witness_checkpoint_grows CHECK (previous_size >= 0 AND size > previous_size),
    CONSTRAINT witness_checkpoint_continues_one FOREIGN KEY (epoch, continues)
        REFERENCES witness_checkpoint (epoch, size)
);
COMMENT ON TABLE witness_checkpoint IS 'no tenant: the other stack has one log';
CALL bulkhead_plain_table('witness_checkpoint', append_only => true);

-- An alarm stands until a person ends it. The same evidence raises it once.
CREATE TYPE witness_alarm_kind AS ENUM ('forked', 'shrunk', 'disowned', 'behind');
CREATE TABLE witness_alarm (
    id uuid NOT NULL,
    kind witness_alarm_kind NOT NULL,
    epoch integer NOT NULL,
    held_size bigint NOT NULL,
    held_root bytea CONSTRAINT witness_alarm_held_root_size CHECK (octet_length(held_root) = 32),
    size bigint NOT NULL,
    root bytea NOT NULL CONSTRAINT witness_alarm_root_size CHECK (octet_length(root) = 32),
    signature bytea CONSTRAINT witness_alarm_signature_size CHECK (octet_length(signature) = 64),
    raised_at timestamptz NOT NULL,
    CONSTRAINT witness_alarm_pk PRIMARY KEY (id)
);
COMMENT ON TABLE witness_alarm IS 'no tenant: both logs are over the records of all tenants';
CALL bulkhead_plain_table('witness_alarm', append_only => true);
GRANT SELECT ON witness_alarm TO bulkhead_sealer;

CREATE TYPE witness_alarm_ending AS ENUM ('restore_accepted', 'investigated');
CREATE TABLE witness_alarm_end (
    alarm_id uuid NOT NULL CONSTRAINT witness_alarm_end_alarm_fk REFERENCES witness_alarm (id),
    operator uuid NOT NULL,
    ending witness_alarm_ending NOT NULL,
    ended_at timestamptz NOT NULL,
    CONSTRAINT witness_alarm_end_pk PRIMARY KEY (alarm_id)
);
COMMENT ON TABLE witness_alarm_end IS 'no tenant: both logs are over the records of all tenants';
CALL bulkhead_plain_table('witness_alarm_end', append_only => true);
GRANT SELECT ON witness_alarm_end TO bulkhead_sealer;
