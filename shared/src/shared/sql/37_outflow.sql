-- Each epoch of the audit begins because records were lost; money that left after the restore's moment is among
-- them. So none leaves until a person has compared with the banks, and says up to when: once for each epoch.
CREATE TABLE outflow_resumption (
    epoch integer NOT NULL,
    compared_to timestamptz NOT NULL,
    operator uuid NOT NULL,
    resumed_at timestamptz NOT NULL,
    CONSTRAINT outflow_resumption_pk PRIMARY KEY (epoch),
    CONSTRAINT outflow_resumption_epoch FOREIGN KEY (epoch) REFERENCES audit_epoch (epoch),
    CONSTRAINT outflow_resumption_compared CHECK (compared_to <= resumed_at)
);
COMMENT ON TABLE outflow_resumption IS 'no tenant: one database';
CALL bulkhead_plain_table('outflow_resumption', append_only => true);
