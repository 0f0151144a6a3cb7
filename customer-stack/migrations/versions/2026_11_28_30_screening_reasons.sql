-- Why a verdict is what it is: the best entries with score and explanation, which quote the customer's name and
-- are therefore sealed with the customer's key. Older verdicts have none. Ids of OpenSanctions have letters.
ALTER TABLE screening_result
    ADD COLUMN reasons_sealed bytea,
    DROP CONSTRAINT screening_result_best_entry_form,
    ADD CONSTRAINT screening_result_best_entry_form CHECK (best_entry ~ '^[A-Z]{2,8}-[A-Za-z0-9._-]{1,128}$');
