-- The place of a person's own secret in the file beside the database. None: wrapped before there was one.
ALTER TABLE customer_data_key ADD COLUMN subject bigint
    CONSTRAINT customer_data_key_subject_positive CHECK (subject > 0);
CREATE SEQUENCE customer_subject_number;
GRANT USAGE ON SEQUENCE customer_subject_number TO bulkhead_app;
