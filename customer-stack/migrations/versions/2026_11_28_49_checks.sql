-- Every identity of the money flows is a named check, which says held, differs or unavailable with both values.

ALTER TYPE reconciliation_result RENAME VALUE 'passed' TO 'held';
ALTER TYPE reconciliation_result RENAME VALUE 'failed' TO 'differs';

ALTER TYPE reconciliation_check_name ADD VALUE 'floors';
ALTER TYPE reconciliation_check_name ADD VALUE 'resolved_markets';
ALTER TYPE reconciliation_check_name ADD VALUE 'position_costs';
ALTER TYPE reconciliation_check_name ADD VALUE 'prefund';
ALTER TYPE reconciliation_check_name ADD VALUE 'settled';
ALTER TYPE reconciliation_check_name ADD VALUE 'owed';
ALTER TYPE reconciliation_check_name ADD VALUE 'lkr_owners';
ALTER TYPE reconciliation_check_name ADD VALUE 'lkr_cover';
ALTER TYPE reconciliation_check_name ADD VALUE 'nostro';
ALTER TYPE reconciliation_check_name ADD VALUE 'usd_owners';
ALTER TYPE reconciliation_check_name ADD VALUE 'usd_cover';
ALTER TYPE reconciliation_check_name ADD VALUE 'conversions';
ALTER TYPE reconciliation_check_name ADD VALUE 'stock_cost';

-- Both sides of a check, summed; none where a side did not answer or the units are mixed.
ALTER TABLE reconciliation_check
    ADD COLUMN unit reconciliation_unit,
    ADD COLUMN ours bigint,
    ADD COLUMN theirs bigint,
    ADD CONSTRAINT reconciliation_check_sums CHECK (num_nulls(unit, ours, theirs) IN (0, 3));
