-- An index that begins with the tenant is one that a plan made while tables were small may take for any question of
-- a tenant, and read all of its events: then only the index that was meant may begin so.
DROP INDEX aml_event_history;
CREATE INDEX aml_event_history ON aml_event (at, id);
