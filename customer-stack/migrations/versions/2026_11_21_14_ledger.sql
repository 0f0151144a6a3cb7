-- Where transfers came from, deals with their states and versioned items, kinds of accounts, reversals
-- by two people. `customer_stack.ledger.domain` says what each word means.

-- ---- the chart: the fourteen kinds of a money-services house, and the accounts that were missing

CREATE TYPE ledger_account_kind AS ENUM (
    'cash', 'bank', 'crypto', 'app', 'ewallet', 'payable', 'balance', 'virtual', 'temporary', 'contra',
    'debt', 'debit', 'credit', 'expense');

ALTER TABLE ledger_chart ADD COLUMN kind ledger_account_kind;
ALTER TABLE ledger_chart DISABLE TRIGGER ledger_chart_append_only;
UPDATE ledger_chart SET kind = CASE
    WHEN account IN ('collection', 'nostro') THEN 'bank'
    WHEN account = 'prefund' THEN 'app'
    WHEN account IN ('wallet', 'till', 'stock', 'treasury') THEN 'balance'
    WHEN account = 'position' THEN 'virtual'
    WHEN account IN ('suspense', 'in_transit', 'settled') THEN 'temporary'
    WHEN account IN ('desk', 'execution', 'exchange_fees') THEN 'contra'
    WHEN account = 'debt' THEN 'debt'
    ELSE 'credit' END::ledger_account_kind;
ALTER TABLE ledger_chart ENABLE TRIGGER ledger_chart_append_only;
INSERT INTO ledger_chart (account, class, side, kind) VALUES
    ('cash', 'unchecked', -1, 'cash'),
    ('crypto', 'unchecked', -1, 'crypto'),
    ('app', 'unchecked', -1, 'app'),
    ('ewallet', 'unchecked', -1, 'ewallet'),
    ('payable', 'unchecked', 1, 'payable'),
    ('card_receivable', 'unchecked', -1, 'debit'),
    ('expense', 'unchecked', 1, 'expense');
ALTER TABLE ledger_chart ALTER COLUMN kind SET NOT NULL;

-- All transfers of one movement, in all its books: what a reversal has to mirror. Ids are ordered by time
-- and so are the rows, so the least and the greatest of each stretch of pages find them: no bytes per row.
CREATE INDEX ledger_transfer_movement ON ledger_transfer USING brin (movement_id)
    WITH (pages_per_range = 32, autosummarize = on);
-- Debts are few and read at every inflow.
CREATE INDEX ledger_posting_debt ON ledger_posting (book_id, asset_id)
    WHERE source = 'debt' OR target = 'debt';

-- ---- where a transfer came from: the provider's words for it, the quote and the rates that applied

CREATE TABLE ledger_transfer_source (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    transfer_id uuid NOT NULL,
    quote_id uuid,
    mid_e8 bigint CONSTRAINT ledger_transfer_source_mid CHECK (mid_e8 > 0),
    buy_e8 bigint CONSTRAINT ledger_transfer_source_buy CHECK (buy_e8 > 0),
    sell_e8 bigint CONSTRAINT ledger_transfer_source_sell CHECK (sell_e8 > 0),
    cost_e8 bigint CONSTRAINT ledger_transfer_source_cost CHECK (cost_e8 >= 0),
    agreed_e8 bigint CONSTRAINT ledger_transfer_source_agreed CHECK (agreed_e8 > 0),
    settlement_e8 bigint CONSTRAINT ledger_transfer_source_settlement CHECK (settlement_e8 > 0),
    provider text CONSTRAINT ledger_transfer_source_provider CHECK (provider ~ '^[a-z][a-z0-9_.-]{0,31}$'),
    reference text CONSTRAINT ledger_transfer_source_reference CHECK (length(reference) BETWEEN 1 AND 128),
    charge_id text CONSTRAINT ledger_transfer_source_charge CHECK (length(charge_id) BETWEEN 1 AND 128),
    CONSTRAINT ledger_transfer_source_pk PRIMARY KEY (book_id, transfer_id),
    CONSTRAINT ledger_transfer_source_one_settlement UNIQUE (provider, reference),
    CONSTRAINT ledger_transfer_source_one_charge UNIQUE (provider, charge_id),
    CONSTRAINT ledger_transfer_source_says_something
        CHECK (num_nonnulls(reference, charge_id, quote_id, mid_e8) > 0),
    CONSTRAINT ledger_transfer_source_named
        CHECK ((provider IS NULL) = (num_nonnulls(reference, charge_id) = 0)),
    CONSTRAINT ledger_transfer_source_rates CHECK (
        num_nonnulls(mid_e8, buy_e8, sell_e8, agreed_e8) IN (0, 4)
        AND (mid_e8 IS NOT NULL OR num_nonnulls(cost_e8, settlement_e8) = 0)
        AND buy_e8 <= mid_e8 AND mid_e8 <= sell_e8)
);
CALL bulkhead_tenant_table('ledger_transfer_source', append_only => true);

-- Said by whoever posts the transfer, in the same transaction, for a transfer of the same tenant.
CREATE FUNCTION ledger_check_source() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (SELECT FROM added a WHERE pg_current_xact_id()::xid::text IS DISTINCT FROM
                   (SELECT t.xmin::text FROM ledger_transfer t
                    WHERE t.book_id = a.book_id AND t.id = a.transfer_id AND t.tenant_id = a.tenant_id)) THEN
        PERFORM ledger_violation('a source needs a transfer made in the same transaction',
                                 'ledger_transfer_source_transfer');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_transfer_source_check AFTER INSERT ON ledger_transfer_source
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_source();

-- ---- deals: one business transaction with its stages, appended

CREATE TYPE ledger_deal_word AS ENUM ('created', 'authorized', 'settled', 'reversed');

CREATE TABLE ledger_deal_state (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    deal_id uuid NOT NULL,
    movement_id uuid,
    at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    step smallint NOT NULL CONSTRAINT ledger_deal_state_step CHECK (step BETWEEN 1 AND 4),
    state ledger_deal_word NOT NULL,
    actor text NOT NULL CONSTRAINT ledger_deal_state_actor
        CHECK (actor ~ '^(system|(staff|customer|provider):[a-z0-9_.-]{1,36})$'),
    CONSTRAINT ledger_deal_state_pk PRIMARY KEY (book_id, deal_id, step)
);
CREATE INDEX ledger_deal_state_movement ON ledger_deal_state (movement_id) WHERE movement_id IS NOT NULL;
CREATE INDEX ledger_deal_state_deal ON ledger_deal_state (deal_id);
CALL bulkhead_tenant_table('ledger_deal_state', append_only => true);
REVOKE INSERT ON ledger_deal_state FROM bulkhead_app;
GRANT INSERT (tenant_id, book_id, deal_id, movement_id, at, step, state, actor)
    ON ledger_deal_state TO bulkhead_app;

-- A step follows the step before it, in a book of its tenant; the key lets each step be taken once.
CREATE FUNCTION ledger_check_deal_state() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (SELECT FROM added a WHERE a.tenant_id IS DISTINCT FROM
                   (SELECT b.tenant_id FROM ledger_book b WHERE b.id = a.book_id)) THEN
        PERFORM ledger_violation('a deal needs an open book of its tenant', 'ledger_deal_state_book');
    END IF;
    IF EXISTS (
        SELECT FROM added a
        LEFT JOIN LATERAL (SELECT s.state FROM ledger_deal_state s
            WHERE s.book_id = a.book_id AND s.deal_id = a.deal_id AND s.step = a.step - 1) before ON true
        WHERE NOT CASE a.state
            WHEN 'created' THEN a.step = 1
            WHEN 'authorized' THEN coalesce(before.state = 'created', false)
            WHEN 'settled' THEN coalesce(before.state IN ('created', 'authorized'), false)
            WHEN 'reversed' THEN coalesce(before.state IN ('created', 'authorized', 'settled'), false)
        END) THEN
        PERFORM ledger_violation('a deal goes from created over authorized to settled, and may be reversed once',
                                 'ledger_deal_state_move');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_deal_state_check AFTER INSERT ON ledger_deal_state
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_deal_state();

-- ---- items: the parameters of a deal, in versions

CREATE TYPE ledger_item_state AS ENUM ('draft', 'active', 'superseded', 'cancelled');

CREATE TABLE ledger_item (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    deal_id uuid NOT NULL,
    id uuid CONSTRAINT ledger_item_pk PRIMARY KEY,
    movement_id uuid,
    replaced_by uuid CONSTRAINT ledger_item_replaced_by_fk REFERENCES ledger_item (id),
    effective_at timestamptz NOT NULL,
    made_at timestamptz NOT NULL,
    activated_at timestamptz,
    replaced_at timestamptz,
    give_amount bigint CONSTRAINT ledger_item_give CHECK (give_amount >= 0),
    get_amount bigint CONSTRAINT ledger_item_get CHECK (get_amount >= 0),
    fee_amount bigint CONSTRAINT ledger_item_fee CHECK (fee_amount >= 0),
    rate_e8 bigint CONSTRAINT ledger_item_rate CHECK (rate_e8 > 0),
    give_asset integer,
    get_asset integer,
    fee_asset integer,
    version smallint NOT NULL CONSTRAINT ledger_item_version CHECK (version BETWEEN 1 AND 1000),
    state ledger_item_state NOT NULL,
    kind ledger_transfer_kind NOT NULL,
    made_by text NOT NULL CONSTRAINT ledger_item_made_by
        CHECK (made_by ~ '^(system|(staff|customer|provider):[a-z0-9_.-]{1,36})$'),
    activated_by text CONSTRAINT ledger_item_activated_by
        CHECK (activated_by ~ '^(system|(staff|customer|provider):[a-z0-9_.-]{1,36})$'),
    replaced_actor text CONSTRAINT ledger_item_replaced_actor
        CHECK (replaced_actor ~ '^(system|(staff|customer|provider):[a-z0-9_.-]{1,36})$'),
    reference text CONSTRAINT ledger_item_reference CHECK (reference ~ '^[A-Za-z0-9][A-Za-z0-9._/:-]{0,63}$'),
    CONSTRAINT ledger_item_version_once UNIQUE (book_id, deal_id, version),
    CONSTRAINT ledger_item_amounts CHECK (
        (give_amount IS NULL) = (give_asset IS NULL) AND (get_amount IS NULL) = (get_asset IS NULL)
        AND (fee_amount IS NULL) = (fee_asset IS NULL)),
    CONSTRAINT ledger_item_activation CHECK (
        (activated_at IS NULL) = (activated_by IS NULL)
        AND (activated_at IS NULL OR state <> 'draft')
        AND (activated_at IS NOT NULL OR state IN ('draft', 'cancelled'))),
    CONSTRAINT ledger_item_replacement CHECK (
        (replaced_by IS NOT NULL) = (state = 'superseded')
        AND (replaced_at IS NOT NULL) = (state IN ('superseded', 'cancelled'))
        AND (replaced_actor IS NOT NULL) = (state IN ('superseded', 'cancelled')))
);
CREATE UNIQUE INDEX ledger_item_one_active ON ledger_item (book_id, deal_id) WHERE state = 'active';
CREATE UNIQUE INDEX ledger_item_one_draft ON ledger_item (book_id, deal_id) WHERE state = 'draft';
CREATE INDEX ledger_item_deal ON ledger_item (deal_id);
CREATE INDEX ledger_item_movement ON ledger_item (movement_id) WHERE movement_id IS NOT NULL;
CALL bulkhead_tenant_table('ledger_item', append_only => false);
REVOKE UPDATE, DELETE ON ledger_item FROM bulkhead_app;
GRANT UPDATE (state, movement_id, activated_at, activated_by, replaced_by, replaced_at, replaced_actor)
    ON ledger_item TO bulkhead_app;
CREATE TRIGGER ledger_item_no_delete BEFORE DELETE ON ledger_item
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A version enters as draft or active, after the version before it, in a book of its tenant.
CREATE FUNCTION ledger_check_item() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (SELECT FROM added a WHERE a.tenant_id IS DISTINCT FROM
                   (SELECT b.tenant_id FROM ledger_book b WHERE b.id = a.book_id)) THEN
        PERFORM ledger_violation('an item needs an open book of its tenant', 'ledger_item_book');
    END IF;
    IF EXISTS (SELECT FROM added a WHERE a.state NOT IN ('draft', 'active')
               OR (a.state = 'active' AND a.version > 1)
               OR (a.state = 'active' AND (a.activated_at, a.activated_by) IS DISTINCT FROM (a.made_at, a.made_by))
               OR (a.version > 1 AND NOT EXISTS (
                   SELECT FROM ledger_item i WHERE i.book_id = a.book_id AND i.deal_id = a.deal_id
                                               AND i.version = a.version - 1))) THEN
        PERFORM ledger_violation('version 1 enters as draft or active, each later version as a draft after '
                                 'the version before it', 'ledger_item_enters');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_item_check AFTER INSERT ON ledger_item
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_item();

-- Of an item only its state changes, and what the new state says: who, when, and which version replaced it.
CREATE FUNCTION ledger_guard_item() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    expected ledger_item := OLD;
BEGIN
    IF NOT (CASE OLD.state
                WHEN 'draft' THEN NEW.state IN ('active', 'cancelled')
                WHEN 'active' THEN NEW.state IN ('superseded', 'cancelled')
                ELSE false END) THEN
        PERFORM ledger_violation(format('an item does not go from %s to %s', OLD.state, NEW.state),
                                 'ledger_item_move');
    END IF;
    expected.state := NEW.state;
    IF NEW.state = 'active' THEN
        expected.movement_id := NEW.movement_id;
        expected.activated_at := NEW.activated_at;
        expected.activated_by := NEW.activated_by;
        IF NEW.activated_by = OLD.made_by AND OLD.made_by LIKE 'staff:%' THEN
            PERFORM ledger_violation('who proposed a version does not approve it', 'ledger_item_two_people');
        END IF;
    ELSE
        expected.replaced_by := NEW.replaced_by;
        expected.replaced_at := NEW.replaced_at;
        expected.replaced_actor := NEW.replaced_actor;
    END IF;
    IF NEW IS DISTINCT FROM expected THEN
        PERFORM ledger_violation('an item is not edited: correct it by a new version', 'ledger_item_frozen');
    END IF;
    IF NEW.state = 'superseded' AND NOT EXISTS (
        SELECT FROM ledger_item i WHERE i.id = NEW.replaced_by AND i.tenant_id = NEW.tenant_id
           AND i.book_id = NEW.book_id AND i.deal_id = NEW.deal_id AND i.version > NEW.version) THEN
        PERFORM ledger_violation('a version is superseded by a later version of its deal',
                                 'ledger_item_replaced_by');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_item_guard BEFORE UPDATE ON ledger_item
    FOR EACH ROW EXECUTE FUNCTION ledger_guard_item();

-- ---- reversals of whole movements: one person proposes, another decides

CREATE TYPE ledger_reversal_reason AS ENUM ('wrong_amount', 'wrong_book', 'duplicate', 'not_received', 'fraud');
CREATE TYPE ledger_reversal_outcome AS ENUM ('approved', 'rejected');

CREATE TABLE ledger_reversal (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT ledger_reversal_pk PRIMARY KEY,
    movement_id uuid NOT NULL,
    reason ledger_reversal_reason NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL
);
CREATE INDEX ledger_reversal_tenant ON ledger_reversal (tenant_id, id);
CALL bulkhead_tenant_table('ledger_reversal', append_only => true);

CREATE TABLE ledger_reversal_decision (
    tenant_id uuid NOT NULL,
    reversal_id uuid
        CONSTRAINT ledger_reversal_decision_pk PRIMARY KEY
        CONSTRAINT ledger_reversal_decision_fk REFERENCES ledger_reversal (id),
    outcome ledger_reversal_outcome NOT NULL,
    movement_id uuid,
    decided_by uuid NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT ledger_reversal_decision_movement CHECK ((movement_id IS NULL) = (outcome = 'rejected'))
);
CALL bulkhead_tenant_table('ledger_reversal_decision', append_only => true);

CREATE FUNCTION ledger_check_reversal_decision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_reversal r
                   WHERE r.id = NEW.reversal_id AND r.tenant_id = NEW.tenant_id
                     AND (r.proposed_by <> NEW.decided_by OR NEW.outcome = 'rejected')) THEN
        PERFORM ledger_violation('who proposed a reversal does not approve it', 'ledger_reversal_two_people');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_reversal_decision_check AFTER INSERT ON ledger_reversal_decision
    FOR EACH ROW EXECUTE FUNCTION ledger_check_reversal_decision();

-- ---- the lifecycle of every transfer: the stages of its deal, settled by being recorded, reversed

CREATE VIEW ledger_lifecycle WITH (security_invoker = true) AS
    SELECT t.tenant_id, t.book_id, t.id AS transfer_id, t.movement_id, s.deal_id, s.state, s.at, s.actor
    FROM (SELECT tenant_id, book_id, deal_id, movement_id FROM ledger_deal_state
          WHERE movement_id IS NOT NULL
          UNION SELECT tenant_id, book_id, deal_id, movement_id FROM ledger_item
          WHERE movement_id IS NOT NULL) deal
    JOIN ledger_transfer t ON t.movement_id = deal.movement_id AND t.tenant_id = deal.tenant_id
    JOIN ledger_deal_state s ON s.book_id = deal.book_id AND s.deal_id = deal.deal_id
    WHERE s.state IN ('created', 'authorized')
    UNION ALL
    SELECT tenant_id, book_id, id, movement_id, NULL, 'settled', recorded_at, NULL FROM ledger_transfer
    UNION ALL
    SELECT r.tenant_id, r.book_id, r.reverses, t.movement_id, NULL, 'reversed', r.recorded_at, NULL
    FROM ledger_transfer r JOIN ledger_transfer t ON t.book_id = r.book_id AND t.id = r.reverses;
GRANT SELECT ON ledger_lifecycle TO bulkhead_app, bulkhead_auditor;
