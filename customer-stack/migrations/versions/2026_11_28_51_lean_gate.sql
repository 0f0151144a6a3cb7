-- Who has few events is counted from them: the row of an event, with its index, is all that a command writes. Who has
-- many is gathered: buckets and pairs are kept beside the events, from then on in the transaction of each event.
-- Subject: 1 customer, 2 instrument, 3 device. Whoever counts locks what it finds here, so that gathering (which
-- locks the table) sees every event that was counted without buckets.
CREATE TABLE aml_gathered (
    tenant_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    subject smallint NOT NULL CONSTRAINT aml_gathered_subject CHECK (subject BETWEEN 1 AND 3),
    CONSTRAINT aml_gathered_pk PRIMARY KEY (tenant_id, subject_id, subject)
);
CALL bulkhead_tenant_table('aml_gathered', append_only => false);
REVOKE DELETE ON aml_gathered FROM bulkhead_app;

INSERT INTO aml_gathered (tenant_id, subject_id, subject)
SELECT tenant_id, subject_id, subject FROM aml_counter WHERE minutes = 1440
GROUP BY 1, 2, 3 HAVING sum(n) > 128;
DELETE FROM aml_counter c WHERE NOT EXISTS (
    SELECT FROM aml_gathered g
    WHERE g.tenant_id = c.tenant_id AND g.subject_id = c.subject_id AND g.subject = c.subject);
-- Pairs of instruments and counterparties stay: they are asked for all time, and few.
DELETE FROM aml_pair p WHERE (p.subject = 3 OR p.dimension = 3) AND NOT EXISTS (
    SELECT FROM aml_gathered g
    WHERE g.tenant_id = p.tenant_id AND g.subject_id = p.subject_id AND g.subject = p.subject);
