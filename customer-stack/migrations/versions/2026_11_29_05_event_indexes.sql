-- Whom a device met, and which devices a customer met, is read with the sums of their events: with it in the index,
-- nothing of the table is read. That holds for pages that a vacuum has seen; events are only added, so the vacuum
-- comes by what was added and not by a share of all that there is, and looks at new pages only.
DROP INDEX aml_event_customer;
CREATE INDEX aml_event_customer ON aml_event (tenant_id, customer_id, counted_at)
    INCLUDE (kind, product, tags, n, amount, device_id);
DROP INDEX aml_event_device;
CREATE INDEX aml_event_device ON aml_event (tenant_id, device_id, counted_at)
    INCLUDE (kind, product, tags, n, amount, customer_id) WHERE device_id IS NOT NULL;
ALTER TABLE aml_event SET (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 10000);
