-- Sums of events are read from the index alone where a vacuum has seen the page. Events are only added, and it is the
-- newest that are read: so the vacuum comes by what was added, and not by a share of all that there is. It looks at
-- new pages only.
ALTER TABLE aml_event SET (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 10000);
