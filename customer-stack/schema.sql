CREATE TYPE public.aml_event_kind AS ENUM (
    'deposit',
    'withdrawal',
    'transfer_in',
    'transfer_out',
    'wager',
    'wager_sale',
    'winnings',
    'chargeback'
);

CREATE TYPE public.aml_product AS ENUM (
    'bank',
    'card',
    'checkout',
    'open_banking',
    'qr',
    'wallet',
    'market'
);

CREATE TYPE public.aml_side AS ENUM (
    'yes',
    'no'
);

CREATE TYPE public.aml_step_kind AS ENUM (
    'write',
    'shadow',
    'propose',
    'approve',
    'reject',
    'drop',
    'replace'
);

CREATE TYPE public.aml_version_state AS ENUM (
    'draft',
    'shadow',
    'proposed',
    'published',
    'retiring',
    'retired'
);

CREATE TYPE public.audit_restore_cause AS ENUM (
    'backup_restored',
    'database_moved',
    'drill'
);

CREATE TYPE public.bank_file_direction AS ENUM (
    'credit',
    'debit'
);

CREATE TYPE public.bank_file_kind AS ENUM (
    'statement',
    'notification',
    'status_report'
);

CREATE TYPE public.bank_file_meaning AS ENUM (
    'pay_in',
    'taken_back',
    'payout_paid',
    'payout_returned',
    'own'
);

CREATE TYPE public.bank_file_outcome_word AS ENUM (
    'applied',
    'own',
    'unmatched',
    'contradicts',
    'held'
);

CREATE TYPE public.bank_file_verdict AS ENUM (
    'paid',
    'refused',
    'returned'
);

CREATE TYPE public.cards_authorisation_ending AS ENUM (
    'cleared',
    'reversed',
    'expired'
);

CREATE TYPE public.cards_capture_outcome AS ENUM (
    'converted',
    'waiting'
);

CREATE TYPE public.cards_capture_reason AS ENUM (
    'as_quoted',
    'quote_expired',
    'quote_closed',
    'debt_cleared',
    'customer_not_active'
);

CREATE TYPE public.cards_charge_state AS ENUM (
    'created',
    'authorised',
    'captured',
    'declined'
);

CREATE TYPE public.cards_decision AS ENUM (
    'approve',
    'decline'
);

CREATE TYPE public.cards_decision_reason AS ENUM (
    'approved',
    'not_enough_usd',
    'customer_not_active'
);

CREATE TYPE public.cards_refund_outcome AS ENUM (
    'refunded',
    'refused'
);

CREATE TYPE public.cards_task_kind AS ENUM (
    'charge',
    'refund'
);

CREATE TYPE public.cases_hold_end AS ENUM (
    'released',
    'denied',
    'gone'
);

CREATE TYPE public.cases_outcome AS ENUM (
    'confirmed',
    'valuable',
    'false_positive',
    'no_finding'
);

CREATE TYPE public.cases_snooze_state AS ENUM (
    'proposed',
    'standing',
    'rejected',
    'ended'
);

CREATE TYPE public.cases_state AS ENUM (
    'open',
    'investigating',
    'closing',
    'closed'
);

CREATE TYPE public.cases_step_kind AS ENUM (
    'open',
    'alert',
    'take',
    'put_back',
    'propose',
    'reject',
    'close',
    'reopen',
    'ask_release',
    'refuse_release',
    'end_hold'
);

CREATE TYPE public.customer_clearance_kind AS ENUM (
    'identity',
    'screening'
);

CREATE TYPE public.customer_document_type AS ENUM (
    'national_id',
    'passport'
);

CREATE TYPE public.customer_status AS ENUM (
    'registered',
    'verifying',
    'active',
    'refused',
    'frozen',
    'closed'
);

CREATE TYPE public.evidence_channel AS ENUM (
    'portal',
    'email',
    'courier',
    'in_person',
    'data_room'
);

CREATE TYPE public.evidence_scope AS ENUM (
    'customer',
    'account',
    'market',
    'window',
    'period',
    'case',
    'staff'
);

CREATE TYPE public.evidence_state AS ENUM (
    'asked',
    'ready',
    'failed',
    'cancelled',
    'gone'
);

CREATE TYPE public.export_format AS ENUM (
    'csv',
    'json',
    'pdf',
    'xml',
    'zip'
);

CREATE TYPE public.facts_restriction AS ENUM (
    'none',
    'debit_only',
    'full'
);

CREATE TYPE public.facts_screening AS ENUM (
    'pending',
    'clear',
    'possible',
    'confirmed'
);

CREATE TYPE public.filing_basis AS ENUM (
    'single',
    'day_total',
    'chosen'
);

CREATE TYPE public.filing_channel AS ENUM (
    'bank',
    'checkout',
    'card',
    'cash'
);

CREATE TYPE public.filing_code AS ENUM (
    'CTR',
    'EFT',
    'STR'
);

CREATE TYPE public.filing_direction AS ENUM (
    'in',
    'out'
);

CREATE TYPE public.filing_source AS ENUM (
    'pay_in',
    'payout',
    'card_capture',
    'card_refund'
);

CREATE TYPE public.filing_state AS ENUM (
    'draft',
    'prepared',
    'approved',
    'exported',
    'submitted',
    'accepted',
    'rejected',
    'corrected',
    'dropped'
);

CREATE TYPE public.filing_step AS ENUM (
    'draft',
    'edit',
    'prepare',
    'return',
    'approve',
    'export',
    'submit',
    'accept',
    'reject',
    'correct',
    'drop'
);

CREATE TYPE public.fx_direction AS ENUM (
    'sell',
    'buy'
);

CREATE TYPE public.fx_quote_outcome AS ENUM (
    'used',
    'expired',
    'replaced',
    'withdrawn'
);

CREATE TYPE public.fx_quote_purpose AS ENUM (
    'deposit',
    'conversion',
    'withdrawal'
);

CREATE TYPE public.fx_rate_outcome AS ENUM (
    'approved',
    'rejected'
);

CREATE TYPE public.gate_answer AS ENUM (
    'allow',
    'hold',
    'deny'
);

CREATE TYPE public.geography_mode AS ENUM (
    'allow',
    'block'
);

CREATE TYPE public.geography_verdict AS ENUM (
    'approved',
    'rejected'
);

CREATE TYPE public.kyc_business_state AS ENUM (
    'draft',
    'pending',
    'approved',
    'rejected'
);

CREATE TYPE public.kyc_channel AS ENUM (
    'online',
    'desk'
);

CREATE TYPE public.kyc_file_format AS ENUM (
    'jpeg',
    'png',
    'pdf'
);

CREATE TYPE public.kyc_funds_source AS ENUM (
    'salary',
    'business',
    'savings',
    'investments',
    'family',
    'other'
);

CREATE TYPE public.kyc_outcome AS ENUM (
    'clear',
    'refused'
);

CREATE TYPE public.kyc_reason AS ENUM (
    'clear',
    'under_age',
    'residency_not_allowed',
    'document_rejected',
    'name_differs',
    'birth_date_differs'
);

CREATE TYPE public.kyc_rejection AS ENUM (
    'final',
    'retry'
);

CREATE TYPE public.kyc_risk AS ENUM (
    'standard',
    'high'
);

CREATE TYPE public.kyc_session_state AS ENUM (
    'draft',
    'pending',
    'screening',
    'approved',
    'rejected'
);

CREATE TYPE public.kyc_side AS ENUM (
    'front',
    'back',
    'selfie',
    'address'
);

CREATE TYPE public.kyc_step_outcome AS ENUM (
    'pass',
    'retry',
    'reject',
    'escalate'
);

CREATE TYPE public.ledger_account AS ENUM (
    'wallet',
    'position',
    'collection',
    'execution',
    'exchange_fees',
    'debt',
    'desk',
    'till',
    'stock',
    'treasury',
    'fx_revenue',
    'fx_fee_revenue',
    'payout_fee_revenue',
    'suspense',
    'nostro',
    'prefund',
    'settled',
    'in_transit',
    'cash',
    'crypto',
    'app',
    'ewallet',
    'payable',
    'card_receivable',
    'expense'
);

CREATE TYPE public.ledger_account_kind AS ENUM (
    'cash',
    'bank',
    'crypto',
    'app',
    'ewallet',
    'payable',
    'balance',
    'virtual',
    'temporary',
    'contra',
    'debt',
    'debit',
    'credit',
    'expense'
);

CREATE TYPE public.ledger_action AS ENUM (
    'inflow',
    'outflow',
    'fee',
    'conversion',
    'stock_in',
    'stock_out',
    'fill',
    'sale',
    'payout',
    'loss',
    'debt_clearance',
    'settlement',
    'recognition',
    'inflow_revert',
    'outflow_revert',
    'fee_revert',
    'conversion_revert',
    'stock_in_revert',
    'stock_out_revert',
    'fill_revert',
    'sale_revert',
    'payout_revert',
    'loss_revert',
    'transfer',
    'charge',
    'relocation',
    'expense',
    'debt_clearance_revert',
    'settlement_revert',
    'recognition_revert',
    'transfer_revert',
    'charge_revert',
    'relocation_revert',
    'expense_revert',
    'debt_cover',
    'debt_cover_revert'
);

CREATE TYPE public.ledger_book_kind AS ENUM (
    'customer',
    'department'
);

CREATE TYPE public.ledger_class AS ENUM (
    'checked',
    'unchecked'
);

CREATE TYPE public.ledger_close_reason AS ENUM (
    'released',
    'exhausted',
    'expired'
);

CREATE TYPE public.ledger_contract_side AS ENUM (
    'yes',
    'no'
);

CREATE TYPE public.ledger_currency AS ENUM (
    'LKR',
    'USD'
);

CREATE TYPE public.ledger_deal_word AS ENUM (
    'created',
    'authorized',
    'settled',
    'reversed'
);

CREATE TYPE public.ledger_item_state AS ENUM (
    'draft',
    'active',
    'superseded',
    'cancelled'
);

CREATE TYPE public.ledger_reversal_outcome AS ENUM (
    'approved',
    'rejected'
);

CREATE TYPE public.ledger_reversal_reason AS ENUM (
    'wrong_amount',
    'wrong_book',
    'duplicate',
    'not_received',
    'fraud'
);

CREATE TYPE public.ledger_transfer_kind AS ENUM (
    'contribution',
    'stock_purchase',
    'prefund_allocation',
    'prefund_payment',
    'pay_in',
    'pay_in_taken_back',
    'suspense_assignment',
    'suspense_return',
    'refund',
    'debt_clearance',
    'fx_fee',
    'fx_conversion',
    'revenue_recognition',
    'withdrawal',
    'withdrawal_fee',
    'wager_buy',
    'wager_sale',
    'wager_fee',
    'resolution_payout',
    'resolution_loss',
    'settlement_fee',
    'settlement_release',
    'settlement_confirmation',
    'settlement_return',
    'settlement_shortfall',
    'reversal',
    'stock_sale',
    'relocation',
    'bill',
    'bill_payment',
    'customer_transfer',
    'qr_payment',
    'card_funding',
    'card_refund',
    'card_chargeback',
    'card_settlement',
    'card_purchase',
    'debt_cover'
);

CREATE TYPE public.market_basis AS ENUM (
    'value',
    'cancelled_trades',
    'original_cost'
);

CREATE TYPE public.market_status AS ENUM (
    'upcoming',
    'open',
    'halted',
    'closed',
    'resolved'
);

CREATE TYPE public.open_banking_purpose AS ENUM (
    'funding',
    'verification'
);

CREATE TYPE public.open_banking_state AS ENUM (
    'asked',
    'authorised',
    'rejected',
    'expired',
    'paying',
    'paid',
    'failed'
);

CREATE TYPE public.payment_decision AS ENUM (
    'approved',
    'rejected'
);

CREATE TYPE public.payment_pay_in_outcome AS ENUM (
    'converted',
    'waiting',
    'suspense'
);

CREATE TYPE public.payment_pay_in_reason AS ENUM (
    'as_quoted',
    'quote_expired',
    'quote_closed',
    'amount_short',
    'amount_over',
    'unknown_reference',
    'customer_not_active',
    'debt_cleared',
    'taken_back'
);

CREATE TYPE public.payment_suspense_way AS ENUM (
    'assign',
    'return'
);

CREATE TYPE public.payout_held_outcome AS ENUM (
    'released',
    'denied',
    'cancelled'
);

CREATE TYPE public.payout_outcome AS ENUM (
    'paid',
    'refused',
    'cancelled',
    'denied'
);

CREATE TYPE public.payout_purpose AS ENUM (
    'withdrawal',
    'refund',
    'suspense_return'
);

CREATE TYPE public.payout_task_state AS ENUM (
    'to_send',
    'sent',
    'held'
);

CREATE TYPE public.pgqueuer_status AS ENUM (
    'queued',
    'picked',
    'successful',
    'exception',
    'canceled',
    'deleted',
    'failed'
);

CREATE TYPE public.privacy_answer AS ENUM (
    'account_open',
    'retained',
    'erased'
);

CREATE TYPE public.privacy_basis AS ENUM (
    'court_order',
    'authority_order',
    'dispute',
    'no_business_done',
    'order_ended',
    'mistake'
);

CREATE TYPE public.privacy_channel AS ENUM (
    'online',
    'desk'
);

CREATE TYPE public.privacy_erasure_cause AS ENUM (
    'due',
    'early',
    'replayed'
);

CREATE TYPE public.privacy_export_state AS ENUM (
    'asked',
    'ready',
    'failed',
    'gone'
);

CREATE TYPE public.privacy_language AS ENUM (
    'en',
    'si',
    'ta'
);

CREATE TYPE public.privacy_outcome AS ENUM (
    'approved',
    'rejected',
    'withdrawn'
);

CREATE TYPE public.privacy_purpose AS ENUM (
    'terms',
    'privacy_notice',
    'identity_vendor',
    'marketing'
);

CREATE TYPE public.privacy_wish AS ENUM (
    'erase_early',
    'hold',
    'lift_hold'
);

CREATE TYPE public.reconciliation_break_age AS ENUM (
    'under_1d',
    'under_1w',
    'under_30d',
    'older'
);

CREATE TYPE public.reconciliation_break_how AS ENUM (
    'explained',
    'corrected'
);

CREATE TYPE public.reconciliation_break_type AS ENUM (
    'missing_ours',
    'missing_theirs',
    'amount',
    'quantity',
    'price',
    'fee',
    'duplicate',
    'timing',
    'direction',
    'unknown_account',
    'rounding'
);

CREATE TYPE public.reconciliation_check_name AS ENUM (
    'trial_balance',
    'desk',
    'snapshots',
    'positions',
    'cash',
    'fees',
    'totals',
    'payouts',
    'collection',
    'bank_entries',
    'stock',
    'floors',
    'resolved_markets',
    'position_costs',
    'prefund',
    'settled',
    'owed',
    'lkr_owners',
    'lkr_cover',
    'nostro',
    'usd_owners',
    'usd_cover',
    'conversions',
    'stock_cost',
    'clearing',
    'client_money'
);

CREATE TYPE public.reconciliation_currency AS ENUM (
    'LKR',
    'USD'
);

CREATE TYPE public.reconciliation_link_kind AS ENUM (
    'run',
    'match',
    'transfer',
    'movement',
    'statement_line',
    'bank_reference',
    'pay_in',
    'payout',
    'book',
    'market',
    'settlement',
    'report_sequence',
    'account'
);

CREATE TYPE public.reconciliation_match_part AS ENUM (
    'ours',
    'theirs',
    'result'
);

CREATE TYPE public.reconciliation_money_line AS ENUM (
    'wallets',
    'suspense',
    'open_wagers',
    'collection',
    'receivables',
    'other_places',
    'nostro',
    'prefund',
    'contracts',
    'owed_to_execution',
    'in_transit',
    'payable',
    'stated_less'
);

CREATE TYPE public.reconciliation_money_side AS ENUM (
    'owed',
    'held'
);

CREATE TYPE public.reconciliation_result AS ENUM (
    'held',
    'differs',
    'unavailable'
);

CREATE TYPE public.reconciliation_step_kind AS ENUM (
    'taken',
    'noted',
    'proposed',
    'approved',
    'rejected',
    'ended'
);

CREATE TYPE public.reconciliation_unit AS ENUM (
    'lkr_cent',
    'micro_dollar',
    'centi_contract',
    'entry',
    'rate_e8',
    'day'
);

CREATE TYPE public.restriction_cause AS ENUM (
    'staff',
    'screening',
    'case',
    'order'
);

CREATE TYPE public.restriction_kind AS ENUM (
    'debit_only',
    'full'
);

CREATE TYPE public.restriction_state AS ENUM (
    'standing',
    'lift_proposed',
    'lifted'
);

CREATE TYPE public.restriction_step_kind AS ENUM (
    'place',
    'lift',
    'close_case',
    'propose_lift',
    'reject_lift',
    'approve_lift'
);

CREATE TYPE public.risk_band AS ENUM (
    'low',
    'medium',
    'high'
);

CREATE TYPE public.risk_flag_kind AS ENUM (
    'pep',
    'pep_relative',
    'business',
    'watched'
);

CREATE TYPE public.screening_alert_state AS ENUM (
    'open',
    'clear_proposed',
    'confirm_proposed',
    'release_proposed',
    'cleared',
    'confirmed',
    'gone'
);

CREATE TYPE public.screening_alert_step_kind AS ENUM (
    'found',
    'found_again',
    'lapse',
    'vanish',
    'prove',
    'clear',
    'propose_clear',
    'propose_confirm',
    'propose_release',
    'approve',
    'reject'
);

CREATE TYPE public.screening_change AS ENUM (
    'added',
    'changed',
    'removed'
);

CREATE TYPE public.screening_check_outcome AS ENUM (
    'taken',
    'unchanged',
    'refused',
    'unreachable'
);

CREATE TYPE public.screening_state AS ENUM (
    'clear',
    'possible',
    'confirmed'
);

CREATE TYPE public.screening_task_reason AS ENUM (
    'registered',
    'corrected',
    'submitted',
    'list',
    'matcher'
);

CREATE TYPE public.screening_verdict AS ENUM (
    'clear',
    'possible_match'
);

CREATE TYPE public.settlement_direction AS ENUM (
    'pay',
    'receive'
);

CREATE TYPE public.settlement_entry_outcome AS ENUM (
    'applied',
    'repeated',
    'contradicts',
    'not_ours',
    'waits'
);

CREATE TYPE public.settlement_file_kind AS ENUM (
    'pain001',
    'claim',
    'schedule',
    'cover'
);

CREATE TYPE public.settlement_hand_outcome AS ENUM (
    'approved',
    'rejected'
);

CREATE TYPE public.settlement_outcome AS ENUM (
    'approved',
    'rejected',
    'expired'
);

CREATE TYPE public.settlement_word AS ENUM (
    'paid',
    'refused',
    'returned',
    'closed_short'
);

CREATE TYPE public.signing_method AS ENUM (
    'passkey',
    'password_and_code'
);

CREATE TYPE public.statement_format AS ENUM (
    'pdf',
    'csv'
);

CREATE TYPE public.tenancy_capability AS ENUM (
    'registration',
    'deposits',
    'wagers',
    'withdrawals',
    'settlement_finalisation',
    'transfers',
    'card_funding',
    'card_issuing',
    'open_banking'
);

CREATE TYPE public.transfer_held_outcome AS ENUM (
    'released',
    'denied',
    'cancelled'
);

CREATE TYPE public.transfer_order_kind AS ENUM (
    'transfer',
    'qr_payment'
);

CREATE TYPE public.treasury_movement_kind AS ENUM (
    'contribution',
    'stock_purchase',
    'prefund',
    'stock_sale',
    'relocation',
    'bill',
    'bill_payment'
);

CREATE TYPE public.wager_action AS ENUM (
    'buy',
    'sell'
);

CREATE TYPE public.wager_fault AS ENUM (
    'unknown_intent',
    'unknown_account',
    'account_mismatch',
    'market_mismatch',
    'wager_not_open',
    'quantity_over_intent',
    'cost_beyond_limit',
    'total_over_cap',
    'position_too_small',
    'filled_mismatch',
    'market_not_resolved',
    'resolution_changed',
    'payout_mismatch',
    'conflicting_intent',
    'unknown_report',
    'reversal_mismatch',
    'reversed_before'
);

CREATE TYPE public.wager_refusal AS ENUM (
    'cancelled',
    'unknown_account',
    'unknown_market',
    'market_not_open',
    'price_off_tick',
    'max_total_too_small',
    'float_too_low',
    'position_too_small',
    'conflicting_intent',
    'out_of_bounds',
    'market_halted',
    'position_limit'
);

CREATE TYPE public.wager_report_kind AS ENUM (
    'fill',
    'final',
    'not_pooled',
    'resolution',
    'payout',
    'settlement_fee',
    'reversal'
);

CREATE TYPE public.wager_state AS ENUM (
    'held',
    'pending',
    'dispatched',
    'submitted',
    'filled',
    'partly_filled',
    'unfilled',
    'cancelled',
    'refused'
);

CREATE TYPE public.webhook_attempt_outcome AS ENUM (
    'done',
    'failed'
);

CREATE TYPE public.webhook_task_state AS ENUM (
    'waiting',
    'held'
);

CREATE TYPE public.witness_alarm_ending AS ENUM (
    'restore_accepted',
    'investigated'
);

CREATE TYPE public.witness_alarm_kind AS ENUM (
    'forked',
    'shrunk',
    'disowned',
    'behind'
);

CREATE PROCEDURE public.bulkhead_erasable(IN name text, VARIADIC columns text[])
    LANGUAGE plpgsql
    AS $$
BEGIN
    EXECUTE format('DROP TRIGGER %I ON %I', name || '_append_only', name);
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW '
                   'EXECUTE FUNCTION refuse_all_but_emptying(%s)', name || '_append_only', name,
                   (SELECT string_agg(quote_literal(c), ', ') FROM unnest(columns) AS c));
    EXECUTE format('GRANT UPDATE (%s) ON %I TO bulkhead_app',
                   (SELECT string_agg(quote_ident(c), ', ') FROM unnest(columns) AS c), name);
END $$;

CREATE PROCEDURE public.bulkhead_plain_table(IN name text, IN append_only boolean)
    LANGUAGE plpgsql
    AS $$
BEGIN
    EXECUTE format('REVOKE ALL ON %I FROM PUBLIC', name);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO bulkhead_app', name);
    EXECUTE format('GRANT SELECT ON %I TO bulkhead_auditor', name);
    IF append_only THEN
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I '
                       'FOR EACH ROW EXECUTE FUNCTION refuse_change()', name || '_append_only', name);
    ELSE
        EXECUTE format('GRANT UPDATE, DELETE ON %I TO bulkhead_app', name);
    END IF;
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I '
                   'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name || '_no_truncate', name);
END $$;

CREATE PROCEDURE public.bulkhead_tenant_table(IN name text, IN append_only boolean)
    LANGUAGE plpgsql
    AS $$
BEGIN
    CALL bulkhead_plain_table(name, append_only);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    -- The sub-select makes the tenants a constant of the statement instead of a test per row.
    EXECUTE format('CREATE POLICY tenant_isolation ON %I TO bulkhead_app '
                   'USING (tenant_id = ANY ((SELECT current_tenants())::uuid[])) '
                   'WITH CHECK (tenant_id = ANY ((SELECT current_tenants())::uuid[]))', name);
    EXECUTE format('CREATE POLICY owner_maintains ON %I TO bulkhead_owner USING (true) WITH CHECK (true)', name);
    EXECUTE format('CREATE POLICY auditor_reads ON %I FOR SELECT TO bulkhead_auditor USING (true)', name);
END $$;

CREATE FUNCTION public.cards_check_amounts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
DECLARE
    authorised bigint;
    captured bigint;
    back bigint;
BEGIN
    SELECT amount INTO authorised FROM cards_charge WHERE id = NEW.charge_id FOR NO KEY UPDATE;
    SELECT amount INTO captured FROM cards_capture WHERE charge_id = NEW.charge_id;
    SELECT coalesce(sum(r.amount), 0) INTO back FROM cards_refund r WHERE r.charge_id = NEW.charge_id
        AND NOT EXISTS (SELECT FROM cards_refund_end e WHERE e.refund_id = r.id AND e.outcome = 'refused');
    -- A chargeback is money that was taken from us: it is posted even where a refund had gone before it.
    back := CASE WHEN TG_TABLE_NAME = 'cards_chargeback' THEN 0 ELSE back END
        + (SELECT coalesce(sum(c.amount), 0) FROM cards_chargeback c WHERE c.charge_id = NEW.charge_id
           AND NOT EXISTS (SELECT FROM cards_chargeback_won w WHERE w.chargeback = c.id));
    IF coalesce(captured, 0) > authorised OR back > coalesce(captured, 0) THEN
        RAISE EXCEPTION 'a charge gives back at most what was captured, and takes what was authorised'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'cards_charge_amounts';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.cards_check_clearing() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
DECLARE
    allowed bigint;
BEGIN
    SELECT CASE WHEN decision = 'approve' THEN amount ELSE 0 END INTO allowed
    FROM cards_authorisation WHERE id = NEW.authorisation_id FOR NO KEY UPDATE;
    IF (SELECT sum(captured) FROM cards_clearing WHERE authorisation_id = NEW.authorisation_id) > allowed
       OR (NEW.captured > 0 AND EXISTS
           (SELECT FROM cards_authorisation_end WHERE authorisation_id = NEW.authorisation_id)) THEN
        RAISE EXCEPTION 'a clearing captures at most what its authorisation still reserves'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'cards_clearing_within';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.cards_check_step() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
DECLARE
    before record;
BEGIN
    PERFORM FROM cards_charge WHERE id = NEW.charge_id FOR NO KEY UPDATE;
    SELECT number, state INTO before FROM cards_charge_step
    WHERE charge_id = NEW.charge_id ORDER BY number DESC LIMIT 1;
    IF NOT (CASE
        WHEN before IS NULL THEN NEW.number = 1 AND NEW.state = 'created'
        WHEN before.state = 'created' THEN NEW.number = before.number + 1 AND NEW.state <> 'created'
        WHEN before.state = 'authorised'
            THEN NEW.number = before.number + 1 AND NEW.state IN ('captured', 'declined')
        ELSE false END) THEN
        RAISE EXCEPTION 'a charge does not become % after %', NEW.state, before.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'cards_charge_step_legal';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION public.cases_case_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NOT (OLD.state = NEW.state OR (OLD.state, NEW.state) IN (
        ('open', 'investigating'), ('investigating', 'open'), ('investigating', 'closing'),
        ('closing', 'investigating'), ('closing', 'closed'), ('closed', 'open'))) THEN
        RAISE EXCEPTION 'a case that is % cannot become %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'cases_case_transition';
    END IF;
    IF NEW.steps <= OLD.steps OR (OLD.tenant_id, OLD.id, OLD.customer_id, OLD.family, OLD.opened_at)
        IS DISTINCT FROM (NEW.tenant_id, NEW.id, NEW.customer_id, NEW.family, NEW.opened_at) THEN
        RAISE EXCEPTION 'a case changes by its next step, and what it is about never'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'cases_case_by_steps';
    END IF;
    IF NEW.state IN ('closing', 'closed') AND EXISTS (
        SELECT FROM cases_held WHERE case_id = NEW.id AND ended_at IS NULL) THEN
        RAISE EXCEPTION 'a case does not close while it holds something'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'cases_case_holds';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION public.cases_held_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL OR (OLD.tenant_id, OLD.case_id, OLD.kind, OLD.held_id, OLD.amount, OLD.added_at)
        IS DISTINCT FROM (NEW.tenant_id, NEW.case_id, NEW.kind, NEW.held_id, NEW.amount, NEW.added_at) THEN
        RAISE EXCEPTION 'what was held and decided does not change'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'cases_held_decided';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION public.cases_snooze_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (('proposed', 'standing'), ('proposed', 'rejected'), ('standing', 'ended'))
        OR (OLD.tenant_id, OLD.id, OLD.customer_id, OLD.rule, OLD.ends_at, OLD.proposed_by, OLD.proposed_at,
            OLD.reason_sealed) IS DISTINCT FROM (NEW.tenant_id, NEW.id, NEW.customer_id, NEW.rule, NEW.ends_at,
            NEW.proposed_by, NEW.proposed_at, NEW.reason_sealed)
        OR (OLD.state = 'standing' AND (OLD.decided_by, OLD.decided_at) IS DISTINCT FROM
            (NEW.decided_by, NEW.decided_at)) THEN
        RAISE EXCEPTION 'a snooze is proposed, decided by another, and ends; what it says never changes'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'cases_snooze_transition';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION public.cases_step_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (SELECT FROM cases_exclusion e JOIN cases_case c USING (tenant_id, customer_id)
        WHERE c.id = NEW.case_id AND e.ended_at IS NULL AND e.staff_id IN (NEW.staff_id, NEW.assignee_id)) THEN
        RAISE EXCEPTION 'who is kept from a customer takes no step in a case of theirs'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'cases_step_excluded';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION public.current_tenants() RETURNS uuid[]
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (COALESCE(NULLIF(current_setting('app.tenants'::text, true), ''::text), '{}'::text))::uuid[];

CREATE FUNCTION public.fn_pgqueuer_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    to_emit BOOLEAN := false;  -- Flag to decide whether to emit a notification
BEGIN
    -- Check operation type and set the emit flag accordingly
    IF TG_OP = 'UPDATE' AND OLD IS DISTINCT FROM NEW THEN
        to_emit := true;
    ELSIF TG_OP = 'DELETE' THEN
        to_emit := true;
    ELSIF TG_OP = 'INSERT' THEN
        to_emit := true;
    ELSIF TG_OP = 'TRUNCATE' THEN
        to_emit := true;
    END IF;

    -- Perform notification if the emit flag is set
    IF to_emit THEN
        PERFORM pg_notify(
            'ch_pgqueuer',
            json_build_object(
                'channel', 'ch_pgqueuer',
                'operation', lower(TG_OP),
                'sent_at', NOW(),
                'table', TG_TABLE_NAME,
                'type', 'table_changed_event'
            )::text
        );
    END IF;

    -- Return appropriate value based on the operation
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        RETURN NEW;
    ELSIF TG_OP = 'DELETE' THEN
        RETURN OLD;
    ELSE
        RETURN NULL; -- For TRUNCATE and other non-row-specific contexts
    END IF;

END;
$$;

CREATE FUNCTION public.fx_check_conversion() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM fx_quote q WHERE q.id = NEW.quote_id AND NEW.converted_at < q.expires_at
            AND (q.tenant_id, q.department_id, q.customer_id, q.direction, q.amount, q.fee, q.usd)
              = (NEW.tenant_id, NEW.department_id, NEW.customer_id, NEW.direction, NEW.amount, NEW.fee, NEW.usd)
            AND (q.mid_e8, q.buy_e8, q.sell_e8, q.agreed_e8)
              = (NEW.mid_e8, NEW.buy_e8, NEW.sell_e8, NEW.agreed_e8)) THEN
        RAISE EXCEPTION 'a conversion has the amounts and rates of its quote, and happens before its end'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'fx_conversion_as_quoted';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.fx_check_stock_cost() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
DECLARE
    entry record;
    before record;
BEGIN
    SELECT e.balance_after, e.cost, e.profit INTO entry FROM ledger_entry e
    WHERE e.book_id = NEW.book_id AND e.asset_id = 2 AND e.account = 'stock' AND e.version = NEW.version
      AND e.tenant_id = NEW.tenant_id;
    SELECT s.cost, s.profit_to_date INTO before FROM fx_stock_cost s
    WHERE s.book_id = NEW.book_id AND s.version = NEW.version - 1;
    IF before IS NULL AND NEW.version > 1
       OR NEW.quantity IS DISTINCT FROM entry.balance_after
       OR NEW.cost IS DISTINCT FROM coalesce(before.cost, 0) + entry.cost
       OR NEW.profit_to_date IS DISTINCT FROM coalesce(before.profit_to_date, 0) + coalesce(entry.profit, 0) THEN
        RAISE EXCEPTION 'the cost of a stock follows its ledger entries, one by one'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'fx_stock_cost_follows';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.kyc_attachment_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM kyc_session WHERE id = NEW.session_id AND state = 'draft') THEN
        RAISE EXCEPTION 'files are attached to drafts only'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'kyc_attachment_of_draft';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION public.kyc_owner_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM kyc_business WHERE id = coalesce(NEW.business_id, OLD.business_id)
        AND state = 'draft') THEN
        RAISE EXCEPTION 'owners of a submitted business do not change'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'kyc_owner_of_draft';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

CREATE FUNCTION public.kyc_session_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NOT (OLD.state = NEW.state OR (OLD.state, NEW.state) IN (
        ('draft', 'pending'), ('pending', 'screening'), ('screening', 'approved'), ('screening', 'rejected'))) THEN
        RAISE EXCEPTION 'a session that is % cannot become %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'kyc_session_transition';
    END IF;
    IF OLD.state IN ('approved', 'rejected') THEN
        RAISE EXCEPTION 'a session that has ended does not change'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'kyc_session_ended';
    END IF;
    IF (OLD.tenant_id, OLD.id, OLD.customer_id, OLD.attempt, OLD.first_attempt, OLD.opened_at) IS DISTINCT FROM
        (NEW.tenant_id, NEW.id, NEW.customer_id, NEW.attempt, NEW.first_attempt, NEW.opened_at)
        OR (OLD.state <> 'draft'
            AND (OLD.claim_sealed, OLD.document_type, OLD.channel, OLD.risk, OLD.configuration, OLD.route,
                 OLD.submitted_at) IS DISTINCT FROM
                (NEW.claim_sealed, NEW.document_type, NEW.channel, NEW.risk, NEW.configuration, NEW.route,
                 NEW.submitted_at)) THEN
        RAISE EXCEPTION 'what was submitted does not change'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'kyc_session_submitted';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION public.ledger_after_transfer() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    SET enable_seqscan TO 'off'
    AS $$
DECLARE
    strange boolean;
    mistimed boolean;
    linked boolean;
BEGIN
    -- One pass over what was added. The minute is for a clock that is set back while a transaction runs.
    SELECT bool_or(a.tenant_id IS DISTINCT FROM (SELECT b.tenant_id FROM ledger_book b WHERE b.id = a.book_id)),
           bool_or(a.recorded_at NOT BETWEEN now() - interval '1 minute' AND clock_timestamp() + interval '1 minute'),
           bool_or(a.reverses IS NOT NULL OR a.corrects IS NOT NULL)
    FROM added a INTO strange, mistimed, linked;
    IF strange THEN
        PERFORM ledger_violation('a transfer needs an open book of its tenant', 'ledger_transfer_book');
    END IF;
    IF mistimed THEN
        PERFORM ledger_violation('the time of recording is the database''s', 'ledger_transfer_recorded_at');
    END IF;
    IF linked THEN
        IF EXISTS (SELECT FROM added a WHERE a.reverses IS NOT NULL AND a.reverses IS DISTINCT FROM
                       (SELECT t.id FROM ledger_transfer t WHERE t.book_id = a.book_id AND t.id = a.reverses)) THEN
            PERFORM ledger_violation('a reversal names a transfer of its book', 'ledger_transfer_reverses');
        END IF;
        IF EXISTS (SELECT FROM added a WHERE a.reverses IS NOT NULL AND
                       (SELECT t.reverses FROM ledger_transfer t
                        WHERE t.book_id = a.book_id AND t.id = a.reverses) IS NOT NULL) THEN
            PERFORM ledger_violation('a reversal is not reversed: post a new transfer',
                                     'ledger_transfer_reverses_a_reversal');
        END IF;
        IF EXISTS (SELECT FROM added a WHERE a.corrects IS NOT NULL AND a.corrects IS DISTINCT FROM
                       (SELECT t.id FROM ledger_transfer t
                        WHERE t.book_id = a.book_id AND t.id = a.corrects AND t.id <> a.id)) THEN
            PERFORM ledger_violation('a correction names another transfer of its book',
                                     'ledger_transfer_corrects');
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.ledger_check_deal_state() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    SET enable_seqscan TO 'off'
    AS $$
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

CREATE FUNCTION public.ledger_check_item() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    SET enable_seqscan TO 'off'
    AS $$
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

CREATE FUNCTION public.ledger_check_mirror() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    SET enable_seqscan TO 'off'
    AS $$
BEGIN
    IF EXISTS (
        (SELECT asset_id, source, target, amount, cost, profit FROM ledger_posting
         WHERE book_id = NEW.book_id AND transfer_id = NEW.id
         EXCEPT
         SELECT asset_id, target, source, amount, -cost, -profit FROM ledger_posting
         WHERE book_id = NEW.book_id AND transfer_id = NEW.reverses)
        UNION ALL
        (SELECT asset_id, target, source, amount, -cost, -profit FROM ledger_posting
         WHERE book_id = NEW.book_id AND transfer_id = NEW.reverses
         EXCEPT
         SELECT asset_id, source, target, amount, cost, profit FROM ledger_posting
         WHERE book_id = NEW.book_id AND transfer_id = NEW.id)) THEN
        PERFORM ledger_violation('a reversal mirrors every posting of its transfer', 'ledger_transfer_mirror');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.ledger_check_posting() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    SET enable_seqscan TO 'off'
    AS $$
DECLARE
    late boolean;
    unknown boolean;
BEGIN
    SELECT bool_or(pg_current_xact_id()::xid::text IS DISTINCT FROM
                   (SELECT t.xmin::text FROM ledger_transfer t
                    WHERE t.book_id = a.book_id AND t.id = a.transfer_id AND t.tenant_id = a.tenant_id)),
           bool_or((SELECT x.id FROM ledger_asset x WHERE x.id = a.asset_id) IS NULL)
    FROM added a INTO late, unknown;
    IF late THEN
        PERFORM ledger_violation('a posting needs a transfer made in the same transaction',
                                 'ledger_posting_transfer');
    END IF;
    IF unknown THEN
        PERFORM ledger_violation('a posting moves an asset that exists', 'ledger_posting_asset');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.ledger_check_reversal_decision() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_reversal r
                   WHERE r.id = NEW.reversal_id AND r.tenant_id = NEW.tenant_id
                     AND (r.proposed_by <> NEW.decided_by OR NEW.outcome = 'rejected')) THEN
        PERFORM ledger_violation('who proposed a reversal does not approve it', 'ledger_reversal_two_people');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.ledger_check_source() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    SET enable_seqscan TO 'off'
    AS $$
BEGIN
    IF EXISTS (SELECT FROM added a WHERE pg_current_xact_id()::xid::text IS DISTINCT FROM
                   (SELECT t.xmin::text FROM ledger_transfer t
                    WHERE t.book_id = a.book_id AND t.id = a.transfer_id AND t.tenant_id = a.tenant_id)) THEN
        PERFORM ledger_violation('a source needs a transfer made in the same transaction',
                                 'ledger_transfer_source_transfer');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.ledger_follow_capture() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    SET enable_seqscan TO 'off'
    AS $$
DECLARE
    without_hold boolean;
BEGIN
    WITH parts AS MATERIALIZED (
        SELECT tenant_id, book_id, hold_id, sum(amount)::bigint AS amount FROM added GROUP BY 1, 2, 3
    ), found AS MATERIALIZED (
        SELECT p.*, (SELECT o FROM ledger_hold_open o WHERE o.book_id = p.book_id AND o.hold_id = p.hold_id
                     AND o.tenant_id = p.tenant_id) AS hold FROM parts p
    ), reduced AS (
        INSERT INTO ledger_hold_open AS o (tenant_id, book_id, hold_id, remaining, asset_id, account)
        SELECT tenant_id, book_id, hold_id, amount, (hold).asset_id, (hold).account FROM found
        WHERE (hold).hold_id IS NOT NULL ORDER BY book_id, hold_id
        ON CONFLICT ON CONSTRAINT ledger_hold_open_pk DO UPDATE SET remaining = o.remaining - excluded.remaining
        RETURNING o.xmax = 0 AS is_new
    ), freed AS (
        INSERT INTO ledger_balance AS b (tenant_id, book_id, asset_id, account, side, held, floor)
        SELECT tenant_id, book_id, (hold).asset_id, (hold).account, 1, sum(amount)::bigint,
               -4611686018427387904
        FROM found WHERE (hold).hold_id IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 2, 3, 4
        ON CONFLICT ON CONSTRAINT ledger_balance_pk DO UPDATE SET held = b.held - excluded.held
    )
    -- A hold that somebody closed meanwhile would come back as a new row: that is refused too.
    SELECT EXISTS (SELECT FROM found WHERE (hold).hold_id IS NULL) OR EXISTS (SELECT FROM reduced WHERE is_new)
    INTO without_hold;
    IF without_hold THEN
        PERFORM ledger_violation('a capture needs an open hold', 'ledger_hold_capture_open');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.ledger_follow_close() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    SET enable_seqscan TO 'off'
    SET enable_nestloop TO 'off'
    AS $$
DECLARE
    ended bigint;
    had_something_left boolean;
BEGIN
    IF EXISTS (SELECT FROM added a WHERE a.reason = 'expired' AND
                   (SELECT h.expires_at FROM ledger_hold h WHERE h.book_id = a.book_id AND h.id = a.hold_id)
                   IS NULL) THEN
        PERFORM ledger_violation('a hold without an end does not expire', 'ledger_hold_close_expired');
    END IF;
    WITH gone AS (
        DELETE FROM ledger_hold_open o WHERE o.ctid = ANY (ARRAY(
            SELECT (SELECT h.ctid FROM ledger_hold_open h WHERE h.book_id = a.book_id
                    AND h.hold_id = a.hold_id AND h.tenant_id = a.tenant_id) FROM added a))
        RETURNING o.tenant_id, o.book_id, o.hold_id, o.asset_id, o.account, o.remaining
    ), freed AS (
        INSERT INTO ledger_balance AS b (tenant_id, book_id, asset_id, account, side, held, floor)
        SELECT tenant_id, book_id, asset_id, account, 1, sum(remaining)::bigint, -4611686018427387904
        FROM gone WHERE remaining > 0 GROUP BY 1, 2, 3, 4 ORDER BY 2, 3, 4
        ON CONFLICT ON CONSTRAINT ledger_balance_pk DO UPDATE SET held = b.held - excluded.held
    )
    SELECT count(*), bool_or(a.reason = 'exhausted' AND g.remaining > 0)
    FROM gone g JOIN added a USING (book_id, hold_id) INTO ended, had_something_left;
    IF ended <> (SELECT count(*) FROM added) THEN
        PERFORM ledger_violation('a close needs an open hold', 'ledger_hold_close_open');
    END IF;
    IF had_something_left THEN
        PERFORM ledger_violation('a hold of which something is left is not exhausted',
                                 'ledger_hold_close_exhausted');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.ledger_follow_hold() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    SET enable_seqscan TO 'off'
    AS $$
BEGIN
    IF EXISTS (SELECT FROM added a WHERE a.tenant_id IS DISTINCT FROM
                   (SELECT b.tenant_id FROM ledger_balance b
                    WHERE b.book_id = a.book_id AND b.asset_id = a.asset_id AND b.account = a.account)) THEN
        PERFORM ledger_violation('a hold needs a checked account of its tenant that has a balance',
                                 'ledger_hold_account');
    END IF;
    INSERT INTO ledger_balance AS b (tenant_id, book_id, asset_id, account, side, held, floor)
    SELECT tenant_id, book_id, asset_id, account, 1, sum(amount)::bigint, -4611686018427387904
    FROM added GROUP BY 1, 2, 3, 4 ORDER BY 2, 3, 4
    ON CONFLICT ON CONSTRAINT ledger_balance_pk DO UPDATE SET held = b.held + excluded.held;
    INSERT INTO ledger_hold_open (tenant_id, book_id, hold_id, remaining, asset_id, account)
    SELECT tenant_id, book_id, id, amount, asset_id, account FROM added;
    RETURN NULL;
END $$;

CREATE FUNCTION public.ledger_follow_posting() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    SET enable_nestloop TO 'off'
    AS $$
DECLARE
    opened boolean;
BEGIN
    -- PostgreSQL tests a proposed row before it looks for a conflict: a first outflow would break the
    -- floor of a row that never comes to be. So accounts enter without a floor and get it right after.
    WITH legs AS MATERIALIZED (
        SELECT a.tenant_id, a.book_id, a.asset_id, a.transfer_id, a.number, a.action, a.cost, a.profit,
               c.account, c.side, CASE WHEN c.account = a.source THEN -a.amount ELSE a.amount END AS delta
        FROM added a JOIN ledger_chart c ON c.account IN (a.source, a.target) AND c.class = 'checked'
    ), changed AS (
        INSERT INTO ledger_balance AS b (tenant_id, book_id, asset_id, account, side, posted, version, floor)
        SELECT tenant_id, book_id, asset_id, account, side, sum(delta)::bigint, count(*), -4611686018427387904
        FROM legs GROUP BY 1, 2, 3, 4, 5 ORDER BY 2, 3, 4
        ON CONFLICT ON CONSTRAINT ledger_balance_pk DO UPDATE
        SET posted = b.posted + excluded.posted, version = b.version + excluded.version
        RETURNING b.book_id, b.asset_id, b.account, b.posted, b.version, b.floor
    ), numbered AS (
        SELECT l.*, count(*) OVER e AS steps, (sum(delta) OVER e)::bigint AS total,
               row_number() OVER w AS step, (sum(delta) OVER w)::bigint AS running
        FROM legs l
        WINDOW e AS (PARTITION BY book_id, asset_id, account),
               w AS (PARTITION BY book_id, asset_id, account ORDER BY number)
    ), written AS (
        INSERT INTO ledger_entry (tenant_id, book_id, asset_id, account, version, transfer_id, amount,
                                  balance_after, action, cost, profit)
        SELECT n.tenant_id, n.book_id, n.asset_id, n.account, c.version - n.steps + n.step, n.transfer_id,
               n.delta, c.posted - n.total + n.running, n.action, n.cost, n.profit
        FROM numbered n JOIN changed c USING (book_id, asset_id, account)
    )
    SELECT bool_or(floor < 0) FROM changed INTO opened;
    IF opened THEN
        UPDATE ledger_balance b SET floor = 0
        WHERE b.floor = -4611686018427387904 AND b.book_id IN (SELECT book_id FROM added);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.ledger_guard_item() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
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

CREATE FUNCTION public.ledger_refuse_direct_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION '% follows from postings and holds: % refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'derived_only';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.ledger_repair_snapshots() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        PERFORM ledger_violation('a repair reads what is committed when it has its locks',
                                 'ledger_repair_isolation');
    END IF;
    -- Nobody posts, holds or closes meanwhile; reading goes on.
    LOCK TABLE ledger_posting, ledger_hold, ledger_hold_capture, ledger_hold_close, ledger_balance,
               ledger_hold_open IN SHARE ROW EXCLUSIVE MODE;

    WITH facts AS MATERIALIZED (
        SELECT h.tenant_id, h.book_id, h.id AS hold_id, h.asset_id, h.account,
               h.amount - coalesce(c.captured, 0)::bigint AS remaining
        FROM ledger_hold h
        LEFT JOIN (SELECT book_id, hold_id, sum(amount) AS captured FROM ledger_hold_capture GROUP BY 1, 2) c
          ON c.book_id = h.book_id AND c.hold_id = h.id
        WHERE NOT EXISTS (SELECT FROM ledger_hold_close x WHERE x.book_id = h.book_id AND x.hold_id = h.id)
    ), gone AS (
        DELETE FROM ledger_hold_open o
        WHERE NOT EXISTS (SELECT FROM facts f WHERE f.book_id = o.book_id AND f.hold_id = o.hold_id)
        RETURNING 1
    ), changed AS (
        UPDATE ledger_hold_open o SET (tenant_id, remaining, asset_id, account) =
                                      ROW (f.tenant_id, f.remaining, f.asset_id, f.account)
        FROM facts f WHERE f.book_id = o.book_id AND f.hold_id = o.hold_id
          AND (o.tenant_id, o.remaining, o.asset_id, o.account) IS DISTINCT FROM
              (f.tenant_id, f.remaining, f.asset_id, f.account)
        RETURNING 1
    ), added AS (
        INSERT INTO ledger_hold_open (tenant_id, book_id, hold_id, remaining, asset_id, account)
        SELECT tenant_id, book_id, hold_id, remaining, asset_id, account FROM facts f
        WHERE NOT EXISTS (SELECT FROM ledger_hold_open o WHERE o.book_id = f.book_id AND o.hold_id = f.hold_id)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM changed) + (SELECT count(*) FROM added)
    INTO NEW.holds_rewritten;

    WITH legs AS (
        SELECT l.tenant_id, l.book_id, l.asset_id, l.account, sum(l.amount)::bigint AS posted, count(*) AS version
        FROM ledger_leg l WHERE l.account IN (SELECT account FROM ledger_chart WHERE class = 'checked')
        GROUP BY 1, 2, 3, 4
    ), held AS (
        SELECT book_id, asset_id, account, sum(remaining)::bigint AS held FROM ledger_hold_open GROUP BY 1, 2, 3
    ), facts AS MATERIALIZED (
        SELECT l.*, coalesce(h.held, 0) AS held, c.side
        FROM legs l JOIN ledger_chart c USING (account) LEFT JOIN held h USING (book_id, asset_id, account)
    ), gone AS (
        DELETE FROM ledger_balance b WHERE NOT EXISTS (
            SELECT FROM facts f
            WHERE f.book_id = b.book_id AND f.asset_id = b.asset_id AND f.account = b.account)
        RETURNING 1
    ), changed AS (
        UPDATE ledger_balance b SET (tenant_id, posted, held, version, side, floor) =
                                    ROW (f.tenant_id, f.posted, f.held, f.version, f.side, 0)
        FROM facts f WHERE f.book_id = b.book_id AND f.asset_id = b.asset_id AND f.account = b.account
          AND (b.tenant_id, b.posted, b.held, b.version, b.side, b.floor) IS DISTINCT FROM
              (f.tenant_id, f.posted, f.held, f.version, f.side, 0)
        RETURNING 1
    ), added AS (
        INSERT INTO ledger_balance (tenant_id, book_id, asset_id, account, posted, held, version, side)
        SELECT tenant_id, book_id, asset_id, account, posted, held, version, side FROM facts f
        WHERE NOT EXISTS (
            SELECT FROM ledger_balance b
            WHERE b.book_id = f.book_id AND b.asset_id = f.asset_id AND b.account = f.account)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM changed) + (SELECT count(*) FROM added)
    INTO NEW.balances_rewritten;
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE FUNCTION public.ledger_violation(message text, rule text) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '%', message USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = rule;
END $$;

CREATE FUNCTION public.period_check_close() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
DECLARE
    last_number integer;
    last_end timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(period_lock_key(NEW.tenant_id));
    SELECT number, ends_at INTO last_number, last_end FROM period_closed
    WHERE tenant_id = NEW.tenant_id ORDER BY number DESC LIMIT 1;
    IF NEW.number <> coalesce(last_number, 0) + 1 OR NEW.starts_at IS DISTINCT FROM coalesce(last_end, NEW.starts_at) THEN
        PERFORM ledger_violation('a period begins where the one before it ended', 'period_closed_follows');
    END IF;
    IF last_end IS NULL AND EXISTS (SELECT FROM ledger_transfer t
                                    WHERE t.tenant_id = NEW.tenant_id AND t.effective_at < NEW.starts_at) THEN
        PERFORM ledger_violation('the first period begins with the first entry', 'period_closed_first');
    END IF;
    IF NEW.ends_at > clock_timestamp() - interval '5 minutes' THEN
        PERFORM ledger_violation('a period is closed five minutes after its end at the earliest', 'period_closed_ended');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION public.period_lock_key(tenant uuid) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN hashtextextended((tenant)::text, (7065)::bigint);

CREATE FUNCTION public.period_refuse_entry() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    SET enable_seqscan TO 'off'
    AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(period_lock_key(t.tenant_id))
    FROM (SELECT DISTINCT tenant_id FROM added ORDER BY 1) t;
    -- A statement of its own: it sees what a closer committed while the lock above was waited for.
    IF EXISTS (SELECT FROM added a WHERE a.effective_at <
                   (SELECT p.ends_at FROM period_closed p WHERE p.tenant_id = a.tenant_id
                    ORDER BY p.ends_at DESC LIMIT 1)) THEN
        PERFORM ledger_violation('the period of this entry is closed: post in the open one, naming what it corrects',
                                 'ledger_transfer_period_open');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.refuse_all_but_emptying() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    name text;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV THEN
        FOREACH name IN ARRAY TG_ARGV LOOP
            IF to_jsonb(NEW) -> name IS DISTINCT FROM to_jsonb(OLD) -> name
               AND to_jsonb(NEW) ->> name IS DISTINCT FROM '\x' THEN
                RAISE EXCEPTION '% of % may be emptied and not rewritten', name, TG_TABLE_NAME
                    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';
            END IF;
        END LOOP;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';
END $$;

CREATE FUNCTION public.refuse_calls_before_restore() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NEW.sent_at <= (SELECT max(calls_after) FROM database_seen) THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION public.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';
END $$;

CREATE FUNCTION public.refuse_while_known() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'DELETE' AND NOT EXISTS (
        SELECT FROM customer_data_key k WHERE k.customer_id = OLD.customer_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '%: % refused while the person is known', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';
END $$;

CREATE FUNCTION public.restriction_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF (OLD.tenant_id, OLD.id, OLD.customer_id, OLD.department_id, OLD.kind, OLD.cause, OLD.cause_id, OLD.reason, OLD.placed_by,
        OLD.placed_at, OLD.number + 1) IS DISTINCT FROM
       (NEW.tenant_id, NEW.id, NEW.customer_id, NEW.department_id, NEW.kind, NEW.cause, NEW.cause_id, NEW.reason, NEW.placed_by,
        NEW.placed_at, NEW.number)
       OR (OLD.state, NEW.state) NOT IN (('standing', 'lifted'), ('standing', 'lift_proposed'),
                                         ('lift_proposed', 'standing'), ('lift_proposed', 'lifted')) THEN
        RAISE EXCEPTION 'a restriction changes step by step, and not after it was lifted'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'restriction_transition';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION public.settlement_refuse_both() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.settlement_id::text, 50));
    IF EXISTS (SELECT FROM settlement_void WHERE settlement_id = NEW.settlement_id)
        AND EXISTS (SELECT FROM settlement_release WHERE settlement_id = NEW.settlement_id) THEN
        RAISE EXCEPTION 'a settlement is released or void, never both' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TABLE public.access_assignment (
    tenant_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    role text NOT NULL,
    assigned_at timestamp with time zone NOT NULL,
    CONSTRAINT access_assignment_role_form CHECK ((role ~ '^[a-z][a-z_]{2,39}$'::text))
);

ALTER TABLE ONLY public.access_assignment FORCE ROW LEVEL SECURITY;

CREATE TABLE public.access_session (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    staff_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    started_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT access_session_times CHECK ((expires_at > started_at)),
    CONSTRAINT access_session_token_hash_size CHECK ((octet_length(token_hash) = 32))
);

ALTER TABLE ONLY public.access_session FORCE ROW LEVEL SECURITY;

CREATE TABLE public.access_staff (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    department_id uuid,
    username text NOT NULL,
    password_hash text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    disabled_at timestamp with time zone,
    CONSTRAINT access_staff_password_hash_form CHECK ((password_hash ~~ '$argon2id$%'::text)),
    CONSTRAINT access_staff_username_form CHECK ((username ~ '^[a-z][a-z0-9-]{2,39}$'::text))
);

ALTER TABLE ONLY public.access_staff FORCE ROW LEVEL SECURITY;

CREATE TABLE public.aml_counter (
    tenant_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    subject smallint NOT NULL,
    minutes smallint NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    kind public.aml_event_kind NOT NULL,
    product public.aml_product NOT NULL,
    tags smallint NOT NULL,
    n integer NOT NULL,
    amount bigint NOT NULL,
    CONSTRAINT aml_counter_amount CHECK ((amount >= 0)),
    CONSTRAINT aml_counter_minutes CHECK ((minutes = ANY (ARRAY[10, 1440]))),
    CONSTRAINT aml_counter_n CHECK ((n >= 0)),
    CONSTRAINT aml_counter_subject CHECK (((subject >= 1) AND (subject <= 3)))
)
WITH (fillfactor='70');

ALTER TABLE ONLY public.aml_counter FORCE ROW LEVEL SECURITY;

CREATE TABLE public.aml_event (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    kind public.aml_event_kind NOT NULL,
    product public.aml_product NOT NULL,
    tags smallint NOT NULL,
    at timestamp with time zone NOT NULL,
    counted_at timestamp with time zone NOT NULL,
    n smallint NOT NULL,
    amount bigint NOT NULL,
    counterparty_id uuid,
    instrument_id uuid,
    device_id uuid,
    market_id uuid,
    side public.aml_side,
    reverses uuid,
    CONSTRAINT aml_event_first CHECK (((reverses IS NOT NULL) OR ((n = 1) AND (amount >= 0) AND (counted_at = at)))),
    CONSTRAINT aml_event_reversal CHECK (((reverses IS NULL) OR ((n = ANY (ARRAY[0, '-1'::integer])) AND (amount <= 0) AND (counted_at <= at)))),
    CONSTRAINT aml_event_side CHECK (((side IS NULL) OR (market_id IS NOT NULL))),
    CONSTRAINT aml_event_tags CHECK (((tags >= 0) AND (tags <= 3)))
)
WITH (autovacuum_vacuum_insert_scale_factor='0', autovacuum_vacuum_insert_threshold='10000');

ALTER TABLE ONLY public.aml_event FORCE ROW LEVEL SECURITY;

CREATE TABLE public.aml_gathered (
    tenant_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    subject smallint NOT NULL,
    CONSTRAINT aml_gathered_subject CHECK (((subject >= 1) AND (subject <= 3)))
);

ALTER TABLE ONLY public.aml_gathered FORCE ROW LEVEL SECURITY;

CREATE TABLE public.aml_pair (
    tenant_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    subject smallint NOT NULL,
    dimension smallint NOT NULL,
    day timestamp with time zone NOT NULL,
    value_id uuid NOT NULL,
    n integer NOT NULL,
    CONSTRAINT aml_pair_dimension CHECK (((dimension >= 1) AND (dimension <= 4))),
    CONSTRAINT aml_pair_n CHECK ((n >= 0)),
    CONSTRAINT aml_pair_subject CHECK (((subject >= 1) AND (subject <= 3)))
)
WITH (fillfactor='70');

ALTER TABLE ONLY public.aml_pair FORCE ROW LEVEL SECURITY;

CREATE TABLE public.aml_published (
    tenant_id uuid NOT NULL,
    key text NOT NULL,
    version_id uuid NOT NULL,
    number integer NOT NULL,
    step public.aml_step_kind DEFAULT 'approve'::public.aml_step_kind NOT NULL,
    state public.aml_version_state DEFAULT 'published'::public.aml_version_state NOT NULL,
    CONSTRAINT aml_published_state CHECK ((state = 'published'::public.aml_version_state)),
    CONSTRAINT aml_published_step CHECK ((step = 'approve'::public.aml_step_kind))
);

ALTER TABLE ONLY public.aml_published FORCE ROW LEVEL SECURITY;

CREATE TABLE public.aml_ruleset (
    tenant_id uuid NOT NULL,
    revision bigint NOT NULL,
    CONSTRAINT aml_ruleset_revision CHECK ((revision > 0))
);

ALTER TABLE ONLY public.aml_ruleset FORCE ROW LEVEL SECURITY;

CREATE TABLE public.aml_step (
    tenant_id uuid NOT NULL,
    version_id uuid NOT NULL,
    number integer NOT NULL,
    step public.aml_step_kind NOT NULL,
    state public.aml_version_state NOT NULL,
    written_by uuid NOT NULL,
    taken_by uuid NOT NULL,
    taken_at timestamp with time zone NOT NULL,
    asked_number integer,
    asked_by uuid,
    CONSTRAINT aml_step_number CHECK ((number > 0)),
    CONSTRAINT aml_step_states CHECK (
CASE step
    WHEN 'write'::public.aml_step_kind THEN ((number = 1) AND (state = 'draft'::public.aml_version_state))
    WHEN 'shadow'::public.aml_step_kind THEN (state = 'shadow'::public.aml_version_state)
    WHEN 'propose'::public.aml_step_kind THEN (state = ANY (ARRAY['proposed'::public.aml_version_state, 'retiring'::public.aml_version_state]))
    WHEN 'approve'::public.aml_step_kind THEN (state = ANY (ARRAY['published'::public.aml_version_state, 'retired'::public.aml_version_state]))
    WHEN 'reject'::public.aml_step_kind THEN (state = ANY (ARRAY['draft'::public.aml_version_state, 'published'::public.aml_version_state]))
    ELSE (state = 'retired'::public.aml_version_state)
END),
    CONSTRAINT aml_step_two_people CHECK (((step <> 'approve'::public.aml_step_kind) OR ((asked_by IS NOT NULL) AND (asked_number = (number - 1)) AND (taken_by <> asked_by) AND ((state <> 'published'::public.aml_version_state) OR (taken_by <> written_by)))))
);

ALTER TABLE ONLY public.aml_step FORCE ROW LEVEL SECURITY;

CREATE TABLE public.aml_version (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    key text NOT NULL,
    content bytea NOT NULL,
    digest bytea NOT NULL,
    written_by uuid NOT NULL,
    written_at timestamp with time zone NOT NULL,
    CONSTRAINT aml_version_content CHECK ((octet_length(content) <= 64000)),
    CONSTRAINT aml_version_digest CHECK ((digest = sha256(content))),
    CONSTRAINT aml_version_key CHECK ((key ~ '^[a-z][a-z0-9_]{2,47}$'::text))
);

ALTER TABLE ONLY public.aml_version FORCE ROW LEVEL SECURITY;

CREATE TABLE public.audit_checkpoint (
    size bigint NOT NULL,
    root bytea NOT NULL,
    key_id bytea NOT NULL,
    signature bytea NOT NULL,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT audit_checkpoint_key_size CHECK ((octet_length(key_id) = 4)),
    CONSTRAINT audit_checkpoint_root_size CHECK ((octet_length(root) = 32)),
    CONSTRAINT audit_checkpoint_signature_size CHECK ((octet_length(signature) = 64)),
    CONSTRAINT audit_checkpoint_size_positive CHECK ((size > 0))
);

COMMENT ON TABLE public.audit_checkpoint IS 'no tenant: signed roots of the one tree over the records of all tenants';

CREATE TABLE public.audit_cosignature (
    epoch integer NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    note text NOT NULL COLLATE pg_catalog."C",
    cosigned_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    CONSTRAINT audit_cosignature_epoch_counts CHECK ((epoch >= 1)),
    CONSTRAINT audit_cosignature_note_size CHECK ((length(note) <= 2000)),
    CONSTRAINT audit_cosignature_root_size CHECK ((octet_length(root) = 32)),
    CONSTRAINT audit_cosignature_size_counts CHECK ((size >= 1))
);

COMMENT ON TABLE public.audit_cosignature IS 'no tenant: one log over the records of all tenants';

CREATE TABLE public.audit_epoch (
    epoch integer NOT NULL,
    after_size bigint NOT NULL,
    operator uuid NOT NULL,
    cause public.audit_restore_cause NOT NULL,
    began_at timestamp with time zone NOT NULL,
    CONSTRAINT audit_epoch_after_size_counts CHECK ((after_size >= 0)),
    CONSTRAINT audit_epoch_second_or_later CHECK ((epoch > 1))
);

COMMENT ON TABLE public.audit_epoch IS 'no tenant: one log over the records of all tenants';

CREATE TABLE public.audit_node (
    level smallint NOT NULL,
    number bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_node_hash_size CHECK ((octet_length(hash) = 32)),
    CONSTRAINT audit_node_level_form CHECK (((level >= 8) AND (level <= 62))),
    CONSTRAINT audit_node_number_form CHECK ((number >= 0))
);

COMMENT ON TABLE public.audit_node IS 'no tenant: nodes of the one tree over the records of all tenants';

CREATE TABLE public.audit_record (
    id bigint NOT NULL,
    txid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    tenant_id uuid NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT audit_record_body_size CHECK (((octet_length(body) >= 2) AND (octet_length(body) <= 65536))),
    CONSTRAINT audit_record_kind_form CHECK (((length(kind) <= 64) AND (kind ~ '^[a-z_]+\.[a-z_]+$'::text)))
);

ALTER TABLE ONLY public.audit_record FORCE ROW LEVEL SECURITY;

ALTER TABLE public.audit_record ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_record_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 64
);

CREATE TABLE public.audit_seal (
    start bigint NOT NULL,
    size bigint NOT NULL,
    last_txid xid8 NOT NULL,
    last_id bigint NOT NULL,
    leaves bytea NOT NULL,
    frontier bytea NOT NULL,
    chain bytea NOT NULL,
    sealed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT audit_seal_chain_size CHECK ((octet_length(chain) = 32)),
    CONSTRAINT audit_seal_frontier_size CHECK ((octet_length(frontier) = (32 * bit_count((size)::bit(64))))),
    CONSTRAINT audit_seal_leaves_size CHECK ((octet_length(leaves) = (32 * (size - start)))),
    CONSTRAINT audit_seal_start_form CHECK (((start >= 0) AND (size > start)))
);
ALTER TABLE ONLY public.audit_seal ALTER COLUMN leaves SET STORAGE EXTERNAL;

COMMENT ON TABLE public.audit_seal IS 'no tenant: one tree over the records of all tenants; it holds hashes only';

CREATE TABLE public.bank_file (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind public.bank_file_kind NOT NULL,
    message_id text NOT NULL,
    digest bytea NOT NULL,
    opening bigint,
    closing bigint,
    imported_by text NOT NULL,
    imported_at timestamp with time zone NOT NULL,
    CONSTRAINT bank_file_balances CHECK ((((kind = 'statement'::public.bank_file_kind) = (opening IS NOT NULL)) AND ((kind = 'statement'::public.bank_file_kind) = (closing IS NOT NULL)))),
    CONSTRAINT bank_file_digest CHECK ((octet_length(digest) = 32)),
    CONSTRAINT bank_file_imported_by CHECK (((length(imported_by) >= 1) AND (length(imported_by) <= 64))),
    CONSTRAINT bank_file_message_id CHECK ((message_id ~ '^[ -~]{1,35}$'::text))
);

ALTER TABLE ONLY public.bank_file FORCE ROW LEVEL SECURITY;

CREATE TABLE public.bank_file_answer (
    tenant_id uuid NOT NULL,
    payout_id uuid NOT NULL,
    verdict public.bank_file_verdict NOT NULL,
    bank_reference text,
    reason text,
    file_id uuid NOT NULL,
    answered_at timestamp with time zone NOT NULL,
    CONSTRAINT bank_file_answer_reference CHECK (((verdict = 'refused'::public.bank_file_verdict) OR (bank_reference IS NOT NULL)))
);

ALTER TABLE ONLY public.bank_file_answer FORCE ROW LEVEL SECURITY;

CREATE TABLE public.bank_file_batch (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    pay_on date NOT NULL,
    transfers integer NOT NULL,
    control_sum bigint NOT NULL,
    digest bytea NOT NULL,
    made_by text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT bank_file_batch_digest CHECK ((octet_length(digest) = 32)),
    CONSTRAINT bank_file_batch_made_by CHECK (((length(made_by) >= 1) AND (length(made_by) <= 64))),
    CONSTRAINT bank_file_batch_sum CHECK ((control_sum > 0)),
    CONSTRAINT bank_file_batch_transfers CHECK (((transfers >= 1) AND (transfers <= 500)))
);

ALTER TABLE ONLY public.bank_file_batch FORCE ROW LEVEL SECURITY;

CREATE TABLE public.bank_file_batch_payout (
    tenant_id uuid NOT NULL,
    payout_id uuid NOT NULL,
    batch_id uuid NOT NULL,
    number integer NOT NULL
);

ALTER TABLE ONLY public.bank_file_batch_payout FORCE ROW LEVEL SECURITY;

CREATE TABLE public.bank_file_entry (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    file_id uuid NOT NULL,
    number integer NOT NULL,
    bank_reference text NOT NULL,
    amount bigint NOT NULL,
    direction public.bank_file_direction NOT NULL,
    meaning public.bank_file_meaning NOT NULL,
    original_reference text,
    payout_id uuid,
    remittance_sealed bytea NOT NULL,
    counterparty_sealed bytea NOT NULL,
    booked_at timestamp with time zone NOT NULL,
    reason text,
    CONSTRAINT bank_file_entry_amount CHECK ((amount > 0)),
    CONSTRAINT bank_file_entry_number CHECK ((number >= 0)),
    CONSTRAINT bank_file_entry_payout CHECK (((meaning <> ALL (ARRAY['payout_paid'::public.bank_file_meaning, 'payout_returned'::public.bank_file_meaning])) OR (payout_id IS NOT NULL))),
    CONSTRAINT bank_file_entry_reason CHECK (((length(reason) >= 1) AND (length(reason) <= 35))),
    CONSTRAINT bank_file_entry_reference CHECK ((bank_reference ~ '^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$'::text))
);

ALTER TABLE ONLY public.bank_file_entry FORCE ROW LEVEL SECURITY;

CREATE TABLE public.bank_file_outcome (
    tenant_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    number bigint NOT NULL,
    outcome public.bank_file_outcome_word NOT NULL,
    problem text,
    ended_at timestamp with time zone NOT NULL,
    CONSTRAINT bank_file_outcome_problem CHECK ((problem ~ '^[a-z_.]{1,64}$'::text))
);

ALTER TABLE ONLY public.bank_file_outcome FORCE ROW LEVEL SECURITY;

ALTER TABLE public.bank_file_outcome ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.bank_file_outcome_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.bank_file_payout (
    tenant_id uuid NOT NULL,
    payout_id uuid NOT NULL,
    amount bigint NOT NULL,
    account_sealed bytea NOT NULL,
    reference_sealed bytea NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    CONSTRAINT bank_file_payout_amount CHECK ((amount > 0))
);

ALTER TABLE ONLY public.bank_file_payout FORCE ROW LEVEL SECURITY;

CREATE TABLE public.bank_file_task (
    tenant_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    attempts integer NOT NULL,
    due_at timestamp with time zone NOT NULL,
    CONSTRAINT bank_file_task_attempts CHECK ((attempts >= 0))
);

ALTER TABLE ONLY public.bank_file_task FORCE ROW LEVEL SECURITY;

CREATE TABLE public.boundary_nonce (
    key_id uuid NOT NULL,
    nonce bytea NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    CONSTRAINT boundary_nonce_size CHECK ((octet_length(nonce) = 16))
);

COMMENT ON TABLE public.boundary_nonce IS 'no tenant: a call carries the work of several tenants';

CREATE TABLE public.cards_authorisation (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    card_id uuid NOT NULL,
    id uuid NOT NULL,
    provider text NOT NULL,
    reference text NOT NULL,
    amount bigint NOT NULL,
    merchant_category text NOT NULL,
    is_live boolean NOT NULL,
    decision public.cards_decision NOT NULL,
    reason public.cards_decision_reason NOT NULL,
    hold_id uuid,
    would_post jsonb,
    body_digest bytea NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT cards_authorisation_amount CHECK ((amount > 0)),
    CONSTRAINT cards_authorisation_category CHECK ((merchant_category ~ '^[0-9]{4}$'::text)),
    CONSTRAINT cards_authorisation_decision CHECK (((decision = 'approve'::public.cards_decision) = (reason = 'approved'::public.cards_decision_reason))),
    CONSTRAINT cards_authorisation_digest CHECK ((octet_length(body_digest) = 32)),
    CONSTRAINT cards_authorisation_hold CHECK (((is_live AND (decision = 'approve'::public.cards_decision)) = (hold_id IS NOT NULL))),
    CONSTRAINT cards_authorisation_reference CHECK ((reference ~ '^[A-Za-z0-9._:/-]{1,64}$'::text)),
    CONSTRAINT cards_authorisation_shadow CHECK ((((NOT is_live) AND (decision = 'approve'::public.cards_decision)) = (would_post IS NOT NULL)))
);

ALTER TABLE ONLY public.cards_authorisation FORCE ROW LEVEL SECURITY;

CREATE TABLE public.cards_authorisation_end (
    tenant_id uuid NOT NULL,
    authorisation_id uuid NOT NULL,
    ending public.cards_authorisation_ending NOT NULL,
    at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.cards_authorisation_end FORCE ROW LEVEL SECURITY;

CREATE TABLE public.cards_capture (
    tenant_id uuid NOT NULL,
    charge_id uuid NOT NULL,
    provider text NOT NULL,
    reference text NOT NULL,
    amount bigint NOT NULL,
    debt_cleared bigint NOT NULL,
    outcome public.cards_capture_outcome NOT NULL,
    reason public.cards_capture_reason NOT NULL,
    conversion_id uuid,
    movement_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT cards_capture_amount CHECK ((amount > 0)),
    CONSTRAINT cards_capture_conversion CHECK ((((outcome = 'converted'::public.cards_capture_outcome) = (conversion_id IS NOT NULL)) AND ((outcome = 'converted'::public.cards_capture_outcome) = (reason = 'as_quoted'::public.cards_capture_reason)) AND ((outcome = 'waiting'::public.cards_capture_outcome) OR (debt_cleared = 0)))),
    CONSTRAINT cards_capture_debt CHECK (((debt_cleared >= 0) AND (debt_cleared <= amount))),
    CONSTRAINT cards_capture_reference CHECK ((reference ~ '^[A-Za-z0-9._:/-]{1,64}$'::text))
);

ALTER TABLE ONLY public.cards_capture FORCE ROW LEVEL SECURITY;

CREATE TABLE public.cards_card (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    id uuid NOT NULL,
    provider text NOT NULL,
    token text NOT NULL,
    made_by text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT cards_card_provider CHECK ((provider ~ '^[a-z0-9_-]{1,32}$'::text)),
    CONSTRAINT cards_card_token CHECK (((token ~ '^[A-Za-z][A-Za-z0-9_-]{3,63}$'::text) AND (token !~ '[0-9]{12}'::text)))
);

ALTER TABLE ONLY public.cards_card FORCE ROW LEVEL SECURITY;

CREATE TABLE public.cards_charge (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    id uuid NOT NULL,
    provider text NOT NULL,
    quote_id uuid NOT NULL,
    amount bigint NOT NULL,
    token_sealed bytea NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    CONSTRAINT cards_charge_amount CHECK ((amount > 0)),
    CONSTRAINT cards_charge_provider CHECK ((provider ~ '^[a-z0-9_-]{1,32}$'::text))
);

ALTER TABLE ONLY public.cards_charge FORCE ROW LEVEL SECURITY;

CREATE TABLE public.cards_charge_step (
    tenant_id uuid NOT NULL,
    charge_id uuid NOT NULL,
    number smallint NOT NULL,
    state public.cards_charge_state NOT NULL,
    reason text,
    at timestamp with time zone NOT NULL,
    CONSTRAINT cards_charge_step_number CHECK ((number > 0)),
    CONSTRAINT cards_charge_step_reason CHECK (((state = 'declined'::public.cards_charge_state) = (reason IS NOT NULL))),
    CONSTRAINT cards_charge_step_reason_form CHECK ((reason ~ '^[a-z0-9_]{1,64}$'::text))
);

ALTER TABLE ONLY public.cards_charge_step FORCE ROW LEVEL SECURITY;

CREATE TABLE public.cards_chargeback (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    charge_id uuid NOT NULL,
    id uuid NOT NULL,
    provider text NOT NULL,
    chargeback_id text NOT NULL,
    amount bigint NOT NULL,
    from_wallet bigint NOT NULL,
    to_debt bigint NOT NULL,
    reason text NOT NULL,
    movement_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT cards_chargeback_amount CHECK ((amount > 0)),
    CONSTRAINT cards_chargeback_debt CHECK ((to_debt >= 0)),
    CONSTRAINT cards_chargeback_form CHECK ((chargeback_id ~ '^[A-Za-z0-9._:/-]{1,64}$'::text)),
    CONSTRAINT cards_chargeback_parts CHECK (((from_wallet + to_debt) = amount)),
    CONSTRAINT cards_chargeback_reason CHECK ((reason ~ '^[a-z0-9_]{1,64}$'::text)),
    CONSTRAINT cards_chargeback_wallet CHECK ((from_wallet >= 0))
);

ALTER TABLE ONLY public.cards_chargeback FORCE ROW LEVEL SECURITY;

CREATE TABLE public.cards_chargeback_won (
    tenant_id uuid NOT NULL,
    chargeback uuid NOT NULL,
    debt_cleared bigint NOT NULL,
    movement_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT cards_chargeback_won_debt CHECK ((debt_cleared >= 0))
);

ALTER TABLE ONLY public.cards_chargeback_won FORCE ROW LEVEL SECURITY;

CREATE TABLE public.cards_clearing (
    tenant_id uuid NOT NULL,
    authorisation_id uuid NOT NULL,
    id uuid NOT NULL,
    provider text NOT NULL,
    reference text NOT NULL,
    amount bigint NOT NULL,
    captured bigint NOT NULL,
    excess bigint NOT NULL,
    movement_id uuid,
    would_post jsonb,
    at timestamp with time zone NOT NULL,
    CONSTRAINT cards_clearing_amount CHECK ((amount > 0)),
    CONSTRAINT cards_clearing_captured CHECK ((captured >= 0)),
    CONSTRAINT cards_clearing_excess CHECK ((excess >= 0)),
    CONSTRAINT cards_clearing_parts CHECK (((captured + excess) = amount)),
    CONSTRAINT cards_clearing_posted CHECK ((((captured > 0) = ((movement_id IS NOT NULL) OR (would_post IS NOT NULL))) AND ((movement_id IS NULL) OR (would_post IS NULL)))),
    CONSTRAINT cards_clearing_reference CHECK ((reference ~ '^[A-Za-z0-9._:/-]{1,64}$'::text))
);

ALTER TABLE ONLY public.cards_clearing FORCE ROW LEVEL SECURITY;

CREATE TABLE public.cards_refund (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    charge_id uuid NOT NULL,
    id uuid NOT NULL,
    amount bigint NOT NULL,
    hold_id uuid NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    CONSTRAINT cards_refund_actor CHECK ((asked_by ~ '^(customer|staff):[0-9a-f-]{36}$'::text)),
    CONSTRAINT cards_refund_amount CHECK ((amount > 0))
);

ALTER TABLE ONLY public.cards_refund FORCE ROW LEVEL SECURITY;

CREATE TABLE public.cards_refund_end (
    tenant_id uuid NOT NULL,
    refund_id uuid NOT NULL,
    outcome public.cards_refund_outcome NOT NULL,
    reason text,
    reference text,
    movement_id uuid,
    at timestamp with time zone NOT NULL,
    CONSTRAINT cards_refund_end_form CHECK ((((outcome = 'refunded'::public.cards_refund_outcome) = (movement_id IS NOT NULL)) AND ((outcome = 'refunded'::public.cards_refund_outcome) = (reference IS NOT NULL)) AND ((outcome = 'refused'::public.cards_refund_outcome) = (reason IS NOT NULL)))),
    CONSTRAINT cards_refund_end_reason_form CHECK ((reason ~ '^[a-z0-9_]{1,64}$'::text)),
    CONSTRAINT cards_refund_end_reference CHECK ((reference ~ '^[A-Za-z0-9._:/-]{1,64}$'::text))
);

ALTER TABLE ONLY public.cards_refund_end FORCE ROW LEVEL SECURITY;

CREATE TABLE public.cards_settlement (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    id uuid NOT NULL,
    provider text NOT NULL,
    bank_reference text NOT NULL,
    gross bigint NOT NULL,
    fee bigint NOT NULL,
    movement_id uuid NOT NULL,
    made_by text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT cards_settlement_fee CHECK ((fee >= 0)),
    CONSTRAINT cards_settlement_moves CHECK (((gross <> 0) OR (fee > 0))),
    CONSTRAINT cards_settlement_reference CHECK ((bank_reference ~ '^[A-Za-z0-9._/-]{1,64}$'::text))
);

ALTER TABLE ONLY public.cards_settlement FORCE ROW LEVEL SECURITY;

CREATE TABLE public.cards_task (
    tenant_id uuid NOT NULL,
    kind public.cards_task_kind NOT NULL,
    id uuid NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    redirect_url text,
    due_at timestamp with time zone,
    CONSTRAINT cards_task_attempts CHECK ((attempts >= 0)),
    CONSTRAINT cards_task_redirect CHECK (((redirect_url ~ '^https?://[!-~]+$'::text) AND (length(redirect_url) <= 500)))
);

ALTER TABLE ONLY public.cards_task FORCE ROW LEVEL SECURITY;

CREATE TABLE public.cases_case (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    family text NOT NULL,
    state public.cases_state NOT NULL,
    priority integer NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    assignee_id uuid,
    outcome public.cases_outcome,
    closed_at timestamp with time zone,
    steps integer NOT NULL,
    CONSTRAINT cases_case_end_whole CHECK ((((state = 'closed'::public.cases_state) = (closed_at IS NOT NULL)) AND ((state = 'closed'::public.cases_state) = (outcome IS NOT NULL)))),
    CONSTRAINT cases_case_family_form CHECK ((family ~ '^[a-z][a-z0-9_]{2,47}$'::text)),
    CONSTRAINT cases_case_priority_range CHECK (((priority >= 0) AND (priority <= 1000))),
    CONSTRAINT cases_case_somebody_works CHECK (
CASE state
    WHEN 'open'::public.cases_state THEN (assignee_id IS NULL)
    ELSE (assignee_id IS NOT NULL)
END),
    CONSTRAINT cases_case_steps_positive CHECK ((steps > 0))
)
WITH (fillfactor='80');

ALTER TABLE ONLY public.cases_case FORCE ROW LEVEL SECURITY;

CREATE TABLE public.cases_exclusion (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    excluded_by uuid NOT NULL,
    excluded_at timestamp with time zone NOT NULL,
    ended_by uuid,
    ended_at timestamp with time zone,
    CONSTRAINT cases_exclusion_end_whole CHECK (((ended_by IS NULL) = (ended_at IS NULL))),
    CONSTRAINT cases_exclusion_not_by_oneself CHECK ((ended_by <> staff_id))
);

ALTER TABLE ONLY public.cases_exclusion FORCE ROW LEVEL SECURITY;

CREATE TABLE public.cases_file (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    case_id uuid NOT NULL,
    format text NOT NULL,
    size_bytes integer NOT NULL,
    added_by uuid NOT NULL,
    added_at timestamp with time zone NOT NULL,
    CONSTRAINT cases_file_format_known CHECK ((format = ANY (ARRAY['jpeg'::text, 'png'::text, 'pdf'::text]))),
    CONSTRAINT cases_file_size_bounded CHECK (((size_bytes >= 1) AND (size_bytes <= 8000000)))
);

ALTER TABLE ONLY public.cases_file FORCE ROW LEVEL SECURITY;

CREATE TABLE public.cases_file_chunk (
    tenant_id uuid NOT NULL,
    file_id uuid NOT NULL,
    number smallint NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT cases_file_chunk_number_positive CHECK ((number > 0)),
    CONSTRAINT cases_file_chunk_sealed CHECK (((octet_length(sealed) > 28) AND (octet_length(sealed) <= (262144 + 28))))
);
ALTER TABLE ONLY public.cases_file_chunk ALTER COLUMN sealed SET STORAGE EXTERNAL;

ALTER TABLE ONLY public.cases_file_chunk FORCE ROW LEVEL SECURITY;

CREATE TABLE public.cases_held (
    tenant_id uuid NOT NULL,
    case_id uuid NOT NULL,
    kind text NOT NULL,
    held_id uuid NOT NULL,
    amount bigint,
    added_at timestamp with time zone NOT NULL,
    asked_by uuid,
    asked_at timestamp with time zone,
    alone boolean DEFAULT false NOT NULL,
    ended_as public.cases_hold_end,
    ended_by uuid,
    ended_at timestamp with time zone,
    CONSTRAINT cases_held_amount_not_negative CHECK ((amount >= 0)),
    CONSTRAINT cases_held_asked_whole CHECK (((asked_by IS NULL) = (asked_at IS NULL))),
    CONSTRAINT cases_held_end_whole CHECK ((((ended_as IS NULL) = (ended_at IS NULL)) AND ((ended_as IS NOT NULL) OR (ended_by IS NULL)) AND ((ended_as IS NULL) OR (ended_as = 'gone'::public.cases_hold_end) OR (ended_by IS NOT NULL)))),
    CONSTRAINT cases_held_kind_form CHECK ((kind ~ '^[a-z_]{2,40}$'::text)),
    CONSTRAINT cases_held_two_people CHECK (((ended_as <> 'released'::public.cases_hold_end) OR alone OR ((asked_by IS NOT NULL) AND (ended_by IS NOT NULL) AND (asked_by <> ended_by))))
);

ALTER TABLE ONLY public.cases_held FORCE ROW LEVEL SECURITY;

CREATE TABLE public.cases_link (
    tenant_id uuid NOT NULL,
    case_id uuid NOT NULL,
    kind text NOT NULL,
    link_id uuid NOT NULL,
    reasons text[] NOT NULL,
    added_at timestamp with time zone NOT NULL,
    added_by uuid,
    CONSTRAINT cases_link_kind_form CHECK ((kind ~ '^[a-z_]{2,40}$'::text))
);

ALTER TABLE ONLY public.cases_link FORCE ROW LEVEL SECURITY;

CREATE TABLE public.cases_note (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    case_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    written_at timestamp with time zone NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT cases_note_sealed CHECK ((octet_length(sealed) > 28))
);

ALTER TABLE ONLY public.cases_note FORCE ROW LEVEL SECURITY;

CREATE TABLE public.cases_snooze (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    rule text NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    state public.cases_snooze_state NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    decided_by uuid,
    decided_at timestamp with time zone,
    ended_by uuid,
    ended_at timestamp with time zone,
    reason_sealed bytea NOT NULL,
    CONSTRAINT cases_snooze_bounded CHECK (((ends_at > proposed_at) AND (ends_at <= (proposed_at + '90 days'::interval)))),
    CONSTRAINT cases_snooze_decided_whole CHECK ((((state = 'proposed'::public.cases_snooze_state) = (decided_by IS NULL)) AND ((decided_by IS NULL) = (decided_at IS NULL)))),
    CONSTRAINT cases_snooze_end_whole CHECK (((state = 'ended'::public.cases_snooze_state) = (ended_at IS NOT NULL))),
    CONSTRAINT cases_snooze_reason_sealed CHECK ((octet_length(reason_sealed) > 28)),
    CONSTRAINT cases_snooze_rule_form CHECK ((rule ~ '^[a-z][a-z0-9_]{2,47}$'::text)),
    CONSTRAINT cases_snooze_two_people CHECK (((decided_by <> proposed_by) OR (state = 'rejected'::public.cases_snooze_state)))
);

ALTER TABLE ONLY public.cases_snooze FORCE ROW LEVEL SECURITY;

CREATE TABLE public.cases_step (
    tenant_id uuid NOT NULL,
    case_id uuid NOT NULL,
    number integer NOT NULL,
    before integer GENERATED ALWAYS AS (NULLIF((number - 1), 0)) STORED,
    step public.cases_step_kind NOT NULL,
    state public.cases_state NOT NULL,
    at timestamp with time zone NOT NULL,
    staff_id uuid,
    assignee_id uuid,
    outcome public.cases_outcome,
    note_id uuid,
    reasons text[] DEFAULT '{}'::text[] NOT NULL,
    about_kind text,
    about_id uuid,
    asked_number integer,
    asked_step public.cases_step_kind,
    asked_by uuid,
    CONSTRAINT cases_step_about CHECK (((step = ANY (ARRAY['ask_release'::public.cases_step_kind, 'refuse_release'::public.cases_step_kind, 'end_hold'::public.cases_step_kind])) = ((about_kind IS NOT NULL) AND (about_id IS NOT NULL)))),
    CONSTRAINT cases_step_asked_step CHECK ((asked_step = 'propose'::public.cases_step_kind)),
    CONSTRAINT cases_step_number_positive CHECK ((number > 0)),
    CONSTRAINT cases_step_person CHECK (((staff_id IS NOT NULL) OR (step = ANY (ARRAY['open'::public.cases_step_kind, 'alert'::public.cases_step_kind, 'end_hold'::public.cases_step_kind])))),
    CONSTRAINT cases_step_states CHECK (
CASE step
    WHEN 'open'::public.cases_step_kind THEN ((number = 1) AND (state = 'open'::public.cases_state))
    WHEN 'alert'::public.cases_step_kind THEN (state = ANY (ARRAY['open'::public.cases_state, 'investigating'::public.cases_state]))
    WHEN 'take'::public.cases_step_kind THEN ((state = 'investigating'::public.cases_state) AND (assignee_id IS NOT NULL))
    WHEN 'put_back'::public.cases_step_kind THEN (state = 'open'::public.cases_state)
    WHEN 'propose'::public.cases_step_kind THEN ((state = 'closing'::public.cases_state) AND (outcome IS NOT NULL) AND (note_id IS NOT NULL))
    WHEN 'reject'::public.cases_step_kind THEN (state = 'investigating'::public.cases_state)
    WHEN 'close'::public.cases_step_kind THEN (state = 'closed'::public.cases_state)
    WHEN 'reopen'::public.cases_step_kind THEN ((state = 'open'::public.cases_state) AND (note_id IS NOT NULL))
    ELSE (state = ANY (ARRAY['open'::public.cases_state, 'investigating'::public.cases_state]))
END),
    CONSTRAINT cases_step_two_people CHECK (((step <> 'close'::public.cases_step_kind) OR ((asked_number = (number - 1)) AND (asked_step IS NOT NULL) AND (asked_by <> staff_id) AND (asked_by IS NOT NULL) AND (staff_id IS NOT NULL) AND (outcome IS NOT NULL))))
);

ALTER TABLE ONLY public.cases_step FORCE ROW LEVEL SECURITY;

CREATE TABLE public.checkout_payment (
    pay_reference text NOT NULL,
    payment_id text NOT NULL,
    first_seen_at timestamp with time zone NOT NULL,
    CONSTRAINT checkout_payment_id CHECK ((payment_id ~ '^[A-Za-z0-9-]{1,40}$'::text)),
    CONSTRAINT checkout_payment_reference CHECK ((pay_reference ~ '^BH[0-9A-Z]{13}$'::text))
);

COMMENT ON TABLE public.checkout_payment IS 'no tenant: it is written before anybody looks whose order it is; the pay-in has the tenant';

CREATE TABLE public.customer_account (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    department_id uuid NOT NULL,
    status public.customer_status NOT NULL,
    refusal text,
    state_version integer DEFAULT 1 NOT NULL,
    registered_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT customer_account_refusal_form CHECK ((refusal ~ '^[a-z_]+\.[a-z_]{2,60}$'::text)),
    CONSTRAINT customer_account_refusal_has_reason CHECK (((status <> 'refused'::public.customer_status) OR (refusal IS NOT NULL)))
);

ALTER TABLE ONLY public.customer_account FORCE ROW LEVEL SECURITY;

CREATE TABLE public.customer_clearance (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    kind public.customer_clearance_kind NOT NULL,
    is_clear boolean NOT NULL,
    decided_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.customer_clearance FORCE ROW LEVEL SECURITY;

CREATE TABLE public.customer_credential (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    email_index bytea NOT NULL,
    password_hash text NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT customer_credential_email_index_size CHECK ((octet_length(email_index) = 32)),
    CONSTRAINT customer_credential_password_hash_form CHECK ((password_hash ~~ '$argon2id$%'::text))
);

ALTER TABLE ONLY public.customer_credential FORCE ROW LEVEL SECURITY;

CREATE TABLE public.customer_data_key (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    version smallint NOT NULL,
    wrapping_key smallint NOT NULL,
    wrapped bytea NOT NULL,
    subject bigint,
    CONSTRAINT customer_data_key_subject_positive CHECK ((subject > 0)),
    CONSTRAINT customer_data_key_version_positive CHECK ((version > 0)),
    CONSTRAINT customer_data_key_wrapped_size CHECK ((octet_length(wrapped) = 60)),
    CONSTRAINT customer_data_key_wrapping_key_positive CHECK ((wrapping_key > 0))
);

ALTER TABLE ONLY public.customer_data_key FORCE ROW LEVEL SECURITY;

CREATE TABLE public.customer_profile (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    document_type public.customer_document_type NOT NULL,
    document_index bytea NOT NULL,
    email bytea NOT NULL,
    full_name bytea NOT NULL,
    date_of_birth bytea NOT NULL,
    residency bytea NOT NULL,
    document_number bytea NOT NULL,
    phone bytea NOT NULL,
    CONSTRAINT customer_profile_date_of_birth_sealed CHECK ((octet_length(date_of_birth) > 28)),
    CONSTRAINT customer_profile_document_index_size CHECK ((octet_length(document_index) = 32)),
    CONSTRAINT customer_profile_document_number_sealed CHECK ((octet_length(document_number) > 28)),
    CONSTRAINT customer_profile_email_sealed CHECK ((octet_length(email) > 28)),
    CONSTRAINT customer_profile_full_name_sealed CHECK ((octet_length(full_name) > 28)),
    CONSTRAINT customer_profile_phone_sealed CHECK ((octet_length(phone) > 28)),
    CONSTRAINT customer_profile_residency_sealed CHECK ((octet_length(residency) > 28))
);

ALTER TABLE ONLY public.customer_profile FORCE ROW LEVEL SECURITY;

CREATE TABLE public.customer_pseudonym (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    account_reference uuid NOT NULL,
    CONSTRAINT customer_pseudonym_is_not_the_customer CHECK ((account_reference <> customer_id))
);

ALTER TABLE ONLY public.customer_pseudonym FORCE ROW LEVEL SECURITY;

CREATE TABLE public.customer_registration (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    key bytea NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT customer_registration_digest_size CHECK ((octet_length(digest) = 32)),
    CONSTRAINT customer_registration_key_size CHECK ((octet_length(key) = 32))
);

ALTER TABLE ONLY public.customer_registration FORCE ROW LEVEL SECURITY;

CREATE TABLE public.customer_session (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    started_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    device_id uuid,
    CONSTRAINT customer_session_times CHECK ((expires_at > started_at)),
    CONSTRAINT customer_session_token_hash_size CHECK ((octet_length(token_hash) = 32))
);

ALTER TABLE ONLY public.customer_session FORCE ROW LEVEL SECURITY;

CREATE SEQUENCE public.customer_subject_number
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.database_seen (
    system_identifier bigint NOT NULL,
    timeline integer NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    operator uuid,
    calls_after timestamp with time zone,
    CONSTRAINT database_seen_by_operator CHECK (((operator IS NULL) OR (calls_after IS NOT NULL)))
);

COMMENT ON TABLE public.database_seen IS 'no tenant: one database';

CREATE TABLE public.disclosure (
    tenant_id uuid NOT NULL,
    id bigint NOT NULL,
    customer_id uuid,
    subject_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    kind text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT disclosure_kind CHECK ((kind ~ '^[a-z_]+\.[a-z_]{2,40}$'::text))
);

ALTER TABLE ONLY public.disclosure FORCE ROW LEVEL SECURITY;

ALTER TABLE public.disclosure ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.disclosure_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.event_inbox (
    event_id uuid NOT NULL,
    consumer text NOT NULL,
    done_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT event_inbox_consumer_is_a_name CHECK ((consumer ~ '^[a-z][a-z0-9_.]{0,62}$'::text))
);

COMMENT ON TABLE public.event_inbox IS 'no tenant: ids of events and names of consumers';

CREATE TABLE public.evidence_delivery (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    pack_id uuid NOT NULL,
    recipient text NOT NULL,
    channel public.evidence_channel NOT NULL,
    reference text,
    delivered_at timestamp with time zone NOT NULL,
    recorded_by uuid NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT evidence_delivery_after CHECK ((delivered_at <= recorded_at)),
    CONSTRAINT evidence_delivery_recipient CHECK (((length(recipient) >= 2) AND (length(recipient) <= 80))),
    CONSTRAINT evidence_delivery_reference CHECK (((length(reference) >= 1) AND (length(reference) <= 60)))
);

ALTER TABLE ONLY public.evidence_delivery FORCE ROW LEVEL SECURITY;

CREATE TABLE public.evidence_made (
    tenant_id uuid NOT NULL,
    pack_id uuid NOT NULL,
    size_bytes bigint NOT NULL,
    sha256 bytea NOT NULL,
    manifest_sha256 bytea NOT NULL,
    row_count bigint NOT NULL,
    record_count integer NOT NULL,
    checkpoint_size bigint NOT NULL,
    is_witnessed boolean NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT evidence_made_checkpoint CHECK ((checkpoint_size > 0)),
    CONSTRAINT evidence_made_manifest CHECK ((octet_length(manifest_sha256) = 32)),
    CONSTRAINT evidence_made_records CHECK ((record_count >= 0)),
    CONSTRAINT evidence_made_rows CHECK ((row_count >= 0)),
    CONSTRAINT evidence_made_sha256 CHECK ((octet_length(sha256) = 32)),
    CONSTRAINT evidence_made_size CHECK ((size_bytes > 0))
);

ALTER TABLE ONLY public.evidence_made FORCE ROW LEVEL SECURITY;

CREATE TABLE public.evidence_pack (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    scope_kind public.evidence_scope NOT NULL,
    scope_id uuid,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    customer_id uuid,
    is_personal boolean NOT NULL,
    permissions text[] NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    state public.evidence_state NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    next_attempt_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    CONSTRAINT evidence_pack_asked_by CHECK ((asked_by ~ '^(system|staff:[0-9a-f-]{36})$'::text)),
    CONSTRAINT evidence_pack_person CHECK (((NOT is_personal) OR (customer_id IS NOT NULL))),
    CONSTRAINT evidence_pack_ready CHECK (((state <> 'ready'::public.evidence_state) OR (expires_at IS NOT NULL))),
    CONSTRAINT evidence_pack_scope CHECK (((scope_kind = 'period'::public.evidence_scope) = (scope_id IS NULL))),
    CONSTRAINT evidence_pack_time CHECK ((first_at < last_at))
);

ALTER TABLE ONLY public.evidence_pack FORCE ROW LEVEL SECURITY;

CREATE TABLE public.evidence_part (
    tenant_id uuid NOT NULL,
    pack_id uuid NOT NULL,
    number integer NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT evidence_part_number CHECK ((number > 0))
);

ALTER TABLE ONLY public.evidence_part FORCE ROW LEVEL SECURITY;

CREATE TABLE public.export_register (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    scope_kind text NOT NULL,
    scope_id uuid,
    row_count bigint NOT NULL,
    sha256 bytea NOT NULL,
    first_at timestamp with time zone,
    last_at timestamp with time zone,
    operator text NOT NULL,
    format public.export_format NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT export_register_kind_is_a_word CHECK ((kind ~ '^[a-z_]+\.[a-z_]+$'::text)),
    CONSTRAINT export_register_operator CHECK ((operator ~ '^(system|(customer|staff):[0-9a-f-]{36})$'::text)),
    CONSTRAINT export_register_rows_not_negative CHECK ((row_count >= 0)),
    CONSTRAINT export_register_scope_is_a_word CHECK ((scope_kind ~ '^[a-z_]+$'::text)),
    CONSTRAINT export_register_sha256_size CHECK ((octet_length(sha256) = 32)),
    CONSTRAINT export_register_time_scope CHECK ((((first_at IS NULL) = (last_at IS NULL)) AND COALESCE((first_at <= last_at), true)))
);

ALTER TABLE ONLY public.export_register FORCE ROW LEVEL SECURITY;

CREATE TABLE public.facts_customer (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    restriction public.facts_restriction DEFAULT 'none'::public.facts_restriction NOT NULL,
    cooling_until timestamp with time zone,
    excluded_until timestamp with time zone,
    screening public.facts_screening DEFAULT 'pending'::public.facts_screening NOT NULL,
    screening_version bytea,
    screened_at timestamp with time zone,
    tier text,
    document_expires_on date,
    expected_turnover bigint,
    risk smallint,
    flags text[] DEFAULT '{}'::text[] NOT NULL,
    country text,
    registered_at timestamp with time zone NOT NULL,
    snoozes jsonb DEFAULT '{}'::jsonb NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT facts_customer_risk_range CHECK (((risk >= 0) AND (risk <= 100))),
    CONSTRAINT facts_customer_screening_version_length CHECK ((octet_length(screening_version) = 32)),
    CONSTRAINT facts_customer_turnover_not_negative CHECK ((expected_turnover >= 0)),
    CONSTRAINT facts_customer_version_positive CHECK ((version > 0))
)
WITH (fillfactor='85');

ALTER TABLE ONLY public.facts_customer FORCE ROW LEVEL SECURITY;

CREATE TABLE public.filing_claim (
    tenant_id uuid NOT NULL,
    movement_id uuid NOT NULL,
    report_id uuid NOT NULL
);

ALTER TABLE ONLY public.filing_claim FORCE ROW LEVEL SECURITY;

CREATE TABLE public.filing_counterparty (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    number integer NOT NULL,
    content_sealed bytea NOT NULL,
    seal_id uuid NOT NULL,
    written_by uuid NOT NULL,
    written_at timestamp with time zone NOT NULL,
    CONSTRAINT filing_counterparty_number CHECK ((number > 0)),
    CONSTRAINT filing_counterparty_sealed CHECK ((octet_length(content_sealed) > 28))
);

ALTER TABLE ONLY public.filing_counterparty FORCE ROW LEVEL SECURITY;

CREATE TABLE public.filing_file (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    report_id uuid NOT NULL,
    digest bytea NOT NULL,
    size_bytes integer NOT NULL,
    content_sealed bytea NOT NULL,
    findings jsonb NOT NULL,
    is_acceptable boolean NOT NULL,
    made_by uuid NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT filing_file_digest CHECK ((octet_length(digest) = 32)),
    CONSTRAINT filing_file_sealed CHECK (((octet_length(content_sealed) = 0) OR (octet_length(content_sealed) > 30))),
    CONSTRAINT filing_file_size CHECK ((size_bytes > 0))
);

ALTER TABLE ONLY public.filing_file FORCE ROW LEVEL SECURITY;

CREATE TABLE public.filing_movement (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    source public.filing_source NOT NULL,
    source_id uuid NOT NULL,
    direction public.filing_direction NOT NULL,
    channel public.filing_channel NOT NULL,
    code public.filing_code NOT NULL,
    basis public.filing_basis NOT NULL,
    customer_id uuid,
    provider text NOT NULL,
    reference text NOT NULL,
    amount bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    due_on date NOT NULL,
    found_at timestamp with time zone NOT NULL,
    reversed_at timestamp with time zone,
    CONSTRAINT filing_movement_amount CHECK ((amount > 0)),
    CONSTRAINT filing_movement_code CHECK ((code <> 'STR'::public.filing_code))
);

ALTER TABLE ONLY public.filing_movement FORCE ROW LEVEL SECURITY;

CREATE TABLE public.filing_narrative (
    tenant_id uuid NOT NULL,
    report_id uuid NOT NULL,
    number integer NOT NULL,
    content_sealed bytea NOT NULL,
    seal_id uuid NOT NULL,
    written_by uuid NOT NULL,
    written_at timestamp with time zone NOT NULL,
    CONSTRAINT filing_narrative_number CHECK ((number > 0)),
    CONSTRAINT filing_narrative_sealed CHECK ((octet_length(content_sealed) > 28))
);

ALTER TABLE ONLY public.filing_narrative FORCE ROW LEVEL SECURITY;

CREATE TABLE public.filing_party (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    number integer NOT NULL,
    content_sealed bytea NOT NULL,
    seal_id uuid NOT NULL,
    written_by uuid NOT NULL,
    written_at timestamp with time zone NOT NULL,
    CONSTRAINT filing_party_number CHECK ((number > 0)),
    CONSTRAINT filing_party_sealed CHECK ((octet_length(content_sealed) > 28))
);

ALTER TABLE ONLY public.filing_party FORCE ROW LEVEL SECURITY;

CREATE TABLE public.filing_profile (
    tenant_id uuid NOT NULL,
    number integer NOT NULL,
    content bytea NOT NULL,
    seal_id uuid NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    CONSTRAINT filing_profile_content CHECK ((octet_length(content) > 30)),
    CONSTRAINT filing_profile_number CHECK ((number > 0))
);

ALTER TABLE ONLY public.filing_profile FORCE ROW LEVEL SECURITY;

CREATE TABLE public.filing_profile_decision (
    tenant_id uuid NOT NULL,
    number integer NOT NULL,
    proposed_by uuid NOT NULL,
    is_approved boolean NOT NULL,
    decided_by uuid NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT filing_profile_two_people CHECK (((NOT is_approved) OR (decided_by <> proposed_by)))
);

ALTER TABLE ONLY public.filing_profile_decision FORCE ROW LEVEL SECURITY;

CREATE TABLE public.filing_report (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    code public.filing_code NOT NULL,
    reference text NOT NULL,
    first_day date,
    last_day date,
    customer_id uuid,
    case_id uuid,
    suspected_at timestamp with time zone,
    due_on date NOT NULL,
    corrects uuid,
    drafted_by uuid NOT NULL,
    drafted_at timestamp with time zone NOT NULL,
    CONSTRAINT filing_report_kind CHECK ((((code = 'STR'::public.filing_code) = (customer_id IS NOT NULL)) AND ((code = 'STR'::public.filing_code) = (suspected_at IS NOT NULL)) AND ((code = 'STR'::public.filing_code) = (first_day IS NULL)) AND ((code = 'STR'::public.filing_code) OR (case_id IS NULL)))),
    CONSTRAINT filing_report_period CHECK ((((first_day IS NULL) = (last_day IS NULL)) AND (first_day <= last_day))),
    CONSTRAINT filing_report_reference_form CHECK ((reference ~ '^[A-Z0-9-]{1,40}$'::text))
);

ALTER TABLE ONLY public.filing_report FORCE ROW LEVEL SECURITY;

CREATE TABLE public.filing_report_movement (
    tenant_id uuid NOT NULL,
    report_id uuid NOT NULL,
    movement_id uuid NOT NULL
);

ALTER TABLE ONLY public.filing_report_movement FORCE ROW LEVEL SECURITY;

CREATE TABLE public.filing_report_step (
    tenant_id uuid NOT NULL,
    report_id uuid NOT NULL,
    number integer NOT NULL,
    step public.filing_step NOT NULL,
    state public.filing_state NOT NULL,
    drafted_by uuid NOT NULL,
    taken_by uuid NOT NULL,
    taken_at timestamp with time zone NOT NULL,
    file_id uuid,
    is_acceptable boolean GENERATED ALWAYS AS (
CASE
    WHEN (file_id IS NULL) THEN NULL::boolean
    ELSE true
END) STORED,
    asked_number integer,
    asked_by uuid,
    fiu_reference text,
    CONSTRAINT filing_report_step_files CHECK (((file_id IS NOT NULL) = (state = ANY (ARRAY['prepared'::public.filing_state, 'approved'::public.filing_state, 'exported'::public.filing_state, 'submitted'::public.filing_state])))),
    CONSTRAINT filing_report_step_number CHECK ((number > 0)),
    CONSTRAINT filing_report_step_reference CHECK ((fiu_reference ~ '^[A-Za-z0-9/_.-]{1,60}$'::text)),
    CONSTRAINT filing_report_step_states CHECK (
CASE step
    WHEN 'draft'::public.filing_step THEN ((number = 1) AND (state = 'draft'::public.filing_state))
    WHEN 'edit'::public.filing_step THEN (state = 'draft'::public.filing_state)
    WHEN 'prepare'::public.filing_step THEN (state = 'prepared'::public.filing_state)
    WHEN 'return'::public.filing_step THEN (state = 'draft'::public.filing_state)
    WHEN 'approve'::public.filing_step THEN (state = 'approved'::public.filing_state)
    WHEN 'export'::public.filing_step THEN (state = 'exported'::public.filing_state)
    WHEN 'submit'::public.filing_step THEN (state = 'submitted'::public.filing_state)
    WHEN 'accept'::public.filing_step THEN (state = 'accepted'::public.filing_state)
    WHEN 'reject'::public.filing_step THEN (state = 'rejected'::public.filing_state)
    WHEN 'correct'::public.filing_step THEN (state = 'corrected'::public.filing_state)
    ELSE (state = 'dropped'::public.filing_state)
END),
    CONSTRAINT filing_report_step_submitted CHECK (((step <> 'submit'::public.filing_step) OR (fiu_reference IS NOT NULL))),
    CONSTRAINT filing_report_step_two_people CHECK (((step <> 'approve'::public.filing_step) OR ((asked_by IS NOT NULL) AND (asked_number = (number - 1)) AND (taken_by <> asked_by) AND (taken_by <> drafted_by))))
);

ALTER TABLE ONLY public.filing_report_step FORCE ROW LEVEL SECURITY;

CREATE TABLE public.filing_scan (
    tenant_id uuid NOT NULL,
    read_until timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.filing_scan FORCE ROW LEVEL SECURITY;

CREATE TABLE public.fx_conversion (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    id uuid NOT NULL,
    quote_id uuid NOT NULL,
    movement_id uuid NOT NULL,
    amount bigint NOT NULL,
    fee bigint NOT NULL,
    usd bigint NOT NULL,
    cost bigint NOT NULL,
    profit bigint NOT NULL,
    mid_e8 bigint NOT NULL,
    buy_e8 bigint NOT NULL,
    sell_e8 bigint NOT NULL,
    cost_rate_e8 bigint NOT NULL,
    agreed_e8 bigint NOT NULL,
    residue_e14 bigint NOT NULL,
    spread_e6 bigint NOT NULL,
    holding_e6 bigint NOT NULL,
    rounding_e6 bigint NOT NULL,
    converted_at timestamp with time zone NOT NULL,
    direction public.fx_direction NOT NULL,
    quote_outcome public.fx_quote_outcome DEFAULT 'used'::public.fx_quote_outcome NOT NULL,
    settlement_e8 bigint,
    settlement_movement_id uuid,
    CONSTRAINT fx_conversion_cost CHECK ((cost >= 0)),
    CONSTRAINT fx_conversion_margin CHECK (
CASE direction
    WHEN 'sell'::public.fx_direction THEN (((spread_e6 + holding_e6) + rounding_e6) = (profit * 10000))
    ELSE ((profit = 0) AND (holding_e6 = 0) AND (abs(((((spread_e6 + rounding_e6))::numeric * (100000000)::numeric) - (((usd)::numeric * (mid_e8)::numeric) - ((amount)::numeric * ('1000000000000'::bigint)::numeric)))) <= (50000000)::numeric))
END),
    CONSTRAINT fx_conversion_of_used_quote CHECK ((quote_outcome = 'used'::public.fx_quote_outcome)),
    CONSTRAINT fx_conversion_profit CHECK (((amount - fee) = (cost + profit))),
    CONSTRAINT fx_conversion_residue CHECK ((
CASE direction
    WHEN 'sell'::public.fx_direction THEN ((residue_e14 < agreed_e8) AND ((residue_e14)::numeric = ((((amount - fee))::numeric * ('1000000000000'::bigint)::numeric) - ((usd)::numeric * (agreed_e8)::numeric))))
    ELSE ((residue_e14 < '1000000000000'::bigint) AND ((residue_e14)::numeric = (((usd)::numeric * (agreed_e8)::numeric) - ((amount)::numeric * ('1000000000000'::bigint)::numeric))))
END AND (residue_e14 >= 0))),
    CONSTRAINT fx_conversion_settlement CHECK (((settlement_e8 IS NULL) = (settlement_movement_id IS NULL))),
    CONSTRAINT fx_conversion_settlement_rate CHECK ((settlement_e8 > 0))
);

ALTER TABLE ONLY public.fx_conversion FORCE ROW LEVEL SECURITY;

CREATE TABLE public.fx_mid (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    rate_e8 bigint NOT NULL,
    source text NOT NULL,
    as_of timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    proposal_id uuid,
    outcome public.fx_rate_outcome,
    CONSTRAINT fx_mid_approved CHECK ((outcome = 'approved'::public.fx_rate_outcome)),
    CONSTRAINT fx_mid_manual CHECK ((((source = 'manual'::text) = (proposal_id IS NOT NULL)) AND ((proposal_id IS NULL) = (outcome IS NULL)))),
    CONSTRAINT fx_mid_rate CHECK ((rate_e8 > 0)),
    CONSTRAINT fx_mid_source CHECK ((source ~ '^[a-z0-9_-]{1,32}$'::text))
);

ALTER TABLE ONLY public.fx_mid FORCE ROW LEVEL SECURITY;

CREATE TABLE public.fx_posted_rate (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    id uuid NOT NULL,
    mid_id uuid NOT NULL,
    terms_version integer NOT NULL,
    mid_e8 bigint NOT NULL,
    buy_e8 bigint NOT NULL,
    sell_e8 bigint NOT NULL,
    posted_at timestamp with time zone NOT NULL,
    CONSTRAINT fx_posted_rate_buy CHECK ((buy_e8 > 0)),
    CONSTRAINT fx_posted_rate_order CHECK (((buy_e8 <= mid_e8) AND (mid_e8 <= sell_e8)))
);

ALTER TABLE ONLY public.fx_posted_rate FORCE ROW LEVEL SECURITY;

CREATE TABLE public.fx_quote (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    id uuid NOT NULL,
    purpose public.fx_quote_purpose NOT NULL,
    pay_reference text NOT NULL,
    amount bigint NOT NULL,
    fee bigint NOT NULL,
    usd bigint NOT NULL,
    mid_e8 bigint NOT NULL,
    buy_e8 bigint NOT NULL,
    sell_e8 bigint NOT NULL,
    agreed_e8 bigint NOT NULL,
    mid_source text NOT NULL,
    mid_as_of timestamp with time zone NOT NULL,
    terms_version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    hold_id uuid NOT NULL,
    direction public.fx_direction NOT NULL,
    mid_id uuid,
    posted_rate_id uuid,
    CONSTRAINT fx_quote_agreed CHECK ((agreed_e8 > 0)),
    CONSTRAINT fx_quote_agreed_side CHECK ((agreed_e8 =
CASE direction
    WHEN 'sell'::public.fx_direction THEN sell_e8
    ELSE buy_e8
END)),
    CONSTRAINT fx_quote_amount CHECK ((amount > fee)),
    CONSTRAINT fx_quote_buy CHECK ((buy_e8 > 0)),
    CONSTRAINT fx_quote_direction CHECK ((((purpose)::text = 'withdrawal'::text) = (direction = 'buy'::public.fx_direction))),
    CONSTRAINT fx_quote_expiry CHECK ((expires_at > created_at)),
    CONSTRAINT fx_quote_fee CHECK ((fee >= 0)),
    CONSTRAINT fx_quote_mid_source CHECK ((mid_source ~ '^[a-z0-9_-]{1,32}$'::text)),
    CONSTRAINT fx_quote_pay_reference_form CHECK ((pay_reference ~ '^BH[0-9A-HJKMNP-TV-Z]{13}$'::text)),
    CONSTRAINT fx_quote_purchase_fee CHECK (((direction = 'sell'::public.fx_direction) OR (fee = 0))),
    CONSTRAINT fx_quote_rates CHECK (((buy_e8 <= mid_e8) AND (mid_e8 <= sell_e8))),
    CONSTRAINT fx_quote_residue CHECK (
CASE direction
    WHEN 'sell'::public.fx_direction THEN ((((((amount - fee))::numeric * ('1000000000000'::bigint)::numeric) - ((usd)::numeric * (agreed_e8)::numeric)) >= (0)::numeric) AND (((((amount - fee))::numeric * ('1000000000000'::bigint)::numeric) - ((usd)::numeric * (agreed_e8)::numeric)) < (agreed_e8)::numeric))
    ELSE (((((usd)::numeric * (agreed_e8)::numeric) - ((amount)::numeric * ('1000000000000'::bigint)::numeric)) >= (0)::numeric) AND ((((usd)::numeric * (agreed_e8)::numeric) - ((amount)::numeric * ('1000000000000'::bigint)::numeric)) < ('1000000000000'::bigint)::numeric))
END),
    CONSTRAINT fx_quote_usd CHECK ((usd > 0))
);

ALTER TABLE ONLY public.fx_quote FORCE ROW LEVEL SECURITY;

CREATE TABLE public.fx_quote_close (
    tenant_id uuid NOT NULL,
    quote_id uuid NOT NULL,
    outcome public.fx_quote_outcome NOT NULL,
    closed_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.fx_quote_close FORCE ROW LEVEL SECURITY;

CREATE TABLE public.fx_quote_live (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    purpose public.fx_quote_purpose NOT NULL,
    department_id uuid NOT NULL,
    quote_id uuid NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.fx_quote_live FORCE ROW LEVEL SECURITY;

CREATE TABLE public.fx_rate_decision (
    tenant_id uuid NOT NULL,
    proposal_id uuid NOT NULL,
    proposed_by uuid NOT NULL,
    outcome public.fx_rate_outcome NOT NULL,
    decided_by uuid NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT fx_rate_decision_checker CHECK (((outcome <> 'approved'::public.fx_rate_outcome) OR (decided_by <> proposed_by)))
);

ALTER TABLE ONLY public.fx_rate_decision FORCE ROW LEVEL SECURITY;

CREATE TABLE public.fx_rate_proposal (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    rate_e8 bigint NOT NULL,
    as_of timestamp with time zone NOT NULL,
    reference text NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    CONSTRAINT fx_rate_proposal_rate CHECK ((rate_e8 > 0)),
    CONSTRAINT fx_rate_proposal_reference CHECK ((reference ~ '^[A-Za-z0-9][A-Za-z0-9 ._:/-]{0,63}$'::text))
);

ALTER TABLE ONLY public.fx_rate_proposal FORCE ROW LEVEL SECURITY;

CREATE TABLE public.fx_stock_cost (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    version bigint NOT NULL,
    quantity bigint NOT NULL,
    cost bigint NOT NULL,
    profit_to_date bigint NOT NULL,
    settlement_e8 bigint,
    settlement_movement_id uuid,
    CONSTRAINT fx_stock_cost_cost CHECK ((cost >= 0)),
    CONSTRAINT fx_stock_cost_empty CHECK (((quantity > 0) OR (cost = 0))),
    CONSTRAINT fx_stock_cost_quantity CHECK ((quantity >= 0)),
    CONSTRAINT fx_stock_cost_settlement CHECK (((settlement_e8 IS NULL) = (settlement_movement_id IS NULL))),
    CONSTRAINT fx_stock_cost_settlement_rate CHECK ((settlement_e8 > 0))
);

ALTER TABLE ONLY public.fx_stock_cost FORCE ROW LEVEL SECURITY;

CREATE TABLE public.fx_terms (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    version integer NOT NULL,
    sell_spread_basis integer NOT NULL,
    buy_spread_basis integer NOT NULL,
    fee_basis integer NOT NULL,
    fee_fixed bigint NOT NULL,
    minimum_amount bigint NOT NULL,
    maximum_amount bigint NOT NULL,
    quote_lifetime_seconds integer NOT NULL,
    mid_lifetime_seconds integer NOT NULL,
    stock_share_basis integer NOT NULL,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    till_share_basis integer NOT NULL,
    CONSTRAINT fx_terms_bounds CHECK ((minimum_amount <= maximum_amount)),
    CONSTRAINT fx_terms_buy_spread CHECK (((buy_spread_basis >= 0) AND (buy_spread_basis <= 5000))),
    CONSTRAINT fx_terms_fee_fixed CHECK ((fee_fixed >= 0)),
    CONSTRAINT fx_terms_fee_share CHECK (((fee_basis >= 0) AND (fee_basis <= 5000))),
    CONSTRAINT fx_terms_mid_lifetime CHECK (((mid_lifetime_seconds >= 1) AND (mid_lifetime_seconds <= 604800))),
    CONSTRAINT fx_terms_minimum CHECK ((minimum_amount > 0)),
    CONSTRAINT fx_terms_quote_lifetime CHECK (((quote_lifetime_seconds >= 1) AND (quote_lifetime_seconds <= 3600))),
    CONSTRAINT fx_terms_sell_spread CHECK (((sell_spread_basis >= 0) AND (sell_spread_basis <= 5000))),
    CONSTRAINT fx_terms_stock_share CHECK (((stock_share_basis >= 1) AND (stock_share_basis <= 10000))),
    CONSTRAINT fx_terms_till_share CHECK (((till_share_basis >= 1) AND (till_share_basis <= 10000))),
    CONSTRAINT fx_terms_version_positive CHECK ((version > 0))
);

ALTER TABLE ONLY public.fx_terms FORCE ROW LEVEL SECURITY;

CREATE TABLE public.gate_basis (
    tenant_id uuid NOT NULL,
    digest bytea NOT NULL,
    content bytea NOT NULL,
    first_at timestamp with time zone NOT NULL,
    CONSTRAINT gate_basis_content CHECK ((octet_length(content) <= 1000000)),
    CONSTRAINT gate_basis_digest CHECK ((digest = sha256(content)))
);

ALTER TABLE ONLY public.gate_basis FORCE ROW LEVEL SECURITY;

CREATE TABLE public.gate_decision (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subject_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    record json NOT NULL,
    basis bytea,
    lane text NOT NULL,
    reason text,
    gate_version smallint NOT NULL,
    score smallint NOT NULL,
    kind public.aml_event_kind NOT NULL,
    answer public.gate_answer NOT NULL,
    CONSTRAINT gate_decision_basis CHECK ((octet_length(basis) = 32)),
    CONSTRAINT gate_decision_lane CHECK ((lane ~ '^[a-z_]{2,24}$'::text)),
    CONSTRAINT gate_decision_no_has_reason CHECK (((answer = 'allow'::public.gate_answer) OR (reason IS NOT NULL)))
);

ALTER TABLE ONLY public.gate_decision FORCE ROW LEVEL SECURITY;

CREATE TABLE public.geography_decision (
    tenant_id uuid NOT NULL,
    policy_id uuid NOT NULL,
    verdict public.geography_verdict NOT NULL,
    proposed_by text NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT geography_decision_two_people CHECK ((decided_by <> proposed_by))
);

ALTER TABLE ONLY public.geography_decision FORCE ROW LEVEL SECURITY;

CREATE TABLE public.geography_policy (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    mode public.geography_mode NOT NULL,
    countries text[] NOT NULL,
    allows_unknown boolean NOT NULL,
    proposed_by text NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    CONSTRAINT geography_policy_countries CHECK (((array_to_string(countries, ''::text) ~ '^([A-Z]{2})*$'::text) AND (cardinality(countries) <= 260))),
    CONSTRAINT geography_policy_names_one CHECK (((mode <> 'allow'::public.geography_mode) OR (cardinality(countries) > 0))),
    CONSTRAINT geography_policy_version CHECK ((version > 0))
);

ALTER TABLE ONLY public.geography_policy FORCE ROW LEVEL SECURITY;

CREATE TABLE public.idempotency_answer (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    key bytea NOT NULL,
    digest bytea NOT NULL,
    answer bytea NOT NULL,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT idempotency_answer_digest_size CHECK ((octet_length(digest) = 32)),
    CONSTRAINT idempotency_answer_key_size CHECK ((octet_length(key) = 32)),
    CONSTRAINT idempotency_answer_size CHECK ((octet_length(answer) <= 8192))
);

ALTER TABLE ONLY public.idempotency_answer FORCE ROW LEVEL SECURITY;

CREATE TABLE public.kyc_attachment (
    tenant_id uuid NOT NULL,
    session_id uuid NOT NULL,
    side public.kyc_side NOT NULL,
    file_id uuid NOT NULL
);

ALTER TABLE ONLY public.kyc_attachment FORCE ROW LEVEL SECURITY;

CREATE TABLE public.kyc_business (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    department_id uuid NOT NULL,
    representative_id uuid NOT NULL,
    country text NOT NULL,
    state public.kyc_business_state NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    submitted_at timestamp with time zone,
    decided_at timestamp with time zone,
    number_index bytea NOT NULL,
    name_sealed bytea NOT NULL,
    number_sealed bytea NOT NULL,
    CONSTRAINT kyc_business_country_form CHECK ((country ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT kyc_business_name_sealed CHECK ((octet_length(name_sealed) > 28)),
    CONSTRAINT kyc_business_number_index_size CHECK ((octet_length(number_index) = 32)),
    CONSTRAINT kyc_business_number_sealed CHECK ((octet_length(number_sealed) > 28)),
    CONSTRAINT kyc_business_times CHECK ((((state = 'draft'::public.kyc_business_state) = (submitted_at IS NULL)) AND ((state = ANY (ARRAY['approved'::public.kyc_business_state, 'rejected'::public.kyc_business_state])) = (decided_at IS NOT NULL))))
);

ALTER TABLE ONLY public.kyc_business FORCE ROW LEVEL SECURITY;

CREATE TABLE public.kyc_business_verdict (
    tenant_id uuid NOT NULL,
    business_id uuid NOT NULL,
    number integer NOT NULL,
    outcome public.kyc_step_outcome NOT NULL,
    staff_id uuid NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT kyc_business_verdict_number_positive CHECK ((number > 0)),
    CONSTRAINT kyc_business_verdict_yes_or_no CHECK ((outcome = ANY (ARRAY['pass'::public.kyc_step_outcome, 'reject'::public.kyc_step_outcome])))
);

ALTER TABLE ONLY public.kyc_business_verdict FORCE ROW LEVEL SECURITY;

CREATE TABLE public.kyc_check (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    submitted_at timestamp with time zone,
    next_attempt_at timestamp with time zone NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    CONSTRAINT kyc_check_attempts_not_negative CHECK ((attempts >= 0))
);

ALTER TABLE ONLY public.kyc_check FORCE ROW LEVEL SECURITY;

CREATE TABLE public.kyc_configuration (
    digest bytea NOT NULL,
    document bytea NOT NULL,
    first_used_at timestamp with time zone NOT NULL,
    CONSTRAINT kyc_configuration_digest_size CHECK ((octet_length(digest) = 32)),
    CONSTRAINT kyc_configuration_is_its_digest CHECK ((sha256(document) = digest))
);

COMMENT ON TABLE public.kyc_configuration IS 'no tenant: the routes of the software, the same for all';

CREATE TABLE public.kyc_decision (
    tenant_id uuid NOT NULL,
    check_id uuid NOT NULL,
    outcome public.kyc_outcome NOT NULL,
    reason public.kyc_reason NOT NULL,
    rules_version integer NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT kyc_decision_reason_agrees CHECK (((outcome = 'clear'::public.kyc_outcome) = (reason = 'clear'::public.kyc_reason)))
);

ALTER TABLE ONLY public.kyc_decision FORCE ROW LEVEL SECURITY;

CREATE TABLE public.kyc_file (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    session_id uuid NOT NULL,
    format public.kyc_file_format NOT NULL,
    size_bytes integer NOT NULL,
    added_at timestamp with time zone NOT NULL,
    CONSTRAINT kyc_file_size_bounded CHECK (((size_bytes >= 1) AND (size_bytes <= 8000000)))
);

ALTER TABLE ONLY public.kyc_file FORCE ROW LEVEL SECURITY;

CREATE TABLE public.kyc_file_chunk (
    tenant_id uuid NOT NULL,
    file_id uuid NOT NULL,
    number smallint NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT kyc_file_chunk_number_positive CHECK ((number > 0)),
    CONSTRAINT kyc_file_chunk_sealed CHECK (((octet_length(sealed) > 28) AND (octet_length(sealed) <= (262144 + 28))))
);
ALTER TABLE ONLY public.kyc_file_chunk ALTER COLUMN sealed SET STORAGE EXTERNAL;

ALTER TABLE ONLY public.kyc_file_chunk FORCE ROW LEVEL SECURITY;

CREATE TABLE public.kyc_owner (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    business_id uuid NOT NULL,
    share_basis integer NOT NULL,
    is_director boolean NOT NULL,
    invited_at timestamp with time zone NOT NULL,
    token_hash bytea NOT NULL,
    customer_id uuid,
    accepted_at timestamp with time zone,
    CONSTRAINT kyc_owner_accepted_whole CHECK (((customer_id IS NULL) = (accepted_at IS NULL))),
    CONSTRAINT kyc_owner_is_somebody CHECK (((share_basis > 0) OR is_director)),
    CONSTRAINT kyc_owner_share_range CHECK (((share_basis >= 0) AND (share_basis <= 10000))),
    CONSTRAINT kyc_owner_token_hash_size CHECK ((octet_length(token_hash) = 32))
);

ALTER TABLE ONLY public.kyc_owner FORCE ROW LEVEL SECURITY;

CREATE TABLE public.kyc_review (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    due_on date NOT NULL,
    cause text NOT NULL,
    set_at timestamp with time zone NOT NULL,
    CONSTRAINT kyc_review_cause_form CHECK ((cause ~ '^[a-z_.]{2,60}$'::text))
);

ALTER TABLE ONLY public.kyc_review FORCE ROW LEVEL SECURITY;

CREATE TABLE public.kyc_session (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    department_id uuid NOT NULL,
    attempt integer NOT NULL,
    state public.kyc_session_state NOT NULL,
    channel public.kyc_channel NOT NULL,
    document_type public.customer_document_type NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    risk public.kyc_risk,
    configuration bytea,
    route text,
    submitted_at timestamp with time zone,
    screening_at timestamp with time zone,
    decided_at timestamp with time zone,
    rejection public.kyc_rejection,
    reason text,
    waits_for text,
    taken_by uuid,
    taken_at timestamp with time zone,
    due_at timestamp with time zone,
    tries integer DEFAULT 0 NOT NULL,
    vendor_check_id uuid,
    asked_at timestamp with time zone,
    first_attempt integer DEFAULT 1 NOT NULL,
    claim_sealed bytea,
    CONSTRAINT kyc_session_attempt_positive CHECK ((attempt > 0)),
    CONSTRAINT kyc_session_claim_sealed CHECK ((octet_length(claim_sealed) > 28)),
    CONSTRAINT kyc_session_end_has_time CHECK (((state = ANY (ARRAY['approved'::public.kyc_session_state, 'rejected'::public.kyc_session_state])) = (decided_at IS NOT NULL))),
    CONSTRAINT kyc_session_first_attempt_before CHECK (((first_attempt >= 1) AND (first_attempt <= attempt))),
    CONSTRAINT kyc_session_one_waits CHECK (((waits_for IS NULL) OR (due_at IS NULL))),
    CONSTRAINT kyc_session_reason_form CHECK ((reason ~ '^[a-z_]{2,60}$'::text)),
    CONSTRAINT kyc_session_rejection_has_reason CHECK (((state = 'rejected'::public.kyc_session_state) = (reason IS NOT NULL))),
    CONSTRAINT kyc_session_rejection_of_rejected CHECK (((state = 'rejected'::public.kyc_session_state) = (rejection IS NOT NULL))),
    CONSTRAINT kyc_session_route_form CHECK ((route ~ '^[a-z_]{1,60}$'::text)),
    CONSTRAINT kyc_session_taken_whole CHECK (((taken_by IS NULL) = (taken_at IS NULL))),
    CONSTRAINT kyc_session_tries_not_negative CHECK ((tries >= 0)),
    CONSTRAINT kyc_session_waits_for_form CHECK ((waits_for ~ '^[a-z_.]{2,60}$'::text))
);

ALTER TABLE ONLY public.kyc_session FORCE ROW LEVEL SECURITY;

CREATE TABLE public.kyc_step_result (
    tenant_id uuid NOT NULL,
    session_id uuid NOT NULL,
    number integer NOT NULL,
    step text NOT NULL,
    outcome public.kyc_step_outcome NOT NULL,
    reason text,
    staff_id uuid,
    decided_at timestamp with time zone NOT NULL,
    notes text[] NOT NULL,
    public_sealed bytea,
    private_sealed bytea,
    CONSTRAINT kyc_step_result_number_positive CHECK ((number > 0)),
    CONSTRAINT kyc_step_result_private_sealed CHECK ((octet_length(private_sealed) > 28)),
    CONSTRAINT kyc_step_result_public_sealed CHECK ((octet_length(public_sealed) > 28)),
    CONSTRAINT kyc_step_result_reason_agrees CHECK (((outcome = 'pass'::public.kyc_step_outcome) = (reason IS NULL))),
    CONSTRAINT kyc_step_result_reason_form CHECK ((reason ~ '^[a-z_]{2,60}$'::text)),
    CONSTRAINT kyc_step_result_step_form CHECK ((step ~ '^[a-z_]{1,60}$'::text))
);

ALTER TABLE ONLY public.kyc_step_result FORCE ROW LEVEL SECURITY;

CREATE TABLE public.kyc_turnover (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    monthly_cents bigint NOT NULL,
    source public.kyc_funds_source NOT NULL,
    declared_at timestamp with time zone NOT NULL,
    CONSTRAINT kyc_turnover_monthly_not_negative CHECK ((monthly_cents >= 0))
);

ALTER TABLE ONLY public.kyc_turnover FORCE ROW LEVEL SECURITY;

CREATE TABLE public.kyc_verification (
    tenant_id uuid NOT NULL,
    session_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    tier text NOT NULL,
    verified_at timestamp with time zone NOT NULL,
    review_due_on date NOT NULL,
    document_expires_on date,
    CONSTRAINT kyc_verification_tier_form CHECK ((tier ~ '^[a-z_]{1,60}$'::text))
);

ALTER TABLE ONLY public.kyc_verification FORCE ROW LEVEL SECURITY;

CREATE TABLE public.ledger_asset (
    id integer NOT NULL,
    currency public.ledger_currency,
    market_id uuid,
    side public.ledger_contract_side,
    CONSTRAINT ledger_asset_is_currency_or_contract CHECK ((((currency IS NULL) = ((market_id IS NOT NULL) AND (side IS NOT NULL))) AND ((market_id IS NULL) = (side IS NULL))))
);

COMMENT ON TABLE public.ledger_asset IS 'no tenant: currencies and contracts of markets are the same for all';

ALTER TABLE public.ledger_asset ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.ledger_asset_id_seq
    START WITH 1000
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.ledger_balance (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    posted bigint DEFAULT 0 NOT NULL,
    held bigint DEFAULT 0 NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    floor bigint DEFAULT 0 NOT NULL,
    asset_id integer NOT NULL,
    account public.ledger_account NOT NULL,
    side smallint NOT NULL,
    CONSTRAINT ledger_balance_floor CHECK ((((side * posted) - held) >= floor)),
    CONSTRAINT ledger_balance_held_not_negative CHECK ((held >= 0))
)
WITH (fillfactor='50');

ALTER TABLE ONLY public.ledger_balance FORCE ROW LEVEL SECURITY;

CREATE TABLE public.ledger_book (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    kind public.ledger_book_kind NOT NULL,
    opened_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.ledger_book FORCE ROW LEVEL SECURITY;

CREATE TABLE public.ledger_chart (
    account public.ledger_account NOT NULL,
    class public.ledger_class NOT NULL,
    side smallint NOT NULL,
    kind public.ledger_account_kind NOT NULL,
    CONSTRAINT ledger_chart_checked_has_a_side CHECK (((class = 'unchecked'::public.ledger_class) OR (side <> 0))),
    CONSTRAINT ledger_chart_side CHECK ((side = ANY (ARRAY['-1'::integer, 0, 1])))
);

COMMENT ON TABLE public.ledger_chart IS 'no tenant: the chart of accounts is the same for all';

CREATE TABLE public.ledger_deal_state (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    deal_id uuid NOT NULL,
    movement_id uuid,
    at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    step smallint NOT NULL,
    state public.ledger_deal_word NOT NULL,
    actor text NOT NULL,
    CONSTRAINT ledger_deal_state_actor CHECK ((actor ~ '^(system|(staff|customer|provider):[a-z0-9_.-]{1,36})$'::text)),
    CONSTRAINT ledger_deal_state_step CHECK (((step >= 1) AND (step <= 4)))
);

ALTER TABLE ONLY public.ledger_deal_state FORCE ROW LEVEL SECURITY;

CREATE TABLE public.ledger_entry (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    transfer_id uuid NOT NULL,
    version bigint NOT NULL,
    amount bigint NOT NULL,
    balance_after bigint NOT NULL,
    cost bigint,
    profit bigint,
    asset_id integer NOT NULL,
    account public.ledger_account NOT NULL,
    action public.ledger_action NOT NULL,
    CONSTRAINT ledger_entry_amount_not_zero CHECK ((amount <> 0))
);

ALTER TABLE ONLY public.ledger_entry FORCE ROW LEVEL SECURITY;

CREATE TABLE public.ledger_hold (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    id uuid NOT NULL,
    amount bigint NOT NULL,
    placed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    expires_at timestamp with time zone,
    asset_id integer NOT NULL,
    account public.ledger_account NOT NULL,
    purpose public.ledger_transfer_kind NOT NULL,
    CONSTRAINT ledger_hold_amount_positive CHECK ((amount > 0))
);

ALTER TABLE ONLY public.ledger_hold FORCE ROW LEVEL SECURITY;

CREATE TABLE public.ledger_hold_capture (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    hold_id uuid NOT NULL,
    capture_id uuid NOT NULL,
    amount bigint NOT NULL,
    CONSTRAINT ledger_hold_capture_amount_positive CHECK ((amount > 0))
);

ALTER TABLE ONLY public.ledger_hold_capture FORCE ROW LEVEL SECURITY;

CREATE TABLE public.ledger_hold_close (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    hold_id uuid NOT NULL,
    closed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    reason public.ledger_close_reason NOT NULL
);

ALTER TABLE ONLY public.ledger_hold_close FORCE ROW LEVEL SECURITY;

CREATE TABLE public.ledger_hold_open (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    hold_id uuid NOT NULL,
    remaining bigint NOT NULL,
    asset_id integer NOT NULL,
    account public.ledger_account NOT NULL,
    CONSTRAINT ledger_hold_open_remaining_not_negative CHECK ((remaining >= 0))
)
WITH (fillfactor='70');

ALTER TABLE ONLY public.ledger_hold_open FORCE ROW LEVEL SECURITY;

CREATE TABLE public.ledger_item (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    deal_id uuid NOT NULL,
    id uuid NOT NULL,
    movement_id uuid,
    replaced_by uuid,
    effective_at timestamp with time zone NOT NULL,
    made_at timestamp with time zone NOT NULL,
    activated_at timestamp with time zone,
    replaced_at timestamp with time zone,
    give_amount bigint,
    get_amount bigint,
    fee_amount bigint,
    rate_e8 bigint,
    give_asset integer,
    get_asset integer,
    fee_asset integer,
    version smallint NOT NULL,
    state public.ledger_item_state NOT NULL,
    kind public.ledger_transfer_kind NOT NULL,
    made_by text NOT NULL,
    activated_by text,
    replaced_actor text,
    reference text,
    CONSTRAINT ledger_item_activated_by CHECK ((activated_by ~ '^(system|(staff|customer|provider):[a-z0-9_.-]{1,36})$'::text)),
    CONSTRAINT ledger_item_activation CHECK ((((activated_at IS NULL) = (activated_by IS NULL)) AND ((activated_at IS NULL) OR (state <> 'draft'::public.ledger_item_state)) AND ((activated_at IS NOT NULL) OR (state = ANY (ARRAY['draft'::public.ledger_item_state, 'cancelled'::public.ledger_item_state]))))),
    CONSTRAINT ledger_item_amounts CHECK ((((give_amount IS NULL) = (give_asset IS NULL)) AND ((get_amount IS NULL) = (get_asset IS NULL)) AND ((fee_amount IS NULL) = (fee_asset IS NULL)))),
    CONSTRAINT ledger_item_fee CHECK ((fee_amount >= 0)),
    CONSTRAINT ledger_item_get CHECK ((get_amount >= 0)),
    CONSTRAINT ledger_item_give CHECK ((give_amount >= 0)),
    CONSTRAINT ledger_item_made_by CHECK ((made_by ~ '^(system|(staff|customer|provider):[a-z0-9_.-]{1,36})$'::text)),
    CONSTRAINT ledger_item_rate CHECK ((rate_e8 > 0)),
    CONSTRAINT ledger_item_reference CHECK ((reference ~ '^[A-Za-z0-9][A-Za-z0-9._/:-]{0,63}$'::text)),
    CONSTRAINT ledger_item_replaced_actor CHECK ((replaced_actor ~ '^(system|(staff|customer|provider):[a-z0-9_.-]{1,36})$'::text)),
    CONSTRAINT ledger_item_replacement CHECK ((((replaced_by IS NOT NULL) = (state = 'superseded'::public.ledger_item_state)) AND ((replaced_at IS NOT NULL) = (state = ANY (ARRAY['superseded'::public.ledger_item_state, 'cancelled'::public.ledger_item_state]))) AND ((replaced_actor IS NOT NULL) = (state = ANY (ARRAY['superseded'::public.ledger_item_state, 'cancelled'::public.ledger_item_state]))))),
    CONSTRAINT ledger_item_version CHECK (((version >= 1) AND (version <= 1000)))
);

ALTER TABLE ONLY public.ledger_item FORCE ROW LEVEL SECURITY;

CREATE TABLE public.ledger_posting (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    transfer_id uuid NOT NULL,
    number bigint NOT NULL,
    amount bigint NOT NULL,
    cost bigint,
    profit bigint,
    asset_id integer NOT NULL,
    source public.ledger_account NOT NULL,
    target public.ledger_account NOT NULL,
    action public.ledger_action NOT NULL,
    CONSTRAINT ledger_posting_amount_positive CHECK ((amount > 0)),
    CONSTRAINT ledger_posting_two_accounts CHECK ((source <> target))
);

ALTER TABLE ONLY public.ledger_posting FORCE ROW LEVEL SECURITY;

CREATE VIEW public.ledger_leg WITH (security_invoker='true') AS
 SELECT ledger_posting.tenant_id,
    ledger_posting.book_id,
    ledger_posting.asset_id,
    ledger_posting.transfer_id,
    ledger_posting.number,
    ledger_posting.source AS account,
    (- ledger_posting.amount) AS amount,
    ledger_posting.action
   FROM public.ledger_posting
UNION ALL
 SELECT ledger_posting.tenant_id,
    ledger_posting.book_id,
    ledger_posting.asset_id,
    ledger_posting.transfer_id,
    ledger_posting.number,
    ledger_posting.target AS account,
    ledger_posting.amount,
    ledger_posting.action
   FROM public.ledger_posting;

CREATE TABLE public.ledger_transfer (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    id uuid NOT NULL,
    movement_id uuid NOT NULL,
    reverses uuid,
    corrects uuid,
    effective_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    kind public.ledger_transfer_kind NOT NULL
);

ALTER TABLE ONLY public.ledger_transfer FORCE ROW LEVEL SECURITY;

CREATE VIEW public.ledger_lifecycle WITH (security_invoker='true') AS
 SELECT t.tenant_id,
    t.book_id,
    t.id AS transfer_id,
    t.movement_id,
    s.deal_id,
    s.state,
    s.at,
    s.actor
   FROM ((( SELECT ledger_deal_state.tenant_id,
            ledger_deal_state.book_id,
            ledger_deal_state.deal_id,
            ledger_deal_state.movement_id
           FROM public.ledger_deal_state
          WHERE (ledger_deal_state.movement_id IS NOT NULL)
        UNION
         SELECT ledger_item.tenant_id,
            ledger_item.book_id,
            ledger_item.deal_id,
            ledger_item.movement_id
           FROM public.ledger_item
          WHERE (ledger_item.movement_id IS NOT NULL)) deal
     JOIN public.ledger_transfer t ON (((t.movement_id = deal.movement_id) AND (t.tenant_id = deal.tenant_id))))
     JOIN public.ledger_deal_state s ON (((s.book_id = deal.book_id) AND (s.deal_id = deal.deal_id))))
  WHERE (s.state = ANY (ARRAY['created'::public.ledger_deal_word, 'authorized'::public.ledger_deal_word]))
UNION ALL
 SELECT ledger_transfer.tenant_id,
    ledger_transfer.book_id,
    ledger_transfer.id AS transfer_id,
    ledger_transfer.movement_id,
    NULL::uuid AS deal_id,
    'settled'::public.ledger_deal_word AS state,
    ledger_transfer.recorded_at AS at,
    NULL::text AS actor
   FROM public.ledger_transfer
UNION ALL
 SELECT r.tenant_id,
    r.book_id,
    r.reverses AS transfer_id,
    t.movement_id,
    NULL::uuid AS deal_id,
    'reversed'::public.ledger_deal_word AS state,
    r.recorded_at AS at,
    NULL::text AS actor
   FROM (public.ledger_transfer r
     JOIN public.ledger_transfer t ON (((t.book_id = r.book_id) AND (t.id = r.reverses))));

ALTER TABLE public.ledger_posting ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.ledger_posting_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.ledger_repair (
    id uuid NOT NULL,
    requested_by text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    balances_rewritten bigint DEFAULT 0 NOT NULL,
    holds_rewritten bigint DEFAULT 0 NOT NULL,
    CONSTRAINT ledger_repair_requested_by CHECK ((requested_by ~ '^(system|owner|staff:[0-9a-f-]{36})$'::text))
);

COMMENT ON TABLE public.ledger_repair IS 'no tenant: a repair goes over the snapshots of all tenants';

CREATE TABLE public.ledger_reversal (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    movement_id uuid NOT NULL,
    reason public.ledger_reversal_reason NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.ledger_reversal FORCE ROW LEVEL SECURITY;

CREATE TABLE public.ledger_reversal_decision (
    tenant_id uuid NOT NULL,
    reversal_id uuid NOT NULL,
    outcome public.ledger_reversal_outcome NOT NULL,
    movement_id uuid,
    decided_by uuid NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT ledger_reversal_decision_movement CHECK (((movement_id IS NULL) = (outcome = 'rejected'::public.ledger_reversal_outcome)))
);

ALTER TABLE ONLY public.ledger_reversal_decision FORCE ROW LEVEL SECURITY;

CREATE TABLE public.ledger_transfer_source (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    transfer_id uuid NOT NULL,
    quote_id uuid,
    mid_e8 bigint,
    buy_e8 bigint,
    sell_e8 bigint,
    cost_e8 bigint,
    agreed_e8 bigint,
    settlement_e8 bigint,
    provider text,
    reference text,
    charge_id text,
    CONSTRAINT ledger_transfer_source_agreed CHECK ((agreed_e8 > 0)),
    CONSTRAINT ledger_transfer_source_buy CHECK ((buy_e8 > 0)),
    CONSTRAINT ledger_transfer_source_charge CHECK (((length(charge_id) >= 1) AND (length(charge_id) <= 128))),
    CONSTRAINT ledger_transfer_source_cost CHECK ((cost_e8 >= 0)),
    CONSTRAINT ledger_transfer_source_mid CHECK ((mid_e8 > 0)),
    CONSTRAINT ledger_transfer_source_named CHECK (((provider IS NULL) = (num_nonnulls(reference, charge_id) = 0))),
    CONSTRAINT ledger_transfer_source_provider CHECK ((provider ~ '^[a-z][a-z0-9_.-]{0,31}$'::text)),
    CONSTRAINT ledger_transfer_source_rates CHECK (((num_nonnulls(mid_e8, buy_e8, sell_e8, agreed_e8) = ANY (ARRAY[0, 4])) AND ((mid_e8 IS NOT NULL) OR (num_nonnulls(cost_e8, settlement_e8) = 0)) AND (buy_e8 <= mid_e8) AND (mid_e8 <= sell_e8))),
    CONSTRAINT ledger_transfer_source_reference CHECK (((length(reference) >= 1) AND (length(reference) <= 128))),
    CONSTRAINT ledger_transfer_source_says_something CHECK ((num_nonnulls(reference, charge_id, quote_id, mid_e8) > 0)),
    CONSTRAINT ledger_transfer_source_sell CHECK ((sell_e8 > 0)),
    CONSTRAINT ledger_transfer_source_settlement CHECK ((settlement_e8 > 0))
);

ALTER TABLE ONLY public.ledger_transfer_source FORCE ROW LEVEL SECURITY;

CREATE TABLE public.market (
    id uuid NOT NULL,
    ticker text NOT NULL,
    title text NOT NULL,
    rules text NOT NULL,
    status public.market_status NOT NULL,
    close_time timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    tick integer NOT NULL,
    fee_multiplier_e4 integer NOT NULL,
    yes_bid integer,
    yes_ask integer,
    yes_value integer,
    CONSTRAINT market_fee_multiplier_not_negative CHECK ((fee_multiplier_e4 >= 0)),
    CONSTRAINT market_rules_size CHECK ((length(rules) <= 500)),
    CONSTRAINT market_tick_range CHECK (((tick >= 1) AND (tick <= 9999))),
    CONSTRAINT market_ticker_size CHECK (((length(ticker) >= 1) AND (length(ticker) <= 64))),
    CONSTRAINT market_title_size CHECK ((length(title) <= 200)),
    CONSTRAINT market_yes_ask_range CHECK (((yes_ask >= 1) AND (yes_ask <= 9999))),
    CONSTRAINT market_yes_bid_range CHECK (((yes_bid >= 1) AND (yes_bid <= 9999))),
    CONSTRAINT market_yes_value_range CHECK (((yes_value >= 0) AND (yes_value <= 10000)))
);

COMMENT ON TABLE public.market IS 'no tenant: the catalogue is the same for all';

CREATE TABLE public.market_resolution (
    market_id uuid NOT NULL,
    yes_value integer NOT NULL,
    report_sequence bigint NOT NULL,
    resolved_at timestamp with time zone NOT NULL,
    revision integer DEFAULT 1 NOT NULL,
    basis public.market_basis DEFAULT 'value'::public.market_basis NOT NULL,
    CONSTRAINT market_resolution_revision_positive CHECK ((revision > 0)),
    CONSTRAINT market_resolution_void_has_no_value CHECK (((basis = 'value'::public.market_basis) OR (yes_value = 0))),
    CONSTRAINT market_resolution_yes_value_range CHECK (((yes_value >= 0) AND (yes_value <= 10000)))
);

COMMENT ON TABLE public.market_resolution IS 'no tenant: a market resolves for all';

CREATE TABLE public.open_banking_consent (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    id uuid NOT NULL,
    provider text NOT NULL,
    purpose public.open_banking_purpose NOT NULL,
    amount bigint NOT NULL,
    quote_id uuid,
    pay_reference text,
    payment_id uuid NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT open_banking_consent_amount CHECK ((amount > 0)),
    CONSTRAINT open_banking_consent_provider CHECK ((provider ~ '^[a-z0-9_-]{1,32}$'::text)),
    CONSTRAINT open_banking_consent_quote CHECK ((((purpose = 'funding'::public.open_banking_purpose) = (quote_id IS NOT NULL)) AND ((purpose = 'funding'::public.open_banking_purpose) = (pay_reference IS NOT NULL)))),
    CONSTRAINT open_banking_consent_reference CHECK ((pay_reference ~ '^BH[0-9A-Z]{13}$'::text))
);

ALTER TABLE ONLY public.open_banking_consent FORCE ROW LEVEL SECURITY;

CREATE TABLE public.open_banking_step (
    tenant_id uuid NOT NULL,
    consent_id uuid NOT NULL,
    state public.open_banking_state NOT NULL,
    bank_reference text,
    reason text,
    account_sealed bytea,
    happened_at timestamp with time zone NOT NULL,
    CONSTRAINT open_banking_step_paid CHECK (((state = 'paid'::public.open_banking_state) = (bank_reference IS NOT NULL))),
    CONSTRAINT open_banking_step_reason CHECK ((reason ~ '^[a-z_]{1,64}$'::text)),
    CONSTRAINT open_banking_step_reference CHECK (((length(bank_reference) >= 1) AND (length(bank_reference) <= 64)))
);

ALTER TABLE ONLY public.open_banking_step FORCE ROW LEVEL SECURITY;

CREATE TABLE public.open_banking_task (
    tenant_id uuid NOT NULL,
    consent_id uuid NOT NULL,
    attempts integer NOT NULL,
    due_at timestamp with time zone NOT NULL,
    CONSTRAINT open_banking_task_attempts CHECK ((attempts >= 0))
);

ALTER TABLE ONLY public.open_banking_task FORCE ROW LEVEL SECURITY;

CREATE TABLE public.outflow_resumption (
    epoch integer NOT NULL,
    compared_to timestamp with time zone NOT NULL,
    operator uuid NOT NULL,
    resumed_at timestamp with time zone NOT NULL,
    CONSTRAINT outflow_resumption_compared CHECK ((compared_to <= resumed_at))
);

COMMENT ON TABLE public.outflow_resumption IS 'no tenant: one database';

CREATE TABLE public.payment_bank_event (
    provider text NOT NULL,
    event_id text NOT NULL,
    id uuid NOT NULL,
    type text NOT NULL,
    bank_reference text NOT NULL,
    pay_reference text,
    payer_text_sealed bytea,
    amount bigint NOT NULL,
    payer_account_sealed bytea NOT NULL,
    booked_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    body_digest bytea NOT NULL,
    CONSTRAINT payment_bank_event_amount CHECK ((amount > 0)),
    CONSTRAINT payment_bank_event_digest CHECK ((octet_length(body_digest) = 32)),
    CONSTRAINT payment_bank_event_id CHECK (((length(event_id) >= 1) AND (length(event_id) <= 64))),
    CONSTRAINT payment_bank_event_pay_reference CHECK ((pay_reference ~ '^BH[0-9A-Z]{13}$'::text)),
    CONSTRAINT payment_bank_event_provider CHECK ((provider ~ '^[a-z0-9_-]{1,32}$'::text)),
    CONSTRAINT payment_bank_event_reference CHECK (((length(bank_reference) >= 1) AND (length(bank_reference) <= 64))),
    CONSTRAINT payment_bank_event_text_is_sealed CHECK (((pay_reference IS NULL) = (payer_text_sealed IS NOT NULL))),
    CONSTRAINT payment_bank_event_type CHECK (((length(type) >= 1) AND (length(type) <= 64)))
);

COMMENT ON TABLE public.payment_bank_event IS 'no tenant: an event is stored before anybody knows whose money it is; the pay-in has the tenant';

CREATE TABLE public.payment_collection (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    provider text NOT NULL,
    CONSTRAINT payment_collection_provider CHECK ((provider ~ '^[a-z0-9_-]{1,32}$'::text))
);

ALTER TABLE ONLY public.payment_collection FORCE ROW LEVEL SECURITY;

CREATE TABLE public.payment_pay_in (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    customer_id uuid,
    id uuid NOT NULL,
    provider text NOT NULL,
    event_id text NOT NULL,
    bank_reference text NOT NULL,
    amount bigint NOT NULL,
    outcome public.payment_pay_in_outcome NOT NULL,
    reason public.payment_pay_in_reason NOT NULL,
    quote_id uuid,
    conversion_id uuid,
    movement_id uuid NOT NULL,
    booked_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT payment_pay_in_amount CHECK ((amount > 0)),
    CONSTRAINT payment_pay_in_conversion CHECK ((((outcome = 'converted'::public.payment_pay_in_outcome) = (conversion_id IS NOT NULL)) AND ((outcome = 'converted'::public.payment_pay_in_outcome) = (reason = 'as_quoted'::public.payment_pay_in_reason)) AND ((conversion_id IS NULL) OR (quote_id IS NOT NULL)))),
    CONSTRAINT payment_pay_in_owner CHECK (((outcome = 'suspense'::public.payment_pay_in_outcome) OR (customer_id IS NOT NULL)))
);

ALTER TABLE ONLY public.payment_pay_in FORCE ROW LEVEL SECURITY;

CREATE TABLE public.payment_pay_in_reversal (
    tenant_id uuid NOT NULL,
    pay_in_id uuid NOT NULL,
    provider text NOT NULL,
    reversal_reference text NOT NULL,
    from_suspense bigint NOT NULL,
    from_wallet bigint NOT NULL,
    from_debt bigint NOT NULL,
    movement_id uuid NOT NULL,
    reversed_at timestamp with time zone NOT NULL,
    CONSTRAINT payment_pay_in_reversal_amount CHECK ((((from_suspense + from_wallet) + from_debt) > 0)),
    CONSTRAINT payment_pay_in_reversal_debt CHECK ((from_debt >= 0)),
    CONSTRAINT payment_pay_in_reversal_one_book CHECK (((from_suspense = 0) OR ((from_wallet + from_debt) = 0))),
    CONSTRAINT payment_pay_in_reversal_suspense CHECK ((from_suspense >= 0)),
    CONSTRAINT payment_pay_in_reversal_wallet CHECK ((from_wallet >= 0))
);

ALTER TABLE ONLY public.payment_pay_in_reversal FORCE ROW LEVEL SECURITY;

CREATE TABLE public.payment_refund_review (
    tenant_id uuid NOT NULL,
    pay_in_id uuid NOT NULL,
    is_proposed boolean NOT NULL,
    reviewed_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.payment_refund_review FORCE ROW LEVEL SECURITY;

CREATE TABLE public.payment_suspense_claim (
    tenant_id uuid NOT NULL,
    pay_in_id uuid NOT NULL,
    proposal_id uuid NOT NULL
);

ALTER TABLE ONLY public.payment_suspense_claim FORCE ROW LEVEL SECURITY;

CREATE TABLE public.payment_suspense_decision (
    tenant_id uuid NOT NULL,
    proposal_id uuid NOT NULL,
    proposed_by uuid NOT NULL,
    outcome public.payment_decision NOT NULL,
    decided_by uuid NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT payment_suspense_decision_four_eyes CHECK (((outcome = 'rejected'::public.payment_decision) OR (decided_by <> proposed_by)))
);

ALTER TABLE ONLY public.payment_suspense_decision FORCE ROW LEVEL SECURITY;

CREATE TABLE public.payment_suspense_proposal (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    pay_in_id uuid NOT NULL,
    way public.payment_suspense_way NOT NULL,
    customer_id uuid,
    proposed_by uuid NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    CONSTRAINT payment_suspense_proposal_customer CHECK (((way = 'assign'::public.payment_suspense_way) = (customer_id IS NOT NULL)))
);

ALTER TABLE ONLY public.payment_suspense_proposal FORCE ROW LEVEL SECURITY;

CREATE TABLE public.payment_suspense_resolution (
    tenant_id uuid NOT NULL,
    proposal_id uuid NOT NULL,
    movement_id uuid NOT NULL,
    resolved_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.payment_suspense_resolution FORCE ROW LEVEL SECURITY;

CREATE TABLE public.payment_take_back (
    provider text NOT NULL,
    bank_reference text NOT NULL,
    reversal_reference text NOT NULL,
    amount bigint NOT NULL,
    booked_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    CONSTRAINT payment_take_back_amount CHECK ((amount > 0)),
    CONSTRAINT payment_take_back_provider CHECK ((provider ~ '^[a-z0-9_-]{1,32}$'::text)),
    CONSTRAINT payment_take_back_reference CHECK (((length(bank_reference) >= 1) AND (length(bank_reference) <= 64))),
    CONSTRAINT payment_take_back_reversal CHECK (((length(reversal_reference) >= 1) AND (length(reversal_reference) <= 64)))
);

COMMENT ON TABLE public.payment_take_back IS 'no tenant: it may be stored before the pay-in that it takes back; the reversal has the tenant';

CREATE TABLE public.payout_account (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    id uuid NOT NULL,
    number_sealed bytea NOT NULL,
    holder_sealed bytea NOT NULL,
    number_index bytea NOT NULL,
    added_at timestamp with time zone NOT NULL,
    CONSTRAINT payout_account_index CHECK ((octet_length(number_index) = ANY (ARRAY[0, 32])))
);

ALTER TABLE ONLY public.payout_account FORCE ROW LEVEL SECURITY;

CREATE TABLE public.payout_account_removal (
    tenant_id uuid NOT NULL,
    account_id uuid NOT NULL,
    removed_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.payout_account_removal FORCE ROW LEVEL SECURITY;

CREATE TABLE public.payout_claim (
    tenant_id uuid NOT NULL,
    pay_in_id uuid NOT NULL,
    payout_id uuid NOT NULL
);

ALTER TABLE ONLY public.payout_claim FORCE ROW LEVEL SECURITY;

CREATE TABLE public.payout_held (
    tenant_id uuid NOT NULL,
    payout_id uuid NOT NULL,
    held_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.payout_held FORCE ROW LEVEL SECURITY;

CREATE TABLE public.payout_held_end (
    tenant_id uuid NOT NULL,
    payout_id uuid NOT NULL,
    outcome public.payout_held_outcome NOT NULL,
    ended_by text NOT NULL,
    ended_at timestamp with time zone NOT NULL,
    CONSTRAINT payout_held_end_by CHECK (((length(ended_by) >= 1) AND (length(ended_by) <= 64)))
);

ALTER TABLE ONLY public.payout_held_end FORCE ROW LEVEL SECURITY;

CREATE TABLE public.payout_order (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    customer_id uuid,
    id uuid NOT NULL,
    purpose public.payout_purpose NOT NULL,
    provider text NOT NULL,
    amount bigint NOT NULL,
    fee bigint NOT NULL,
    is_fee_returned boolean NOT NULL,
    reference text NOT NULL,
    destination_sealed bytea NOT NULL,
    account_id uuid,
    pay_in_id uuid,
    quote_id uuid,
    conversion_id uuid,
    hold_id uuid,
    requested_by text NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    CONSTRAINT payout_order_account CHECK (((purpose = 'withdrawal'::public.payout_purpose) = (account_id IS NOT NULL))),
    CONSTRAINT payout_order_amount CHECK ((amount > 0)),
    CONSTRAINT payout_order_conversion CHECK (((quote_id IS NULL) = (conversion_id IS NULL))),
    CONSTRAINT payout_order_fee CHECK ((fee >= 0)),
    CONSTRAINT payout_order_fee_of_withdrawals CHECK (((fee = 0) OR (purpose = 'withdrawal'::public.payout_purpose))),
    CONSTRAINT payout_order_hold CHECK (((customer_id IS NULL) = (hold_id IS NULL))),
    CONSTRAINT payout_order_owner CHECK (((purpose = 'suspense_return'::public.payout_purpose) = (customer_id IS NULL))),
    CONSTRAINT payout_order_pay_in CHECK (((purpose = 'withdrawal'::public.payout_purpose) = (pay_in_id IS NULL))),
    CONSTRAINT payout_order_provider CHECK ((provider ~ '^[a-z0-9_-]{1,32}$'::text)),
    CONSTRAINT payout_order_reference CHECK ((reference ~ '^[A-Z0-9]{4,35}$'::text)),
    CONSTRAINT payout_order_requested_by CHECK (((length(requested_by) >= 1) AND (length(requested_by) <= 64)))
);

ALTER TABLE ONLY public.payout_order FORCE ROW LEVEL SECURITY;

CREATE TABLE public.payout_resolution (
    tenant_id uuid NOT NULL,
    payout_id uuid NOT NULL,
    outcome public.payout_outcome NOT NULL,
    provider text NOT NULL,
    bank_reference text,
    reason text,
    movement_id uuid,
    fee_movement_id uuid,
    resolved_by text NOT NULL,
    resolved_at timestamp with time zone NOT NULL,
    CONSTRAINT payout_resolution_paid CHECK ((((outcome = 'paid'::public.payout_outcome) = (movement_id IS NOT NULL)) AND ((outcome = 'paid'::public.payout_outcome) = (bank_reference IS NOT NULL)) AND ((outcome = 'paid'::public.payout_outcome) OR (fee_movement_id IS NULL)))),
    CONSTRAINT payout_resolution_reason CHECK ((reason ~ '^[A-Za-z0-9_.:-]{1,64}$'::text)),
    CONSTRAINT payout_resolution_reference CHECK (((length(bank_reference) >= 1) AND (length(bank_reference) <= 64)))
);

ALTER TABLE ONLY public.payout_resolution FORCE ROW LEVEL SECURITY;

CREATE TABLE public.payout_return (
    tenant_id uuid NOT NULL,
    payout_id uuid NOT NULL,
    outcome public.payout_outcome DEFAULT 'paid'::public.payout_outcome NOT NULL,
    provider text NOT NULL,
    return_reference text NOT NULL,
    reason text,
    movement_id uuid NOT NULL,
    returned_at timestamp with time zone NOT NULL,
    CONSTRAINT payout_return_of_paid CHECK ((outcome = 'paid'::public.payout_outcome)),
    CONSTRAINT payout_return_reason CHECK ((reason ~ '^[A-Za-z0-9_.:-]{1,64}$'::text)),
    CONSTRAINT payout_return_reference CHECK (((length(return_reference) >= 1) AND (length(return_reference) <= 64)))
);

ALTER TABLE ONLY public.payout_return FORCE ROW LEVEL SECURITY;

CREATE TABLE public.payout_task (
    tenant_id uuid NOT NULL,
    payout_id uuid NOT NULL,
    state public.payout_task_state NOT NULL,
    is_accepted boolean NOT NULL,
    attempts integer NOT NULL,
    due_at timestamp with time zone NOT NULL,
    CONSTRAINT payout_task_attempts CHECK ((attempts >= 0))
);

ALTER TABLE ONLY public.payout_task FORCE ROW LEVEL SECURITY;

CREATE TABLE public.payout_terms (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    version integer NOT NULL,
    fee bigint NOT NULL,
    minimum_amount bigint NOT NULL,
    maximum_amount bigint NOT NULL,
    is_fee_returned boolean NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT payout_terms_bounds CHECK (((minimum_amount > fee) AND (minimum_amount <= maximum_amount))),
    CONSTRAINT payout_terms_fee CHECK ((fee >= 0)),
    CONSTRAINT payout_terms_version_positive CHECK ((version > 0))
);

ALTER TABLE ONLY public.payout_terms FORCE ROW LEVEL SECURITY;

CREATE TABLE public.period_balance (
    tenant_id uuid NOT NULL,
    number integer NOT NULL,
    asset_id integer NOT NULL,
    book_kind public.ledger_book_kind NOT NULL,
    account public.ledger_account NOT NULL,
    moved bigint NOT NULL,
    closing bigint NOT NULL
);

ALTER TABLE ONLY public.period_balance FORCE ROW LEVEL SECURITY;

CREATE TABLE public.period_closed (
    tenant_id uuid NOT NULL,
    number integer NOT NULL,
    proposal_id uuid NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    proposed_by uuid NOT NULL,
    closed_by uuid NOT NULL,
    closed_at timestamp with time zone NOT NULL,
    CONSTRAINT period_closed_by_another CHECK ((proposed_by <> closed_by)),
    CONSTRAINT period_closed_number CHECK ((number > 0)),
    CONSTRAINT period_closed_span CHECK ((starts_at < ends_at))
);

ALTER TABLE ONLY public.period_closed FORCE ROW LEVEL SECURITY;

CREATE TABLE public.period_proposal (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    number integer NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT period_proposal_digest CHECK ((octet_length(digest) = 32)),
    CONSTRAINT period_proposal_number CHECK ((number > 0)),
    CONSTRAINT period_proposal_span CHECK ((starts_at < ends_at))
);

ALTER TABLE ONLY public.period_proposal FORCE ROW LEVEL SECURITY;

CREATE TABLE public.pgqueuer (
    id bigint NOT NULL,
    priority integer NOT NULL,
    queue_manager_id uuid,
    created timestamp with time zone DEFAULT now() NOT NULL,
    updated timestamp with time zone DEFAULT now() NOT NULL,
    heartbeat timestamp with time zone DEFAULT now() NOT NULL,
    execute_after timestamp with time zone DEFAULT now() NOT NULL,
    status public.pgqueuer_status NOT NULL,
    entrypoint text NOT NULL,
    dedupe_key text,
    payload bytea,
    headers jsonb,
    attempts integer DEFAULT 0 NOT NULL,
    slot bigint
);

COMMENT ON TABLE public.pgqueuer IS 'no tenant: a queue of ids; each listener binds its transaction to the event''s tenant';

CREATE SEQUENCE public.pgqueuer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.pgqueuer_id_seq OWNED BY public.pgqueuer.id;

CREATE TABLE public.pgqueuer_log (
    id bigint NOT NULL,
    created timestamp with time zone DEFAULT now() NOT NULL,
    job_id bigint NOT NULL,
    status public.pgqueuer_status NOT NULL,
    priority integer NOT NULL,
    entrypoint text NOT NULL,
    traceback jsonb,
    aggregated boolean DEFAULT false
);

COMMENT ON TABLE public.pgqueuer_log IS 'no tenant: states of queued work, without its payload';

ALTER TABLE public.pgqueuer_log ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.pgqueuer_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.pgqueuer_schedules (
    id bigint NOT NULL,
    expression text NOT NULL,
    entrypoint text NOT NULL,
    heartbeat timestamp with time zone DEFAULT now() NOT NULL,
    created timestamp with time zone DEFAULT now() NOT NULL,
    updated timestamp with time zone DEFAULT now() NOT NULL,
    next_run timestamp with time zone DEFAULT now() NOT NULL,
    last_run timestamp with time zone,
    status public.pgqueuer_status DEFAULT 'queued'::public.pgqueuer_status
);

COMMENT ON TABLE public.pgqueuer_schedules IS 'no tenant: times of periodic work; unused, the queue expects it';

CREATE SEQUENCE public.pgqueuer_schedules_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.pgqueuer_schedules_id_seq OWNED BY public.pgqueuer_schedules.id;

CREATE TABLE public.pgqueuer_statistics (
    id bigint NOT NULL,
    created timestamp with time zone DEFAULT date_trunc('sec'::text, now()) NOT NULL,
    count bigint NOT NULL,
    priority integer NOT NULL,
    status public.pgqueuer_status NOT NULL,
    entrypoint text NOT NULL
);

COMMENT ON TABLE public.pgqueuer_statistics IS 'no tenant: counts of queued work';

CREATE SEQUENCE public.pgqueuer_statistics_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.pgqueuer_statistics_id_seq OWNED BY public.pgqueuer_statistics.id;

CREATE TABLE public.privacy_consent (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    number integer NOT NULL,
    purpose public.privacy_purpose NOT NULL,
    version integer NOT NULL,
    digest bytea NOT NULL,
    is_given boolean NOT NULL,
    channel public.privacy_channel NOT NULL,
    language public.privacy_language NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT privacy_consent_digest CHECK ((octet_length(digest) = 32)),
    CONSTRAINT privacy_consent_number CHECK ((number > 0)),
    CONSTRAINT privacy_consent_version CHECK ((version > 0))
);

ALTER TABLE ONLY public.privacy_consent FORCE ROW LEVEL SECURITY;

CREATE TABLE public.privacy_decision (
    tenant_id uuid NOT NULL,
    proposal_id uuid NOT NULL,
    proposed_by uuid NOT NULL,
    outcome public.privacy_outcome NOT NULL,
    decided_by uuid NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT privacy_decision_two_people CHECK (((outcome = 'withdrawn'::public.privacy_outcome) = (decided_by = proposed_by)))
);

ALTER TABLE ONLY public.privacy_decision FORCE ROW LEVEL SECURITY;

CREATE TABLE public.privacy_erasure (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    cause public.privacy_erasure_cause NOT NULL,
    fields_emptied integer NOT NULL,
    erased_at timestamp with time zone NOT NULL,
    CONSTRAINT privacy_erasure_fields CHECK ((fields_emptied >= 0))
);

ALTER TABLE ONLY public.privacy_erasure FORCE ROW LEVEL SECURITY;

CREATE TABLE public.privacy_export (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    state public.privacy_export_state NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    next_attempt_at timestamp with time zone NOT NULL,
    ready_at timestamp with time zone,
    expires_at timestamp with time zone,
    size_bytes bigint,
    digest bytea,
    row_count integer DEFAULT 0 NOT NULL,
    CONSTRAINT privacy_export_asked_by CHECK (((length(asked_by) >= 1) AND (length(asked_by) <= 64))),
    CONSTRAINT privacy_export_digest CHECK ((octet_length(digest) = 32)),
    CONSTRAINT privacy_export_ready CHECK (((state <> 'ready'::public.privacy_export_state) OR ((ready_at IS NOT NULL) AND (expires_at IS NOT NULL) AND (size_bytes > 0) AND (digest IS NOT NULL)))),
    CONSTRAINT privacy_export_rows_not_negative CHECK ((row_count >= 0))
);

ALTER TABLE ONLY public.privacy_export FORCE ROW LEVEL SECURITY;

CREATE TABLE public.privacy_export_part (
    tenant_id uuid NOT NULL,
    export_id uuid NOT NULL,
    number integer NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT privacy_export_part_number CHECK ((number > 0))
);

ALTER TABLE ONLY public.privacy_export_part FORCE ROW LEVEL SECURITY;

CREATE TABLE public.privacy_proposal (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    number integer NOT NULL,
    wish public.privacy_wish NOT NULL,
    basis public.privacy_basis NOT NULL,
    reference text NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    CONSTRAINT privacy_proposal_number CHECK ((number > 0)),
    CONSTRAINT privacy_proposal_reference CHECK ((reference ~ '^[A-Z0-9][A-Z0-9/.-]{0,39}$'::text))
);

ALTER TABLE ONLY public.privacy_proposal FORCE ROW LEVEL SECURITY;

CREATE TABLE public.privacy_request (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    channel public.privacy_channel NOT NULL,
    answer public.privacy_answer NOT NULL,
    kept_until date,
    taken_by text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    CONSTRAINT privacy_request_date CHECK (((answer = 'erased'::public.privacy_answer) = (kept_until IS NULL))),
    CONSTRAINT privacy_request_taken_by CHECK (((length(taken_by) >= 1) AND (length(taken_by) <= 64)))
);

ALTER TABLE ONLY public.privacy_request FORCE ROW LEVEL SECURITY;

CREATE TABLE public.protection_hour (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    hour timestamp with time zone NOT NULL,
    deposited bigint NOT NULL,
    withdrawn bigint NOT NULL,
    staked bigint NOT NULL,
    returned bigint NOT NULL,
    CONSTRAINT protection_hour_deposited CHECK ((deposited >= 0)),
    CONSTRAINT protection_hour_staked CHECK ((staked >= 0)),
    CONSTRAINT protection_hour_withdrawn CHECK ((withdrawn >= 0))
)
WITH (fillfactor='70');

ALTER TABLE ONLY public.protection_hour FORCE ROW LEVEL SECURITY;

CREATE TABLE public.protection_limit (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    code smallint NOT NULL,
    setter smallint NOT NULL,
    version integer NOT NULL,
    amount bigint,
    set_at timestamp with time zone NOT NULL,
    pending_at timestamp with time zone,
    pending_amount bigint,
    ready_at timestamp with time zone,
    lapses_at timestamp with time zone,
    pending_by uuid,
    CONSTRAINT protection_limit_amount CHECK ((amount >= 0)),
    CONSTRAINT protection_limit_code CHECK ((code = ANY (ARRAY[11, 12, 13, 31, 32, 33, 41, 42, 43]))),
    CONSTRAINT protection_limit_cools CHECK (((pending_at IS NULL) OR (setter = 2) OR (ready_at >= (pending_at + '24:00:00'::interval)))),
    CONSTRAINT protection_limit_lapses CHECK ((lapses_at > ready_at)),
    CONSTRAINT protection_limit_pending CHECK ((((pending_at IS NULL) = (lapses_at IS NULL)) AND ((pending_at IS NULL) = (ready_at IS NULL)) AND ((pending_at IS NOT NULL) OR (pending_amount IS NULL)) AND (((setter = 2) AND (pending_at IS NOT NULL)) = (pending_by IS NOT NULL)))),
    CONSTRAINT protection_limit_pending_amount CHECK ((pending_amount >= 0)),
    CONSTRAINT protection_limit_raises CHECK (((pending_at IS NULL) OR ((amount IS NOT NULL) AND ((pending_amount IS NULL) OR (pending_amount > amount))))),
    CONSTRAINT protection_limit_setter CHECK ((setter = ANY (ARRAY[1, 2]))),
    CONSTRAINT protection_limit_version CHECK ((version > 0))
);

ALTER TABLE ONLY public.protection_limit FORCE ROW LEVEL SECURITY;

CREATE TABLE public.protection_moment (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    deposited bigint NOT NULL,
    withdrawn bigint NOT NULL,
    staked bigint NOT NULL,
    returned bigint NOT NULL,
    CONSTRAINT protection_moment_deposited CHECK ((deposited >= 0)),
    CONSTRAINT protection_moment_staked CHECK ((staked >= 0)),
    CONSTRAINT protection_moment_withdrawn CHECK ((withdrawn >= 0))
)
WITH (fillfactor='80');

ALTER TABLE ONLY public.protection_moment FORCE ROW LEVEL SECURITY;

CREATE TABLE public.protection_pause (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    kind smallint NOT NULL,
    cause smallint NOT NULL,
    begins_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone,
    caused_by uuid,
    CONSTRAINT protection_pause_cause CHECK ((cause = ANY (ARRAY[1, 2, 3]))),
    CONSTRAINT protection_pause_caused CHECK (((cause = 3) = (caused_by IS NOT NULL))),
    CONSTRAINT protection_pause_cooling CHECK (((kind <> 1) OR ((ends_at IS NOT NULL) AND (((ends_at - begins_at) >= '24:00:00'::interval) AND ((ends_at - begins_at) <= '1008:00:00'::interval))))),
    CONSTRAINT protection_pause_exclusion CHECK (((kind <> 2) OR (cause = 3) OR (ends_at IS NULL) OR ((ends_at - begins_at) >= '4344:00:00'::interval))),
    CONSTRAINT protection_pause_kind CHECK ((kind = ANY (ARRAY[1, 2])))
);

ALTER TABLE ONLY public.protection_pause FORCE ROW LEVEL SECURITY;

CREATE TABLE public.protection_policy (
    tenant_id uuid NOT NULL,
    version integer NOT NULL,
    limit_codes smallint[] NOT NULL,
    limit_amounts bigint[] NOT NULL,
    cooling_hours smallint DEFAULT 24 NOT NULL,
    confirm_hours smallint DEFAULT 168 NOT NULL,
    sells_when_excluded boolean DEFAULT true NOT NULL,
    reality_minutes smallint DEFAULT 60 NOT NULL,
    reality_required boolean DEFAULT false NOT NULL,
    set_at timestamp with time zone NOT NULL,
    CONSTRAINT protection_policy_confirm CHECK (((confirm_hours >= 1) AND (confirm_hours <= 720))),
    CONSTRAINT protection_policy_cooling CHECK (((cooling_hours >= 24) AND (cooling_hours <= 720))),
    CONSTRAINT protection_policy_limits CHECK (((cardinality(limit_codes) = cardinality(limit_amounts)) AND (cardinality(limit_codes) <= 9) AND (0 <= ALL (limit_amounts)) AND (limit_codes <@ '{11,12,13,31,32,33,41,42,43}'::smallint[]))),
    CONSTRAINT protection_policy_reality CHECK (((reality_minutes >= 15) AND (reality_minutes <= 60))),
    CONSTRAINT protection_policy_version CHECK ((version > 0))
);

ALTER TABLE ONLY public.protection_policy FORCE ROW LEVEL SECURITY;

CREATE TABLE public.protection_reality (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    interval_minutes smallint,
    acknowledged_at timestamp with time zone,
    CONSTRAINT protection_reality_interval CHECK (((interval_minutes >= 15) AND (interval_minutes <= 60)))
);

ALTER TABLE ONLY public.protection_reality FORCE ROW LEVEL SECURITY;

CREATE TABLE public.protection_return (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    ready_at timestamp with time zone NOT NULL,
    lapses_at timestamp with time zone NOT NULL,
    outcome smallint,
    ended_at timestamp with time zone,
    CONSTRAINT protection_return_confirmed CHECK (((outcome <> 1) OR ((ended_at >= ready_at) AND (ended_at < lapses_at)))),
    CONSTRAINT protection_return_ended CHECK (((outcome IS NULL) = (ended_at IS NULL))),
    CONSTRAINT protection_return_outcome CHECK ((outcome = ANY (ARRAY[1, 2, 3]))),
    CONSTRAINT protection_return_waits CHECK (((ready_at >= (asked_at + '24:00:00'::interval)) AND (lapses_at > ready_at)))
);

ALTER TABLE ONLY public.protection_return FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reconciliation_break (
    tenant_id uuid CONSTRAINT reconciliation_break_tenant_id_not_null1 NOT NULL,
    id uuid CONSTRAINT reconciliation_break_id_not_null1 NOT NULL,
    department_id uuid,
    check_name text NOT NULL,
    type public.reconciliation_break_type NOT NULL,
    subject text NOT NULL,
    unit public.reconciliation_unit CONSTRAINT reconciliation_break_unit_not_null1 NOT NULL,
    ours bigint,
    theirs bigint,
    is_material boolean NOT NULL,
    occurrence integer NOT NULL,
    found_at timestamp with time zone NOT NULL,
    CONSTRAINT reconciliation_break_check CHECK ((check_name ~ '^[a-z][a-z0-9_.-]{0,47}$'::text)),
    CONSTRAINT reconciliation_break_occurrence CHECK ((occurrence > 0)),
    CONSTRAINT reconciliation_break_subject CHECK (((length(subject) >= 1) AND (length(subject) <= 160))),
    CONSTRAINT reconciliation_break_values CHECK ((ours IS DISTINCT FROM theirs))
);

ALTER TABLE ONLY public.reconciliation_break FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reconciliation_break_end (
    tenant_id uuid NOT NULL,
    break_id uuid NOT NULL,
    step integer NOT NULL,
    how public.reconciliation_break_how NOT NULL,
    book_id uuid,
    transfer_id uuid,
    ended_at timestamp with time zone NOT NULL,
    CONSTRAINT reconciliation_break_end_transfer CHECK ((((transfer_id IS NOT NULL) = (how = 'corrected'::public.reconciliation_break_how)) AND ((book_id IS NULL) = (transfer_id IS NULL))))
);

ALTER TABLE ONLY public.reconciliation_break_end FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reconciliation_break_link (
    tenant_id uuid NOT NULL,
    break_id uuid NOT NULL,
    kind public.reconciliation_link_kind NOT NULL,
    reference text NOT NULL,
    CONSTRAINT reconciliation_break_link_reference CHECK (((length(reference) >= 1) AND (length(reference) <= 128)))
);

ALTER TABLE ONLY public.reconciliation_break_link FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reconciliation_break_sighting (
    tenant_id uuid NOT NULL,
    break_id uuid NOT NULL,
    number integer NOT NULL,
    ours bigint,
    theirs bigint,
    is_material boolean NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    CONSTRAINT reconciliation_break_sighting_number CHECK ((number > 1)),
    CONSTRAINT reconciliation_break_sighting_values CHECK ((ours IS DISTINCT FROM theirs))
);

ALTER TABLE ONLY public.reconciliation_break_sighting FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reconciliation_break_step (
    tenant_id uuid NOT NULL,
    break_id uuid NOT NULL,
    number integer NOT NULL,
    kind public.reconciliation_step_kind NOT NULL,
    taken_by uuid NOT NULL,
    sighting integer NOT NULL,
    note text,
    how public.reconciliation_break_how,
    book_id uuid,
    transfer_id uuid,
    answers integer,
    proposed_by uuid,
    taken_at timestamp with time zone NOT NULL,
    CONSTRAINT reconciliation_break_step_answers CHECK ((((answers IS NOT NULL) = (kind = ANY (ARRAY['approved'::public.reconciliation_step_kind, 'rejected'::public.reconciliation_step_kind]))) AND ((proposed_by IS NULL) = (answers IS NULL)))),
    CONSTRAINT reconciliation_break_step_four_eyes CHECK (((kind <> 'approved'::public.reconciliation_step_kind) OR (taken_by <> proposed_by))),
    CONSTRAINT reconciliation_break_step_how CHECK (((how IS NOT NULL) = (kind = ANY (ARRAY['proposed'::public.reconciliation_step_kind, 'ended'::public.reconciliation_step_kind])))),
    CONSTRAINT reconciliation_break_step_note CHECK (((length(note) >= 1) AND (length(note) <= 500))),
    CONSTRAINT reconciliation_break_step_number CHECK ((number > 0)),
    CONSTRAINT reconciliation_break_step_said CHECK (((note IS NULL) = (kind = ANY (ARRAY['taken'::public.reconciliation_step_kind, 'approved'::public.reconciliation_step_kind])))),
    CONSTRAINT reconciliation_break_step_sighting CHECK ((sighting > 0)),
    CONSTRAINT reconciliation_break_step_transfer CHECK ((((transfer_id IS NOT NULL) = (NOT (how IS DISTINCT FROM 'corrected'::public.reconciliation_break_how))) AND ((book_id IS NULL) = (transfer_id IS NULL))))
);

ALTER TABLE ONLY public.reconciliation_break_step FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reconciliation_check (
    tenant_id uuid NOT NULL,
    run_id uuid NOT NULL,
    name public.reconciliation_check_name NOT NULL,
    result public.reconciliation_result NOT NULL,
    compared integer NOT NULL,
    breaks integer NOT NULL,
    unit public.reconciliation_unit,
    ours bigint,
    theirs bigint,
    CONSTRAINT reconciliation_check_breaks CHECK ((breaks >= 0)),
    CONSTRAINT reconciliation_check_compared CHECK ((compared >= 0)),
    CONSTRAINT reconciliation_check_result CHECK (((result = 'differs'::public.reconciliation_result) = (breaks > 0))),
    CONSTRAINT reconciliation_check_sums CHECK ((num_nulls(unit, ours, theirs) = ANY (ARRAY[0, 3])))
);

ALTER TABLE ONLY public.reconciliation_check FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reconciliation_day (
    tenant_id uuid NOT NULL,
    day date NOT NULL,
    operator text NOT NULL,
    run_id uuid,
    closed_at timestamp with time zone NOT NULL,
    CONSTRAINT reconciliation_day_is_over CHECK ((closed_at >= (((day + 1))::timestamp without time zone AT TIME ZONE 'Asia/Colombo'::text))),
    CONSTRAINT reconciliation_day_operator CHECK (((length(operator) >= 1) AND (length(operator) <= 200)))
);

ALTER TABLE ONLY public.reconciliation_day FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reconciliation_day_balance (
    tenant_id uuid NOT NULL,
    day date NOT NULL,
    department_id uuid NOT NULL,
    account public.ledger_account NOT NULL,
    currency public.reconciliation_currency NOT NULL,
    balance bigint NOT NULL
);

ALTER TABLE ONLY public.reconciliation_day_balance FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reconciliation_day_break (
    tenant_id uuid NOT NULL,
    day date NOT NULL,
    department_id uuid,
    type public.reconciliation_break_type NOT NULL,
    age public.reconciliation_break_age NOT NULL,
    breaks integer NOT NULL,
    CONSTRAINT reconciliation_day_break_some CHECK ((breaks > 0))
);

ALTER TABLE ONLY public.reconciliation_day_break FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reconciliation_day_clearing (
    tenant_id uuid NOT NULL,
    day date NOT NULL,
    department_id uuid NOT NULL,
    account public.ledger_account NOT NULL,
    unit public.reconciliation_unit NOT NULL,
    balance bigint NOT NULL,
    items integer NOT NULL,
    oldest_at timestamp with time zone NOT NULL,
    limit_days integer NOT NULL,
    CONSTRAINT reconciliation_day_clearing_items CHECK ((items > 0)),
    CONSTRAINT reconciliation_day_clearing_limit CHECK ((limit_days > 0))
);

ALTER TABLE ONLY public.reconciliation_day_clearing FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reconciliation_day_department (
    tenant_id uuid NOT NULL,
    day date NOT NULL,
    department_id uuid NOT NULL,
    name text NOT NULL,
    CONSTRAINT reconciliation_day_department_name CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);

ALTER TABLE ONLY public.reconciliation_day_department FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reconciliation_day_money (
    tenant_id uuid NOT NULL,
    day date NOT NULL,
    currency public.reconciliation_currency NOT NULL,
    side public.reconciliation_money_side NOT NULL,
    line public.reconciliation_money_line NOT NULL,
    amount bigint NOT NULL,
    is_stated boolean NOT NULL
);

ALTER TABLE ONLY public.reconciliation_day_money FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reconciliation_due_day (
    tenant_id uuid NOT NULL,
    import_id uuid NOT NULL,
    day integer NOT NULL
);

ALTER TABLE ONLY public.reconciliation_due_day FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reconciliation_due_done (
    tenant_id uuid NOT NULL,
    import_id uuid NOT NULL,
    day integer NOT NULL,
    match_id uuid NOT NULL
);

ALTER TABLE ONLY public.reconciliation_due_done FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reconciliation_finding (
    tenant_id uuid CONSTRAINT reconciliation_break_tenant_id_not_null NOT NULL,
    id uuid CONSTRAINT reconciliation_break_id_not_null NOT NULL,
    run_id uuid CONSTRAINT reconciliation_break_run_id_not_null NOT NULL,
    name public.reconciliation_check_name CONSTRAINT reconciliation_break_name_not_null NOT NULL,
    type public.reconciliation_break_type CONSTRAINT reconciliation_break_kind_not_null NOT NULL,
    unit public.reconciliation_unit CONSTRAINT reconciliation_break_unit_not_null NOT NULL,
    ours bigint,
    theirs bigint,
    book_id uuid,
    market_id uuid,
    side public.ledger_contract_side,
    reference text,
    break_id uuid,
    CONSTRAINT reconciliation_finding_reference CHECK ((length(reference) <= 64)),
    CONSTRAINT reconciliation_finding_values CHECK ((ours IS DISTINCT FROM theirs))
);

ALTER TABLE ONLY public.reconciliation_finding FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reconciliation_import (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    department_id uuid NOT NULL,
    source text NOT NULL,
    came_at timestamp with time zone NOT NULL,
    CONSTRAINT reconciliation_import_source CHECK ((source ~ '^[a-z][a-z0-9-]{0,31}$'::text))
);

ALTER TABLE ONLY public.reconciliation_import FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reconciliation_match (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    department_id uuid NOT NULL,
    source text NOT NULL,
    day integer NOT NULL,
    rules jsonb NOT NULL,
    rules_version integer NOT NULL,
    rules_digest bytea NOT NULL,
    ours_digest bytea NOT NULL,
    theirs_digest bytea NOT NULL,
    result_digest bytea NOT NULL,
    ours integer NOT NULL,
    theirs integer NOT NULL,
    ours_matched integer NOT NULL,
    theirs_matched integer NOT NULL,
    waiting integer NOT NULL,
    differences integer NOT NULL,
    requested_by text NOT NULL,
    read_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone NOT NULL,
    CONSTRAINT reconciliation_match_counts CHECK (((LEAST(ours, theirs, ours_matched, theirs_matched, waiting, differences) >= 0) AND (ours_matched <= ours) AND (theirs_matched <= theirs))),
    CONSTRAINT reconciliation_match_ours CHECK ((octet_length(ours_digest) = 32)),
    CONSTRAINT reconciliation_match_requested_by CHECK ((requested_by ~ '^(system|staff:[0-9a-f-]{36})$'::text)),
    CONSTRAINT reconciliation_match_result CHECK ((octet_length(result_digest) = 32)),
    CONSTRAINT reconciliation_match_rules CHECK ((octet_length(rules_digest) = 32)),
    CONSTRAINT reconciliation_match_source CHECK ((source ~ '^[a-z][a-z0-9-]{0,31}$'::text)),
    CONSTRAINT reconciliation_match_theirs CHECK ((octet_length(theirs_digest) = 32))
);

ALTER TABLE ONLY public.reconciliation_match FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reconciliation_match_chunk (
    tenant_id uuid NOT NULL,
    match_id uuid NOT NULL,
    part public.reconciliation_match_part NOT NULL,
    number integer NOT NULL,
    content bytea NOT NULL,
    CONSTRAINT reconciliation_match_chunk_number CHECK ((number >= 0))
);
ALTER TABLE ONLY public.reconciliation_match_chunk ALTER COLUMN content SET STORAGE EXTERNAL;

ALTER TABLE ONLY public.reconciliation_match_chunk FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reconciliation_run (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    sequence bigint NOT NULL,
    requested_by text NOT NULL,
    read_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone NOT NULL,
    CONSTRAINT reconciliation_run_requested_by CHECK ((requested_by ~ '^(system|staff:[0-9a-f-]{36})$'::text)),
    CONSTRAINT reconciliation_run_sequence CHECK ((sequence >= 0))
);

ALTER TABLE ONLY public.reconciliation_run FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reconciliation_shortfall (
    tenant_id uuid NOT NULL,
    day date NOT NULL,
    currency public.reconciliation_currency NOT NULL,
    owed bigint NOT NULL,
    held bigint NOT NULL,
    found_at timestamp with time zone NOT NULL,
    CONSTRAINT reconciliation_shortfall_is_one CHECK ((held < owed))
);

ALTER TABLE ONLY public.reconciliation_shortfall FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reconciliation_statement (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    department_id uuid NOT NULL,
    source text NOT NULL,
    digest bytea NOT NULL,
    first_day integer NOT NULL,
    last_day integer NOT NULL,
    lines integer NOT NULL,
    imported_by text NOT NULL,
    imported_at timestamp with time zone NOT NULL,
    replaces uuid,
    CONSTRAINT reconciliation_statement_days CHECK ((first_day <= last_day)),
    CONSTRAINT reconciliation_statement_digest CHECK ((octet_length(digest) = 32)),
    CONSTRAINT reconciliation_statement_imported_by CHECK ((imported_by ~ '^(system|staff:[0-9a-f-]{36})$'::text)),
    CONSTRAINT reconciliation_statement_lines CHECK ((lines >= 0)),
    CONSTRAINT reconciliation_statement_source CHECK ((source ~ '^[a-z][a-z0-9-]{0,31}$'::text))
);

ALTER TABLE ONLY public.reconciliation_statement FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reconciliation_statement_line (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    statement_id uuid NOT NULL,
    department_id uuid NOT NULL,
    amount bigint NOT NULL,
    number integer NOT NULL,
    day integer NOT NULL,
    source text NOT NULL,
    reference text NOT NULL,
    batch text NOT NULL,
    CONSTRAINT reconciliation_statement_line_amount CHECK ((amount <> 0)),
    CONSTRAINT reconciliation_statement_line_batch CHECK ((length(batch) <= 64)),
    CONSTRAINT reconciliation_statement_line_number CHECK ((number > 0)),
    CONSTRAINT reconciliation_statement_line_reference CHECK ((length(reference) <= 64)),
    CONSTRAINT reconciliation_statement_line_texts CHECK ((POSITION(('
'::text) IN ((reference || batch))) = 0))
);

ALTER TABLE ONLY public.reconciliation_statement_line FORCE ROW LEVEL SECURITY;

CREATE TABLE public.restriction (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    department_id uuid NOT NULL,
    kind public.restriction_kind NOT NULL,
    cause public.restriction_cause NOT NULL,
    cause_id uuid,
    reason text NOT NULL,
    placed_by text NOT NULL,
    placed_at timestamp with time zone NOT NULL,
    number integer NOT NULL,
    state public.restriction_state NOT NULL,
    CONSTRAINT restriction_cause_named CHECK (
CASE cause
    WHEN 'staff'::public.restriction_cause THEN (cause_id IS NULL)
    WHEN 'order'::public.restriction_cause THEN true
    ELSE (cause_id IS NOT NULL)
END),
    CONSTRAINT restriction_reason_form CHECK ((reason ~ '^[a-z_]{2,60}(\.[a-z_]{2,60})?$'::text))
);

ALTER TABLE ONLY public.restriction FORCE ROW LEVEL SECURITY;

CREATE TABLE public.restriction_step (
    tenant_id uuid NOT NULL,
    restriction_id uuid NOT NULL,
    number integer NOT NULL,
    step public.restriction_step_kind NOT NULL,
    state public.restriction_state NOT NULL,
    cause public.restriction_cause NOT NULL,
    taken_by text NOT NULL,
    taken_at timestamp with time zone NOT NULL,
    text_sealed bytea,
    asked_number integer,
    asked_by text,
    CONSTRAINT restriction_step_by_cause CHECK (
CASE step
    WHEN 'place'::public.restriction_step_kind THEN (number = 1)
    WHEN 'lift'::public.restriction_step_kind THEN (cause = 'staff'::public.restriction_cause)
    WHEN 'close_case'::public.restriction_step_kind THEN (cause = 'case'::public.restriction_cause)
    ELSE (cause = ANY (ARRAY['screening'::public.restriction_cause, 'order'::public.restriction_cause]))
END),
    CONSTRAINT restriction_step_number CHECK ((number > 0)),
    CONSTRAINT restriction_step_states CHECK (
CASE step
    WHEN 'place'::public.restriction_step_kind THEN (state = 'standing'::public.restriction_state)
    WHEN 'reject_lift'::public.restriction_step_kind THEN (state = 'standing'::public.restriction_state)
    WHEN 'propose_lift'::public.restriction_step_kind THEN (state = 'lift_proposed'::public.restriction_state)
    ELSE (state = 'lifted'::public.restriction_state)
END),
    CONSTRAINT restriction_step_text_sealed CHECK ((octet_length(text_sealed) > 28)),
    CONSTRAINT restriction_step_two_people CHECK (((step <> 'approve_lift'::public.restriction_step_kind) OR ((asked_by IS NOT NULL) AND (asked_number = (number - 1)) AND (taken_by <> asked_by))))
);

ALTER TABLE ONLY public.restriction_step FORCE ROW LEVEL SECURITY;

CREATE TABLE public.risk_current (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    score_id uuid NOT NULL,
    facts_version integer NOT NULL,
    checked_at timestamp with time zone NOT NULL
)
WITH (fillfactor='80');

ALTER TABLE ONLY public.risk_current FORCE ROW LEVEL SECURITY;

CREATE TABLE public.risk_flag (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    flag public.risk_flag_kind NOT NULL,
    is_set boolean NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    text_sealed bytea,
    CONSTRAINT risk_flag_text_sealed CHECK ((octet_length(text_sealed) > 28))
);

ALTER TABLE ONLY public.risk_flag FORCE ROW LEVEL SECURITY;

CREATE TABLE public.risk_score (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    score smallint NOT NULL,
    band public.risk_band NOT NULL,
    parts jsonb NOT NULL,
    weights bytea NOT NULL,
    scored_at timestamp with time zone NOT NULL,
    CONSTRAINT risk_score_range CHECK (((score >= 0) AND (score <= 100))),
    CONSTRAINT risk_score_weights_length CHECK ((octet_length(weights) = 32))
);

ALTER TABLE ONLY public.risk_score FORCE ROW LEVEL SECURITY;

CREATE TABLE public.schema_floor (
    revision text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT schema_floor_form CHECK ((revision ~ '^[0-9]{4}(_[0-9]{2}){3}_[a-z0-9_]{1,40}$'::text))
);

COMMENT ON TABLE public.schema_floor IS 'no tenant: one chain';

CREATE TABLE public.screening_alert (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subject_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    business_id uuid,
    department_id uuid NOT NULL,
    source text NOT NULL,
    entry_id text NOT NULL,
    state public.screening_alert_state NOT NULL,
    steps integer NOT NULL,
    score integer NOT NULL,
    priority integer NOT NULL,
    is_sanctioned boolean NOT NULL,
    entry_print bytea NOT NULL,
    party_print bytea NOT NULL,
    number integer NOT NULL,
    matcher_version integer NOT NULL,
    reasons_sealed bytea NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT screening_alert_entry_print CHECK ((octet_length(entry_print) = 32)),
    CONSTRAINT screening_alert_party_print CHECK ((octet_length(party_print) = 32)),
    CONSTRAINT screening_alert_score CHECK (((score >= 0) AND (score <= 10000))),
    CONSTRAINT screening_alert_steps CHECK ((steps > 0)),
    CONSTRAINT screening_alert_subject CHECK ((subject_id = COALESCE(business_id, customer_id)))
);

ALTER TABLE ONLY public.screening_alert FORCE ROW LEVEL SECURITY;

CREATE TABLE public.screening_alert_step (
    tenant_id uuid NOT NULL,
    alert_id uuid NOT NULL,
    number integer NOT NULL,
    step public.screening_alert_step_kind NOT NULL,
    state public.screening_alert_state NOT NULL,
    score integer NOT NULL,
    taken_by uuid,
    taken_at timestamp with time zone NOT NULL,
    asked_number integer,
    asked_by uuid,
    note_sealed bytea,
    CONSTRAINT screening_alert_step_by_somebody CHECK (((step = ANY (ARRAY['found'::public.screening_alert_step_kind, 'found_again'::public.screening_alert_step_kind, 'lapse'::public.screening_alert_step_kind, 'vanish'::public.screening_alert_step_kind, 'prove'::public.screening_alert_step_kind])) = (taken_by IS NULL))),
    CONSTRAINT screening_alert_step_number CHECK ((number > 0)),
    CONSTRAINT screening_alert_step_states CHECK (
CASE step
    WHEN 'found'::public.screening_alert_step_kind THEN (state = 'open'::public.screening_alert_state)
    WHEN 'lapse'::public.screening_alert_step_kind THEN (state = 'open'::public.screening_alert_state)
    WHEN 'vanish'::public.screening_alert_step_kind THEN (state = 'gone'::public.screening_alert_state)
    WHEN 'prove'::public.screening_alert_step_kind THEN (state = 'confirmed'::public.screening_alert_state)
    WHEN 'clear'::public.screening_alert_step_kind THEN (state = 'cleared'::public.screening_alert_state)
    WHEN 'propose_clear'::public.screening_alert_step_kind THEN (state = 'clear_proposed'::public.screening_alert_state)
    WHEN 'propose_confirm'::public.screening_alert_step_kind THEN (state = 'confirm_proposed'::public.screening_alert_state)
    WHEN 'propose_release'::public.screening_alert_step_kind THEN (state = 'release_proposed'::public.screening_alert_state)
    WHEN 'approve'::public.screening_alert_step_kind THEN (state = ANY (ARRAY['cleared'::public.screening_alert_state, 'confirmed'::public.screening_alert_state]))
    WHEN 'reject'::public.screening_alert_step_kind THEN (state = ANY (ARRAY['open'::public.screening_alert_state, 'confirmed'::public.screening_alert_state]))
    ELSE (state = ANY (ARRAY['open'::public.screening_alert_state, 'confirmed'::public.screening_alert_state]))
END),
    CONSTRAINT screening_alert_step_two_people CHECK (((step <> 'approve'::public.screening_alert_step_kind) OR ((asked_by IS NOT NULL) AND (asked_number = (number - 1)) AND (taken_by <> asked_by))))
);

ALTER TABLE ONLY public.screening_alert_step FORCE ROW LEVEL SECURITY;

CREATE TABLE public.screening_check (
    id uuid NOT NULL,
    source text NOT NULL,
    outcome public.screening_check_outcome NOT NULL,
    reason text,
    origin text NOT NULL,
    at timestamp with time zone NOT NULL,
    number integer,
    CONSTRAINT screening_check_has_version CHECK (((outcome <> ALL (ARRAY['taken'::public.screening_check_outcome, 'unchanged'::public.screening_check_outcome])) OR (number IS NOT NULL))),
    CONSTRAINT screening_check_origin CHECK (((length(origin) >= 1) AND (length(origin) <= 500))),
    CONSTRAINT screening_check_reason CHECK (((length(reason) >= 1) AND (length(reason) <= 500))),
    CONSTRAINT screening_check_says_why CHECK (((outcome = ANY (ARRAY['refused'::public.screening_check_outcome, 'unreachable'::public.screening_check_outcome])) = (reason IS NOT NULL))),
    CONSTRAINT screening_check_source CHECK ((source ~ '^[a-z][a-z_]{1,31}$'::text))
);

COMMENT ON TABLE public.screening_check IS 'no tenant: published lists are the same for all';

CREATE TABLE public.screening_entry_change (
    source text NOT NULL,
    entry_id text NOT NULL,
    number integer NOT NULL,
    change public.screening_change NOT NULL,
    fingerprint bytea,
    content bytea,
    CONSTRAINT screening_entry_change_entry CHECK (((length(entry_id) >= 1) AND (length(entry_id) <= 160))),
    CONSTRAINT screening_entry_change_fingerprint CHECK ((octet_length(fingerprint) = 32)),
    CONSTRAINT screening_entry_change_whole CHECK ((((change = 'removed'::public.screening_change) = (content IS NULL)) AND ((content IS NULL) = (fingerprint IS NULL))))
);

COMMENT ON TABLE public.screening_entry_change IS 'no tenant: published lists are the same for all';

CREATE TABLE public.screening_rescreen (
    tenant_id uuid NOT NULL,
    number integer NOT NULL,
    since integer NOT NULL,
    after_subject uuid,
    seen integer DEFAULT 0 NOT NULL,
    found integer DEFAULT 0 NOT NULL,
    worker uuid,
    leased_until timestamp with time zone NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT screening_rescreen_forward CHECK ((since < number))
);

ALTER TABLE ONLY public.screening_rescreen FORCE ROW LEVEL SECURITY;

CREATE TABLE public.screening_result (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    list_version bytea NOT NULL,
    matcher_version integer NOT NULL,
    threshold integer NOT NULL,
    best_score integer NOT NULL,
    best_entry text,
    verdict public.screening_verdict NOT NULL,
    screened_at timestamp with time zone NOT NULL,
    reasons_sealed bytea,
    business_id uuid,
    party_print bytea,
    CONSTRAINT screening_result_best_entry_form CHECK (((length(best_entry) >= 1) AND (length(best_entry) <= 160))),
    CONSTRAINT screening_result_best_score_range CHECK (((best_score >= 0) AND (best_score <= 10000))),
    CONSTRAINT screening_result_list_version_size CHECK ((octet_length(list_version) = 32)),
    CONSTRAINT screening_result_party_print CHECK ((octet_length(party_print) = 32)),
    CONSTRAINT screening_result_verdict_follows CHECK (((verdict = 'possible_match'::public.screening_verdict) = (best_score >= threshold)))
);

ALTER TABLE ONLY public.screening_result FORCE ROW LEVEL SECURITY;

CREATE TABLE public.screening_standing (
    tenant_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    business_id uuid,
    state public.screening_state NOT NULL,
    number integer NOT NULL,
    lists_version bytea NOT NULL,
    matcher_version integer NOT NULL,
    party_print bytea,
    screened_at timestamp with time zone NOT NULL,
    CONSTRAINT screening_standing_lists CHECK ((octet_length(lists_version) = 32)),
    CONSTRAINT screening_standing_print CHECK ((octet_length(party_print) = 32)),
    CONSTRAINT screening_standing_subject CHECK ((subject_id = COALESCE(business_id, customer_id)))
)
WITH (fillfactor='80');

ALTER TABLE ONLY public.screening_standing FORCE ROW LEVEL SECURITY;

CREATE TABLE public.screening_task (
    tenant_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    business_id uuid,
    reason public.screening_task_reason NOT NULL,
    revision integer DEFAULT 1 NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    problem text,
    CONSTRAINT screening_task_attempts CHECK ((attempts >= 0)),
    CONSTRAINT screening_task_problem CHECK ((problem ~ '^[a-z_]{2,40}$'::text)),
    CONSTRAINT screening_task_subject CHECK ((subject_id = COALESCE(business_id, customer_id)))
);

ALTER TABLE ONLY public.screening_task FORCE ROW LEVEL SECURITY;

CREATE TABLE public.screening_version (
    number integer NOT NULL,
    source text NOT NULL,
    version bytea NOT NULL,
    lists_version bytea NOT NULL,
    contents bytea NOT NULL,
    entries integer NOT NULL,
    names integer NOT NULL,
    added integer NOT NULL,
    changed integer NOT NULL,
    removed integer NOT NULL,
    origin text NOT NULL,
    published_at timestamp with time zone,
    fetched_at timestamp with time zone NOT NULL,
    stored_at timestamp with time zone NOT NULL,
    CONSTRAINT screening_version_contents CHECK ((octet_length(contents) = 32)),
    CONSTRAINT screening_version_counts CHECK (((added >= 0) AND (changed >= 0) AND (removed >= 0))),
    CONSTRAINT screening_version_digest CHECK ((octet_length(version) = 32)),
    CONSTRAINT screening_version_entries CHECK ((entries > 0)),
    CONSTRAINT screening_version_lists CHECK ((octet_length(lists_version) = 32)),
    CONSTRAINT screening_version_names CHECK ((names > 0)),
    CONSTRAINT screening_version_number CHECK ((number > 0)),
    CONSTRAINT screening_version_origin CHECK (((length(origin) >= 1) AND (length(origin) <= 500))),
    CONSTRAINT screening_version_source CHECK ((source ~ '^[a-z][a-z_]{1,31}$'::text))
);

COMMENT ON TABLE public.screening_version IS 'no tenant: published lists are the same for all';

CREATE SEQUENCE public.settlement_place
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.settlement_bank_word (
    tenant_id uuid NOT NULL,
    settlement_id uuid NOT NULL,
    number integer NOT NULL,
    word public.settlement_word NOT NULL,
    amount bigint NOT NULL,
    reopened bigint NOT NULL,
    bank_reference text,
    reason text,
    said_by text NOT NULL,
    said_at timestamp with time zone NOT NULL,
    place bigint DEFAULT nextval('public.settlement_place'::regclass) NOT NULL,
    hand_word_id uuid,
    hand_outcome public.settlement_hand_outcome,
    message_id uuid,
    CONSTRAINT settlement_bank_word_actor CHECK (((length(said_by) >= 1) AND (length(said_by) <= 64))),
    CONSTRAINT settlement_bank_word_amount CHECK ((amount > 0)),
    CONSTRAINT settlement_bank_word_approved CHECK ((hand_outcome = 'approved'::public.settlement_hand_outcome)),
    CONSTRAINT settlement_bank_word_explained CHECK (((word <> 'closed_short'::public.settlement_word) OR (reason IS NOT NULL))),
    CONSTRAINT settlement_bank_word_number CHECK ((number > 0)),
    CONSTRAINT settlement_bank_word_reason CHECK (((length(reason) >= 1) AND (length(reason) <= 500))),
    CONSTRAINT settlement_bank_word_reference CHECK (((length(bank_reference) >= 1) AND (length(bank_reference) <= 64))),
    CONSTRAINT settlement_bank_word_referred CHECK (((word = ANY (ARRAY['paid'::public.settlement_word, 'returned'::public.settlement_word])) = (bank_reference IS NOT NULL))),
    CONSTRAINT settlement_bank_word_two_people CHECK (((hand_word_id IS NULL) = (hand_outcome IS NULL)))
);

ALTER TABLE ONLY public.settlement_bank_word FORCE ROW LEVEL SECURITY;

CREATE TABLE public.settlement_decision (
    tenant_id uuid NOT NULL,
    settlement_id uuid NOT NULL,
    proposed_by uuid NOT NULL,
    outcome public.settlement_outcome NOT NULL,
    decided_by uuid,
    digest bytea,
    reason text,
    decided_at timestamp with time zone NOT NULL,
    signature_id uuid,
    CONSTRAINT settlement_decision_approval CHECK (((outcome = 'approved'::public.settlement_outcome) = (digest IS NOT NULL))),
    CONSTRAINT settlement_decision_checker CHECK (((outcome <> 'approved'::public.settlement_outcome) OR (decided_by <> proposed_by))),
    CONSTRAINT settlement_decision_digest CHECK ((octet_length(digest) = 32)),
    CONSTRAINT settlement_decision_person CHECK (((outcome = 'expired'::public.settlement_outcome) = (decided_by IS NULL))),
    CONSTRAINT settlement_decision_reason CHECK (((outcome = 'rejected'::public.settlement_outcome) = (reason IS NOT NULL))),
    CONSTRAINT settlement_decision_reason_size CHECK (((length(reason) >= 1) AND (length(reason) <= 500)))
);

ALTER TABLE ONLY public.settlement_decision FORCE ROW LEVEL SECURITY;

CREATE TABLE public.settlement_file (
    tenant_id uuid NOT NULL,
    settlement_id uuid NOT NULL,
    kind public.settlement_file_kind NOT NULL,
    digest bytea NOT NULL,
    content bytea,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT settlement_file_content CHECK (((kind = 'schedule'::public.settlement_file_kind) = (content IS NULL))),
    CONSTRAINT settlement_file_digest CHECK ((octet_length(digest) = 32)),
    CONSTRAINT settlement_file_size CHECK ((octet_length(content) <= 1000000))
);

ALTER TABLE ONLY public.settlement_file FORCE ROW LEVEL SECURITY;

CREATE TABLE public.settlement_hand_decision (
    tenant_id uuid NOT NULL,
    word_id uuid NOT NULL,
    settlement_id uuid NOT NULL,
    proposed_by uuid NOT NULL,
    outcome public.settlement_hand_outcome NOT NULL,
    decided_by uuid NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT settlement_hand_decision_checker CHECK (((outcome = 'rejected'::public.settlement_hand_outcome) OR (decided_by <> proposed_by)))
);

ALTER TABLE ONLY public.settlement_hand_decision FORCE ROW LEVEL SECURITY;

CREATE TABLE public.settlement_hand_word (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    settlement_id uuid NOT NULL,
    word public.settlement_word NOT NULL,
    amount bigint NOT NULL,
    bank_reference text,
    reason text,
    break_id uuid,
    proposed_by uuid NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    message_id uuid,
    CONSTRAINT settlement_hand_word_amount CHECK ((amount > 0)),
    CONSTRAINT settlement_hand_word_reason CHECK (((length(reason) >= 1) AND (length(reason) <= 500))),
    CONSTRAINT settlement_hand_word_reference CHECK (((length(bank_reference) >= 1) AND (length(bank_reference) <= 64)))
);

ALTER TABLE ONLY public.settlement_hand_word FORCE ROW LEVEL SECURITY;

CREATE TABLE public.settlement_late (
    tenant_id uuid NOT NULL,
    settlement_id uuid NOT NULL,
    noticed_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.settlement_late FORCE ROW LEVEL SECURITY;

CREATE TABLE public.settlement_line (
    tenant_id uuid NOT NULL,
    settlement_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    cost_of_buys bigint NOT NULL,
    proceeds bigint NOT NULL,
    fees bigint NOT NULL,
    payouts bigint NOT NULL,
    reversed_costs bigint DEFAULT 0 NOT NULL,
    reversed_proceeds bigint DEFAULT 0 NOT NULL,
    reversed_fees bigint DEFAULT 0 NOT NULL,
    reversed_payouts bigint DEFAULT 0 NOT NULL
);

ALTER TABLE ONLY public.settlement_line FORCE ROW LEVEL SECURITY;

CREATE TABLE public.settlement_message (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind public.bank_file_kind NOT NULL,
    message_id text NOT NULL,
    digest bytea NOT NULL,
    imported_by text NOT NULL,
    imported_at timestamp with time zone NOT NULL,
    CONSTRAINT settlement_message_actor CHECK (((length(imported_by) >= 1) AND (length(imported_by) <= 64))),
    CONSTRAINT settlement_message_digest CHECK ((octet_length(digest) = 32)),
    CONSTRAINT settlement_message_form CHECK ((message_id ~ '^[ -~]{1,35}$'::text))
);

ALTER TABLE ONLY public.settlement_message FORCE ROW LEVEL SECURITY;

CREATE TABLE public.settlement_message_entry (
    tenant_id uuid NOT NULL,
    message_id uuid NOT NULL,
    number integer NOT NULL,
    settlement_id uuid,
    bank_reference text,
    amount bigint,
    is_credit boolean,
    outcome public.settlement_entry_outcome NOT NULL,
    problem text,
    CONSTRAINT settlement_message_entry_problem CHECK ((problem ~ '^[a-z_.]{1,64}$'::text))
);

ALTER TABLE ONLY public.settlement_message_entry FORCE ROW LEVEL SECURITY;

CREATE TABLE public.settlement_proposal (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    id uuid NOT NULL,
    after_sequence bigint NOT NULL,
    to_sequence bigint NOT NULL,
    direction public.settlement_direction NOT NULL,
    purpose_code text NOT NULL,
    amount bigint NOT NULL,
    owed bigint NOT NULL,
    cost_of_buys bigint NOT NULL,
    proceeds bigint NOT NULL,
    fees bigint NOT NULL,
    payouts bigint NOT NULL,
    lines_digest bytea NOT NULL,
    digest bytea NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    valid_until timestamp with time zone NOT NULL,
    reversed_costs bigint DEFAULT 0 NOT NULL,
    reversed_proceeds bigint DEFAULT 0 NOT NULL,
    reversed_fees bigint DEFAULT 0 NOT NULL,
    reversed_payouts bigint DEFAULT 0 NOT NULL,
    route jsonb,
    place bigint DEFAULT nextval('public.settlement_place'::regclass) NOT NULL,
    CONSTRAINT settlement_proposal_after CHECK ((after_sequence >= 0)),
    CONSTRAINT settlement_proposal_amount CHECK (((amount > 0) AND ((amount % (10000)::bigint) = 0))),
    CONSTRAINT settlement_proposal_cut CHECK ((to_sequence > after_sequence)),
    CONSTRAINT settlement_proposal_digest CHECK ((octet_length(digest) = 32)),
    CONSTRAINT settlement_proposal_direction CHECK (((direction = 'pay'::public.settlement_direction) = (owed > 0))),
    CONSTRAINT settlement_proposal_life CHECK ((valid_until > proposed_at)),
    CONSTRAINT settlement_proposal_lines_digest CHECK ((octet_length(lines_digest) = 32)),
    CONSTRAINT settlement_proposal_purpose CHECK ((purpose_code ~ '^[A-Z]{1,8}$'::text)),
    CONSTRAINT settlement_proposal_truncated CHECK ((((abs(owed) - amount) >= 0) AND ((abs(owed) - amount) <= 9999)))
);

ALTER TABLE ONLY public.settlement_proposal FORCE ROW LEVEL SECURITY;

CREATE TABLE public.settlement_record (
    tenant_id uuid NOT NULL,
    settlement_id uuid NOT NULL,
    number integer NOT NULL,
    payload bytea NOT NULL,
    digest bytea NOT NULL,
    key_id bytea NOT NULL,
    signature bytea NOT NULL,
    CONSTRAINT settlement_record_digest CHECK ((digest = sha256(payload))),
    CONSTRAINT settlement_record_key CHECK ((octet_length(key_id) = 32)),
    CONSTRAINT settlement_record_number CHECK ((number > 0)),
    CONSTRAINT settlement_record_signature CHECK ((octet_length(signature) = 64)),
    CONSTRAINT settlement_record_size CHECK (((octet_length(payload) >= 2) AND (octet_length(payload) <= 20000)))
);

ALTER TABLE ONLY public.settlement_record FORCE ROW LEVEL SECURITY;

CREATE TABLE public.settlement_release (
    tenant_id uuid NOT NULL,
    settlement_id uuid NOT NULL,
    outcome public.settlement_outcome DEFAULT 'approved'::public.settlement_outcome NOT NULL,
    released_by uuid NOT NULL,
    transfer_id uuid NOT NULL,
    released_at timestamp with time zone NOT NULL,
    place bigint DEFAULT nextval('public.settlement_place'::regclass) NOT NULL,
    CONSTRAINT settlement_release_of_approval CHECK ((outcome = 'approved'::public.settlement_outcome))
);

ALTER TABLE ONLY public.settlement_release FORCE ROW LEVEL SECURITY;

CREATE TABLE public.settlement_void (
    tenant_id uuid NOT NULL,
    settlement_id uuid NOT NULL,
    approval public.settlement_outcome DEFAULT 'approved'::public.settlement_outcome NOT NULL,
    outcome public.settlement_outcome NOT NULL,
    decided_by uuid,
    reason text,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT settlement_void_of_approval CHECK ((approval = 'approved'::public.settlement_outcome)),
    CONSTRAINT settlement_void_outcome CHECK ((outcome = ANY (ARRAY['rejected'::public.settlement_outcome, 'expired'::public.settlement_outcome]))),
    CONSTRAINT settlement_void_person CHECK ((((outcome = 'rejected'::public.settlement_outcome) = (decided_by IS NOT NULL)) AND ((outcome = 'rejected'::public.settlement_outcome) = (reason IS NOT NULL)))),
    CONSTRAINT settlement_void_reason_size CHECK (((length(reason) >= 1) AND (length(reason) <= 500)))
);

ALTER TABLE ONLY public.settlement_void FORCE ROW LEVEL SECURITY;

CREATE TABLE public.signing_attempt (
    tenant_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    number bigint NOT NULL,
    has_passed boolean NOT NULL,
    at timestamp with time zone NOT NULL,
    of_number bigint
);

ALTER TABLE ONLY public.signing_attempt FORCE ROW LEVEL SECURITY;

ALTER TABLE public.signing_attempt ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.signing_attempt_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.signing_challenge (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    staff_id uuid NOT NULL,
    challenge bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    word_id uuid,
    shown_secret_id uuid,
    CONSTRAINT signing_challenge_size CHECK ((octet_length(challenge) = 32))
);

ALTER TABLE ONLY public.signing_challenge FORCE ROW LEVEL SECURITY;

CREATE TABLE public.signing_challenge_use (
    tenant_id uuid NOT NULL,
    challenge_id uuid NOT NULL,
    used_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.signing_challenge_use FORCE ROW LEVEL SECURITY;

CREATE TABLE public.signing_code_secret (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    staff_id uuid NOT NULL,
    secret_encrypted bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    word_id uuid,
    shown_secret_id uuid
);

ALTER TABLE ONLY public.signing_code_secret FORCE ROW LEVEL SECURITY;

CREATE TABLE public.signing_code_use (
    tenant_id uuid NOT NULL,
    secret_id uuid NOT NULL,
    step bigint NOT NULL,
    used_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.signing_code_use FORCE ROW LEVEL SECURITY;

CREATE TABLE public.signing_enrolment_word (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    staff_id uuid NOT NULL,
    word_hash bytea NOT NULL,
    given_by uuid,
    given_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT signing_enrolment_word_of_another CHECK ((given_by <> staff_id)),
    CONSTRAINT signing_enrolment_word_size CHECK ((octet_length(word_hash) = 32))
);

ALTER TABLE ONLY public.signing_enrolment_word FORCE ROW LEVEL SECURITY;

CREATE TABLE public.signing_enrolment_word_end (
    tenant_id uuid NOT NULL,
    word_id uuid NOT NULL,
    ended_by uuid NOT NULL,
    ended_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.signing_enrolment_word_end FORCE ROW LEVEL SECURITY;

CREATE TABLE public.signing_enrolment_word_use (
    tenant_id uuid NOT NULL,
    word_id uuid NOT NULL,
    used_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.signing_enrolment_word_use FORCE ROW LEVEL SECURITY;

CREATE TABLE public.signing_passkey (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    staff_id uuid NOT NULL,
    credential_id bytea NOT NULL,
    credential bytea NOT NULL,
    counter bigint NOT NULL,
    enrolled_at timestamp with time zone NOT NULL,
    CONSTRAINT signing_passkey_counter CHECK (((counter >= 0) AND (counter <= '4294967295'::bigint))),
    CONSTRAINT signing_passkey_credential CHECK (((octet_length(credential_id) >= 16) AND (octet_length(credential_id) <= 1023))),
    CONSTRAINT signing_passkey_size CHECK (((octet_length(credential) >= 34) AND (octet_length(credential) <= 4096)))
);

ALTER TABLE ONLY public.signing_passkey FORCE ROW LEVEL SECURITY;

CREATE TABLE public.signing_passkey_end (
    tenant_id uuid NOT NULL,
    passkey_id uuid NOT NULL,
    ended_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.signing_passkey_end FORCE ROW LEVEL SECURITY;

CREATE TABLE public.signing_signature (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    staff_id uuid NOT NULL,
    digest bytea NOT NULL,
    method public.signing_method NOT NULL,
    passkey_id uuid,
    client_data bytea,
    authenticator_data bytea,
    signature bytea,
    counter bigint,
    secret_id uuid,
    signed_at timestamp with time zone NOT NULL,
    CONSTRAINT signing_signature_digest CHECK ((octet_length(digest) = 32)),
    CONSTRAINT signing_signature_proof CHECK (
CASE method
    WHEN 'passkey'::public.signing_method THEN ((secret_id IS NULL) AND (num_nulls(passkey_id, client_data, authenticator_data, signature, counter) = 0))
    ELSE ((secret_id IS NOT NULL) AND (num_nonnulls(passkey_id, client_data, authenticator_data, signature, counter) = 0))
END)
);

ALTER TABLE ONLY public.signing_signature FORCE ROW LEVEL SECURITY;

CREATE TABLE public.statement_issued (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    book_id uuid NOT NULL,
    account public.ledger_account,
    currency public.ledger_currency,
    first_day date NOT NULL,
    last_day date NOT NULL,
    entries integer NOT NULL,
    format public.statement_format NOT NULL,
    content_digest bytea NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    issued_to text NOT NULL,
    CONSTRAINT statement_issued_digest_size CHECK ((octet_length(content_digest) = 32)),
    CONSTRAINT statement_issued_entries_not_negative CHECK ((entries >= 0)),
    CONSTRAINT statement_issued_period CHECK ((first_day <= last_day))
);

ALTER TABLE ONLY public.statement_issued FORCE ROW LEVEL SECURITY;

CREATE TABLE public.tenancy_capability_switch (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    capability public.tenancy_capability NOT NULL,
    is_on boolean NOT NULL,
    switched_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.tenancy_capability_switch FORCE ROW LEVEL SECURITY;

CREATE TABLE public.tenancy_department (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    parent_id uuid,
    root_id uuid NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT tenancy_department_name_size CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT tenancy_department_root_has_no_parent CHECK (((parent_id IS NULL) = (root_id = id)))
);

ALTER TABLE ONLY public.tenancy_department FORCE ROW LEVEL SECURITY;

CREATE TABLE public.tenancy_tenant (
    id uuid NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT tenancy_tenant_name_size CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT tenancy_tenant_slug_form CHECK ((slug ~ '^[a-z][a-z0-9-]{1,39}$'::text))
);

COMMENT ON TABLE public.tenancy_tenant IS 'no tenant: the list of tenants itself, read before a tenant is known';

CREATE TABLE public.timeline_cursor (
    is_only boolean DEFAULT true NOT NULL,
    record_txid xid8 NOT NULL,
    record_id bigint NOT NULL,
    CONSTRAINT timeline_cursor_single CHECK (is_only)
);

COMMENT ON TABLE public.timeline_cursor IS 'no tenant: records of all tenants stand in one order';

CREATE TABLE public.timeline_day (
    tenant_id uuid NOT NULL,
    day date NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    records bigint NOT NULL,
    CONSTRAINT timeline_day_records_positive CHECK ((records > 0))
);

ALTER TABLE ONLY public.timeline_day FORCE ROW LEVEL SECURITY;

CREATE TABLE public.timeline_mention (
    tenant_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    record_txid xid8 NOT NULL,
    record_id bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.timeline_mention FORCE ROW LEVEL SECURITY;

CREATE TABLE public.transfer_account_code (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    code text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT transfer_account_code_form CHECK ((code ~ '^BC[0-9A-HJKMNP-TV-Z]{11}$'::text))
);

ALTER TABLE ONLY public.transfer_account_code FORCE ROW LEVEL SECURITY;

CREATE TABLE public.transfer_claim (
    tenant_id uuid NOT NULL,
    qr_code_id uuid NOT NULL,
    transfer_id uuid NOT NULL
);

ALTER TABLE ONLY public.transfer_claim FORCE ROW LEVEL SECURITY;

CREATE TABLE public.transfer_held (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    sender_id uuid NOT NULL,
    recipient_id uuid NOT NULL,
    amount bigint NOT NULL,
    currency public.ledger_currency NOT NULL,
    kind public.transfer_order_kind NOT NULL,
    is_single_use boolean,
    qr_code_id uuid,
    note_sealed bytea,
    hold_id uuid NOT NULL,
    received_id uuid NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    CONSTRAINT transfer_held_amount_positive CHECK ((amount > 0)),
    CONSTRAINT transfer_held_note_size CHECK ((octet_length(note_sealed) <= 1024)),
    CONSTRAINT transfer_held_qr_payment_in_lkr CHECK (((kind = 'transfer'::public.transfer_order_kind) OR (currency = 'LKR'::public.ledger_currency))),
    CONSTRAINT transfer_held_qr_payment_names_code CHECK ((((kind = 'qr_payment'::public.transfer_order_kind) = ((qr_code_id IS NOT NULL) AND (is_single_use IS NOT NULL))) AND ((qr_code_id IS NULL) = (is_single_use IS NULL)))),
    CONSTRAINT transfer_held_two_customers CHECK ((sender_id <> recipient_id))
);

ALTER TABLE ONLY public.transfer_held FORCE ROW LEVEL SECURITY;

CREATE TABLE public.transfer_held_end (
    tenant_id uuid NOT NULL,
    transfer_id uuid NOT NULL,
    outcome public.transfer_held_outcome NOT NULL,
    reason text,
    ended_by text NOT NULL,
    ended_at timestamp with time zone NOT NULL,
    CONSTRAINT transfer_held_end_by CHECK (((length(ended_by) >= 1) AND (length(ended_by) <= 64))),
    CONSTRAINT transfer_held_end_reason CHECK ((reason ~ '^[a-z_.]{2,60}$'::text)),
    CONSTRAINT transfer_held_end_reason_of_denied CHECK (((outcome = 'denied'::public.transfer_held_outcome) OR (reason IS NULL)))
);

ALTER TABLE ONLY public.transfer_held_end FORCE ROW LEVEL SECURITY;

CREATE TABLE public.transfer_order (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    sender_id uuid NOT NULL,
    recipient_id uuid NOT NULL,
    amount bigint NOT NULL,
    currency public.ledger_currency NOT NULL,
    kind public.transfer_order_kind NOT NULL,
    is_single_use boolean,
    qr_code_id uuid,
    note_sealed bytea,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT transfer_order_amount_positive CHECK ((amount > 0)),
    CONSTRAINT transfer_order_note_size CHECK ((octet_length(note_sealed) <= 1024)),
    CONSTRAINT transfer_order_qr_payment_in_lkr CHECK (((kind = 'transfer'::public.transfer_order_kind) OR (currency = 'LKR'::public.ledger_currency))),
    CONSTRAINT transfer_order_qr_payment_names_code CHECK ((((kind = 'qr_payment'::public.transfer_order_kind) = ((qr_code_id IS NOT NULL) AND (is_single_use IS NOT NULL))) AND ((qr_code_id IS NULL) = (is_single_use IS NULL)))),
    CONSTRAINT transfer_order_two_customers CHECK ((sender_id <> recipient_id))
);

ALTER TABLE ONLY public.transfer_order FORCE ROW LEVEL SECURITY;

CREATE TABLE public.transfer_qr_code (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    amount bigint,
    is_single_use boolean NOT NULL,
    payload_sealed bytea NOT NULL,
    payload_digest bytea NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    CONSTRAINT transfer_qr_code_amount_positive CHECK ((amount > 0)),
    CONSTRAINT transfer_qr_code_digest_size CHECK ((octet_length(payload_digest) = 32)),
    CONSTRAINT transfer_qr_code_single_use_has_amount CHECK ((is_single_use = (amount IS NOT NULL)))
);

ALTER TABLE ONLY public.transfer_qr_code FORCE ROW LEVEL SECURITY;

CREATE TABLE public.transfer_terms (
    tenant_id uuid NOT NULL,
    version integer NOT NULL,
    maximum_lkr bigint NOT NULL,
    maximum_usd bigint NOT NULL,
    set_at timestamp with time zone NOT NULL,
    set_by text NOT NULL,
    CONSTRAINT transfer_terms_lkr_not_negative CHECK ((maximum_lkr >= 0)),
    CONSTRAINT transfer_terms_usd_not_negative CHECK ((maximum_usd >= 0)),
    CONSTRAINT transfer_terms_version_positive CHECK ((version > 0))
);

ALTER TABLE ONLY public.transfer_terms FORCE ROW LEVEL SECURITY;

CREATE TABLE public.treasury_movement (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    movement_id uuid NOT NULL,
    kind public.treasury_movement_kind NOT NULL,
    bank_reference text NOT NULL,
    lkr bigint NOT NULL,
    usd bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT treasury_movement_amounts CHECK (
CASE (kind)::text
    WHEN 'contribution'::text THEN ((lkr > 0) AND (usd = 0))
    WHEN 'stock_purchase'::text THEN ((lkr < 0) AND (usd > 0))
    WHEN 'stock_sale'::text THEN ((lkr > 0) AND (usd > 0))
    WHEN 'prefund'::text THEN ((lkr = 0) AND (usd > 0))
    WHEN 'relocation'::text THEN (usd >= 0)
    WHEN 'bill'::text THEN ((lkr = 0) AND (usd = 0))
    WHEN 'bill_payment'::text THEN ((lkr < 0) AND (usd = 0))
    ELSE false
END),
    CONSTRAINT treasury_movement_reference_form CHECK ((bank_reference ~ '^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$'::text))
);

ALTER TABLE ONLY public.treasury_movement FORCE ROW LEVEL SECURITY;

CREATE TABLE public.wager_account (
    tenant_id uuid NOT NULL,
    account_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    registered_at timestamp with time zone
);

ALTER TABLE ONLY public.wager_account FORCE ROW LEVEL SECURITY;

CREATE TABLE public.wager_break (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    found_at timestamp with time zone NOT NULL,
    sequence bigint,
    account_id uuid,
    wager_id uuid,
    fault public.wager_fault NOT NULL
);

ALTER TABLE ONLY public.wager_break FORCE ROW LEVEL SECURITY;

CREATE TABLE public.wager_feed_stop (
    tenant_id uuid NOT NULL,
    account_id uuid NOT NULL,
    since_sequence bigint NOT NULL,
    break_id uuid NOT NULL
);

ALTER TABLE ONLY public.wager_feed_stop FORCE ROW LEVEL SECURITY;

CREATE TABLE public.wager_order (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    market_id uuid NOT NULL,
    placed_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    quantity bigint NOT NULL,
    max_total bigint NOT NULL,
    filled_quantity bigint DEFAULT 0 NOT NULL,
    filled_cost bigint DEFAULT 0 NOT NULL,
    filled_fee bigint DEFAULT 0 NOT NULL,
    shortfall bigint DEFAULT 0 NOT NULL,
    cancel_requested_at timestamp with time zone,
    cancel_answered_at timestamp with time zone,
    next_attempt_at timestamp with time zone,
    limit_price integer NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    side public.ledger_contract_side NOT NULL,
    action public.wager_action NOT NULL,
    state public.wager_state NOT NULL,
    refusal public.wager_refusal,
    reversed_quantity bigint DEFAULT 0 NOT NULL,
    reversed_cost bigint DEFAULT 0 NOT NULL,
    reversed_fee bigint DEFAULT 0 NOT NULL,
    to_send boolean GENERATED ALWAYS AS ((state = ANY (ARRAY['pending'::public.wager_state, 'dispatched'::public.wager_state]))) STORED NOT NULL,
    CONSTRAINT wager_order_fill_not_negative CHECK (((filled_cost >= 0) AND (filled_fee >= 0) AND (shortfall >= 0))),
    CONSTRAINT wager_order_filled_within_quantity CHECK (((filled_quantity >= 0) AND (filled_quantity <= quantity))),
    CONSTRAINT wager_order_limit_price_range CHECK (((limit_price >= 1) AND (limit_price <= 9999))),
    CONSTRAINT wager_order_max_total_not_negative CHECK ((max_total >= 0)),
    CONSTRAINT wager_order_quantity_range CHECK (((quantity >= 1) AND (quantity <= 100000000))),
    CONSTRAINT wager_order_refused_has_reason CHECK (((state = 'refused'::public.wager_state) = (refusal IS NOT NULL))),
    CONSTRAINT wager_order_reversed_within_fills CHECK ((((reversed_quantity >= 0) AND (reversed_quantity <= filled_quantity)) AND ((reversed_cost >= 0) AND (reversed_cost <= filled_cost)) AND ((reversed_fee >= 0) AND (reversed_fee <= filled_fee)))),
    CONSTRAINT wager_order_within_cap CHECK ((
CASE action
    WHEN 'buy'::public.wager_action THEN (filled_cost + filled_fee)
    ELSE shortfall
END <= max_total)),
    CONSTRAINT wager_order_within_limit CHECK (
CASE action
    WHEN 'buy'::public.wager_action THEN (filled_cost <= (limit_price * filled_quantity))
    ELSE (filled_cost >= (limit_price * filled_quantity))
END)
)
WITH (fillfactor='50');

ALTER TABLE ONLY public.wager_order FORCE ROW LEVEL SECURITY;

CREATE TABLE public.wager_position (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    market_id uuid NOT NULL,
    quantity bigint NOT NULL,
    cost bigint NOT NULL,
    side public.ledger_contract_side NOT NULL,
    CONSTRAINT wager_position_cost_not_negative CHECK ((cost >= 0)),
    CONSTRAINT wager_position_empty_has_no_cost CHECK (((quantity > 0) OR (cost = 0))),
    CONSTRAINT wager_position_quantity_not_negative CHECK ((quantity >= 0))
);

ALTER TABLE ONLY public.wager_position FORCE ROW LEVEL SECURITY;

CREATE TABLE public.wager_report (
    tenant_id uuid NOT NULL,
    sequence bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    account_id uuid,
    customer_id uuid,
    wager_id uuid,
    market_id uuid,
    window_id uuid,
    quantity bigint NOT NULL,
    cost bigint NOT NULL,
    fee bigint NOT NULL,
    amount bigint NOT NULL,
    yes_value integer,
    manifest bytea,
    kind public.wager_report_kind NOT NULL,
    side public.ledger_contract_side,
    action public.wager_action,
    reason public.wager_refusal,
    reverses bigint,
    revision integer,
    basis public.market_basis,
    CONSTRAINT wager_report_manifest_size CHECK ((octet_length(manifest) = 32)),
    CONSTRAINT wager_report_sequence_positive CHECK ((sequence > 0))
);

ALTER TABLE ONLY public.wager_report FORCE ROW LEVEL SECURITY;

CREATE TABLE public.wager_report_applied (
    tenant_id uuid NOT NULL,
    sequence bigint NOT NULL,
    applied_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.wager_report_applied FORCE ROW LEVEL SECURITY;

CREATE TABLE public.wager_report_cursor (
    is_only boolean DEFAULT true NOT NULL,
    sequence bigint NOT NULL,
    moved_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT wager_report_cursor_not_negative CHECK ((sequence >= 0)),
    CONSTRAINT wager_report_cursor_single CHECK (is_only)
);

COMMENT ON TABLE public.wager_report_cursor IS 'no tenant: reports of all tenants come in one sequence';

CREATE TABLE public.webhook_attempt (
    message_id uuid NOT NULL,
    number bigint NOT NULL,
    outcome public.webhook_attempt_outcome NOT NULL,
    problem text,
    ended_at timestamp with time zone NOT NULL,
    CONSTRAINT webhook_attempt_problem CHECK (((outcome = 'failed'::public.webhook_attempt_outcome) = (problem IS NOT NULL))),
    CONSTRAINT webhook_attempt_problem_form CHECK ((problem ~ '^[a-z_.]{1,64}$'::text))
);

COMMENT ON TABLE public.webhook_attempt IS 'no tenant: how the handling of messages went, without their content';

ALTER TABLE public.webhook_attempt ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.webhook_attempt_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.webhook_message (
    id uuid NOT NULL,
    provider text NOT NULL,
    event_id text NOT NULL,
    kind text NOT NULL,
    body_sealed bytea NOT NULL,
    body_digest bytea NOT NULL,
    received_at timestamp with time zone NOT NULL,
    CONSTRAINT webhook_message_digest CHECK ((octet_length(body_digest) = 32)),
    CONSTRAINT webhook_message_event_id CHECK ((event_id ~ '^[!-~]{1,128}$'::text)),
    CONSTRAINT webhook_message_kind CHECK ((kind ~ '^[!-~]{1,64}$'::text)),
    CONSTRAINT webhook_message_provider CHECK ((provider ~ '^[a-z0-9_-]{1,32}$'::text))
);

COMMENT ON TABLE public.webhook_message IS 'no tenant: a message is stored before anybody knows whose money it is about';

CREATE TABLE public.webhook_task (
    message_id uuid NOT NULL,
    state public.webhook_task_state NOT NULL,
    attempts integer NOT NULL,
    due_at timestamp with time zone NOT NULL,
    CONSTRAINT webhook_task_attempts CHECK ((attempts >= 0))
);

COMMENT ON TABLE public.webhook_task IS 'no tenant: ids of messages that wait to be handled';

CREATE TABLE public.witness_alarm (
    id uuid NOT NULL,
    kind public.witness_alarm_kind NOT NULL,
    epoch integer NOT NULL,
    held_size bigint NOT NULL,
    held_root bytea,
    size bigint NOT NULL,
    root bytea NOT NULL,
    signature bytea,
    raised_at timestamp with time zone NOT NULL,
    CONSTRAINT witness_alarm_held_root_size CHECK ((octet_length(held_root) = 32)),
    CONSTRAINT witness_alarm_root_size CHECK ((octet_length(root) = 32)),
    CONSTRAINT witness_alarm_signature_size CHECK ((octet_length(signature) = 64))
);

COMMENT ON TABLE public.witness_alarm IS 'no tenant: both logs are over the records of all tenants';

CREATE TABLE public.witness_alarm_end (
    alarm_id uuid NOT NULL,
    operator uuid NOT NULL,
    ending public.witness_alarm_ending NOT NULL,
    ended_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.witness_alarm_end IS 'no tenant: both logs are over the records of all tenants';

CREATE TABLE public.witness_checkpoint (
    epoch integer NOT NULL,
    previous_size bigint NOT NULL,
    size bigint NOT NULL,
    continues bigint GENERATED ALWAYS AS (NULLIF(previous_size, 0)) STORED,
    root bytea NOT NULL,
    signature bytea NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    cosigned_at timestamp with time zone NOT NULL,
    cosignature bytea NOT NULL,
    CONSTRAINT witness_checkpoint_cosignature_size CHECK ((octet_length(cosignature) = 64)),
    CONSTRAINT witness_checkpoint_epoch_counts CHECK ((epoch >= 1)),
    CONSTRAINT witness_checkpoint_grows CHECK (((previous_size >= 0) AND (size > previous_size))),
    CONSTRAINT witness_checkpoint_root_size CHECK ((octet_length(root) = 32)),
    CONSTRAINT witness_checkpoint_signature_size CHECK ((octet_length(signature) = 64))
);

COMMENT ON TABLE public.witness_checkpoint IS 'no tenant: the other stack has one log';

CREATE TABLE public.witness_epoch (
    epoch integer NOT NULL,
    kept_size bigint NOT NULL,
    operator uuid NOT NULL,
    accepted_at timestamp with time zone NOT NULL,
    CONSTRAINT witness_epoch_kept_size_counts CHECK ((kept_size >= 0)),
    CONSTRAINT witness_epoch_second_or_later CHECK ((epoch > 1))
);

COMMENT ON TABLE public.witness_epoch IS 'no tenant: the other stack has one log';

ALTER TABLE ONLY public.pgqueuer ALTER COLUMN id SET DEFAULT nextval('public.pgqueuer_id_seq'::regclass);

ALTER TABLE ONLY public.pgqueuer_schedules ALTER COLUMN id SET DEFAULT nextval('public.pgqueuer_schedules_id_seq'::regclass);

ALTER TABLE ONLY public.pgqueuer_statistics ALTER COLUMN id SET DEFAULT nextval('public.pgqueuer_statistics_id_seq'::regclass);

ALTER TABLE ONLY public.access_assignment
    ADD CONSTRAINT access_assignment_pk PRIMARY KEY (staff_id, role);

ALTER TABLE ONLY public.access_session
    ADD CONSTRAINT access_session_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.access_session
    ADD CONSTRAINT access_session_token_once UNIQUE (token_hash);

ALTER TABLE ONLY public.access_staff
    ADD CONSTRAINT access_staff_of_tenant UNIQUE (tenant_id, id);

ALTER TABLE ONLY public.access_staff
    ADD CONSTRAINT access_staff_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.access_staff
    ADD CONSTRAINT access_staff_username_once UNIQUE (tenant_id, username);

ALTER TABLE ONLY public.aml_counter
    ADD CONSTRAINT aml_counter_pk PRIMARY KEY (tenant_id, subject_id, subject, minutes, starts_at, kind, product, tags);

ALTER TABLE ONLY public.aml_event
    ADD CONSTRAINT aml_event_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.aml_gathered
    ADD CONSTRAINT aml_gathered_pk PRIMARY KEY (tenant_id, subject_id, subject);

ALTER TABLE ONLY public.aml_pair
    ADD CONSTRAINT aml_pair_pk PRIMARY KEY (tenant_id, subject_id, subject, dimension, day, value_id);

ALTER TABLE ONLY public.aml_published
    ADD CONSTRAINT aml_published_pk PRIMARY KEY (tenant_id, key);

ALTER TABLE ONLY public.aml_ruleset
    ADD CONSTRAINT aml_ruleset_pk PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.aml_step
    ADD CONSTRAINT aml_step_pk PRIMARY KEY (version_id, number);

ALTER TABLE ONLY public.aml_step
    ADD CONSTRAINT aml_step_result UNIQUE (version_id, number, step, state);

ALTER TABLE ONLY public.aml_step
    ADD CONSTRAINT aml_step_taker UNIQUE (version_id, number, taken_by);

ALTER TABLE ONLY public.aml_version
    ADD CONSTRAINT aml_version_of_key UNIQUE (id, key);

ALTER TABLE ONLY public.aml_version
    ADD CONSTRAINT aml_version_once UNIQUE (tenant_id, key, digest);

ALTER TABLE ONLY public.aml_version
    ADD CONSTRAINT aml_version_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.aml_version
    ADD CONSTRAINT aml_version_writer UNIQUE (id, written_by);

ALTER TABLE ONLY public.audit_checkpoint
    ADD CONSTRAINT audit_checkpoint_pk PRIMARY KEY (size);

ALTER TABLE ONLY public.audit_cosignature
    ADD CONSTRAINT audit_cosignature_pk PRIMARY KEY (epoch, size);

ALTER TABLE ONLY public.audit_epoch
    ADD CONSTRAINT audit_epoch_pk PRIMARY KEY (epoch);

ALTER TABLE ONLY public.audit_node
    ADD CONSTRAINT audit_node_pk PRIMARY KEY (level, number);

ALTER TABLE ONLY public.audit_record
    ADD CONSTRAINT audit_record_pk PRIMARY KEY (txid, id);

ALTER TABLE ONLY public.audit_seal
    ADD CONSTRAINT audit_seal_last_once UNIQUE (last_txid, last_id);

ALTER TABLE ONLY public.audit_seal
    ADD CONSTRAINT audit_seal_pk PRIMARY KEY (start);

ALTER TABLE ONLY public.bank_file_answer
    ADD CONSTRAINT bank_file_answer_pk PRIMARY KEY (payout_id, verdict);

ALTER TABLE ONLY public.bank_file_batch_payout
    ADD CONSTRAINT bank_file_batch_payout_pk PRIMARY KEY (payout_id);

ALTER TABLE ONLY public.bank_file_batch_payout
    ADD CONSTRAINT bank_file_batch_payout_place UNIQUE (batch_id, number);

ALTER TABLE ONLY public.bank_file_batch
    ADD CONSTRAINT bank_file_batch_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.bank_file_entry
    ADD CONSTRAINT bank_file_entry_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.bank_file_entry
    ADD CONSTRAINT bank_file_entry_place UNIQUE (file_id, number);

ALTER TABLE ONLY public.bank_file
    ADD CONSTRAINT bank_file_once UNIQUE (tenant_id, message_id);

ALTER TABLE ONLY public.bank_file_outcome
    ADD CONSTRAINT bank_file_outcome_pk PRIMARY KEY (entry_id, number);

ALTER TABLE ONLY public.bank_file_payout
    ADD CONSTRAINT bank_file_payout_pk PRIMARY KEY (payout_id);

ALTER TABLE ONLY public.bank_file
    ADD CONSTRAINT bank_file_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.bank_file_task
    ADD CONSTRAINT bank_file_task_pk PRIMARY KEY (entry_id);

ALTER TABLE ONLY public.boundary_nonce
    ADD CONSTRAINT boundary_nonce_pk PRIMARY KEY (key_id, nonce);

ALTER TABLE ONLY public.cards_authorisation_end
    ADD CONSTRAINT cards_authorisation_end_pk PRIMARY KEY (authorisation_id);

ALTER TABLE ONLY public.cards_authorisation
    ADD CONSTRAINT cards_authorisation_hold_once UNIQUE (hold_id);

ALTER TABLE ONLY public.cards_authorisation
    ADD CONSTRAINT cards_authorisation_of_tenant UNIQUE (tenant_id, id);

ALTER TABLE ONLY public.cards_authorisation
    ADD CONSTRAINT cards_authorisation_once UNIQUE (provider, reference);

ALTER TABLE ONLY public.cards_authorisation
    ADD CONSTRAINT cards_authorisation_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.cards_capture
    ADD CONSTRAINT cards_capture_pk PRIMARY KEY (charge_id);

ALTER TABLE ONLY public.cards_capture
    ADD CONSTRAINT cards_capture_reference_once UNIQUE (provider, reference);

ALTER TABLE ONLY public.cards_card
    ADD CONSTRAINT cards_card_of_tenant UNIQUE (tenant_id, id);

ALTER TABLE ONLY public.cards_card
    ADD CONSTRAINT cards_card_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.cards_card
    ADD CONSTRAINT cards_card_token_once UNIQUE (provider, token);

ALTER TABLE ONLY public.cards_charge
    ADD CONSTRAINT cards_charge_of_tenant UNIQUE (tenant_id, id);

ALTER TABLE ONLY public.cards_charge
    ADD CONSTRAINT cards_charge_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.cards_charge_step
    ADD CONSTRAINT cards_charge_step_pk PRIMARY KEY (charge_id, number);

ALTER TABLE ONLY public.cards_charge_step
    ADD CONSTRAINT cards_charge_step_state_once UNIQUE (charge_id, state);

ALTER TABLE ONLY public.cards_chargeback
    ADD CONSTRAINT cards_chargeback_of_tenant UNIQUE (tenant_id, id);

ALTER TABLE ONLY public.cards_chargeback
    ADD CONSTRAINT cards_chargeback_once UNIQUE (provider, chargeback_id);

ALTER TABLE ONLY public.cards_chargeback
    ADD CONSTRAINT cards_chargeback_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.cards_chargeback_won
    ADD CONSTRAINT cards_chargeback_won_pk PRIMARY KEY (chargeback);

ALTER TABLE ONLY public.cards_clearing
    ADD CONSTRAINT cards_clearing_once UNIQUE (provider, reference);

ALTER TABLE ONLY public.cards_clearing
    ADD CONSTRAINT cards_clearing_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.cards_refund_end
    ADD CONSTRAINT cards_refund_end_pk PRIMARY KEY (refund_id);

ALTER TABLE ONLY public.cards_refund
    ADD CONSTRAINT cards_refund_hold_once UNIQUE (hold_id);

ALTER TABLE ONLY public.cards_refund
    ADD CONSTRAINT cards_refund_of_tenant UNIQUE (tenant_id, id);

ALTER TABLE ONLY public.cards_refund
    ADD CONSTRAINT cards_refund_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.cards_settlement
    ADD CONSTRAINT cards_settlement_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.cards_settlement
    ADD CONSTRAINT cards_settlement_reference_once UNIQUE (tenant_id, bank_reference);

ALTER TABLE ONLY public.cards_task
    ADD CONSTRAINT cards_task_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_case
    ADD CONSTRAINT cases_case_of_tenant UNIQUE (tenant_id, id);

ALTER TABLE ONLY public.cases_case
    ADD CONSTRAINT cases_case_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_exclusion
    ADD CONSTRAINT cases_exclusion_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_file_chunk
    ADD CONSTRAINT cases_file_chunk_pk PRIMARY KEY (file_id, number);

ALTER TABLE ONLY public.cases_file
    ADD CONSTRAINT cases_file_of_tenant UNIQUE (tenant_id, id);

ALTER TABLE ONLY public.cases_file
    ADD CONSTRAINT cases_file_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_held
    ADD CONSTRAINT cases_held_pk PRIMARY KEY (tenant_id, kind, held_id);

ALTER TABLE ONLY public.cases_link
    ADD CONSTRAINT cases_link_pk PRIMARY KEY (case_id, kind, link_id);

ALTER TABLE ONLY public.cases_note
    ADD CONSTRAINT cases_note_of_case UNIQUE (case_id, id);

ALTER TABLE ONLY public.cases_note
    ADD CONSTRAINT cases_note_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_snooze
    ADD CONSTRAINT cases_snooze_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.cases_step
    ADD CONSTRAINT cases_step_asked UNIQUE (case_id, number, step, staff_id, outcome);

ALTER TABLE ONLY public.cases_step
    ADD CONSTRAINT cases_step_pk PRIMARY KEY (case_id, number);

ALTER TABLE ONLY public.cases_step
    ADD CONSTRAINT cases_step_state UNIQUE (case_id, number, state);

ALTER TABLE ONLY public.checkout_payment
    ADD CONSTRAINT checkout_payment_once UNIQUE (payment_id);

ALTER TABLE ONLY public.checkout_payment
    ADD CONSTRAINT checkout_payment_pk PRIMARY KEY (pay_reference);

ALTER TABLE ONLY public.customer_account
    ADD CONSTRAINT customer_account_of_tenant UNIQUE (tenant_id, id);

ALTER TABLE ONLY public.customer_account
    ADD CONSTRAINT customer_account_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.customer_clearance
    ADD CONSTRAINT customer_clearance_pk PRIMARY KEY (customer_id, kind);

ALTER TABLE ONLY public.customer_credential
    ADD CONSTRAINT customer_credential_email_once UNIQUE (tenant_id, email_index);

ALTER TABLE ONLY public.customer_credential
    ADD CONSTRAINT customer_credential_pk PRIMARY KEY (customer_id);

ALTER TABLE ONLY public.customer_data_key
    ADD CONSTRAINT customer_data_key_pk PRIMARY KEY (customer_id);

ALTER TABLE ONLY public.customer_profile
    ADD CONSTRAINT customer_profile_document_once UNIQUE (tenant_id, document_index);

ALTER TABLE ONLY public.customer_profile
    ADD CONSTRAINT customer_profile_pk PRIMARY KEY (customer_id);

ALTER TABLE ONLY public.customer_pseudonym
    ADD CONSTRAINT customer_pseudonym_of_tenant UNIQUE (tenant_id, customer_id);

ALTER TABLE ONLY public.customer_pseudonym
    ADD CONSTRAINT customer_pseudonym_pk PRIMARY KEY (customer_id);

ALTER TABLE ONLY public.customer_pseudonym
    ADD CONSTRAINT customer_pseudonym_reference_once UNIQUE (account_reference);

ALTER TABLE ONLY public.customer_registration
    ADD CONSTRAINT customer_registration_key_once UNIQUE (tenant_id, key);

ALTER TABLE ONLY public.customer_registration
    ADD CONSTRAINT customer_registration_pk PRIMARY KEY (customer_id);

ALTER TABLE ONLY public.customer_session
    ADD CONSTRAINT customer_session_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.customer_session
    ADD CONSTRAINT customer_session_token_once UNIQUE (token_hash);

ALTER TABLE ONLY public.database_seen
    ADD CONSTRAINT database_seen_pk PRIMARY KEY (system_identifier, timeline, seen_at);

ALTER TABLE ONLY public.disclosure
    ADD CONSTRAINT disclosure_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.event_inbox
    ADD CONSTRAINT event_inbox_pk PRIMARY KEY (event_id, consumer);

ALTER TABLE ONLY public.evidence_delivery
    ADD CONSTRAINT evidence_delivery_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.evidence_made
    ADD CONSTRAINT evidence_made_pk PRIMARY KEY (pack_id);

ALTER TABLE ONLY public.evidence_pack
    ADD CONSTRAINT evidence_pack_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.evidence_part
    ADD CONSTRAINT evidence_part_pk PRIMARY KEY (pack_id, number);

ALTER TABLE ONLY public.export_register
    ADD CONSTRAINT export_register_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.facts_customer
    ADD CONSTRAINT facts_customer_pk PRIMARY KEY (customer_id);

ALTER TABLE ONLY public.filing_claim
    ADD CONSTRAINT filing_claim_pk PRIMARY KEY (movement_id);

ALTER TABLE ONLY public.filing_counterparty
    ADD CONSTRAINT filing_counterparty_pk PRIMARY KEY (customer_id, number);

ALTER TABLE ONLY public.filing_file
    ADD CONSTRAINT filing_file_of_report UNIQUE (id, report_id, is_acceptable);

ALTER TABLE ONLY public.filing_file
    ADD CONSTRAINT filing_file_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.filing_movement
    ADD CONSTRAINT filing_movement_once UNIQUE (tenant_id, source_id, source);

ALTER TABLE ONLY public.filing_movement
    ADD CONSTRAINT filing_movement_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.filing_narrative
    ADD CONSTRAINT filing_narrative_pk PRIMARY KEY (report_id, number);

ALTER TABLE ONLY public.filing_party
    ADD CONSTRAINT filing_party_pk PRIMARY KEY (customer_id, number);

ALTER TABLE ONLY public.filing_profile_decision
    ADD CONSTRAINT filing_profile_decision_pk PRIMARY KEY (tenant_id, number);

ALTER TABLE ONLY public.filing_profile
    ADD CONSTRAINT filing_profile_pk PRIMARY KEY (tenant_id, number);

ALTER TABLE ONLY public.filing_profile
    ADD CONSTRAINT filing_profile_proposer UNIQUE (tenant_id, number, proposed_by);

ALTER TABLE ONLY public.filing_report
    ADD CONSTRAINT filing_report_drafter UNIQUE (id, drafted_by);

ALTER TABLE ONLY public.filing_report_movement
    ADD CONSTRAINT filing_report_movement_pk PRIMARY KEY (report_id, movement_id);

ALTER TABLE ONLY public.filing_report
    ADD CONSTRAINT filing_report_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.filing_report
    ADD CONSTRAINT filing_report_reference UNIQUE (tenant_id, reference);

ALTER TABLE ONLY public.filing_report_step
    ADD CONSTRAINT filing_report_step_pk PRIMARY KEY (report_id, number);

ALTER TABLE ONLY public.filing_report_step
    ADD CONSTRAINT filing_report_step_taker UNIQUE (report_id, number, taken_by);

ALTER TABLE ONLY public.filing_scan
    ADD CONSTRAINT filing_scan_pk PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.fx_conversion
    ADD CONSTRAINT fx_conversion_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.fx_conversion
    ADD CONSTRAINT fx_conversion_quote_once UNIQUE (quote_id);

ALTER TABLE ONLY public.fx_mid
    ADD CONSTRAINT fx_mid_once UNIQUE (tenant_id, source, as_of, rate_e8);

ALTER TABLE ONLY public.fx_mid
    ADD CONSTRAINT fx_mid_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.fx_mid
    ADD CONSTRAINT fx_mid_proposal_once UNIQUE (proposal_id);

ALTER TABLE ONLY public.fx_posted_rate
    ADD CONSTRAINT fx_posted_rate_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.fx_quote_close
    ADD CONSTRAINT fx_quote_close_outcome UNIQUE (quote_id, outcome);

ALTER TABLE ONLY public.fx_quote_close
    ADD CONSTRAINT fx_quote_close_pk PRIMARY KEY (quote_id);

ALTER TABLE ONLY public.fx_quote
    ADD CONSTRAINT fx_quote_hold_once UNIQUE (hold_id);

ALTER TABLE ONLY public.fx_quote_live
    ADD CONSTRAINT fx_quote_live_pk PRIMARY KEY (customer_id, purpose);

ALTER TABLE ONLY public.fx_quote_live
    ADD CONSTRAINT fx_quote_live_quote_once UNIQUE (quote_id);

ALTER TABLE ONLY public.fx_quote
    ADD CONSTRAINT fx_quote_pay_reference_once UNIQUE (pay_reference);

ALTER TABLE ONLY public.fx_quote
    ADD CONSTRAINT fx_quote_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.fx_rate_decision
    ADD CONSTRAINT fx_rate_decision_outcome UNIQUE (proposal_id, outcome);

ALTER TABLE ONLY public.fx_rate_decision
    ADD CONSTRAINT fx_rate_decision_pk PRIMARY KEY (proposal_id);

ALTER TABLE ONLY public.fx_rate_proposal
    ADD CONSTRAINT fx_rate_proposal_maker UNIQUE (id, proposed_by);

ALTER TABLE ONLY public.fx_rate_proposal
    ADD CONSTRAINT fx_rate_proposal_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.fx_stock_cost
    ADD CONSTRAINT fx_stock_cost_pk PRIMARY KEY (book_id, version);

ALTER TABLE ONLY public.fx_terms
    ADD CONSTRAINT fx_terms_pk PRIMARY KEY (department_id, version);

ALTER TABLE ONLY public.gate_basis
    ADD CONSTRAINT gate_basis_pk PRIMARY KEY (tenant_id, digest);

ALTER TABLE ONLY public.gate_decision
    ADD CONSTRAINT gate_decision_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.geography_decision
    ADD CONSTRAINT geography_decision_pk PRIMARY KEY (policy_id);

ALTER TABLE ONLY public.geography_policy
    ADD CONSTRAINT geography_policy_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.geography_policy
    ADD CONSTRAINT geography_policy_proposer UNIQUE (id, proposed_by);

ALTER TABLE ONLY public.geography_policy
    ADD CONSTRAINT geography_policy_version_once UNIQUE (tenant_id, version);

ALTER TABLE ONLY public.idempotency_answer
    ADD CONSTRAINT idempotency_answer_pk PRIMARY KEY (book_id, key);

ALTER TABLE ONLY public.kyc_attachment
    ADD CONSTRAINT kyc_attachment_pk PRIMARY KEY (session_id, side);

ALTER TABLE ONLY public.kyc_business
    ADD CONSTRAINT kyc_business_of_tenant UNIQUE (tenant_id, id);

ALTER TABLE ONLY public.kyc_business
    ADD CONSTRAINT kyc_business_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.kyc_business_verdict
    ADD CONSTRAINT kyc_business_verdict_pk PRIMARY KEY (business_id, number);

ALTER TABLE ONLY public.kyc_check
    ADD CONSTRAINT kyc_check_of_tenant UNIQUE (tenant_id, id);

ALTER TABLE ONLY public.kyc_check
    ADD CONSTRAINT kyc_check_one_per_customer UNIQUE (customer_id);

ALTER TABLE ONLY public.kyc_check
    ADD CONSTRAINT kyc_check_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.kyc_configuration
    ADD CONSTRAINT kyc_configuration_pk PRIMARY KEY (digest);

ALTER TABLE ONLY public.kyc_decision
    ADD CONSTRAINT kyc_decision_pk PRIMARY KEY (check_id);

ALTER TABLE ONLY public.kyc_file_chunk
    ADD CONSTRAINT kyc_file_chunk_pk PRIMARY KEY (file_id, number);

ALTER TABLE ONLY public.kyc_file
    ADD CONSTRAINT kyc_file_of_tenant UNIQUE (tenant_id, id);

ALTER TABLE ONLY public.kyc_file
    ADD CONSTRAINT kyc_file_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.kyc_owner
    ADD CONSTRAINT kyc_owner_person_once UNIQUE (business_id, customer_id);

ALTER TABLE ONLY public.kyc_owner
    ADD CONSTRAINT kyc_owner_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.kyc_owner
    ADD CONSTRAINT kyc_owner_token_once UNIQUE (token_hash);

ALTER TABLE ONLY public.kyc_review
    ADD CONSTRAINT kyc_review_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.kyc_session
    ADD CONSTRAINT kyc_session_attempt_once UNIQUE (customer_id, attempt);

ALTER TABLE ONLY public.kyc_session
    ADD CONSTRAINT kyc_session_of_tenant UNIQUE (tenant_id, id);

ALTER TABLE ONLY public.kyc_session
    ADD CONSTRAINT kyc_session_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.kyc_session
    ADD CONSTRAINT kyc_session_vendor_check_once UNIQUE (vendor_check_id);

ALTER TABLE ONLY public.kyc_step_result
    ADD CONSTRAINT kyc_step_result_pk PRIMARY KEY (session_id, number);

ALTER TABLE ONLY public.kyc_turnover
    ADD CONSTRAINT kyc_turnover_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.kyc_verification
    ADD CONSTRAINT kyc_verification_pk PRIMARY KEY (session_id);

ALTER TABLE ONLY public.ledger_asset
    ADD CONSTRAINT ledger_asset_contract_once UNIQUE (market_id, side);

ALTER TABLE ONLY public.ledger_asset
    ADD CONSTRAINT ledger_asset_currency_once UNIQUE (currency);

ALTER TABLE ONLY public.ledger_asset
    ADD CONSTRAINT ledger_asset_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.ledger_balance
    ADD CONSTRAINT ledger_balance_pk PRIMARY KEY (book_id, asset_id, account);

ALTER TABLE ONLY public.ledger_book
    ADD CONSTRAINT ledger_book_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.ledger_chart
    ADD CONSTRAINT ledger_chart_pk PRIMARY KEY (account);

ALTER TABLE ONLY public.ledger_deal_state
    ADD CONSTRAINT ledger_deal_state_pk PRIMARY KEY (book_id, deal_id, step);

ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_pk PRIMARY KEY (book_id, asset_id, account, version);

ALTER TABLE ONLY public.ledger_hold_capture
    ADD CONSTRAINT ledger_hold_capture_pk PRIMARY KEY (book_id, hold_id, capture_id);

ALTER TABLE ONLY public.ledger_hold_close
    ADD CONSTRAINT ledger_hold_close_pk PRIMARY KEY (book_id, hold_id);

ALTER TABLE ONLY public.ledger_hold_open
    ADD CONSTRAINT ledger_hold_open_pk PRIMARY KEY (book_id, hold_id);

ALTER TABLE ONLY public.ledger_hold
    ADD CONSTRAINT ledger_hold_pk PRIMARY KEY (book_id, id);

ALTER TABLE ONLY public.ledger_item
    ADD CONSTRAINT ledger_item_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.ledger_item
    ADD CONSTRAINT ledger_item_version_once UNIQUE (book_id, deal_id, version);

ALTER TABLE ONLY public.ledger_posting
    ADD CONSTRAINT ledger_posting_pk PRIMARY KEY (transfer_id, asset_id, book_id) WITH (fillfactor='100');

ALTER TABLE ONLY public.ledger_repair
    ADD CONSTRAINT ledger_repair_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.ledger_reversal_decision
    ADD CONSTRAINT ledger_reversal_decision_pk PRIMARY KEY (reversal_id);

ALTER TABLE ONLY public.ledger_reversal
    ADD CONSTRAINT ledger_reversal_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.ledger_transfer
    ADD CONSTRAINT ledger_transfer_pk PRIMARY KEY (id, book_id) WITH (fillfactor='100');

ALTER TABLE ONLY public.ledger_transfer_source
    ADD CONSTRAINT ledger_transfer_source_one_charge UNIQUE (provider, charge_id);

ALTER TABLE ONLY public.ledger_transfer_source
    ADD CONSTRAINT ledger_transfer_source_one_settlement UNIQUE (provider, reference);

ALTER TABLE ONLY public.ledger_transfer_source
    ADD CONSTRAINT ledger_transfer_source_pk PRIMARY KEY (book_id, transfer_id);

ALTER TABLE ONLY public.market
    ADD CONSTRAINT market_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.market_resolution
    ADD CONSTRAINT market_resolution_pk PRIMARY KEY (market_id, revision);

ALTER TABLE ONLY public.market_resolution
    ADD CONSTRAINT market_resolution_report_once UNIQUE (report_sequence);

ALTER TABLE ONLY public.open_banking_consent
    ADD CONSTRAINT open_banking_consent_payment_once UNIQUE (payment_id);

ALTER TABLE ONLY public.open_banking_consent
    ADD CONSTRAINT open_banking_consent_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.open_banking_step
    ADD CONSTRAINT open_banking_step_pk PRIMARY KEY (consent_id, state);

ALTER TABLE ONLY public.open_banking_task
    ADD CONSTRAINT open_banking_task_pk PRIMARY KEY (consent_id);

ALTER TABLE ONLY public.outflow_resumption
    ADD CONSTRAINT outflow_resumption_pk PRIMARY KEY (epoch);

ALTER TABLE ONLY public.payment_bank_event
    ADD CONSTRAINT payment_bank_event_once UNIQUE (id);

ALTER TABLE ONLY public.payment_bank_event
    ADD CONSTRAINT payment_bank_event_pk PRIMARY KEY (provider, event_id);

ALTER TABLE ONLY public.payment_collection
    ADD CONSTRAINT payment_collection_pk PRIMARY KEY (provider);

ALTER TABLE ONLY public.payment_pay_in
    ADD CONSTRAINT payment_pay_in_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.payment_pay_in
    ADD CONSTRAINT payment_pay_in_reference_once UNIQUE (provider, bank_reference);

ALTER TABLE ONLY public.payment_pay_in_reversal
    ADD CONSTRAINT payment_pay_in_reversal_once UNIQUE (provider, reversal_reference);

ALTER TABLE ONLY public.payment_pay_in_reversal
    ADD CONSTRAINT payment_pay_in_reversal_pk PRIMARY KEY (pay_in_id);

ALTER TABLE ONLY public.payment_refund_review
    ADD CONSTRAINT payment_refund_review_pk PRIMARY KEY (pay_in_id);

ALTER TABLE ONLY public.payment_suspense_claim
    ADD CONSTRAINT payment_suspense_claim_pk PRIMARY KEY (pay_in_id);

ALTER TABLE ONLY public.payment_suspense_claim
    ADD CONSTRAINT payment_suspense_claim_proposal_once UNIQUE (proposal_id);

ALTER TABLE ONLY public.payment_suspense_decision
    ADD CONSTRAINT payment_suspense_decision_pk PRIMARY KEY (proposal_id);

ALTER TABLE ONLY public.payment_suspense_proposal
    ADD CONSTRAINT payment_suspense_proposal_by UNIQUE (id, proposed_by);

ALTER TABLE ONLY public.payment_suspense_proposal
    ADD CONSTRAINT payment_suspense_proposal_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.payment_suspense_resolution
    ADD CONSTRAINT payment_suspense_resolution_pk PRIMARY KEY (proposal_id);

ALTER TABLE ONLY public.payment_take_back
    ADD CONSTRAINT payment_take_back_pk PRIMARY KEY (provider, bank_reference);

ALTER TABLE ONLY public.payment_take_back
    ADD CONSTRAINT payment_take_back_reversal_once UNIQUE (provider, reversal_reference);

ALTER TABLE ONLY public.payout_account
    ADD CONSTRAINT payout_account_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.payout_account_removal
    ADD CONSTRAINT payout_account_removal_pk PRIMARY KEY (account_id);

ALTER TABLE ONLY public.payout_claim
    ADD CONSTRAINT payout_claim_payout_once UNIQUE (payout_id);

ALTER TABLE ONLY public.payout_claim
    ADD CONSTRAINT payout_claim_pk PRIMARY KEY (pay_in_id);

ALTER TABLE ONLY public.payout_held_end
    ADD CONSTRAINT payout_held_end_pk PRIMARY KEY (payout_id);

ALTER TABLE ONLY public.payout_held
    ADD CONSTRAINT payout_held_pk PRIMARY KEY (payout_id);

ALTER TABLE ONLY public.payout_order
    ADD CONSTRAINT payout_order_hold_once UNIQUE (hold_id);

ALTER TABLE ONLY public.payout_order
    ADD CONSTRAINT payout_order_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.payout_order
    ADD CONSTRAINT payout_order_quote_once UNIQUE (quote_id);

ALTER TABLE ONLY public.payout_resolution
    ADD CONSTRAINT payout_resolution_one_booking UNIQUE (provider, bank_reference);

ALTER TABLE ONLY public.payout_resolution
    ADD CONSTRAINT payout_resolution_outcome_once UNIQUE (payout_id, outcome);

ALTER TABLE ONLY public.payout_resolution
    ADD CONSTRAINT payout_resolution_pk PRIMARY KEY (payout_id);

ALTER TABLE ONLY public.payout_return
    ADD CONSTRAINT payout_return_one_booking UNIQUE (provider, return_reference);

ALTER TABLE ONLY public.payout_return
    ADD CONSTRAINT payout_return_pk PRIMARY KEY (payout_id);

ALTER TABLE ONLY public.payout_task
    ADD CONSTRAINT payout_task_pk PRIMARY KEY (payout_id);

ALTER TABLE ONLY public.payout_terms
    ADD CONSTRAINT payout_terms_pk PRIMARY KEY (department_id, version);

ALTER TABLE ONLY public.period_balance
    ADD CONSTRAINT period_balance_pk PRIMARY KEY (tenant_id, number, asset_id, book_kind, account);

ALTER TABLE ONLY public.period_closed
    ADD CONSTRAINT period_closed_pk PRIMARY KEY (tenant_id, number);

ALTER TABLE ONLY public.period_closed
    ADD CONSTRAINT period_closed_proposal_once UNIQUE (proposal_id);

ALTER TABLE ONLY public.period_proposal
    ADD CONSTRAINT period_proposal_of_tenant UNIQUE (tenant_id, id);

ALTER TABLE ONLY public.period_proposal
    ADD CONSTRAINT period_proposal_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.pgqueuer_log
    ADD CONSTRAINT pgqueuer_log_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.pgqueuer
    ADD CONSTRAINT pgqueuer_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.pgqueuer_schedules
    ADD CONSTRAINT pgqueuer_schedules_expression_entrypoint_key UNIQUE (expression, entrypoint);

ALTER TABLE ONLY public.pgqueuer_schedules
    ADD CONSTRAINT pgqueuer_schedules_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.pgqueuer_statistics
    ADD CONSTRAINT pgqueuer_statistics_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.privacy_consent
    ADD CONSTRAINT privacy_consent_pk PRIMARY KEY (customer_id, number);

ALTER TABLE ONLY public.privacy_decision
    ADD CONSTRAINT privacy_decision_pk PRIMARY KEY (proposal_id);

ALTER TABLE ONLY public.privacy_erasure
    ADD CONSTRAINT privacy_erasure_pk PRIMARY KEY (customer_id);

ALTER TABLE ONLY public.privacy_export_part
    ADD CONSTRAINT privacy_export_part_pk PRIMARY KEY (export_id, number);

ALTER TABLE ONLY public.privacy_export
    ADD CONSTRAINT privacy_export_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.privacy_proposal
    ADD CONSTRAINT privacy_proposal_in_turn UNIQUE (customer_id, number);

ALTER TABLE ONLY public.privacy_proposal
    ADD CONSTRAINT privacy_proposal_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.privacy_proposal
    ADD CONSTRAINT privacy_proposal_proposer UNIQUE (id, proposed_by);

ALTER TABLE ONLY public.privacy_request
    ADD CONSTRAINT privacy_request_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.protection_hour
    ADD CONSTRAINT protection_hour_pk PRIMARY KEY (customer_id, hour);

ALTER TABLE ONLY public.protection_limit
    ADD CONSTRAINT protection_limit_pk PRIMARY KEY (customer_id, code, setter);

ALTER TABLE ONLY public.protection_moment
    ADD CONSTRAINT protection_moment_pk PRIMARY KEY (customer_id, at);

ALTER TABLE ONLY public.protection_pause
    ADD CONSTRAINT protection_pause_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.protection_policy
    ADD CONSTRAINT protection_policy_pk PRIMARY KEY (tenant_id, version);

ALTER TABLE ONLY public.protection_reality
    ADD CONSTRAINT protection_reality_pk PRIMARY KEY (customer_id);

ALTER TABLE ONLY public.protection_return
    ADD CONSTRAINT protection_return_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.reconciliation_break_end
    ADD CONSTRAINT reconciliation_break_end_pk PRIMARY KEY (break_id);

ALTER TABLE ONLY public.reconciliation_break_link
    ADD CONSTRAINT reconciliation_break_link_pk PRIMARY KEY (break_id, kind, reference);

ALTER TABLE ONLY public.reconciliation_break
    ADD CONSTRAINT reconciliation_break_once UNIQUE NULLS NOT DISTINCT (tenant_id, check_name, subject, type, unit, department_id, occurrence);

ALTER TABLE ONLY public.reconciliation_break
    ADD CONSTRAINT reconciliation_break_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.reconciliation_break_sighting
    ADD CONSTRAINT reconciliation_break_sighting_pk PRIMARY KEY (break_id, number);

ALTER TABLE ONLY public.reconciliation_break_step
    ADD CONSTRAINT reconciliation_break_step_decided_once UNIQUE (break_id, answers);

ALTER TABLE ONLY public.reconciliation_break_step
    ADD CONSTRAINT reconciliation_break_step_pk PRIMARY KEY (break_id, number);

ALTER TABLE ONLY public.reconciliation_check
    ADD CONSTRAINT reconciliation_check_pk PRIMARY KEY (run_id, name);

ALTER TABLE ONLY public.reconciliation_day_balance
    ADD CONSTRAINT reconciliation_day_balance_pk PRIMARY KEY (tenant_id, day, department_id, account, currency);

ALTER TABLE ONLY public.reconciliation_day_break
    ADD CONSTRAINT reconciliation_day_break_once UNIQUE NULLS NOT DISTINCT (tenant_id, day, department_id, type, age);

ALTER TABLE ONLY public.reconciliation_day_clearing
    ADD CONSTRAINT reconciliation_day_clearing_pk PRIMARY KEY (tenant_id, day, department_id, account, unit);

ALTER TABLE ONLY public.reconciliation_day_department
    ADD CONSTRAINT reconciliation_day_department_pk PRIMARY KEY (tenant_id, day, department_id);

ALTER TABLE ONLY public.reconciliation_day_money
    ADD CONSTRAINT reconciliation_day_money_pk PRIMARY KEY (tenant_id, day, currency, side, line);

ALTER TABLE ONLY public.reconciliation_day
    ADD CONSTRAINT reconciliation_day_pk PRIMARY KEY (tenant_id, day);

ALTER TABLE ONLY public.reconciliation_due_day
    ADD CONSTRAINT reconciliation_due_day_pk PRIMARY KEY (import_id, day);

ALTER TABLE ONLY public.reconciliation_due_done
    ADD CONSTRAINT reconciliation_due_done_pk PRIMARY KEY (import_id, day);

ALTER TABLE ONLY public.reconciliation_finding
    ADD CONSTRAINT reconciliation_finding_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.reconciliation_import
    ADD CONSTRAINT reconciliation_import_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.reconciliation_match_chunk
    ADD CONSTRAINT reconciliation_match_chunk_pk PRIMARY KEY (match_id, part, number);

ALTER TABLE ONLY public.reconciliation_match
    ADD CONSTRAINT reconciliation_match_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.reconciliation_run
    ADD CONSTRAINT reconciliation_run_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.reconciliation_shortfall
    ADD CONSTRAINT reconciliation_shortfall_pk PRIMARY KEY (tenant_id, day, currency);

ALTER TABLE ONLY public.reconciliation_statement_line
    ADD CONSTRAINT reconciliation_statement_line_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.reconciliation_statement
    ADD CONSTRAINT reconciliation_statement_once UNIQUE (tenant_id, department_id, source, digest);

ALTER TABLE ONLY public.reconciliation_statement
    ADD CONSTRAINT reconciliation_statement_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.reconciliation_statement
    ADD CONSTRAINT reconciliation_statement_place UNIQUE (id, tenant_id, department_id, source);

ALTER TABLE ONLY public.reconciliation_statement
    ADD CONSTRAINT reconciliation_statement_replaced_once UNIQUE (replaces);

ALTER TABLE public.reconciliation_statement
    ADD CONSTRAINT reconciliation_statement_replaces_another CHECK ((replaces <> id)) NOT VALID;

ALTER TABLE ONLY public.restriction
    ADD CONSTRAINT restriction_of_cause UNIQUE (id, cause);

ALTER TABLE ONLY public.restriction
    ADD CONSTRAINT restriction_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.restriction_step
    ADD CONSTRAINT restriction_step_pk PRIMARY KEY (restriction_id, number);

ALTER TABLE ONLY public.restriction_step
    ADD CONSTRAINT restriction_step_result UNIQUE (restriction_id, number, state);

ALTER TABLE ONLY public.restriction_step
    ADD CONSTRAINT restriction_step_taker UNIQUE (restriction_id, number, taken_by);

ALTER TABLE ONLY public.risk_current
    ADD CONSTRAINT risk_current_pk PRIMARY KEY (customer_id);

ALTER TABLE ONLY public.risk_flag
    ADD CONSTRAINT risk_flag_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.risk_score
    ADD CONSTRAINT risk_score_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.schema_floor
    ADD CONSTRAINT schema_floor_pk PRIMARY KEY (revision);

ALTER TABLE ONLY public.screening_alert
    ADD CONSTRAINT screening_alert_once UNIQUE (subject_id, source, entry_id);

ALTER TABLE ONLY public.screening_alert
    ADD CONSTRAINT screening_alert_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.screening_alert_step
    ADD CONSTRAINT screening_alert_step_pk PRIMARY KEY (alert_id, number);

ALTER TABLE ONLY public.screening_alert_step
    ADD CONSTRAINT screening_alert_step_taker UNIQUE (alert_id, number, taken_by);

ALTER TABLE ONLY public.screening_check
    ADD CONSTRAINT screening_check_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.screening_entry_change
    ADD CONSTRAINT screening_entry_change_pk PRIMARY KEY (source, entry_id, number);

ALTER TABLE ONLY public.screening_rescreen
    ADD CONSTRAINT screening_rescreen_pk PRIMARY KEY (tenant_id, number);

ALTER TABLE ONLY public.screening_result
    ADD CONSTRAINT screening_result_once_per_list UNIQUE NULLS NOT DISTINCT (customer_id, business_id, list_version, matcher_version, party_print);

ALTER TABLE ONLY public.screening_result
    ADD CONSTRAINT screening_result_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.screening_standing
    ADD CONSTRAINT screening_standing_pk PRIMARY KEY (subject_id);

ALTER TABLE ONLY public.screening_task
    ADD CONSTRAINT screening_task_pk PRIMARY KEY (subject_id);

ALTER TABLE ONLY public.screening_version
    ADD CONSTRAINT screening_version_of_source UNIQUE (source, number);

ALTER TABLE ONLY public.screening_version
    ADD CONSTRAINT screening_version_pk PRIMARY KEY (number);

ALTER TABLE ONLY public.settlement_bank_word
    ADD CONSTRAINT settlement_bank_word_hand_once UNIQUE (hand_word_id);

ALTER TABLE ONLY public.settlement_bank_word
    ADD CONSTRAINT settlement_bank_word_pk PRIMARY KEY (settlement_id, number);

ALTER TABLE ONLY public.settlement_bank_word
    ADD CONSTRAINT settlement_bank_word_reference_once UNIQUE (bank_reference);

ALTER TABLE ONLY public.settlement_decision
    ADD CONSTRAINT settlement_decision_outcome UNIQUE (settlement_id, outcome);

ALTER TABLE ONLY public.settlement_decision
    ADD CONSTRAINT settlement_decision_pk PRIMARY KEY (settlement_id);

ALTER TABLE public.settlement_decision
    ADD CONSTRAINT settlement_decision_signed CHECK (((outcome = 'approved'::public.settlement_outcome) = (signature_id IS NOT NULL))) NOT VALID;

ALTER TABLE ONLY public.settlement_file
    ADD CONSTRAINT settlement_file_pk PRIMARY KEY (settlement_id, kind);

ALTER TABLE ONLY public.settlement_hand_decision
    ADD CONSTRAINT settlement_hand_decision_of UNIQUE (word_id, settlement_id, outcome);

ALTER TABLE ONLY public.settlement_hand_decision
    ADD CONSTRAINT settlement_hand_decision_pk PRIMARY KEY (word_id);

ALTER TABLE ONLY public.settlement_hand_word
    ADD CONSTRAINT settlement_hand_word_maker UNIQUE (id, settlement_id, proposed_by);

ALTER TABLE ONLY public.settlement_hand_word
    ADD CONSTRAINT settlement_hand_word_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.settlement_late
    ADD CONSTRAINT settlement_late_pk PRIMARY KEY (settlement_id);

ALTER TABLE ONLY public.settlement_line
    ADD CONSTRAINT settlement_line_pk PRIMARY KEY (settlement_id, customer_id);

ALTER TABLE ONLY public.settlement_message_entry
    ADD CONSTRAINT settlement_message_entry_pk PRIMARY KEY (message_id, number);

ALTER TABLE ONLY public.settlement_message
    ADD CONSTRAINT settlement_message_once UNIQUE (tenant_id, message_id);

ALTER TABLE ONLY public.settlement_message
    ADD CONSTRAINT settlement_message_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.settlement_proposal
    ADD CONSTRAINT settlement_proposal_maker UNIQUE (id, proposed_by);

ALTER TABLE ONLY public.settlement_proposal
    ADD CONSTRAINT settlement_proposal_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.settlement_record
    ADD CONSTRAINT settlement_record_pk PRIMARY KEY (settlement_id, number);

ALTER TABLE ONLY public.settlement_release
    ADD CONSTRAINT settlement_release_pk PRIMARY KEY (settlement_id);

ALTER TABLE ONLY public.settlement_void
    ADD CONSTRAINT settlement_void_pk PRIMARY KEY (settlement_id);

ALTER TABLE ONLY public.signing_attempt
    ADD CONSTRAINT signing_attempt_pk PRIMARY KEY (number);

ALTER TABLE ONLY public.signing_challenge
    ADD CONSTRAINT signing_challenge_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.signing_challenge_use
    ADD CONSTRAINT signing_challenge_use_pk PRIMARY KEY (challenge_id);

ALTER TABLE ONLY public.signing_code_secret
    ADD CONSTRAINT signing_code_secret_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.signing_code_use
    ADD CONSTRAINT signing_code_use_pk PRIMARY KEY (secret_id, step);

ALTER TABLE ONLY public.signing_enrolment_word_end
    ADD CONSTRAINT signing_enrolment_word_end_pk PRIMARY KEY (word_id);

ALTER TABLE ONLY public.signing_enrolment_word
    ADD CONSTRAINT signing_enrolment_word_once UNIQUE (word_hash);

ALTER TABLE ONLY public.signing_enrolment_word
    ADD CONSTRAINT signing_enrolment_word_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.signing_enrolment_word_use
    ADD CONSTRAINT signing_enrolment_word_use_pk PRIMARY KEY (word_id);

ALTER TABLE ONLY public.signing_passkey
    ADD CONSTRAINT signing_passkey_credential_once UNIQUE (credential_id);

ALTER TABLE ONLY public.signing_passkey_end
    ADD CONSTRAINT signing_passkey_end_pk PRIMARY KEY (passkey_id);

ALTER TABLE ONLY public.signing_passkey
    ADD CONSTRAINT signing_passkey_of_staff UNIQUE (id, staff_id);

ALTER TABLE ONLY public.signing_passkey
    ADD CONSTRAINT signing_passkey_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.signing_signature
    ADD CONSTRAINT signing_signature_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.signing_signature
    ADD CONSTRAINT signing_signature_whose UNIQUE (id, staff_id, digest);

ALTER TABLE ONLY public.statement_issued
    ADD CONSTRAINT statement_issued_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.tenancy_capability_switch
    ADD CONSTRAINT tenancy_capability_switch_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.tenancy_department
    ADD CONSTRAINT tenancy_department_of_tenant UNIQUE (tenant_id, id);

ALTER TABLE ONLY public.tenancy_department
    ADD CONSTRAINT tenancy_department_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.tenancy_tenant
    ADD CONSTRAINT tenancy_tenant_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.tenancy_tenant
    ADD CONSTRAINT tenancy_tenant_slug_once UNIQUE (slug);

ALTER TABLE ONLY public.timeline_cursor
    ADD CONSTRAINT timeline_cursor_pk PRIMARY KEY (is_only);

ALTER TABLE ONLY public.timeline_day
    ADD CONSTRAINT timeline_day_pk PRIMARY KEY (tenant_id, day, kind);

ALTER TABLE ONLY public.timeline_mention
    ADD CONSTRAINT timeline_mention_pk PRIMARY KEY (tenant_id, subject_id, record_txid, record_id);

ALTER TABLE ONLY public.transfer_account_code
    ADD CONSTRAINT transfer_account_code_once UNIQUE (code);

ALTER TABLE ONLY public.transfer_account_code
    ADD CONSTRAINT transfer_account_code_pk PRIMARY KEY (customer_id);

ALTER TABLE ONLY public.transfer_claim
    ADD CONSTRAINT transfer_claim_pk PRIMARY KEY (qr_code_id);

ALTER TABLE ONLY public.transfer_claim
    ADD CONSTRAINT transfer_claim_transfer_once UNIQUE (transfer_id);

ALTER TABLE ONLY public.transfer_held_end
    ADD CONSTRAINT transfer_held_end_pk PRIMARY KEY (transfer_id);

ALTER TABLE ONLY public.transfer_held
    ADD CONSTRAINT transfer_held_hold_once UNIQUE (hold_id);

ALTER TABLE ONLY public.transfer_held
    ADD CONSTRAINT transfer_held_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.transfer_order
    ADD CONSTRAINT transfer_order_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.transfer_qr_code
    ADD CONSTRAINT transfer_qr_code_payable UNIQUE (id, merchant_id, is_single_use);

ALTER TABLE ONLY public.transfer_qr_code
    ADD CONSTRAINT transfer_qr_code_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.transfer_terms
    ADD CONSTRAINT transfer_terms_pk PRIMARY KEY (tenant_id, version);

ALTER TABLE ONLY public.treasury_movement
    ADD CONSTRAINT treasury_movement_pk PRIMARY KEY (movement_id);

ALTER TABLE ONLY public.wager_account
    ADD CONSTRAINT wager_account_customer_once UNIQUE (customer_id);

ALTER TABLE ONLY public.wager_account
    ADD CONSTRAINT wager_account_pk PRIMARY KEY (account_id);

ALTER TABLE ONLY public.wager_break
    ADD CONSTRAINT wager_break_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.wager_feed_stop
    ADD CONSTRAINT wager_feed_stop_pk PRIMARY KEY (account_id);

ALTER TABLE ONLY public.wager_order
    ADD CONSTRAINT wager_order_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.wager_position
    ADD CONSTRAINT wager_position_pk PRIMARY KEY (customer_id, market_id, side);

ALTER TABLE ONLY public.wager_report_applied
    ADD CONSTRAINT wager_report_applied_pk PRIMARY KEY (sequence);

ALTER TABLE ONLY public.wager_report_cursor
    ADD CONSTRAINT wager_report_cursor_pk PRIMARY KEY (is_only);

ALTER TABLE ONLY public.wager_report
    ADD CONSTRAINT wager_report_pk PRIMARY KEY (sequence);

ALTER TABLE ONLY public.webhook_attempt
    ADD CONSTRAINT webhook_attempt_pk PRIMARY KEY (message_id, number);

ALTER TABLE ONLY public.webhook_message
    ADD CONSTRAINT webhook_message_once UNIQUE (provider, event_id);

ALTER TABLE ONLY public.webhook_message
    ADD CONSTRAINT webhook_message_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.webhook_task
    ADD CONSTRAINT webhook_task_pk PRIMARY KEY (message_id);

ALTER TABLE ONLY public.witness_alarm_end
    ADD CONSTRAINT witness_alarm_end_pk PRIMARY KEY (alarm_id);

ALTER TABLE ONLY public.witness_alarm
    ADD CONSTRAINT witness_alarm_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.witness_checkpoint
    ADD CONSTRAINT witness_checkpoint_continued_once UNIQUE (epoch, previous_size);

ALTER TABLE ONLY public.witness_checkpoint
    ADD CONSTRAINT witness_checkpoint_pk PRIMARY KEY (epoch, size);

ALTER TABLE ONLY public.witness_epoch
    ADD CONSTRAINT witness_epoch_pk PRIMARY KEY (epoch);

CREATE INDEX aml_event_customer ON public.aml_event USING btree (tenant_id, customer_id, counted_at) INCLUDE (kind, product, tags, n, amount);

CREATE INDEX aml_event_device ON public.aml_event USING btree (tenant_id, device_id, counted_at) INCLUDE (kind, product, tags, n, amount) WHERE (device_id IS NOT NULL);

CREATE INDEX aml_event_history ON public.aml_event USING btree (at, id);

CREATE INDEX aml_event_instrument ON public.aml_event USING btree (tenant_id, instrument_id, counted_at) INCLUDE (kind, product, tags, n, amount) WHERE (instrument_id IS NOT NULL);

CREATE INDEX aml_event_reversals ON public.aml_event USING btree (reverses) WHERE (reverses IS NOT NULL);

CREATE UNIQUE INDEX aml_event_reversed_once ON public.aml_event USING btree (reverses) WHERE (n = '-1'::integer);

CREATE INDEX aml_version_tenant ON public.aml_version USING btree (tenant_id, id);

CREATE UNIQUE INDEX bank_file_answer_resolution ON public.bank_file_answer USING btree (payout_id) WHERE (verdict <> 'returned'::public.bank_file_verdict);

CREATE INDEX bank_file_entry_kept ON public.bank_file_entry USING btree (booked_at) WHERE (counterparty_sealed <> '\x'::bytea);

CREATE INDEX bank_file_entry_of_payout ON public.bank_file_entry USING btree (payout_id) WHERE (payout_id IS NOT NULL);

CREATE INDEX bank_file_entry_reference ON public.bank_file_entry USING btree (tenant_id, bank_reference);

CREATE INDEX bank_file_task_due ON public.bank_file_task USING btree (due_at);

CREATE INDEX boundary_nonce_sent_at ON public.boundary_nonce USING btree (sent_at);

CREATE INDEX cards_authorisation_customer ON public.cards_authorisation USING btree (customer_id) WHERE (decision = 'approve'::public.cards_decision);

CREATE INDEX cards_authorisation_expiry ON public.cards_authorisation USING btree (expires_at) WHERE (decision = 'approve'::public.cards_decision);

CREATE INDEX cards_authorisation_tenant ON public.cards_authorisation USING btree (tenant_id, id);

CREATE INDEX cards_capture_at ON public.cards_capture USING btree (tenant_id, at, charge_id);

CREATE INDEX cards_charge_customer ON public.cards_charge USING btree (customer_id, id);

CREATE INDEX cards_charge_tenant ON public.cards_charge USING btree (tenant_id, id);

CREATE INDEX cards_chargeback_charge ON public.cards_chargeback USING btree (charge_id);

CREATE INDEX cards_clearing_authorisation ON public.cards_clearing USING btree (authorisation_id);

CREATE INDEX cards_clearing_breaks ON public.cards_clearing USING btree (tenant_id, id) WHERE (excess > 0);

CREATE INDEX cards_refund_charge ON public.cards_refund USING btree (charge_id);

CREATE INDEX cards_refund_end_at ON public.cards_refund_end USING btree (tenant_id, at, refund_id) WHERE (outcome = 'refunded'::public.cards_refund_outcome);

CREATE INDEX cards_task_due ON public.cards_task USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX cases_case_due ON public.cases_case USING btree (tenant_id, due_at) WHERE (closed_at IS NULL);

CREATE INDEX cases_case_of_customer ON public.cases_case USING btree (tenant_id, customer_id, id);

CREATE UNIQUE INDEX cases_case_one_open ON public.cases_case USING btree (tenant_id, customer_id, family) WHERE (closed_at IS NULL);

CREATE INDEX cases_case_pending ON public.cases_case USING btree (tenant_id, priority DESC, id) WHERE (closed_at IS NULL);

CREATE INDEX cases_case_queue ON public.cases_case USING btree (tenant_id, priority DESC, id);

CREATE INDEX cases_exclusion_list ON public.cases_exclusion USING btree (tenant_id, id);

CREATE UNIQUE INDEX cases_exclusion_once ON public.cases_exclusion USING btree (tenant_id, customer_id, staff_id) WHERE (ended_at IS NULL);

CREATE INDEX cases_file_of_case ON public.cases_file USING btree (case_id);

CREATE INDEX cases_held_of_case ON public.cases_held USING btree (case_id);

CREATE INDEX cases_link_found ON public.cases_link USING btree (tenant_id, link_id);

CREATE INDEX cases_link_when ON public.cases_link USING btree (tenant_id, added_at);

CREATE INDEX cases_snooze_list ON public.cases_snooze USING btree (tenant_id, id);

CREATE INDEX cases_snooze_of_customer ON public.cases_snooze USING btree (tenant_id, customer_id);

CREATE UNIQUE INDEX cases_snooze_one ON public.cases_snooze USING btree (tenant_id, customer_id, rule) WHERE ((ended_at IS NULL) AND (state = ANY (ARRAY['proposed'::public.cases_snooze_state, 'standing'::public.cases_snooze_state])));

CREATE INDEX cases_step_when ON public.cases_step USING btree (tenant_id, at);

CREATE INDEX customer_account_ended ON public.customer_account USING btree (tenant_id, changed_at, id) WHERE (status = ANY (ARRAY['closed'::public.customer_status, 'refused'::public.customer_status]));

CREATE INDEX customer_session_open ON public.customer_session USING btree (customer_id) WHERE (ended_at IS NULL);

CREATE INDEX disclosure_by_customer ON public.disclosure USING btree (tenant_id, customer_id, id) WHERE (customer_id IS NOT NULL);

CREATE INDEX disclosure_by_staff ON public.disclosure USING btree (tenant_id, staff_id, id);

CREATE INDEX evidence_delivery_pack ON public.evidence_delivery USING btree (pack_id, id);

CREATE INDEX evidence_made_sha256 ON public.evidence_made USING btree (tenant_id, sha256);

CREATE INDEX evidence_pack_due ON public.evidence_pack USING btree (tenant_id, next_attempt_at) WHERE (state = 'asked'::public.evidence_state);

CREATE INDEX evidence_pack_over ON public.evidence_pack USING btree (tenant_id, expires_at) WHERE (state = 'ready'::public.evidence_state);

CREATE INDEX evidence_pack_tenant ON public.evidence_pack USING btree (tenant_id, id);

CREATE INDEX export_register_scope ON public.export_register USING btree (tenant_id, scope_id, id) WHERE (scope_id IS NOT NULL);

CREATE INDEX export_register_sha256 ON public.export_register USING btree (tenant_id, sha256);

CREATE INDEX export_register_tenant ON public.export_register USING btree (tenant_id, id);

CREATE INDEX filing_claim_report ON public.filing_claim USING btree (report_id);

CREATE INDEX filing_file_kept ON public.filing_file USING btree (made_at) WHERE (content_sealed <> '\x'::bytea);

CREATE INDEX filing_file_report ON public.filing_file USING btree (report_id, id);

CREATE INDEX filing_movement_at ON public.filing_movement USING btree (tenant_id, at);

CREATE INDEX filing_movement_due ON public.filing_movement USING btree (tenant_id, due_on) WHERE (reversed_at IS NULL);

CREATE INDEX filing_movement_tenant ON public.filing_movement USING btree (tenant_id, id);

CREATE INDEX filing_report_case ON public.filing_report USING btree (case_id) WHERE (case_id IS NOT NULL);

CREATE INDEX filing_report_movement_movement ON public.filing_report_movement USING btree (movement_id);

CREATE INDEX filing_report_tenant ON public.filing_report USING btree (tenant_id, id);

CREATE INDEX fx_conversion_customer ON public.fx_conversion USING btree (customer_id, id);

CREATE INDEX fx_conversion_tenant ON public.fx_conversion USING btree (tenant_id, id);

CREATE INDEX fx_posted_rate_department ON public.fx_posted_rate USING btree (department_id, id);

CREATE INDEX fx_quote_customer ON public.fx_quote USING btree (customer_id, id);

CREATE INDEX fx_quote_live_expiry ON public.fx_quote_live USING btree (department_id, expires_at);

CREATE INDEX fx_rate_proposal_tenant ON public.fx_rate_proposal USING btree (tenant_id, id);

CREATE INDEX gate_decision_customer ON public.gate_decision USING btree (customer_id, id);

CREATE INDEX gate_decision_found ON public.gate_decision USING btree (tenant_id, decided_at) WHERE ((score > 0) OR (answer <> 'allow'::public.gate_answer));

CREATE INDEX gate_decision_not_allowed ON public.gate_decision USING btree (tenant_id, id) WHERE (answer <> 'allow'::public.gate_answer);

CREATE INDEX kyc_business_by_representative ON public.kyc_business USING btree (representative_id);

CREATE UNIQUE INDEX kyc_business_once ON public.kyc_business USING btree (tenant_id, number_index) WHERE (state <> 'rejected'::public.kyc_business_state);

CREATE INDEX kyc_check_due ON public.kyc_check USING btree (next_attempt_at);

CREATE INDEX kyc_file_by_session ON public.kyc_file USING btree (session_id);

CREATE INDEX kyc_review_last ON public.kyc_review USING btree (customer_id, id DESC);

CREATE INDEX kyc_session_due ON public.kyc_session USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE UNIQUE INDEX kyc_session_one_open ON public.kyc_session USING btree (customer_id) WHERE (state = ANY (ARRAY['draft'::public.kyc_session_state, 'pending'::public.kyc_session_state, 'screening'::public.kyc_session_state]));

CREATE INDEX kyc_session_queue ON public.kyc_session USING btree (tenant_id, id) WHERE (waits_for IS NOT NULL);

CREATE INDEX kyc_turnover_last ON public.kyc_turnover USING btree (customer_id, declared_at DESC);

CREATE INDEX kyc_verification_last ON public.kyc_verification USING btree (customer_id, verified_at DESC);

CREATE INDEX kyc_verification_of_tenant ON public.kyc_verification USING btree (tenant_id, customer_id, verified_at DESC);

CREATE INDEX ledger_deal_state_deal ON public.ledger_deal_state USING btree (deal_id);

CREATE INDEX ledger_deal_state_movement ON public.ledger_deal_state USING btree (movement_id) WHERE (movement_id IS NOT NULL);

CREATE UNIQUE INDEX ledger_item_bank_deal_once ON public.ledger_item USING btree (tenant_id, reference) WHERE ((state = 'active'::public.ledger_item_state) AND (kind = ANY (ARRAY['contribution'::public.ledger_transfer_kind, 'stock_purchase'::public.ledger_transfer_kind, 'prefund_allocation'::public.ledger_transfer_kind, 'stock_sale'::public.ledger_transfer_kind, 'relocation'::public.ledger_transfer_kind, 'bill'::public.ledger_transfer_kind, 'bill_payment'::public.ledger_transfer_kind])));

CREATE INDEX ledger_item_deal ON public.ledger_item USING btree (deal_id);

CREATE INDEX ledger_item_movement ON public.ledger_item USING btree (movement_id) WHERE (movement_id IS NOT NULL);

CREATE UNIQUE INDEX ledger_item_one_active ON public.ledger_item USING btree (book_id, deal_id) WHERE (state = 'active'::public.ledger_item_state);

CREATE UNIQUE INDEX ledger_item_one_draft ON public.ledger_item USING btree (book_id, deal_id) WHERE (state = 'draft'::public.ledger_item_state);

CREATE INDEX ledger_posting_book ON public.ledger_posting USING btree (book_id, asset_id);

CREATE INDEX ledger_posting_debt ON public.ledger_posting USING btree (book_id, asset_id) WHERE ((source = 'debt'::public.ledger_account) OR (target = 'debt'::public.ledger_account));

CREATE INDEX ledger_reversal_tenant ON public.ledger_reversal USING btree (tenant_id, id);

CREATE INDEX ledger_transfer_movement ON public.ledger_transfer USING brin (movement_id) WITH (pages_per_range='32', autosummarize='on');

CREATE UNIQUE INDEX ledger_transfer_one_reversal ON public.ledger_transfer USING btree (book_id, reverses) WHERE (reverses IS NOT NULL);

CREATE INDEX ledger_transfer_recorded ON public.ledger_transfer USING brin (recorded_at) WITH (pages_per_range='32', autosummarize='on');

CREATE INDEX open_banking_consent_customer ON public.open_banking_consent USING btree (customer_id, id);

CREATE INDEX open_banking_consent_of_quote ON public.open_banking_consent USING btree (quote_id) WHERE (quote_id IS NOT NULL);

CREATE UNIQUE INDEX open_banking_step_one_end ON public.open_banking_step USING btree (consent_id) WHERE (state = ANY (ARRAY['rejected'::public.open_banking_state, 'expired'::public.open_banking_state, 'paid'::public.open_banking_state, 'failed'::public.open_banking_state]));

CREATE INDEX open_banking_task_due ON public.open_banking_task USING btree (due_at);

CREATE INDEX payment_bank_event_kept ON public.payment_bank_event USING btree (received_at) WHERE (payer_account_sealed <> '\x'::bytea);

CREATE INDEX payment_pay_in_customer ON public.payment_pay_in USING btree (customer_id, id);

CREATE INDEX payment_pay_in_decided ON public.payment_pay_in USING btree (tenant_id, decided_at, id);

CREATE INDEX payment_pay_in_waiting ON public.payment_pay_in USING btree (decided_at) WHERE (outcome = 'waiting'::public.payment_pay_in_outcome);

CREATE INDEX payment_suspense_proposal_owner ON public.payment_suspense_proposal USING btree (customer_id) WHERE (customer_id IS NOT NULL);

CREATE INDEX payment_suspense_proposal_pay_in ON public.payment_suspense_proposal USING btree (pay_in_id);

CREATE INDEX payout_account_customer ON public.payout_account USING btree (customer_id, id);

CREATE INDEX payout_order_customer ON public.payout_order USING btree (customer_id, id);

CREATE INDEX payout_resolution_resolved ON public.payout_resolution USING btree (tenant_id, resolved_at, payout_id) WHERE (outcome = 'paid'::public.payout_outcome);

CREATE INDEX payout_task_due ON public.payout_task USING btree (due_at) WHERE (state <> 'held'::public.payout_task_state);

CREATE UNIQUE INDEX period_closed_end ON public.period_closed USING btree (tenant_id, ends_at DESC);

CREATE INDEX pgqueuer_ep_ea_idx ON public.pgqueuer USING btree (entrypoint, execute_after) WHERE (status = 'queued'::public.pgqueuer_status);

CREATE INDEX pgqueuer_ep_prio_id_idx ON public.pgqueuer USING btree (entrypoint, priority DESC, id) WHERE (status = 'queued'::public.pgqueuer_status);

CREATE INDEX pgqueuer_log_created ON public.pgqueuer_log USING btree (created);

CREATE INDEX pgqueuer_log_job_id_status ON public.pgqueuer_log USING btree (job_id, created DESC);

CREATE INDEX pgqueuer_log_not_aggregated ON public.pgqueuer_log USING btree ((1)) WHERE (NOT aggregated);

CREATE INDEX pgqueuer_log_status ON public.pgqueuer_log USING btree (status);

CREATE INDEX pgqueuer_picked_heartbeat_idx ON public.pgqueuer USING btree (heartbeat) WHERE (status = 'picked'::public.pgqueuer_status);

CREATE UNIQUE INDEX pgqueuer_picked_slot_idx ON public.pgqueuer USING btree (entrypoint, slot) WHERE ((status = 'picked'::public.pgqueuer_status) AND (slot IS NOT NULL));

CREATE INDEX pgqueuer_priority_id_id1_idx ON public.pgqueuer USING btree (priority, id DESC) INCLUDE (id) WHERE (status = 'queued'::public.pgqueuer_status);

CREATE INDEX pgqueuer_queue_manager_id_idx ON public.pgqueuer USING btree (queue_manager_id) WHERE (queue_manager_id IS NOT NULL);

CREATE UNIQUE INDEX pgqueuer_statistics_unique_count ON public.pgqueuer_statistics USING btree (priority, date_trunc('sec'::text, timezone('UTC'::text, created)), status, entrypoint);

CREATE UNIQUE INDEX pgqueuer_unique_dedupe_key ON public.pgqueuer USING btree (dedupe_key) WHERE ((status = ANY (ARRAY['queued'::public.pgqueuer_status, 'picked'::public.pgqueuer_status])) AND (dedupe_key IS NOT NULL));

CREATE INDEX pgqueuer_updated_id_id1_idx ON public.pgqueuer USING btree (updated, id DESC) INCLUDE (id) WHERE (status = 'picked'::public.pgqueuer_status);

CREATE INDEX privacy_erasure_list ON public.privacy_erasure USING btree (tenant_id, customer_id);

CREATE INDEX privacy_export_by_customer ON public.privacy_export USING btree (customer_id, id);

CREATE INDEX privacy_export_due ON public.privacy_export USING btree (tenant_id, next_attempt_at) WHERE (state = 'asked'::public.privacy_export_state);

CREATE UNIQUE INDEX privacy_export_one_at_a_time ON public.privacy_export USING btree (customer_id) WHERE (state = 'asked'::public.privacy_export_state);

CREATE INDEX privacy_export_over ON public.privacy_export USING btree (tenant_id, expires_at) WHERE (state = 'ready'::public.privacy_export_state);

CREATE INDEX privacy_proposal_list ON public.privacy_proposal USING btree (tenant_id, id);

CREATE INDEX privacy_request_by_customer ON public.privacy_request USING btree (customer_id, id);

CREATE INDEX protection_pause_customer ON public.protection_pause USING btree (customer_id, begins_at);

CREATE INDEX protection_return_customer ON public.protection_return USING btree (customer_id, ended_at);

CREATE UNIQUE INDEX protection_return_one ON public.protection_return USING btree (customer_id) WHERE (outcome IS NULL);

CREATE INDEX reconciliation_break_end_adjustments ON public.reconciliation_break_end USING btree (tenant_id, break_id) WHERE (how = 'corrected'::public.reconciliation_break_how);

CREATE INDEX reconciliation_break_newest ON public.reconciliation_break USING btree (tenant_id, id);

CREATE INDEX reconciliation_finding_break ON public.reconciliation_finding USING btree (break_id);

CREATE INDEX reconciliation_finding_tenant ON public.reconciliation_finding USING btree (tenant_id, id);

CREATE INDEX reconciliation_import_came ON public.reconciliation_import USING btree (tenant_id, came_at);

CREATE INDEX reconciliation_match_day ON public.reconciliation_match USING btree (tenant_id, source, day);

CREATE INDEX reconciliation_match_newest ON public.reconciliation_match USING btree (tenant_id, id);

CREATE INDEX reconciliation_run_tenant ON public.reconciliation_run USING btree (tenant_id, id);

CREATE INDEX reconciliation_statement_line_day ON public.reconciliation_statement_line USING btree (tenant_id, source, day);

CREATE INDEX restriction_by_cause ON public.restriction USING btree (cause_id) WHERE (cause_id IS NOT NULL);

CREATE INDEX restriction_of_customer ON public.restriction USING btree (customer_id, id);

CREATE UNIQUE INDEX restriction_once ON public.restriction USING btree (customer_id, cause_id, cause, kind) WHERE ((cause_id IS NOT NULL) AND (state <> 'lifted'::public.restriction_state));

CREATE INDEX restriction_standing ON public.restriction USING btree (tenant_id, id) WHERE (state <> 'lifted'::public.restriction_state);

CREATE INDEX risk_flag_of_customer ON public.risk_flag USING btree (customer_id, id);

CREATE INDEX risk_score_of_customer ON public.risk_score USING btree (customer_id, id);

CREATE INDEX screening_alert_entry ON public.screening_alert USING btree (tenant_id, source, entry_id) WHERE (state <> 'gone'::public.screening_alert_state);

CREATE INDEX screening_alert_queue ON public.screening_alert USING btree (tenant_id, state, priority DESC, id);

CREATE INDEX screening_check_of_source ON public.screening_check USING btree (source, id);

CREATE INDEX screening_entry_change_of_version ON public.screening_entry_change USING btree (number, entry_id);

CREATE UNIQUE INDEX screening_rescreen_one ON public.screening_rescreen USING btree (tenant_id) WHERE (finished_at IS NULL);

CREATE INDEX screening_standing_matcher ON public.screening_standing USING btree (tenant_id, matcher_version, subject_id);

CREATE INDEX screening_task_due ON public.screening_task USING btree (tenant_id, due_at);

CREATE UNIQUE INDEX settlement_bank_word_ends ON public.settlement_bank_word USING btree (settlement_id) WHERE (word = ANY (ARRAY['refused'::public.settlement_word, 'returned'::public.settlement_word]));

CREATE INDEX settlement_hand_word_settlement ON public.settlement_hand_word USING btree (settlement_id);

CREATE INDEX settlement_proposal_tenant ON public.settlement_proposal USING btree (tenant_id, id);

CREATE INDEX signing_attempt_recent ON public.signing_attempt USING btree (staff_id, number);

CREATE INDEX signing_code_secret_staff ON public.signing_code_secret USING btree (staff_id);

CREATE INDEX signing_enrolment_word_staff ON public.signing_enrolment_word USING btree (staff_id);

CREATE INDEX signing_passkey_staff ON public.signing_passkey USING btree (staff_id);

CREATE INDEX signing_signature_counter ON public.signing_signature USING btree (passkey_id, counter);

CREATE INDEX statement_issued_digest ON public.statement_issued USING btree (tenant_id, content_digest);

CREATE INDEX statement_issued_tenant ON public.statement_issued USING btree (tenant_id, id);

CREATE INDEX tenancy_capability_switch_newest ON public.tenancy_capability_switch USING btree (tenant_id, capability, id DESC);

CREATE UNIQUE INDEX tenancy_department_one_root ON public.tenancy_department USING btree (tenant_id) WHERE (parent_id IS NULL);

CREATE INDEX transfer_held_sender ON public.transfer_held USING btree (sender_id, id);

CREATE UNIQUE INDEX transfer_order_code_paid_once ON public.transfer_order USING btree (qr_code_id) WHERE is_single_use;

CREATE INDEX transfer_order_of_code ON public.transfer_order USING btree (qr_code_id) WHERE (qr_code_id IS NOT NULL);

CREATE INDEX transfer_order_recipient ON public.transfer_order USING btree (recipient_id, id);

CREATE INDEX transfer_order_sender ON public.transfer_order USING btree (sender_id, id);

CREATE INDEX transfer_qr_code_merchant ON public.transfer_qr_code USING btree (merchant_id, id);

CREATE INDEX treasury_movement_newest ON public.treasury_movement USING btree (tenant_id, movement_id DESC);

CREATE INDEX wager_account_unregistered ON public.wager_account USING btree (account_id) WHERE (registered_at IS NULL);

CREATE UNIQUE INDEX wager_break_one_conflict ON public.wager_break USING btree (wager_id) WHERE (fault = 'conflicting_intent'::public.wager_fault);

CREATE INDEX wager_break_tenant ON public.wager_break USING btree (tenant_id, id);

CREATE INDEX wager_order_customer ON public.wager_order USING btree (customer_id, id);

CREATE INDEX wager_order_to_cancel ON public.wager_order USING btree (id) WHERE ((cancel_requested_at IS NOT NULL) AND (cancel_answered_at IS NULL));

CREATE INDEX wager_order_to_send ON public.wager_order USING btree (id) WHERE to_send;

CREATE INDEX wager_report_account ON public.wager_report USING btree (account_id, sequence);

CREATE INDEX wager_report_reverses ON public.wager_report USING btree (reverses) WHERE (reverses IS NOT NULL);

CREATE INDEX wager_report_tenant ON public.wager_report USING btree (tenant_id, sequence);

CREATE INDEX webhook_message_kept ON public.webhook_message USING btree (received_at) WHERE (body_sealed <> '\x'::bytea);

CREATE INDEX webhook_task_due ON public.webhook_task USING btree (due_at) WHERE (state = 'waiting'::public.webhook_task_state);

CREATE TRIGGER access_assignment_no_truncate BEFORE TRUNCATE ON public.access_assignment FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER access_session_no_truncate BEFORE TRUNCATE ON public.access_session FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER access_staff_no_truncate BEFORE TRUNCATE ON public.access_staff FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER aml_counter_no_truncate BEFORE TRUNCATE ON public.aml_counter FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER aml_event_append_only BEFORE DELETE OR UPDATE ON public.aml_event FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER aml_event_no_truncate BEFORE TRUNCATE ON public.aml_event FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER aml_gathered_no_truncate BEFORE TRUNCATE ON public.aml_gathered FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER aml_pair_no_truncate BEFORE TRUNCATE ON public.aml_pair FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER aml_published_no_truncate BEFORE TRUNCATE ON public.aml_published FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER aml_ruleset_no_truncate BEFORE TRUNCATE ON public.aml_ruleset FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER aml_step_append_only BEFORE DELETE OR UPDATE ON public.aml_step FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER aml_step_no_truncate BEFORE TRUNCATE ON public.aml_step FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER aml_version_append_only BEFORE DELETE OR UPDATE ON public.aml_version FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER aml_version_no_truncate BEFORE TRUNCATE ON public.aml_version FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_checkpoint_append_only BEFORE DELETE OR UPDATE ON public.audit_checkpoint FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_checkpoint_no_truncate BEFORE TRUNCATE ON public.audit_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_cosignature_append_only BEFORE DELETE OR UPDATE ON public.audit_cosignature FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_cosignature_no_truncate BEFORE TRUNCATE ON public.audit_cosignature FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_epoch_append_only BEFORE DELETE OR UPDATE ON public.audit_epoch FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_epoch_no_truncate BEFORE TRUNCATE ON public.audit_epoch FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_node_append_only BEFORE DELETE OR UPDATE ON public.audit_node FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_node_no_truncate BEFORE TRUNCATE ON public.audit_node FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_record_append_only BEFORE DELETE OR UPDATE ON public.audit_record FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_record_no_truncate BEFORE TRUNCATE ON public.audit_record FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_seal_append_only BEFORE DELETE OR UPDATE ON public.audit_seal FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_seal_no_truncate BEFORE TRUNCATE ON public.audit_seal FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER bank_file_answer_append_only BEFORE DELETE OR UPDATE ON public.bank_file_answer FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER bank_file_answer_no_truncate BEFORE TRUNCATE ON public.bank_file_answer FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER bank_file_append_only BEFORE DELETE OR UPDATE ON public.bank_file FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER bank_file_batch_append_only BEFORE DELETE OR UPDATE ON public.bank_file_batch FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER bank_file_batch_no_truncate BEFORE TRUNCATE ON public.bank_file_batch FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER bank_file_batch_payout_append_only BEFORE DELETE OR UPDATE ON public.bank_file_batch_payout FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER bank_file_batch_payout_no_truncate BEFORE TRUNCATE ON public.bank_file_batch_payout FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER bank_file_entry_append_only BEFORE DELETE OR UPDATE ON public.bank_file_entry FOR EACH ROW EXECUTE FUNCTION public.refuse_all_but_emptying('remittance_sealed', 'counterparty_sealed');

CREATE TRIGGER bank_file_entry_no_truncate BEFORE TRUNCATE ON public.bank_file_entry FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER bank_file_no_truncate BEFORE TRUNCATE ON public.bank_file FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER bank_file_outcome_append_only BEFORE DELETE OR UPDATE ON public.bank_file_outcome FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER bank_file_outcome_no_truncate BEFORE TRUNCATE ON public.bank_file_outcome FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER bank_file_payout_append_only BEFORE DELETE OR UPDATE ON public.bank_file_payout FOR EACH ROW EXECUTE FUNCTION public.refuse_all_but_emptying('account_sealed', 'reference_sealed');

CREATE TRIGGER bank_file_payout_no_truncate BEFORE TRUNCATE ON public.bank_file_payout FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER bank_file_task_no_truncate BEFORE TRUNCATE ON public.bank_file_task FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER boundary_nonce_after_restore BEFORE INSERT ON public.boundary_nonce FOR EACH ROW EXECUTE FUNCTION public.refuse_calls_before_restore();

CREATE TRIGGER boundary_nonce_no_truncate BEFORE TRUNCATE ON public.boundary_nonce FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cards_authorisation_append_only BEFORE DELETE OR UPDATE ON public.cards_authorisation FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cards_authorisation_end_append_only BEFORE DELETE OR UPDATE ON public.cards_authorisation_end FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cards_authorisation_end_no_truncate BEFORE TRUNCATE ON public.cards_authorisation_end FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cards_authorisation_no_truncate BEFORE TRUNCATE ON public.cards_authorisation FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cards_capture_amounts AFTER INSERT ON public.cards_capture FOR EACH ROW EXECUTE FUNCTION public.cards_check_amounts();

CREATE TRIGGER cards_capture_append_only BEFORE DELETE OR UPDATE ON public.cards_capture FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cards_capture_no_truncate BEFORE TRUNCATE ON public.cards_capture FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cards_card_append_only BEFORE DELETE OR UPDATE ON public.cards_card FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cards_card_no_truncate BEFORE TRUNCATE ON public.cards_card FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cards_charge_append_only BEFORE DELETE OR UPDATE ON public.cards_charge FOR EACH ROW EXECUTE FUNCTION public.refuse_all_but_emptying('token_sealed');

CREATE TRIGGER cards_charge_no_truncate BEFORE TRUNCATE ON public.cards_charge FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cards_charge_step_append_only BEFORE DELETE OR UPDATE ON public.cards_charge_step FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cards_charge_step_legal BEFORE INSERT ON public.cards_charge_step FOR EACH ROW EXECUTE FUNCTION public.cards_check_step();

CREATE TRIGGER cards_charge_step_no_truncate BEFORE TRUNCATE ON public.cards_charge_step FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cards_chargeback_amounts AFTER INSERT ON public.cards_chargeback FOR EACH ROW EXECUTE FUNCTION public.cards_check_amounts();

CREATE TRIGGER cards_chargeback_append_only BEFORE DELETE OR UPDATE ON public.cards_chargeback FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cards_chargeback_no_truncate BEFORE TRUNCATE ON public.cards_chargeback FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cards_chargeback_won_append_only BEFORE DELETE OR UPDATE ON public.cards_chargeback_won FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cards_chargeback_won_no_truncate BEFORE TRUNCATE ON public.cards_chargeback_won FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cards_clearing_append_only BEFORE DELETE OR UPDATE ON public.cards_clearing FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cards_clearing_no_truncate BEFORE TRUNCATE ON public.cards_clearing FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cards_clearing_within AFTER INSERT ON public.cards_clearing FOR EACH ROW EXECUTE FUNCTION public.cards_check_clearing();

CREATE TRIGGER cards_refund_amounts AFTER INSERT ON public.cards_refund FOR EACH ROW EXECUTE FUNCTION public.cards_check_amounts();

CREATE TRIGGER cards_refund_append_only BEFORE DELETE OR UPDATE ON public.cards_refund FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cards_refund_end_append_only BEFORE DELETE OR UPDATE ON public.cards_refund_end FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cards_refund_end_no_truncate BEFORE TRUNCATE ON public.cards_refund_end FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cards_refund_no_truncate BEFORE TRUNCATE ON public.cards_refund FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cards_settlement_append_only BEFORE DELETE OR UPDATE ON public.cards_settlement FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cards_settlement_no_truncate BEFORE TRUNCATE ON public.cards_settlement FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cards_task_no_truncate BEFORE TRUNCATE ON public.cards_task FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cases_case_guard BEFORE UPDATE ON public.cases_case FOR EACH ROW EXECUTE FUNCTION public.cases_case_guard();

CREATE TRIGGER cases_case_no_truncate BEFORE TRUNCATE ON public.cases_case FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cases_exclusion_no_truncate BEFORE TRUNCATE ON public.cases_exclusion FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cases_file_append_only BEFORE DELETE OR UPDATE ON public.cases_file FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cases_file_chunk_append_only BEFORE DELETE OR UPDATE ON public.cases_file_chunk FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cases_file_chunk_no_truncate BEFORE TRUNCATE ON public.cases_file_chunk FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cases_file_no_truncate BEFORE TRUNCATE ON public.cases_file FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cases_held_guard BEFORE UPDATE ON public.cases_held FOR EACH ROW EXECUTE FUNCTION public.cases_held_guard();

CREATE TRIGGER cases_held_no_truncate BEFORE TRUNCATE ON public.cases_held FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cases_link_append_only BEFORE DELETE OR UPDATE ON public.cases_link FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cases_link_no_truncate BEFORE TRUNCATE ON public.cases_link FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cases_note_append_only BEFORE DELETE OR UPDATE ON public.cases_note FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cases_note_no_truncate BEFORE TRUNCATE ON public.cases_note FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cases_snooze_guard BEFORE UPDATE ON public.cases_snooze FOR EACH ROW EXECUTE FUNCTION public.cases_snooze_guard();

CREATE TRIGGER cases_snooze_no_truncate BEFORE TRUNCATE ON public.cases_snooze FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cases_step_append_only BEFORE DELETE OR UPDATE ON public.cases_step FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER cases_step_guard BEFORE INSERT ON public.cases_step FOR EACH ROW WHEN ((new.staff_id IS NOT NULL)) EXECUTE FUNCTION public.cases_step_guard();

CREATE TRIGGER cases_step_no_truncate BEFORE TRUNCATE ON public.cases_step FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER checkout_payment_append_only BEFORE DELETE OR UPDATE ON public.checkout_payment FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER checkout_payment_no_truncate BEFORE TRUNCATE ON public.checkout_payment FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER customer_account_no_truncate BEFORE TRUNCATE ON public.customer_account FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER customer_clearance_append_only BEFORE DELETE OR UPDATE ON public.customer_clearance FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER customer_clearance_no_truncate BEFORE TRUNCATE ON public.customer_clearance FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER customer_credential_no_truncate BEFORE TRUNCATE ON public.customer_credential FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER customer_credential_while_known BEFORE DELETE ON public.customer_credential FOR EACH ROW EXECUTE FUNCTION public.refuse_while_known();

CREATE TRIGGER customer_data_key_no_truncate BEFORE TRUNCATE ON public.customer_data_key FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER customer_profile_no_truncate BEFORE TRUNCATE ON public.customer_profile FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER customer_pseudonym_append_only BEFORE DELETE OR UPDATE ON public.customer_pseudonym FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER customer_pseudonym_no_truncate BEFORE TRUNCATE ON public.customer_pseudonym FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER customer_registration_no_truncate BEFORE TRUNCATE ON public.customer_registration FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER customer_registration_while_known BEFORE DELETE OR UPDATE ON public.customer_registration FOR EACH ROW EXECUTE FUNCTION public.refuse_while_known();

CREATE TRIGGER customer_session_no_truncate BEFORE TRUNCATE ON public.customer_session FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER database_seen_append_only BEFORE DELETE OR UPDATE ON public.database_seen FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER database_seen_no_truncate BEFORE TRUNCATE ON public.database_seen FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER disclosure_append_only BEFORE DELETE OR UPDATE ON public.disclosure FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER disclosure_no_truncate BEFORE TRUNCATE ON public.disclosure FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER event_inbox_append_only BEFORE DELETE OR UPDATE ON public.event_inbox FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER event_inbox_no_truncate BEFORE TRUNCATE ON public.event_inbox FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER evidence_delivery_append_only BEFORE DELETE OR UPDATE ON public.evidence_delivery FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER evidence_delivery_no_truncate BEFORE TRUNCATE ON public.evidence_delivery FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER evidence_made_append_only BEFORE DELETE OR UPDATE ON public.evidence_made FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER evidence_made_no_truncate BEFORE TRUNCATE ON public.evidence_made FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER evidence_pack_no_truncate BEFORE TRUNCATE ON public.evidence_pack FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER evidence_part_no_truncate BEFORE TRUNCATE ON public.evidence_part FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER export_register_append_only BEFORE DELETE OR UPDATE ON public.export_register FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER export_register_no_truncate BEFORE TRUNCATE ON public.export_register FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER facts_customer_no_truncate BEFORE TRUNCATE ON public.facts_customer FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_claim_no_truncate BEFORE TRUNCATE ON public.filing_claim FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_counterparty_append_only BEFORE DELETE OR UPDATE ON public.filing_counterparty FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_counterparty_no_truncate BEFORE TRUNCATE ON public.filing_counterparty FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_file_append_only BEFORE DELETE OR UPDATE ON public.filing_file FOR EACH ROW EXECUTE FUNCTION public.refuse_all_but_emptying('content_sealed');

CREATE TRIGGER filing_file_no_truncate BEFORE TRUNCATE ON public.filing_file FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_movement_no_truncate BEFORE TRUNCATE ON public.filing_movement FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_narrative_append_only BEFORE DELETE OR UPDATE ON public.filing_narrative FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_narrative_no_truncate BEFORE TRUNCATE ON public.filing_narrative FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_party_append_only BEFORE DELETE OR UPDATE ON public.filing_party FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_party_no_truncate BEFORE TRUNCATE ON public.filing_party FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_profile_append_only BEFORE DELETE OR UPDATE ON public.filing_profile FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_profile_decision_append_only BEFORE DELETE OR UPDATE ON public.filing_profile_decision FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_profile_decision_no_truncate BEFORE TRUNCATE ON public.filing_profile_decision FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_profile_no_truncate BEFORE TRUNCATE ON public.filing_profile FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_report_append_only BEFORE DELETE OR UPDATE ON public.filing_report FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_report_movement_no_truncate BEFORE TRUNCATE ON public.filing_report_movement FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_report_no_truncate BEFORE TRUNCATE ON public.filing_report FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_report_step_append_only BEFORE DELETE OR UPDATE ON public.filing_report_step FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_report_step_no_truncate BEFORE TRUNCATE ON public.filing_report_step FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER filing_scan_no_truncate BEFORE TRUNCATE ON public.filing_scan FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_conversion_append_only BEFORE DELETE OR UPDATE ON public.fx_conversion FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_conversion_as_quoted AFTER INSERT ON public.fx_conversion FOR EACH ROW EXECUTE FUNCTION public.fx_check_conversion();

CREATE TRIGGER fx_conversion_no_truncate BEFORE TRUNCATE ON public.fx_conversion FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_mid_append_only BEFORE DELETE OR UPDATE ON public.fx_mid FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_mid_no_truncate BEFORE TRUNCATE ON public.fx_mid FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_posted_rate_append_only BEFORE DELETE OR UPDATE ON public.fx_posted_rate FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_posted_rate_no_truncate BEFORE TRUNCATE ON public.fx_posted_rate FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_quote_append_only BEFORE DELETE OR UPDATE ON public.fx_quote FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_quote_close_append_only BEFORE DELETE OR UPDATE ON public.fx_quote_close FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_quote_close_no_truncate BEFORE TRUNCATE ON public.fx_quote_close FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_quote_live_no_truncate BEFORE TRUNCATE ON public.fx_quote_live FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_quote_no_truncate BEFORE TRUNCATE ON public.fx_quote FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_rate_decision_append_only BEFORE DELETE OR UPDATE ON public.fx_rate_decision FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_rate_decision_no_truncate BEFORE TRUNCATE ON public.fx_rate_decision FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_rate_proposal_append_only BEFORE DELETE OR UPDATE ON public.fx_rate_proposal FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_rate_proposal_no_truncate BEFORE TRUNCATE ON public.fx_rate_proposal FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_stock_cost_append_only BEFORE DELETE OR UPDATE ON public.fx_stock_cost FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_stock_cost_follows AFTER INSERT ON public.fx_stock_cost FOR EACH ROW EXECUTE FUNCTION public.fx_check_stock_cost();

CREATE TRIGGER fx_stock_cost_no_truncate BEFORE TRUNCATE ON public.fx_stock_cost FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_terms_append_only BEFORE DELETE OR UPDATE ON public.fx_terms FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_terms_no_truncate BEFORE TRUNCATE ON public.fx_terms FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER gate_basis_append_only BEFORE DELETE OR UPDATE ON public.gate_basis FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER gate_basis_no_truncate BEFORE TRUNCATE ON public.gate_basis FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER gate_decision_append_only BEFORE DELETE OR UPDATE ON public.gate_decision FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER gate_decision_no_truncate BEFORE TRUNCATE ON public.gate_decision FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER geography_decision_append_only BEFORE DELETE OR UPDATE ON public.geography_decision FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER geography_decision_no_truncate BEFORE TRUNCATE ON public.geography_decision FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER geography_policy_append_only BEFORE DELETE OR UPDATE ON public.geography_policy FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER geography_policy_no_truncate BEFORE TRUNCATE ON public.geography_policy FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER idempotency_answer_append_only BEFORE DELETE OR UPDATE ON public.idempotency_answer FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER idempotency_answer_no_truncate BEFORE TRUNCATE ON public.idempotency_answer FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_attachment_guard BEFORE INSERT OR UPDATE ON public.kyc_attachment FOR EACH ROW EXECUTE FUNCTION public.kyc_attachment_guard();

CREATE TRIGGER kyc_attachment_no_truncate BEFORE TRUNCATE ON public.kyc_attachment FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_business_no_truncate BEFORE TRUNCATE ON public.kyc_business FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_business_verdict_append_only BEFORE DELETE OR UPDATE ON public.kyc_business_verdict FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_business_verdict_no_truncate BEFORE TRUNCATE ON public.kyc_business_verdict FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_check_no_truncate BEFORE TRUNCATE ON public.kyc_check FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_configuration_append_only BEFORE DELETE OR UPDATE ON public.kyc_configuration FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_configuration_no_truncate BEFORE TRUNCATE ON public.kyc_configuration FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_decision_append_only BEFORE DELETE OR UPDATE ON public.kyc_decision FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_decision_no_truncate BEFORE TRUNCATE ON public.kyc_decision FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_file_append_only BEFORE DELETE OR UPDATE ON public.kyc_file FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_file_chunk_append_only BEFORE DELETE OR UPDATE ON public.kyc_file_chunk FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_file_chunk_no_truncate BEFORE TRUNCATE ON public.kyc_file_chunk FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_file_no_truncate BEFORE TRUNCATE ON public.kyc_file FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_owner_guard BEFORE INSERT OR DELETE OR UPDATE ON public.kyc_owner FOR EACH ROW EXECUTE FUNCTION public.kyc_owner_guard();

CREATE TRIGGER kyc_owner_no_truncate BEFORE TRUNCATE ON public.kyc_owner FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_review_append_only BEFORE DELETE OR UPDATE ON public.kyc_review FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_review_no_truncate BEFORE TRUNCATE ON public.kyc_review FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_session_guard BEFORE UPDATE ON public.kyc_session FOR EACH ROW EXECUTE FUNCTION public.kyc_session_guard();

CREATE TRIGGER kyc_session_no_truncate BEFORE TRUNCATE ON public.kyc_session FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_step_result_append_only BEFORE DELETE OR UPDATE ON public.kyc_step_result FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_step_result_no_truncate BEFORE TRUNCATE ON public.kyc_step_result FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_turnover_append_only BEFORE DELETE OR UPDATE ON public.kyc_turnover FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_turnover_no_truncate BEFORE TRUNCATE ON public.kyc_turnover FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_verification_append_only BEFORE DELETE OR UPDATE ON public.kyc_verification FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_verification_no_truncate BEFORE TRUNCATE ON public.kyc_verification FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_asset_append_only BEFORE DELETE OR UPDATE ON public.ledger_asset FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_asset_no_truncate BEFORE TRUNCATE ON public.ledger_asset FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_balance_derived BEFORE INSERT OR DELETE OR UPDATE ON public.ledger_balance FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_refuse_direct_change();

CREATE TRIGGER ledger_balance_no_truncate BEFORE TRUNCATE ON public.ledger_balance FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_book_append_only BEFORE DELETE OR UPDATE ON public.ledger_book FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_book_no_truncate BEFORE TRUNCATE ON public.ledger_book FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_chart_append_only BEFORE DELETE OR UPDATE ON public.ledger_chart FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_chart_no_truncate BEFORE TRUNCATE ON public.ledger_chart FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_deal_state_append_only BEFORE DELETE OR UPDATE ON public.ledger_deal_state FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_deal_state_check AFTER INSERT ON public.ledger_deal_state REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_check_deal_state();

CREATE TRIGGER ledger_deal_state_no_truncate BEFORE TRUNCATE ON public.ledger_deal_state FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_entry_append_only BEFORE DELETE OR UPDATE ON public.ledger_entry FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_entry_derived BEFORE INSERT ON public.ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_refuse_direct_change();

CREATE TRIGGER ledger_entry_no_truncate BEFORE TRUNCATE ON public.ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_hold_append_only BEFORE DELETE OR UPDATE ON public.ledger_hold FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_hold_capture_append_only BEFORE DELETE OR UPDATE ON public.ledger_hold_capture FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_hold_capture_follow AFTER INSERT ON public.ledger_hold_capture REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_follow_capture();

CREATE TRIGGER ledger_hold_capture_no_truncate BEFORE TRUNCATE ON public.ledger_hold_capture FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_hold_close_append_only BEFORE DELETE OR UPDATE ON public.ledger_hold_close FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_hold_close_follow AFTER INSERT ON public.ledger_hold_close REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_follow_close();

CREATE TRIGGER ledger_hold_close_no_truncate BEFORE TRUNCATE ON public.ledger_hold_close FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_hold_follow AFTER INSERT ON public.ledger_hold REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_follow_hold();

CREATE TRIGGER ledger_hold_no_truncate BEFORE TRUNCATE ON public.ledger_hold FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_hold_open_derived BEFORE INSERT OR DELETE OR UPDATE ON public.ledger_hold_open FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_refuse_direct_change();

CREATE TRIGGER ledger_hold_open_no_truncate BEFORE TRUNCATE ON public.ledger_hold_open FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_item_check AFTER INSERT ON public.ledger_item REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_check_item();

CREATE TRIGGER ledger_item_guard BEFORE UPDATE ON public.ledger_item FOR EACH ROW EXECUTE FUNCTION public.ledger_guard_item();

CREATE TRIGGER ledger_item_no_delete BEFORE DELETE ON public.ledger_item FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_item_no_truncate BEFORE TRUNCATE ON public.ledger_item FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_posting_append_only BEFORE DELETE OR UPDATE ON public.ledger_posting FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_posting_check AFTER INSERT ON public.ledger_posting REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_check_posting();

CREATE TRIGGER ledger_posting_follow AFTER INSERT ON public.ledger_posting REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_follow_posting();

CREATE TRIGGER ledger_posting_no_truncate BEFORE TRUNCATE ON public.ledger_posting FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_repair_append_only BEFORE DELETE OR UPDATE ON public.ledger_repair FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_repair_no_truncate BEFORE TRUNCATE ON public.ledger_repair FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_repair_run BEFORE INSERT ON public.ledger_repair FOR EACH ROW EXECUTE FUNCTION public.ledger_repair_snapshots();

CREATE TRIGGER ledger_reversal_append_only BEFORE DELETE OR UPDATE ON public.ledger_reversal FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_reversal_decision_append_only BEFORE DELETE OR UPDATE ON public.ledger_reversal_decision FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_reversal_decision_check AFTER INSERT ON public.ledger_reversal_decision FOR EACH ROW EXECUTE FUNCTION public.ledger_check_reversal_decision();

CREATE TRIGGER ledger_reversal_decision_no_truncate BEFORE TRUNCATE ON public.ledger_reversal_decision FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_reversal_no_truncate BEFORE TRUNCATE ON public.ledger_reversal FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_transfer_append_only BEFORE DELETE OR UPDATE ON public.ledger_transfer FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_transfer_follow AFTER INSERT ON public.ledger_transfer REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_after_transfer();

CREATE CONSTRAINT TRIGGER ledger_transfer_mirror AFTER INSERT ON public.ledger_transfer DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.reverses IS NOT NULL)) EXECUTE FUNCTION public.ledger_check_mirror();

CREATE TRIGGER ledger_transfer_no_truncate BEFORE TRUNCATE ON public.ledger_transfer FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_transfer_period AFTER INSERT ON public.ledger_transfer REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.period_refuse_entry();

CREATE TRIGGER ledger_transfer_source_append_only BEFORE DELETE OR UPDATE ON public.ledger_transfer_source FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_transfer_source_check AFTER INSERT ON public.ledger_transfer_source REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_check_source();

CREATE TRIGGER ledger_transfer_source_no_truncate BEFORE TRUNCATE ON public.ledger_transfer_source FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER market_no_truncate BEFORE TRUNCATE ON public.market FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER market_resolution_append_only BEFORE DELETE OR UPDATE ON public.market_resolution FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER market_resolution_no_truncate BEFORE TRUNCATE ON public.market_resolution FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER open_banking_consent_append_only BEFORE DELETE OR UPDATE ON public.open_banking_consent FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER open_banking_consent_no_truncate BEFORE TRUNCATE ON public.open_banking_consent FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER open_banking_step_append_only BEFORE DELETE OR UPDATE ON public.open_banking_step FOR EACH ROW EXECUTE FUNCTION public.refuse_all_but_emptying('account_sealed');

CREATE TRIGGER open_banking_step_no_truncate BEFORE TRUNCATE ON public.open_banking_step FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER open_banking_task_no_truncate BEFORE TRUNCATE ON public.open_banking_task FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER outflow_resumption_append_only BEFORE DELETE OR UPDATE ON public.outflow_resumption FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER outflow_resumption_no_truncate BEFORE TRUNCATE ON public.outflow_resumption FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payment_bank_event_append_only BEFORE DELETE OR UPDATE ON public.payment_bank_event FOR EACH ROW EXECUTE FUNCTION public.refuse_all_but_emptying('payer_account_sealed', 'payer_text_sealed');

CREATE TRIGGER payment_bank_event_no_truncate BEFORE TRUNCATE ON public.payment_bank_event FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payment_collection_append_only BEFORE DELETE OR UPDATE ON public.payment_collection FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payment_collection_no_truncate BEFORE TRUNCATE ON public.payment_collection FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payment_pay_in_append_only BEFORE DELETE OR UPDATE ON public.payment_pay_in FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payment_pay_in_no_truncate BEFORE TRUNCATE ON public.payment_pay_in FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payment_pay_in_reversal_append_only BEFORE DELETE OR UPDATE ON public.payment_pay_in_reversal FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payment_pay_in_reversal_no_truncate BEFORE TRUNCATE ON public.payment_pay_in_reversal FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payment_refund_review_append_only BEFORE DELETE OR UPDATE ON public.payment_refund_review FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payment_refund_review_no_truncate BEFORE TRUNCATE ON public.payment_refund_review FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payment_suspense_claim_no_truncate BEFORE TRUNCATE ON public.payment_suspense_claim FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payment_suspense_decision_append_only BEFORE DELETE OR UPDATE ON public.payment_suspense_decision FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payment_suspense_decision_no_truncate BEFORE TRUNCATE ON public.payment_suspense_decision FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payment_suspense_proposal_append_only BEFORE DELETE OR UPDATE ON public.payment_suspense_proposal FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payment_suspense_proposal_no_truncate BEFORE TRUNCATE ON public.payment_suspense_proposal FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payment_suspense_resolution_append_only BEFORE DELETE OR UPDATE ON public.payment_suspense_resolution FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payment_suspense_resolution_no_truncate BEFORE TRUNCATE ON public.payment_suspense_resolution FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payment_take_back_append_only BEFORE DELETE OR UPDATE ON public.payment_take_back FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payment_take_back_no_truncate BEFORE TRUNCATE ON public.payment_take_back FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payout_account_append_only BEFORE DELETE OR UPDATE ON public.payout_account FOR EACH ROW EXECUTE FUNCTION public.refuse_all_but_emptying('number_sealed', 'holder_sealed', 'number_index');

CREATE TRIGGER payout_account_no_truncate BEFORE TRUNCATE ON public.payout_account FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payout_account_removal_append_only BEFORE DELETE OR UPDATE ON public.payout_account_removal FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payout_account_removal_no_truncate BEFORE TRUNCATE ON public.payout_account_removal FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payout_claim_no_truncate BEFORE TRUNCATE ON public.payout_claim FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payout_held_append_only BEFORE DELETE OR UPDATE ON public.payout_held FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payout_held_end_append_only BEFORE DELETE OR UPDATE ON public.payout_held_end FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payout_held_end_no_truncate BEFORE TRUNCATE ON public.payout_held_end FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payout_held_no_truncate BEFORE TRUNCATE ON public.payout_held FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payout_order_append_only BEFORE DELETE OR UPDATE ON public.payout_order FOR EACH ROW EXECUTE FUNCTION public.refuse_all_but_emptying('destination_sealed');

CREATE TRIGGER payout_order_no_truncate BEFORE TRUNCATE ON public.payout_order FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payout_resolution_append_only BEFORE DELETE OR UPDATE ON public.payout_resolution FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payout_resolution_no_truncate BEFORE TRUNCATE ON public.payout_resolution FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payout_return_append_only BEFORE DELETE OR UPDATE ON public.payout_return FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payout_return_no_truncate BEFORE TRUNCATE ON public.payout_return FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payout_task_no_truncate BEFORE TRUNCATE ON public.payout_task FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payout_terms_append_only BEFORE DELETE OR UPDATE ON public.payout_terms FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payout_terms_no_truncate BEFORE TRUNCATE ON public.payout_terms FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER period_balance_append_only BEFORE DELETE OR UPDATE ON public.period_balance FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER period_balance_no_truncate BEFORE TRUNCATE ON public.period_balance FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER period_closed_append_only BEFORE DELETE OR UPDATE ON public.period_closed FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER period_closed_check BEFORE INSERT ON public.period_closed FOR EACH ROW EXECUTE FUNCTION public.period_check_close();

CREATE TRIGGER period_closed_no_truncate BEFORE TRUNCATE ON public.period_closed FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER period_proposal_append_only BEFORE DELETE OR UPDATE ON public.period_proposal FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER period_proposal_no_truncate BEFORE TRUNCATE ON public.period_proposal FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER pgqueuer_log_no_truncate BEFORE TRUNCATE ON public.pgqueuer_log FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER pgqueuer_no_truncate BEFORE TRUNCATE ON public.pgqueuer FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER pgqueuer_schedules_no_truncate BEFORE TRUNCATE ON public.pgqueuer_schedules FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER pgqueuer_statistics_no_truncate BEFORE TRUNCATE ON public.pgqueuer_statistics FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER privacy_consent_append_only BEFORE DELETE OR UPDATE ON public.privacy_consent FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER privacy_consent_no_truncate BEFORE TRUNCATE ON public.privacy_consent FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER privacy_decision_append_only BEFORE DELETE OR UPDATE ON public.privacy_decision FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER privacy_decision_no_truncate BEFORE TRUNCATE ON public.privacy_decision FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER privacy_erasure_append_only BEFORE DELETE OR UPDATE ON public.privacy_erasure FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER privacy_erasure_no_truncate BEFORE TRUNCATE ON public.privacy_erasure FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER privacy_export_no_truncate BEFORE TRUNCATE ON public.privacy_export FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER privacy_export_part_no_truncate BEFORE TRUNCATE ON public.privacy_export_part FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER privacy_proposal_append_only BEFORE DELETE OR UPDATE ON public.privacy_proposal FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER privacy_proposal_no_truncate BEFORE TRUNCATE ON public.privacy_proposal FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER privacy_request_append_only BEFORE DELETE OR UPDATE ON public.privacy_request FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER privacy_request_no_truncate BEFORE TRUNCATE ON public.privacy_request FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER protection_hour_no_truncate BEFORE TRUNCATE ON public.protection_hour FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER protection_limit_no_truncate BEFORE TRUNCATE ON public.protection_limit FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER protection_moment_no_truncate BEFORE TRUNCATE ON public.protection_moment FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER protection_pause_append_only BEFORE DELETE OR UPDATE ON public.protection_pause FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER protection_pause_no_truncate BEFORE TRUNCATE ON public.protection_pause FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER protection_policy_append_only BEFORE DELETE OR UPDATE ON public.protection_policy FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER protection_policy_no_truncate BEFORE TRUNCATE ON public.protection_policy FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER protection_reality_no_truncate BEFORE TRUNCATE ON public.protection_reality FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER protection_return_no_truncate BEFORE TRUNCATE ON public.protection_return FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_break_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_break FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_break_end_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_break_end FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_break_end_no_truncate BEFORE TRUNCATE ON public.reconciliation_break_end FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_break_link_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_break_link FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_break_link_no_truncate BEFORE TRUNCATE ON public.reconciliation_break_link FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_break_no_truncate BEFORE TRUNCATE ON public.reconciliation_break FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_break_sighting_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_break_sighting FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_break_sighting_no_truncate BEFORE TRUNCATE ON public.reconciliation_break_sighting FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_break_step_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_break_step FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_break_step_no_truncate BEFORE TRUNCATE ON public.reconciliation_break_step FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_check_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_check FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_check_no_truncate BEFORE TRUNCATE ON public.reconciliation_check FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_day_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_day FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_day_balance_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_day_balance FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_day_balance_no_truncate BEFORE TRUNCATE ON public.reconciliation_day_balance FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_day_break_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_day_break FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_day_break_no_truncate BEFORE TRUNCATE ON public.reconciliation_day_break FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_day_clearing_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_day_clearing FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_day_clearing_no_truncate BEFORE TRUNCATE ON public.reconciliation_day_clearing FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_day_department_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_day_department FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_day_department_no_truncate BEFORE TRUNCATE ON public.reconciliation_day_department FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_day_money_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_day_money FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_day_money_no_truncate BEFORE TRUNCATE ON public.reconciliation_day_money FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_day_no_truncate BEFORE TRUNCATE ON public.reconciliation_day FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_due_day_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_due_day FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_due_day_no_truncate BEFORE TRUNCATE ON public.reconciliation_due_day FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_due_done_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_due_done FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_due_done_no_truncate BEFORE TRUNCATE ON public.reconciliation_due_done FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_finding_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_finding FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_finding_no_truncate BEFORE TRUNCATE ON public.reconciliation_finding FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_import_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_import FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_import_no_truncate BEFORE TRUNCATE ON public.reconciliation_import FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_match_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_match FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_match_chunk_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_match_chunk FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_match_chunk_no_truncate BEFORE TRUNCATE ON public.reconciliation_match_chunk FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_match_no_truncate BEFORE TRUNCATE ON public.reconciliation_match FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_run_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_run FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_run_no_truncate BEFORE TRUNCATE ON public.reconciliation_run FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_shortfall_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_shortfall FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_shortfall_no_truncate BEFORE TRUNCATE ON public.reconciliation_shortfall FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_statement_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_statement FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_statement_line_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_statement_line FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_statement_line_no_truncate BEFORE TRUNCATE ON public.reconciliation_statement_line FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_statement_no_truncate BEFORE TRUNCATE ON public.reconciliation_statement FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER restriction_guard BEFORE UPDATE ON public.restriction FOR EACH ROW EXECUTE FUNCTION public.restriction_guard();

CREATE TRIGGER restriction_no_truncate BEFORE TRUNCATE ON public.restriction FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER restriction_step_append_only BEFORE DELETE OR UPDATE ON public.restriction_step FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER restriction_step_no_truncate BEFORE TRUNCATE ON public.restriction_step FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER risk_current_no_truncate BEFORE TRUNCATE ON public.risk_current FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER risk_flag_append_only BEFORE DELETE OR UPDATE ON public.risk_flag FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER risk_flag_no_truncate BEFORE TRUNCATE ON public.risk_flag FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER risk_score_append_only BEFORE DELETE OR UPDATE ON public.risk_score FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER risk_score_no_truncate BEFORE TRUNCATE ON public.risk_score FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER schema_floor_append_only BEFORE DELETE OR UPDATE ON public.schema_floor FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER schema_floor_no_truncate BEFORE TRUNCATE ON public.schema_floor FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER screening_alert_no_truncate BEFORE TRUNCATE ON public.screening_alert FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER screening_alert_step_append_only BEFORE DELETE OR UPDATE ON public.screening_alert_step FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER screening_alert_step_no_truncate BEFORE TRUNCATE ON public.screening_alert_step FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER screening_check_append_only BEFORE DELETE OR UPDATE ON public.screening_check FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER screening_check_no_truncate BEFORE TRUNCATE ON public.screening_check FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER screening_entry_change_append_only BEFORE DELETE OR UPDATE ON public.screening_entry_change FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER screening_entry_change_no_truncate BEFORE TRUNCATE ON public.screening_entry_change FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER screening_rescreen_no_truncate BEFORE TRUNCATE ON public.screening_rescreen FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER screening_result_append_only BEFORE DELETE OR UPDATE ON public.screening_result FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER screening_result_no_truncate BEFORE TRUNCATE ON public.screening_result FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER screening_standing_no_truncate BEFORE TRUNCATE ON public.screening_standing FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER screening_task_no_truncate BEFORE TRUNCATE ON public.screening_task FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER screening_version_append_only BEFORE DELETE OR UPDATE ON public.screening_version FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER screening_version_no_truncate BEFORE TRUNCATE ON public.screening_version FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_bank_word_append_only BEFORE DELETE OR UPDATE ON public.settlement_bank_word FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_bank_word_no_truncate BEFORE TRUNCATE ON public.settlement_bank_word FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_decision_append_only BEFORE DELETE OR UPDATE ON public.settlement_decision FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_decision_no_truncate BEFORE TRUNCATE ON public.settlement_decision FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_file_append_only BEFORE DELETE OR UPDATE ON public.settlement_file FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_file_no_truncate BEFORE TRUNCATE ON public.settlement_file FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_hand_decision_append_only BEFORE DELETE OR UPDATE ON public.settlement_hand_decision FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_hand_decision_no_truncate BEFORE TRUNCATE ON public.settlement_hand_decision FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_hand_word_append_only BEFORE DELETE OR UPDATE ON public.settlement_hand_word FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_hand_word_no_truncate BEFORE TRUNCATE ON public.settlement_hand_word FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_late_append_only BEFORE DELETE OR UPDATE ON public.settlement_late FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_late_no_truncate BEFORE TRUNCATE ON public.settlement_late FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_line_append_only BEFORE DELETE OR UPDATE ON public.settlement_line FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_line_no_truncate BEFORE TRUNCATE ON public.settlement_line FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_message_append_only BEFORE DELETE OR UPDATE ON public.settlement_message FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_message_entry_append_only BEFORE DELETE OR UPDATE ON public.settlement_message_entry FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_message_entry_no_truncate BEFORE TRUNCATE ON public.settlement_message_entry FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_message_no_truncate BEFORE TRUNCATE ON public.settlement_message FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_proposal_append_only BEFORE DELETE OR UPDATE ON public.settlement_proposal FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_proposal_no_truncate BEFORE TRUNCATE ON public.settlement_proposal FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_record_append_only BEFORE DELETE OR UPDATE ON public.settlement_record FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_record_no_truncate BEFORE TRUNCATE ON public.settlement_record FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_release_append_only BEFORE DELETE OR UPDATE ON public.settlement_release FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_release_no_truncate BEFORE TRUNCATE ON public.settlement_release FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_release_not_void AFTER INSERT ON public.settlement_release FOR EACH ROW EXECUTE FUNCTION public.settlement_refuse_both();

CREATE TRIGGER settlement_void_append_only BEFORE DELETE OR UPDATE ON public.settlement_void FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_void_no_truncate BEFORE TRUNCATE ON public.settlement_void FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_void_not_released AFTER INSERT ON public.settlement_void FOR EACH ROW EXECUTE FUNCTION public.settlement_refuse_both();

CREATE TRIGGER signing_attempt_append_only BEFORE DELETE OR UPDATE ON public.signing_attempt FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER signing_attempt_no_truncate BEFORE TRUNCATE ON public.signing_attempt FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER signing_challenge_append_only BEFORE DELETE OR UPDATE ON public.signing_challenge FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER signing_challenge_no_truncate BEFORE TRUNCATE ON public.signing_challenge FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER signing_challenge_use_append_only BEFORE DELETE OR UPDATE ON public.signing_challenge_use FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER signing_challenge_use_no_truncate BEFORE TRUNCATE ON public.signing_challenge_use FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER signing_code_secret_append_only BEFORE DELETE OR UPDATE ON public.signing_code_secret FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER signing_code_secret_no_truncate BEFORE TRUNCATE ON public.signing_code_secret FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER signing_code_use_append_only BEFORE DELETE OR UPDATE ON public.signing_code_use FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER signing_code_use_no_truncate BEFORE TRUNCATE ON public.signing_code_use FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER signing_enrolment_word_append_only BEFORE DELETE OR UPDATE ON public.signing_enrolment_word FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER signing_enrolment_word_end_append_only BEFORE DELETE OR UPDATE ON public.signing_enrolment_word_end FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER signing_enrolment_word_end_no_truncate BEFORE TRUNCATE ON public.signing_enrolment_word_end FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER signing_enrolment_word_no_truncate BEFORE TRUNCATE ON public.signing_enrolment_word FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER signing_enrolment_word_use_append_only BEFORE DELETE OR UPDATE ON public.signing_enrolment_word_use FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER signing_enrolment_word_use_no_truncate BEFORE TRUNCATE ON public.signing_enrolment_word_use FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER signing_passkey_append_only BEFORE DELETE OR UPDATE ON public.signing_passkey FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER signing_passkey_end_append_only BEFORE DELETE OR UPDATE ON public.signing_passkey_end FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER signing_passkey_end_no_truncate BEFORE TRUNCATE ON public.signing_passkey_end FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER signing_passkey_no_truncate BEFORE TRUNCATE ON public.signing_passkey FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER signing_signature_append_only BEFORE DELETE OR UPDATE ON public.signing_signature FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER signing_signature_no_truncate BEFORE TRUNCATE ON public.signing_signature FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER statement_issued_append_only BEFORE DELETE OR UPDATE ON public.statement_issued FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER statement_issued_no_truncate BEFORE TRUNCATE ON public.statement_issued FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER tenancy_capability_switch_append_only BEFORE DELETE OR UPDATE ON public.tenancy_capability_switch FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER tenancy_capability_switch_no_truncate BEFORE TRUNCATE ON public.tenancy_capability_switch FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER tenancy_department_append_only BEFORE DELETE OR UPDATE ON public.tenancy_department FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER tenancy_department_no_truncate BEFORE TRUNCATE ON public.tenancy_department FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER tenancy_tenant_append_only BEFORE DELETE OR UPDATE ON public.tenancy_tenant FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER tenancy_tenant_no_truncate BEFORE TRUNCATE ON public.tenancy_tenant FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER tg_pgqueuer_changed AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.pgqueuer FOR EACH STATEMENT EXECUTE FUNCTION public.fn_pgqueuer_changed();

CREATE TRIGGER timeline_cursor_no_truncate BEFORE TRUNCATE ON public.timeline_cursor FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER timeline_day_no_truncate BEFORE TRUNCATE ON public.timeline_day FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER timeline_mention_append_only BEFORE DELETE OR UPDATE ON public.timeline_mention FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER timeline_mention_no_truncate BEFORE TRUNCATE ON public.timeline_mention FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER transfer_account_code_append_only BEFORE DELETE OR UPDATE ON public.transfer_account_code FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER transfer_account_code_no_truncate BEFORE TRUNCATE ON public.transfer_account_code FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER transfer_claim_no_truncate BEFORE TRUNCATE ON public.transfer_claim FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER transfer_held_append_only BEFORE DELETE OR UPDATE ON public.transfer_held FOR EACH ROW EXECUTE FUNCTION public.refuse_all_but_emptying('note_sealed');

CREATE TRIGGER transfer_held_end_append_only BEFORE DELETE OR UPDATE ON public.transfer_held_end FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER transfer_held_end_no_truncate BEFORE TRUNCATE ON public.transfer_held_end FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER transfer_held_no_truncate BEFORE TRUNCATE ON public.transfer_held FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER transfer_order_append_only BEFORE DELETE OR UPDATE ON public.transfer_order FOR EACH ROW EXECUTE FUNCTION public.refuse_all_but_emptying('note_sealed');

CREATE TRIGGER transfer_order_no_truncate BEFORE TRUNCATE ON public.transfer_order FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER transfer_qr_code_append_only BEFORE DELETE OR UPDATE ON public.transfer_qr_code FOR EACH ROW EXECUTE FUNCTION public.refuse_all_but_emptying('payload_sealed');

CREATE TRIGGER transfer_qr_code_no_truncate BEFORE TRUNCATE ON public.transfer_qr_code FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER transfer_terms_append_only BEFORE DELETE OR UPDATE ON public.transfer_terms FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER transfer_terms_no_truncate BEFORE TRUNCATE ON public.transfer_terms FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER treasury_movement_append_only BEFORE DELETE OR UPDATE ON public.treasury_movement FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER treasury_movement_no_truncate BEFORE TRUNCATE ON public.treasury_movement FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER wager_account_no_truncate BEFORE TRUNCATE ON public.wager_account FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER wager_break_append_only BEFORE DELETE OR UPDATE ON public.wager_break FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER wager_break_no_truncate BEFORE TRUNCATE ON public.wager_break FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER wager_feed_stop_no_truncate BEFORE TRUNCATE ON public.wager_feed_stop FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER wager_order_no_truncate BEFORE TRUNCATE ON public.wager_order FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER wager_position_no_truncate BEFORE TRUNCATE ON public.wager_position FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER wager_report_append_only BEFORE DELETE OR UPDATE ON public.wager_report FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER wager_report_applied_append_only BEFORE DELETE OR UPDATE ON public.wager_report_applied FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER wager_report_applied_no_truncate BEFORE TRUNCATE ON public.wager_report_applied FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER wager_report_cursor_no_truncate BEFORE TRUNCATE ON public.wager_report_cursor FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER wager_report_no_truncate BEFORE TRUNCATE ON public.wager_report FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER webhook_attempt_append_only BEFORE DELETE OR UPDATE ON public.webhook_attempt FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER webhook_attempt_no_truncate BEFORE TRUNCATE ON public.webhook_attempt FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER webhook_message_append_only BEFORE DELETE OR UPDATE ON public.webhook_message FOR EACH ROW EXECUTE FUNCTION public.refuse_all_but_emptying('body_sealed');

CREATE TRIGGER webhook_message_no_truncate BEFORE TRUNCATE ON public.webhook_message FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER webhook_task_no_truncate BEFORE TRUNCATE ON public.webhook_task FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER witness_alarm_append_only BEFORE DELETE OR UPDATE ON public.witness_alarm FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER witness_alarm_end_append_only BEFORE DELETE OR UPDATE ON public.witness_alarm_end FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER witness_alarm_end_no_truncate BEFORE TRUNCATE ON public.witness_alarm_end FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER witness_alarm_no_truncate BEFORE TRUNCATE ON public.witness_alarm FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER witness_checkpoint_append_only BEFORE DELETE OR UPDATE ON public.witness_checkpoint FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER witness_checkpoint_no_truncate BEFORE TRUNCATE ON public.witness_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER witness_epoch_append_only BEFORE DELETE OR UPDATE ON public.witness_epoch FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER witness_epoch_no_truncate BEFORE TRUNCATE ON public.witness_epoch FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

ALTER TABLE ONLY public.access_assignment
    ADD CONSTRAINT access_assignment_staff FOREIGN KEY (tenant_id, staff_id) REFERENCES public.access_staff(tenant_id, id);

ALTER TABLE ONLY public.access_session
    ADD CONSTRAINT access_session_staff FOREIGN KEY (tenant_id, staff_id) REFERENCES public.access_staff(tenant_id, id);

ALTER TABLE ONLY public.access_staff
    ADD CONSTRAINT access_staff_department FOREIGN KEY (tenant_id, department_id) REFERENCES public.tenancy_department(tenant_id, id);

ALTER TABLE ONLY public.access_staff
    ADD CONSTRAINT access_staff_tenant FOREIGN KEY (tenant_id) REFERENCES public.tenancy_tenant(id);

ALTER TABLE ONLY public.aml_event
    ADD CONSTRAINT aml_event_reverses_fk FOREIGN KEY (reverses) REFERENCES public.aml_event(id);

ALTER TABLE ONLY public.aml_published
    ADD CONSTRAINT aml_published_key_fk FOREIGN KEY (version_id, key) REFERENCES public.aml_version(id, key);

ALTER TABLE ONLY public.aml_published
    ADD CONSTRAINT aml_published_step_fk FOREIGN KEY (version_id, number, step, state) REFERENCES public.aml_step(version_id, number, step, state);

ALTER TABLE ONLY public.aml_step
    ADD CONSTRAINT aml_step_asked_fk FOREIGN KEY (version_id, asked_number, asked_by) REFERENCES public.aml_step(version_id, number, taken_by);

ALTER TABLE ONLY public.aml_step
    ADD CONSTRAINT aml_step_version_fk FOREIGN KEY (version_id, written_by) REFERENCES public.aml_version(id, written_by);

ALTER TABLE ONLY public.bank_file_answer
    ADD CONSTRAINT bank_file_answer_file_fk FOREIGN KEY (file_id) REFERENCES public.bank_file(id);

ALTER TABLE ONLY public.bank_file_answer
    ADD CONSTRAINT bank_file_answer_payout_fk FOREIGN KEY (payout_id) REFERENCES public.bank_file_payout(payout_id);

ALTER TABLE ONLY public.bank_file_batch_payout
    ADD CONSTRAINT bank_file_batch_payout_batch_fk FOREIGN KEY (batch_id) REFERENCES public.bank_file_batch(id);

ALTER TABLE ONLY public.bank_file_batch_payout
    ADD CONSTRAINT bank_file_batch_payout_payout_fk FOREIGN KEY (payout_id) REFERENCES public.bank_file_payout(payout_id);

ALTER TABLE ONLY public.bank_file_entry
    ADD CONSTRAINT bank_file_entry_file_fk FOREIGN KEY (file_id) REFERENCES public.bank_file(id);

ALTER TABLE ONLY public.bank_file_outcome
    ADD CONSTRAINT bank_file_outcome_entry_fk FOREIGN KEY (entry_id) REFERENCES public.bank_file_entry(id);

ALTER TABLE ONLY public.bank_file_task
    ADD CONSTRAINT bank_file_task_entry_fk FOREIGN KEY (entry_id) REFERENCES public.bank_file_entry(id);

ALTER TABLE ONLY public.cards_authorisation
    ADD CONSTRAINT cards_authorisation_card_fk FOREIGN KEY (tenant_id, card_id) REFERENCES public.cards_card(tenant_id, id);

ALTER TABLE ONLY public.cards_authorisation_end
    ADD CONSTRAINT cards_authorisation_end_fk FOREIGN KEY (tenant_id, authorisation_id) REFERENCES public.cards_authorisation(tenant_id, id);

ALTER TABLE ONLY public.cards_capture
    ADD CONSTRAINT cards_capture_charge_fk FOREIGN KEY (tenant_id, charge_id) REFERENCES public.cards_charge(tenant_id, id);

ALTER TABLE ONLY public.cards_charge_step
    ADD CONSTRAINT cards_charge_step_charge_fk FOREIGN KEY (tenant_id, charge_id) REFERENCES public.cards_charge(tenant_id, id);

ALTER TABLE ONLY public.cards_chargeback
    ADD CONSTRAINT cards_chargeback_charge_fk FOREIGN KEY (tenant_id, charge_id) REFERENCES public.cards_charge(tenant_id, id);

ALTER TABLE ONLY public.cards_chargeback_won
    ADD CONSTRAINT cards_chargeback_won_fk FOREIGN KEY (tenant_id, chargeback) REFERENCES public.cards_chargeback(tenant_id, id);

ALTER TABLE ONLY public.cards_clearing
    ADD CONSTRAINT cards_clearing_authorisation_fk FOREIGN KEY (tenant_id, authorisation_id) REFERENCES public.cards_authorisation(tenant_id, id);

ALTER TABLE ONLY public.cards_refund
    ADD CONSTRAINT cards_refund_charge_fk FOREIGN KEY (tenant_id, charge_id) REFERENCES public.cards_charge(tenant_id, id);

ALTER TABLE ONLY public.cards_refund_end
    ADD CONSTRAINT cards_refund_end_refund_fk FOREIGN KEY (tenant_id, refund_id) REFERENCES public.cards_refund(tenant_id, id);

ALTER TABLE ONLY public.cases_case
    ADD CONSTRAINT cases_case_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.cases_case
    ADD CONSTRAINT cases_case_last_step FOREIGN KEY (id, steps, state) REFERENCES public.cases_step(case_id, number, state);

ALTER TABLE ONLY public.cases_exclusion
    ADD CONSTRAINT cases_exclusion_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.cases_exclusion
    ADD CONSTRAINT cases_exclusion_staff FOREIGN KEY (tenant_id, staff_id) REFERENCES public.access_staff(tenant_id, id);

ALTER TABLE ONLY public.cases_file
    ADD CONSTRAINT cases_file_case FOREIGN KEY (tenant_id, case_id) REFERENCES public.cases_case(tenant_id, id);

ALTER TABLE ONLY public.cases_file_chunk
    ADD CONSTRAINT cases_file_chunk_file FOREIGN KEY (tenant_id, file_id) REFERENCES public.cases_file(tenant_id, id);

ALTER TABLE ONLY public.cases_held
    ADD CONSTRAINT cases_held_case FOREIGN KEY (tenant_id, case_id) REFERENCES public.cases_case(tenant_id, id);

ALTER TABLE ONLY public.cases_link
    ADD CONSTRAINT cases_link_case FOREIGN KEY (tenant_id, case_id) REFERENCES public.cases_case(tenant_id, id);

ALTER TABLE ONLY public.cases_note
    ADD CONSTRAINT cases_note_case FOREIGN KEY (tenant_id, case_id) REFERENCES public.cases_case(tenant_id, id);

ALTER TABLE ONLY public.cases_snooze
    ADD CONSTRAINT cases_snooze_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.cases_step
    ADD CONSTRAINT cases_step_asked_fk FOREIGN KEY (case_id, asked_number, asked_step, asked_by, outcome) REFERENCES public.cases_step(case_id, number, step, staff_id, outcome);

ALTER TABLE ONLY public.cases_step
    ADD CONSTRAINT cases_step_case FOREIGN KEY (tenant_id, case_id) REFERENCES public.cases_case(tenant_id, id);

ALTER TABLE ONLY public.cases_step
    ADD CONSTRAINT cases_step_no_gap FOREIGN KEY (case_id, before) REFERENCES public.cases_step(case_id, number);

ALTER TABLE ONLY public.cases_step
    ADD CONSTRAINT cases_step_note FOREIGN KEY (case_id, note_id) REFERENCES public.cases_note(case_id, id);

ALTER TABLE ONLY public.customer_account
    ADD CONSTRAINT customer_account_department FOREIGN KEY (tenant_id, department_id) REFERENCES public.tenancy_department(tenant_id, id);

ALTER TABLE ONLY public.customer_clearance
    ADD CONSTRAINT customer_clearance_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.customer_credential
    ADD CONSTRAINT customer_credential_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.customer_data_key
    ADD CONSTRAINT customer_data_key_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.customer_profile
    ADD CONSTRAINT customer_profile_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.customer_pseudonym
    ADD CONSTRAINT customer_pseudonym_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.customer_registration
    ADD CONSTRAINT customer_registration_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.customer_session
    ADD CONSTRAINT customer_session_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.evidence_delivery
    ADD CONSTRAINT evidence_delivery_of FOREIGN KEY (pack_id) REFERENCES public.evidence_made(pack_id);

ALTER TABLE ONLY public.evidence_made
    ADD CONSTRAINT evidence_made_of FOREIGN KEY (pack_id) REFERENCES public.evidence_pack(id);

ALTER TABLE ONLY public.evidence_part
    ADD CONSTRAINT evidence_part_of FOREIGN KEY (pack_id) REFERENCES public.evidence_pack(id);

ALTER TABLE ONLY public.filing_claim
    ADD CONSTRAINT filing_claim_movement_id_fkey FOREIGN KEY (movement_id) REFERENCES public.filing_movement(id);

ALTER TABLE ONLY public.filing_claim
    ADD CONSTRAINT filing_claim_report_fk FOREIGN KEY (report_id) REFERENCES public.filing_report(id);

ALTER TABLE ONLY public.filing_file
    ADD CONSTRAINT filing_file_report_fk FOREIGN KEY (report_id) REFERENCES public.filing_report(id);

ALTER TABLE ONLY public.filing_narrative
    ADD CONSTRAINT filing_narrative_report_fk FOREIGN KEY (report_id) REFERENCES public.filing_report(id);

ALTER TABLE ONLY public.filing_profile_decision
    ADD CONSTRAINT filing_profile_decision_fk FOREIGN KEY (tenant_id, number, proposed_by) REFERENCES public.filing_profile(tenant_id, number, proposed_by);

ALTER TABLE ONLY public.filing_report
    ADD CONSTRAINT filing_report_corrects_fk FOREIGN KEY (corrects) REFERENCES public.filing_report(id);

ALTER TABLE ONLY public.filing_report_movement
    ADD CONSTRAINT filing_report_movement_movement_fk FOREIGN KEY (movement_id) REFERENCES public.filing_movement(id);

ALTER TABLE ONLY public.filing_report_movement
    ADD CONSTRAINT filing_report_movement_report_fk FOREIGN KEY (report_id) REFERENCES public.filing_report(id);

ALTER TABLE ONLY public.filing_report_step
    ADD CONSTRAINT filing_report_step_asked_fk FOREIGN KEY (report_id, asked_number, asked_by) REFERENCES public.filing_report_step(report_id, number, taken_by);

ALTER TABLE ONLY public.filing_report_step
    ADD CONSTRAINT filing_report_step_file_fk FOREIGN KEY (file_id, report_id, is_acceptable) REFERENCES public.filing_file(id, report_id, is_acceptable);

ALTER TABLE ONLY public.filing_report_step
    ADD CONSTRAINT filing_report_step_report_fk FOREIGN KEY (report_id, drafted_by) REFERENCES public.filing_report(id, drafted_by);

ALTER TABLE ONLY public.fx_conversion
    ADD CONSTRAINT fx_conversion_quote_fk FOREIGN KEY (quote_id) REFERENCES public.fx_quote_close(quote_id);

ALTER TABLE ONLY public.fx_conversion
    ADD CONSTRAINT fx_conversion_used_fk FOREIGN KEY (quote_id, quote_outcome) REFERENCES public.fx_quote_close(quote_id, outcome);

ALTER TABLE ONLY public.fx_mid
    ADD CONSTRAINT fx_mid_approval_fk FOREIGN KEY (proposal_id, outcome) REFERENCES public.fx_rate_decision(proposal_id, outcome);

ALTER TABLE ONLY public.fx_posted_rate
    ADD CONSTRAINT fx_posted_rate_mid_fk FOREIGN KEY (mid_id) REFERENCES public.fx_mid(id);

ALTER TABLE ONLY public.fx_posted_rate
    ADD CONSTRAINT fx_posted_rate_terms_fk FOREIGN KEY (department_id, terms_version) REFERENCES public.fx_terms(department_id, version);

ALTER TABLE ONLY public.fx_quote_close
    ADD CONSTRAINT fx_quote_close_quote_fk FOREIGN KEY (quote_id) REFERENCES public.fx_quote(id);

ALTER TABLE ONLY public.fx_quote_live
    ADD CONSTRAINT fx_quote_live_quote_fk FOREIGN KEY (quote_id) REFERENCES public.fx_quote(id);

ALTER TABLE ONLY public.fx_quote
    ADD CONSTRAINT fx_quote_mid_fk FOREIGN KEY (mid_id) REFERENCES public.fx_mid(id);

ALTER TABLE ONLY public.fx_quote
    ADD CONSTRAINT fx_quote_posted_rate_fk FOREIGN KEY (posted_rate_id) REFERENCES public.fx_posted_rate(id);

ALTER TABLE ONLY public.fx_quote
    ADD CONSTRAINT fx_quote_terms_fk FOREIGN KEY (department_id, terms_version) REFERENCES public.fx_terms(department_id, version);

ALTER TABLE ONLY public.fx_rate_decision
    ADD CONSTRAINT fx_rate_decision_proposal_fk FOREIGN KEY (proposal_id, proposed_by) REFERENCES public.fx_rate_proposal(id, proposed_by);

ALTER TABLE ONLY public.geography_decision
    ADD CONSTRAINT geography_decision_policy_fk FOREIGN KEY (policy_id, proposed_by) REFERENCES public.geography_policy(id, proposed_by);

ALTER TABLE ONLY public.kyc_attachment
    ADD CONSTRAINT kyc_attachment_file FOREIGN KEY (tenant_id, file_id) REFERENCES public.kyc_file(tenant_id, id);

ALTER TABLE ONLY public.kyc_attachment
    ADD CONSTRAINT kyc_attachment_session FOREIGN KEY (tenant_id, session_id) REFERENCES public.kyc_session(tenant_id, id);

ALTER TABLE ONLY public.kyc_business
    ADD CONSTRAINT kyc_business_representative FOREIGN KEY (tenant_id, representative_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.kyc_business_verdict
    ADD CONSTRAINT kyc_business_verdict_business FOREIGN KEY (tenant_id, business_id) REFERENCES public.kyc_business(tenant_id, id);

ALTER TABLE ONLY public.kyc_check
    ADD CONSTRAINT kyc_check_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.kyc_decision
    ADD CONSTRAINT kyc_decision_check FOREIGN KEY (tenant_id, check_id) REFERENCES public.kyc_check(tenant_id, id);

ALTER TABLE ONLY public.kyc_file_chunk
    ADD CONSTRAINT kyc_file_chunk_file FOREIGN KEY (tenant_id, file_id) REFERENCES public.kyc_file(tenant_id, id);

ALTER TABLE ONLY public.kyc_file
    ADD CONSTRAINT kyc_file_session FOREIGN KEY (tenant_id, session_id) REFERENCES public.kyc_session(tenant_id, id);

ALTER TABLE ONLY public.kyc_owner
    ADD CONSTRAINT kyc_owner_business FOREIGN KEY (tenant_id, business_id) REFERENCES public.kyc_business(tenant_id, id);

ALTER TABLE ONLY public.kyc_owner
    ADD CONSTRAINT kyc_owner_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.kyc_review
    ADD CONSTRAINT kyc_review_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.kyc_session
    ADD CONSTRAINT kyc_session_configuration FOREIGN KEY (configuration) REFERENCES public.kyc_configuration(digest);

ALTER TABLE ONLY public.kyc_session
    ADD CONSTRAINT kyc_session_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.kyc_step_result
    ADD CONSTRAINT kyc_step_result_session FOREIGN KEY (tenant_id, session_id) REFERENCES public.kyc_session(tenant_id, id);

ALTER TABLE ONLY public.kyc_turnover
    ADD CONSTRAINT kyc_turnover_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.kyc_verification
    ADD CONSTRAINT kyc_verification_session FOREIGN KEY (tenant_id, session_id) REFERENCES public.kyc_session(tenant_id, id);

ALTER TABLE ONLY public.ledger_item
    ADD CONSTRAINT ledger_item_replaced_by_fk FOREIGN KEY (replaced_by) REFERENCES public.ledger_item(id);

ALTER TABLE ONLY public.ledger_reversal_decision
    ADD CONSTRAINT ledger_reversal_decision_fk FOREIGN KEY (reversal_id) REFERENCES public.ledger_reversal(id);

ALTER TABLE ONLY public.open_banking_step
    ADD CONSTRAINT open_banking_step_consent_fk FOREIGN KEY (consent_id) REFERENCES public.open_banking_consent(id);

ALTER TABLE ONLY public.open_banking_task
    ADD CONSTRAINT open_banking_task_consent_fk FOREIGN KEY (consent_id) REFERENCES public.open_banking_consent(id);

ALTER TABLE ONLY public.outflow_resumption
    ADD CONSTRAINT outflow_resumption_epoch FOREIGN KEY (epoch) REFERENCES public.audit_epoch(epoch);

ALTER TABLE ONLY public.payment_pay_in
    ADD CONSTRAINT payment_pay_in_event_fk FOREIGN KEY (provider, event_id) REFERENCES public.payment_bank_event(provider, event_id);

ALTER TABLE ONLY public.payment_pay_in_reversal
    ADD CONSTRAINT payment_pay_in_reversal_fk FOREIGN KEY (pay_in_id) REFERENCES public.payment_pay_in(id);

ALTER TABLE ONLY public.payment_refund_review
    ADD CONSTRAINT payment_refund_review_fk FOREIGN KEY (pay_in_id) REFERENCES public.payment_pay_in(id);

ALTER TABLE ONLY public.payment_suspense_claim
    ADD CONSTRAINT payment_suspense_claim_fk FOREIGN KEY (pay_in_id) REFERENCES public.payment_pay_in(id);

ALTER TABLE ONLY public.payment_suspense_claim
    ADD CONSTRAINT payment_suspense_claim_proposal_fk FOREIGN KEY (proposal_id) REFERENCES public.payment_suspense_proposal(id);

ALTER TABLE ONLY public.payment_suspense_decision
    ADD CONSTRAINT payment_suspense_decision_fk FOREIGN KEY (proposal_id, proposed_by) REFERENCES public.payment_suspense_proposal(id, proposed_by);

ALTER TABLE ONLY public.payment_suspense_proposal
    ADD CONSTRAINT payment_suspense_proposal_fk FOREIGN KEY (pay_in_id) REFERENCES public.payment_pay_in(id);

ALTER TABLE ONLY public.payment_suspense_resolution
    ADD CONSTRAINT payment_suspense_resolution_fk FOREIGN KEY (proposal_id) REFERENCES public.payment_suspense_decision(proposal_id);

ALTER TABLE ONLY public.payout_account_removal
    ADD CONSTRAINT payout_account_removal_fk FOREIGN KEY (account_id) REFERENCES public.payout_account(id);

ALTER TABLE ONLY public.payout_claim
    ADD CONSTRAINT payout_claim_pay_in_fk FOREIGN KEY (pay_in_id) REFERENCES public.payment_pay_in(id);

ALTER TABLE ONLY public.payout_claim
    ADD CONSTRAINT payout_claim_payout_fk FOREIGN KEY (payout_id) REFERENCES public.payout_order(id);

ALTER TABLE ONLY public.payout_held_end
    ADD CONSTRAINT payout_held_end_fk FOREIGN KEY (payout_id) REFERENCES public.payout_held(payout_id);

ALTER TABLE ONLY public.payout_held
    ADD CONSTRAINT payout_held_fk FOREIGN KEY (payout_id) REFERENCES public.payout_order(id);

ALTER TABLE ONLY public.payout_order
    ADD CONSTRAINT payout_order_account_fk FOREIGN KEY (account_id) REFERENCES public.payout_account(id);

ALTER TABLE ONLY public.payout_order
    ADD CONSTRAINT payout_order_pay_in_fk FOREIGN KEY (pay_in_id) REFERENCES public.payment_pay_in(id);

ALTER TABLE ONLY public.payout_resolution
    ADD CONSTRAINT payout_resolution_fk FOREIGN KEY (payout_id) REFERENCES public.payout_order(id);

ALTER TABLE ONLY public.payout_return
    ADD CONSTRAINT payout_return_fk FOREIGN KEY (payout_id, outcome) REFERENCES public.payout_resolution(payout_id, outcome);

ALTER TABLE ONLY public.payout_task
    ADD CONSTRAINT payout_task_fk FOREIGN KEY (payout_id) REFERENCES public.payout_order(id);

ALTER TABLE ONLY public.period_balance
    ADD CONSTRAINT period_balance_period_fk FOREIGN KEY (tenant_id, number) REFERENCES public.period_closed(tenant_id, number);

ALTER TABLE ONLY public.period_closed
    ADD CONSTRAINT period_closed_proposal_fk FOREIGN KEY (tenant_id, proposal_id) REFERENCES public.period_proposal(tenant_id, id);

ALTER TABLE ONLY public.privacy_consent
    ADD CONSTRAINT privacy_consent_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.privacy_decision
    ADD CONSTRAINT privacy_decision_proposal FOREIGN KEY (proposal_id, proposed_by) REFERENCES public.privacy_proposal(id, proposed_by);

ALTER TABLE ONLY public.privacy_erasure
    ADD CONSTRAINT privacy_erasure_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.privacy_export
    ADD CONSTRAINT privacy_export_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.privacy_export_part
    ADD CONSTRAINT privacy_export_part_of FOREIGN KEY (export_id) REFERENCES public.privacy_export(id);

ALTER TABLE ONLY public.privacy_proposal
    ADD CONSTRAINT privacy_proposal_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.privacy_request
    ADD CONSTRAINT privacy_request_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.reconciliation_break_end
    ADD CONSTRAINT reconciliation_break_end_booked FOREIGN KEY (book_id, transfer_id) REFERENCES public.ledger_transfer(book_id, id);

ALTER TABLE ONLY public.reconciliation_break_end
    ADD CONSTRAINT reconciliation_break_end_fk FOREIGN KEY (break_id, step) REFERENCES public.reconciliation_break_step(break_id, number);

ALTER TABLE ONLY public.reconciliation_break_link
    ADD CONSTRAINT reconciliation_break_link_fk FOREIGN KEY (break_id) REFERENCES public.reconciliation_break(id);

ALTER TABLE ONLY public.reconciliation_break_sighting
    ADD CONSTRAINT reconciliation_break_sighting_fk FOREIGN KEY (break_id) REFERENCES public.reconciliation_break(id);

ALTER TABLE ONLY public.reconciliation_break_step
    ADD CONSTRAINT reconciliation_break_step_booked FOREIGN KEY (book_id, transfer_id) REFERENCES public.ledger_transfer(book_id, id);

ALTER TABLE ONLY public.reconciliation_break_step
    ADD CONSTRAINT reconciliation_break_step_fk FOREIGN KEY (break_id) REFERENCES public.reconciliation_break(id);

ALTER TABLE ONLY public.reconciliation_break_step
    ADD CONSTRAINT reconciliation_break_step_proposal_fk FOREIGN KEY (break_id, answers) REFERENCES public.reconciliation_break_step(break_id, number);

ALTER TABLE ONLY public.reconciliation_check
    ADD CONSTRAINT reconciliation_check_run_fk FOREIGN KEY (run_id) REFERENCES public.reconciliation_run(id);

ALTER TABLE ONLY public.reconciliation_day_balance
    ADD CONSTRAINT reconciliation_day_balance_fk FOREIGN KEY (tenant_id, day) REFERENCES public.reconciliation_day(tenant_id, day);

ALTER TABLE ONLY public.reconciliation_day_break
    ADD CONSTRAINT reconciliation_day_break_fk FOREIGN KEY (tenant_id, day) REFERENCES public.reconciliation_day(tenant_id, day);

ALTER TABLE ONLY public.reconciliation_day_clearing
    ADD CONSTRAINT reconciliation_day_clearing_fk FOREIGN KEY (tenant_id, day) REFERENCES public.reconciliation_day(tenant_id, day);

ALTER TABLE ONLY public.reconciliation_day_department
    ADD CONSTRAINT reconciliation_day_department_fk FOREIGN KEY (tenant_id, day) REFERENCES public.reconciliation_day(tenant_id, day);

ALTER TABLE ONLY public.reconciliation_day_money
    ADD CONSTRAINT reconciliation_day_money_fk FOREIGN KEY (tenant_id, day) REFERENCES public.reconciliation_day(tenant_id, day);

ALTER TABLE ONLY public.reconciliation_day
    ADD CONSTRAINT reconciliation_day_run_fk FOREIGN KEY (run_id) REFERENCES public.reconciliation_run(id);

ALTER TABLE ONLY public.reconciliation_due_day
    ADD CONSTRAINT reconciliation_due_day_fk FOREIGN KEY (import_id) REFERENCES public.reconciliation_import(id);

ALTER TABLE ONLY public.reconciliation_due_done
    ADD CONSTRAINT reconciliation_due_done_fk FOREIGN KEY (import_id, day) REFERENCES public.reconciliation_due_day(import_id, day);

ALTER TABLE ONLY public.reconciliation_due_done
    ADD CONSTRAINT reconciliation_due_done_match_fk FOREIGN KEY (match_id) REFERENCES public.reconciliation_match(id);

ALTER TABLE ONLY public.reconciliation_finding
    ADD CONSTRAINT reconciliation_finding_break_fk FOREIGN KEY (break_id) REFERENCES public.reconciliation_break(id);

ALTER TABLE ONLY public.reconciliation_finding
    ADD CONSTRAINT reconciliation_finding_check_fk FOREIGN KEY (run_id, name) REFERENCES public.reconciliation_check(run_id, name);

ALTER TABLE ONLY public.reconciliation_match_chunk
    ADD CONSTRAINT reconciliation_match_chunk_fk FOREIGN KEY (match_id) REFERENCES public.reconciliation_match(id);

ALTER TABLE ONLY public.reconciliation_statement_line
    ADD CONSTRAINT reconciliation_statement_line_fk FOREIGN KEY (statement_id, tenant_id, department_id, source) REFERENCES public.reconciliation_statement(id, tenant_id, department_id, source);

ALTER TABLE ONLY public.reconciliation_statement
    ADD CONSTRAINT reconciliation_statement_replaces_fk FOREIGN KEY (replaces, tenant_id, department_id, source) REFERENCES public.reconciliation_statement(id, tenant_id, department_id, source) NOT VALID;

ALTER TABLE ONLY public.restriction
    ADD CONSTRAINT restriction_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.restriction
    ADD CONSTRAINT restriction_last_step FOREIGN KEY (id, number, state) REFERENCES public.restriction_step(restriction_id, number, state) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.restriction_step
    ADD CONSTRAINT restriction_step_asked_fk FOREIGN KEY (restriction_id, asked_number, asked_by) REFERENCES public.restriction_step(restriction_id, number, taken_by);

ALTER TABLE ONLY public.restriction_step
    ADD CONSTRAINT restriction_step_restriction_fk FOREIGN KEY (restriction_id, cause) REFERENCES public.restriction(id, cause);

ALTER TABLE ONLY public.risk_current
    ADD CONSTRAINT risk_current_score FOREIGN KEY (score_id) REFERENCES public.risk_score(id);

ALTER TABLE ONLY public.risk_flag
    ADD CONSTRAINT risk_flag_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.risk_score
    ADD CONSTRAINT risk_score_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.screening_alert
    ADD CONSTRAINT screening_alert_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.screening_alert_step
    ADD CONSTRAINT screening_alert_step_alert_fk FOREIGN KEY (alert_id) REFERENCES public.screening_alert(id);

ALTER TABLE ONLY public.screening_alert_step
    ADD CONSTRAINT screening_alert_step_asked_fk FOREIGN KEY (alert_id, asked_number, asked_by) REFERENCES public.screening_alert_step(alert_id, number, taken_by);

ALTER TABLE ONLY public.screening_check
    ADD CONSTRAINT screening_check_version_fk FOREIGN KEY (number) REFERENCES public.screening_version(number);

ALTER TABLE ONLY public.screening_entry_change
    ADD CONSTRAINT screening_entry_change_version_fk FOREIGN KEY (source, number) REFERENCES public.screening_version(source, number);

ALTER TABLE ONLY public.screening_result
    ADD CONSTRAINT screening_result_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.screening_standing
    ADD CONSTRAINT screening_standing_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.screening_task
    ADD CONSTRAINT screening_task_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.settlement_bank_word
    ADD CONSTRAINT settlement_bank_word_hand_fk FOREIGN KEY (hand_word_id, settlement_id, hand_outcome) REFERENCES public.settlement_hand_decision(word_id, settlement_id, outcome);

ALTER TABLE ONLY public.settlement_bank_word
    ADD CONSTRAINT settlement_bank_word_message_fk FOREIGN KEY (message_id) REFERENCES public.settlement_message(id) DEFERRABLE INITIALLY DEFERRED NOT VALID;

ALTER TABLE ONLY public.settlement_bank_word
    ADD CONSTRAINT settlement_bank_word_release_fk FOREIGN KEY (settlement_id) REFERENCES public.settlement_release(settlement_id);

ALTER TABLE ONLY public.settlement_decision
    ADD CONSTRAINT settlement_decision_proposal_fk FOREIGN KEY (settlement_id, proposed_by) REFERENCES public.settlement_proposal(id, proposed_by);

ALTER TABLE ONLY public.settlement_decision
    ADD CONSTRAINT settlement_decision_signature_fk FOREIGN KEY (signature_id, decided_by, digest) REFERENCES public.signing_signature(id, staff_id, digest);

ALTER TABLE ONLY public.settlement_file
    ADD CONSTRAINT settlement_file_release_fk FOREIGN KEY (settlement_id) REFERENCES public.settlement_release(settlement_id);

ALTER TABLE ONLY public.settlement_hand_decision
    ADD CONSTRAINT settlement_hand_decision_fk FOREIGN KEY (word_id, settlement_id, proposed_by) REFERENCES public.settlement_hand_word(id, settlement_id, proposed_by);

ALTER TABLE ONLY public.settlement_hand_word
    ADD CONSTRAINT settlement_hand_word_message_fk FOREIGN KEY (message_id) REFERENCES public.settlement_message(id) DEFERRABLE INITIALLY DEFERRED NOT VALID;

ALTER TABLE ONLY public.settlement_hand_word
    ADD CONSTRAINT settlement_hand_word_release_fk FOREIGN KEY (settlement_id) REFERENCES public.settlement_release(settlement_id);

ALTER TABLE ONLY public.settlement_late
    ADD CONSTRAINT settlement_late_release_fk FOREIGN KEY (settlement_id) REFERENCES public.settlement_release(settlement_id);

ALTER TABLE ONLY public.settlement_line
    ADD CONSTRAINT settlement_line_fk FOREIGN KEY (settlement_id) REFERENCES public.settlement_proposal(id);

ALTER TABLE ONLY public.settlement_message_entry
    ADD CONSTRAINT settlement_message_entry_fk FOREIGN KEY (message_id) REFERENCES public.settlement_message(id);

ALTER TABLE ONLY public.settlement_record
    ADD CONSTRAINT settlement_record_fk FOREIGN KEY (settlement_id) REFERENCES public.settlement_proposal(id);

ALTER TABLE ONLY public.settlement_release
    ADD CONSTRAINT settlement_release_approval_fk FOREIGN KEY (settlement_id, outcome) REFERENCES public.settlement_decision(settlement_id, outcome);

ALTER TABLE ONLY public.settlement_void
    ADD CONSTRAINT settlement_void_approval_fk FOREIGN KEY (settlement_id, approval) REFERENCES public.settlement_decision(settlement_id, outcome);

ALTER TABLE ONLY public.signing_challenge
    ADD CONSTRAINT signing_challenge_secret_fk FOREIGN KEY (shown_secret_id) REFERENCES public.signing_code_secret(id);

ALTER TABLE ONLY public.signing_challenge_use
    ADD CONSTRAINT signing_challenge_use_fk FOREIGN KEY (challenge_id) REFERENCES public.signing_challenge(id);

ALTER TABLE ONLY public.signing_challenge
    ADD CONSTRAINT signing_challenge_word_fk FOREIGN KEY (word_id) REFERENCES public.signing_enrolment_word(id);

ALTER TABLE ONLY public.signing_code_secret
    ADD CONSTRAINT signing_code_secret_shown_fk FOREIGN KEY (shown_secret_id) REFERENCES public.signing_code_secret(id);

ALTER TABLE ONLY public.signing_code_secret
    ADD CONSTRAINT signing_code_secret_word_fk FOREIGN KEY (word_id) REFERENCES public.signing_enrolment_word(id);

ALTER TABLE ONLY public.signing_code_use
    ADD CONSTRAINT signing_code_use_fk FOREIGN KEY (secret_id) REFERENCES public.signing_code_secret(id);

ALTER TABLE ONLY public.signing_enrolment_word_end
    ADD CONSTRAINT signing_enrolment_word_end_fk FOREIGN KEY (word_id) REFERENCES public.signing_enrolment_word(id);

ALTER TABLE ONLY public.signing_enrolment_word_use
    ADD CONSTRAINT signing_enrolment_word_use_fk FOREIGN KEY (word_id) REFERENCES public.signing_enrolment_word(id);

ALTER TABLE ONLY public.signing_passkey_end
    ADD CONSTRAINT signing_passkey_end_fk FOREIGN KEY (passkey_id) REFERENCES public.signing_passkey(id);

ALTER TABLE ONLY public.signing_signature
    ADD CONSTRAINT signing_signature_passkey_fk FOREIGN KEY (passkey_id, staff_id) REFERENCES public.signing_passkey(id, staff_id);

ALTER TABLE ONLY public.signing_signature
    ADD CONSTRAINT signing_signature_secret_fk FOREIGN KEY (secret_id) REFERENCES public.signing_code_secret(id);

ALTER TABLE ONLY public.tenancy_capability_switch
    ADD CONSTRAINT tenancy_capability_switch_tenant FOREIGN KEY (tenant_id) REFERENCES public.tenancy_tenant(id);

ALTER TABLE ONLY public.tenancy_department
    ADD CONSTRAINT tenancy_department_parent FOREIGN KEY (tenant_id, parent_id) REFERENCES public.tenancy_department(tenant_id, id);

ALTER TABLE ONLY public.tenancy_department
    ADD CONSTRAINT tenancy_department_root FOREIGN KEY (tenant_id, root_id) REFERENCES public.tenancy_department(tenant_id, id);

ALTER TABLE ONLY public.tenancy_department
    ADD CONSTRAINT tenancy_department_tenant FOREIGN KEY (tenant_id) REFERENCES public.tenancy_tenant(id);

ALTER TABLE ONLY public.transfer_claim
    ADD CONSTRAINT transfer_claim_code_fk FOREIGN KEY (qr_code_id) REFERENCES public.transfer_qr_code(id);

ALTER TABLE ONLY public.transfer_claim
    ADD CONSTRAINT transfer_claim_transfer_fk FOREIGN KEY (transfer_id) REFERENCES public.transfer_held(id);

ALTER TABLE ONLY public.transfer_held_end
    ADD CONSTRAINT transfer_held_end_fk FOREIGN KEY (transfer_id) REFERENCES public.transfer_held(id);

ALTER TABLE ONLY public.transfer_held
    ADD CONSTRAINT transfer_held_qr_code FOREIGN KEY (qr_code_id, recipient_id, is_single_use) REFERENCES public.transfer_qr_code(id, merchant_id, is_single_use);

ALTER TABLE ONLY public.transfer_order
    ADD CONSTRAINT transfer_order_qr_code FOREIGN KEY (qr_code_id, recipient_id, is_single_use) REFERENCES public.transfer_qr_code(id, merchant_id, is_single_use);

ALTER TABLE ONLY public.webhook_attempt
    ADD CONSTRAINT webhook_attempt_message_fk FOREIGN KEY (message_id) REFERENCES public.webhook_message(id);

ALTER TABLE ONLY public.webhook_task
    ADD CONSTRAINT webhook_task_message_fk FOREIGN KEY (message_id) REFERENCES public.webhook_message(id);

ALTER TABLE ONLY public.witness_alarm_end
    ADD CONSTRAINT witness_alarm_end_alarm_fk FOREIGN KEY (alarm_id) REFERENCES public.witness_alarm(id);

ALTER TABLE ONLY public.witness_checkpoint
    ADD CONSTRAINT witness_checkpoint_continues_one FOREIGN KEY (epoch, continues) REFERENCES public.witness_checkpoint(epoch, size);

ALTER TABLE public.access_assignment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.access_session ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.access_staff ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.aml_counter ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.aml_event ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.aml_gathered ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.aml_pair ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.aml_published ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.aml_ruleset ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.aml_step ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.aml_version ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_record ENABLE ROW LEVEL SECURITY;

CREATE POLICY auditor_reads ON public.access_assignment FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.access_session FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.access_staff FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.aml_counter FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.aml_event FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.aml_gathered FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.aml_pair FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.aml_published FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.aml_ruleset FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.aml_step FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.aml_version FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.audit_record FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.bank_file FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.bank_file_answer FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.bank_file_batch FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.bank_file_batch_payout FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.bank_file_entry FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.bank_file_outcome FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.bank_file_payout FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.bank_file_task FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.cards_authorisation FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.cards_authorisation_end FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.cards_capture FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.cards_card FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.cards_charge FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.cards_charge_step FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.cards_chargeback FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.cards_chargeback_won FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.cards_clearing FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.cards_refund FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.cards_refund_end FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.cards_settlement FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.cards_task FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.cases_case FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.cases_exclusion FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.cases_file FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.cases_file_chunk FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.cases_held FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.cases_link FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.cases_note FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.cases_snooze FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.cases_step FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.customer_account FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.customer_clearance FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.customer_credential FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.customer_data_key FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.customer_profile FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.customer_pseudonym FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.customer_registration FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.customer_session FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.disclosure FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.evidence_delivery FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.evidence_made FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.evidence_pack FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.evidence_part FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.export_register FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.facts_customer FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.filing_claim FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.filing_counterparty FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.filing_file FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.filing_movement FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.filing_narrative FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.filing_party FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.filing_profile FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.filing_profile_decision FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.filing_report FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.filing_report_movement FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.filing_report_step FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.filing_scan FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.fx_conversion FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.fx_mid FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.fx_posted_rate FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.fx_quote FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.fx_quote_close FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.fx_quote_live FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.fx_rate_decision FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.fx_rate_proposal FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.fx_stock_cost FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.fx_terms FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.gate_basis FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.gate_decision FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.geography_decision FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.geography_policy FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.idempotency_answer FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.kyc_attachment FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.kyc_business FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.kyc_business_verdict FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.kyc_check FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.kyc_decision FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.kyc_file FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.kyc_file_chunk FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.kyc_owner FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.kyc_review FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.kyc_session FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.kyc_step_result FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.kyc_turnover FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.kyc_verification FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_balance FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_book FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_deal_state FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_entry FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_hold FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_hold_capture FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_hold_close FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_hold_open FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_item FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_posting FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_reversal FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_reversal_decision FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_transfer FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_transfer_source FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.open_banking_consent FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.open_banking_step FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.open_banking_task FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.payment_collection FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.payment_pay_in FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.payment_pay_in_reversal FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.payment_refund_review FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.payment_suspense_claim FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.payment_suspense_decision FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.payment_suspense_proposal FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.payment_suspense_resolution FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.payout_account FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.payout_account_removal FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.payout_claim FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.payout_held FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.payout_held_end FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.payout_order FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.payout_resolution FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.payout_return FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.payout_task FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.payout_terms FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.period_balance FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.period_closed FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.period_proposal FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.privacy_consent FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.privacy_decision FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.privacy_erasure FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.privacy_export FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.privacy_export_part FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.privacy_proposal FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.privacy_request FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.protection_hour FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.protection_limit FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.protection_moment FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.protection_pause FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.protection_policy FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.protection_reality FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.protection_return FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.reconciliation_break FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.reconciliation_break_end FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.reconciliation_break_link FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.reconciliation_break_sighting FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.reconciliation_break_step FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.reconciliation_check FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.reconciliation_day FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.reconciliation_day_balance FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.reconciliation_day_break FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.reconciliation_day_clearing FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.reconciliation_day_department FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.reconciliation_day_money FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.reconciliation_due_day FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.reconciliation_due_done FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.reconciliation_finding FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.reconciliation_import FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.reconciliation_match FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.reconciliation_match_chunk FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.reconciliation_run FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.reconciliation_shortfall FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.reconciliation_statement FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.reconciliation_statement_line FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.restriction FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.restriction_step FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.risk_current FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.risk_flag FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.risk_score FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.screening_alert FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.screening_alert_step FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.screening_rescreen FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.screening_result FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.screening_standing FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.screening_task FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.settlement_bank_word FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.settlement_decision FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.settlement_file FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.settlement_hand_decision FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.settlement_hand_word FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.settlement_late FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.settlement_line FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.settlement_message FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.settlement_message_entry FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.settlement_proposal FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.settlement_record FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.settlement_release FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.settlement_void FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.signing_attempt FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.signing_challenge FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.signing_challenge_use FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.signing_code_secret FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.signing_code_use FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.signing_enrolment_word FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.signing_enrolment_word_end FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.signing_enrolment_word_use FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.signing_passkey FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.signing_passkey_end FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.signing_signature FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.statement_issued FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.tenancy_capability_switch FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.tenancy_department FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.timeline_day FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.timeline_mention FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.transfer_account_code FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.transfer_claim FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.transfer_held FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.transfer_held_end FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.transfer_order FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.transfer_qr_code FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.transfer_terms FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.treasury_movement FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.wager_account FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.wager_break FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.wager_feed_stop FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.wager_order FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.wager_position FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.wager_report FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.wager_report_applied FOR SELECT TO bulkhead_auditor USING (true);

ALTER TABLE public.bank_file ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bank_file_answer ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bank_file_batch ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bank_file_batch_payout ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bank_file_entry ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bank_file_outcome ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bank_file_payout ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bank_file_task ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cards_authorisation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cards_authorisation_end ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cards_capture ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cards_card ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cards_charge ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cards_charge_step ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cards_chargeback ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cards_chargeback_won ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cards_clearing ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cards_refund ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cards_refund_end ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cards_settlement ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cards_task ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cases_case ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cases_exclusion ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cases_file ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cases_file_chunk ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cases_held ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cases_link ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cases_note ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cases_snooze ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cases_step ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer_account ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer_clearance ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer_credential ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer_data_key ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer_profile ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer_pseudonym ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer_registration ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer_session ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.disclosure ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.evidence_delivery ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.evidence_made ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.evidence_pack ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.evidence_part ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.export_register ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.facts_customer ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.filing_claim ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.filing_counterparty ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.filing_file ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.filing_movement ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.filing_narrative ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.filing_party ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.filing_profile ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.filing_profile_decision ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.filing_report ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.filing_report_movement ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.filing_report_step ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.filing_scan ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fx_conversion ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fx_mid ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fx_posted_rate ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fx_quote ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fx_quote_close ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fx_quote_live ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fx_rate_decision ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fx_rate_proposal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fx_stock_cost ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fx_terms ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.gate_basis ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.gate_decision ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.geography_decision ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.geography_policy ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.idempotency_answer ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.kyc_attachment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.kyc_business ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.kyc_business_verdict ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.kyc_check ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.kyc_decision ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.kyc_file ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.kyc_file_chunk ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.kyc_owner ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.kyc_review ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.kyc_session ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.kyc_step_result ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.kyc_turnover ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.kyc_verification ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_balance ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_book ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_deal_state ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_entry ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_hold ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_hold_capture ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_hold_close ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_hold_open ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_item ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_posting ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_reversal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_reversal_decision ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_transfer ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_transfer_source ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.open_banking_consent ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.open_banking_step ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.open_banking_task ENABLE ROW LEVEL SECURITY;

CREATE POLICY owner_maintains ON public.access_assignment TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.access_session TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.access_staff TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.aml_counter TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.aml_event TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.aml_gathered TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.aml_pair TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.aml_published TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.aml_ruleset TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.aml_step TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.aml_version TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.audit_record TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.bank_file TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.bank_file_answer TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.bank_file_batch TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.bank_file_batch_payout TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.bank_file_entry TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.bank_file_outcome TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.bank_file_payout TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.bank_file_task TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.cards_authorisation TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.cards_authorisation_end TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.cards_capture TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.cards_card TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.cards_charge TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.cards_charge_step TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.cards_chargeback TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.cards_chargeback_won TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.cards_clearing TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.cards_refund TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.cards_refund_end TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.cards_settlement TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.cards_task TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.cases_case TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.cases_exclusion TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.cases_file TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.cases_file_chunk TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.cases_held TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.cases_link TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.cases_note TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.cases_snooze TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.cases_step TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.customer_account TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.customer_clearance TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.customer_credential TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.customer_data_key TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.customer_profile TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.customer_pseudonym TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.customer_registration TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.customer_session TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.disclosure TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.evidence_delivery TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.evidence_made TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.evidence_pack TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.evidence_part TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.export_register TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.facts_customer TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.filing_claim TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.filing_counterparty TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.filing_file TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.filing_movement TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.filing_narrative TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.filing_party TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.filing_profile TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.filing_profile_decision TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.filing_report TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.filing_report_movement TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.filing_report_step TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.filing_scan TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.fx_conversion TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.fx_mid TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.fx_posted_rate TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.fx_quote TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.fx_quote_close TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.fx_quote_live TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.fx_rate_decision TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.fx_rate_proposal TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.fx_stock_cost TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.fx_terms TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.gate_basis TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.gate_decision TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.geography_decision TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.geography_policy TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.idempotency_answer TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.kyc_attachment TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.kyc_business TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.kyc_business_verdict TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.kyc_check TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.kyc_decision TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.kyc_file TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.kyc_file_chunk TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.kyc_owner TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.kyc_review TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.kyc_session TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.kyc_step_result TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.kyc_turnover TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.kyc_verification TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_balance TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_book TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_deal_state TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_entry TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_hold TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_hold_capture TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_hold_close TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_hold_open TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_item TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_posting TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_reversal TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_reversal_decision TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_transfer TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_transfer_source TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.open_banking_consent TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.open_banking_step TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.open_banking_task TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.payment_collection TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.payment_pay_in TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.payment_pay_in_reversal TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.payment_refund_review TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.payment_suspense_claim TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.payment_suspense_decision TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.payment_suspense_proposal TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.payment_suspense_resolution TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.payout_account TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.payout_account_removal TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.payout_claim TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.payout_held TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.payout_held_end TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.payout_order TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.payout_resolution TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.payout_return TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.payout_task TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.payout_terms TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.period_balance TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.period_closed TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.period_proposal TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.privacy_consent TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.privacy_decision TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.privacy_erasure TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.privacy_export TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.privacy_export_part TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.privacy_proposal TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.privacy_request TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.protection_hour TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.protection_limit TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.protection_moment TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.protection_pause TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.protection_policy TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.protection_reality TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.protection_return TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.reconciliation_break TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.reconciliation_break_end TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.reconciliation_break_link TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.reconciliation_break_sighting TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.reconciliation_break_step TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.reconciliation_check TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.reconciliation_day TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.reconciliation_day_balance TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.reconciliation_day_break TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.reconciliation_day_clearing TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.reconciliation_day_department TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.reconciliation_day_money TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.reconciliation_due_day TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.reconciliation_due_done TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.reconciliation_finding TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.reconciliation_import TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.reconciliation_match TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.reconciliation_match_chunk TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.reconciliation_run TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.reconciliation_shortfall TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.reconciliation_statement TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.reconciliation_statement_line TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.restriction TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.restriction_step TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.risk_current TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.risk_flag TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.risk_score TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.screening_alert TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.screening_alert_step TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.screening_rescreen TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.screening_result TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.screening_standing TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.screening_task TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.settlement_bank_word TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.settlement_decision TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.settlement_file TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.settlement_hand_decision TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.settlement_hand_word TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.settlement_late TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.settlement_line TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.settlement_message TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.settlement_message_entry TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.settlement_proposal TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.settlement_record TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.settlement_release TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.settlement_void TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.signing_attempt TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.signing_challenge TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.signing_challenge_use TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.signing_code_secret TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.signing_code_use TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.signing_enrolment_word TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.signing_enrolment_word_end TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.signing_enrolment_word_use TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.signing_passkey TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.signing_passkey_end TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.signing_signature TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.statement_issued TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.tenancy_capability_switch TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.tenancy_department TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.timeline_day TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.timeline_mention TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.transfer_account_code TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.transfer_claim TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.transfer_held TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.transfer_held_end TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.transfer_order TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.transfer_qr_code TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.transfer_terms TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.treasury_movement TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.wager_account TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.wager_break TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.wager_feed_stop TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.wager_order TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.wager_position TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.wager_report TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.wager_report_applied TO bulkhead_owner USING (true) WITH CHECK (true);

ALTER TABLE public.payment_collection ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payment_pay_in ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payment_pay_in_reversal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payment_refund_review ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payment_suspense_claim ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payment_suspense_decision ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payment_suspense_proposal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payment_suspense_resolution ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payout_account ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payout_account_removal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payout_claim ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payout_held ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payout_held_end ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payout_order ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payout_resolution ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payout_return ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payout_task ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payout_terms ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.period_balance ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.period_closed ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.period_proposal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.privacy_consent ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.privacy_decision ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.privacy_erasure ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.privacy_export ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.privacy_export_part ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.privacy_proposal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.privacy_request ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.protection_hour ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.protection_limit ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.protection_moment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.protection_pause ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.protection_policy ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.protection_reality ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.protection_return ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation_break ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation_break_end ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation_break_link ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation_break_sighting ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation_break_step ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation_check ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation_day ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation_day_balance ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation_day_break ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation_day_clearing ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation_day_department ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation_day_money ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation_due_day ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation_due_done ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation_finding ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation_import ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation_match ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation_match_chunk ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation_run ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation_shortfall ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation_statement ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation_statement_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.restriction ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.restriction_step ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.risk_current ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.risk_flag ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.risk_score ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.screening_alert ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.screening_alert_step ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.screening_rescreen ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.screening_result ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.screening_standing ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.screening_task ENABLE ROW LEVEL SECURITY;

CREATE POLICY sealer_reads ON public.audit_record FOR SELECT TO bulkhead_sealer USING (true);

ALTER TABLE public.settlement_bank_word ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.settlement_decision ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.settlement_file ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.settlement_hand_decision ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.settlement_hand_word ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.settlement_late ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.settlement_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.settlement_message ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.settlement_message_entry ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.settlement_proposal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.settlement_record ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.settlement_release ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.settlement_void ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.signing_attempt ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.signing_challenge ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.signing_challenge_use ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.signing_code_secret ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.signing_code_use ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.signing_enrolment_word ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.signing_enrolment_word_end ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.signing_enrolment_word_use ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.signing_passkey ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.signing_passkey_end ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.signing_signature ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.statement_issued ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tenancy_capability_switch ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tenancy_department ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_isolation ON public.access_assignment TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.access_session TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.access_staff TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.aml_counter TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.aml_event TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.aml_gathered TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.aml_pair TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.aml_published TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.aml_ruleset TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.aml_step TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.aml_version TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.audit_record TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.bank_file TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.bank_file_answer TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.bank_file_batch TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.bank_file_batch_payout TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.bank_file_entry TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.bank_file_outcome TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.bank_file_payout TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.bank_file_task TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.cards_authorisation TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.cards_authorisation_end TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.cards_capture TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.cards_card TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.cards_charge TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.cards_charge_step TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.cards_chargeback TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.cards_chargeback_won TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.cards_clearing TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.cards_refund TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.cards_refund_end TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.cards_settlement TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.cards_task TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.cases_case TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.cases_exclusion TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.cases_file TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.cases_file_chunk TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.cases_held TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.cases_link TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.cases_note TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.cases_snooze TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.cases_step TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.customer_account TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.customer_clearance TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.customer_credential TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.customer_data_key TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.customer_profile TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.customer_pseudonym TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.customer_registration TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.customer_session TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.disclosure TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.evidence_delivery TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.evidence_made TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.evidence_pack TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.evidence_part TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.export_register TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.facts_customer TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.filing_claim TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.filing_counterparty TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.filing_file TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.filing_movement TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.filing_narrative TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.filing_party TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.filing_profile TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.filing_profile_decision TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.filing_report TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.filing_report_movement TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.filing_report_step TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.filing_scan TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.fx_conversion TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.fx_mid TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.fx_posted_rate TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.fx_quote TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.fx_quote_close TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.fx_quote_live TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.fx_rate_decision TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.fx_rate_proposal TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.fx_stock_cost TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.fx_terms TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.gate_basis TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.gate_decision TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.geography_decision TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.geography_policy TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.idempotency_answer TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.kyc_attachment TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.kyc_business TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.kyc_business_verdict TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.kyc_check TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.kyc_decision TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.kyc_file TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.kyc_file_chunk TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.kyc_owner TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.kyc_review TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.kyc_session TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.kyc_step_result TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.kyc_turnover TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.kyc_verification TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_balance TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_book TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_deal_state TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_entry TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_hold TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_hold_capture TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_hold_close TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_hold_open TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_item TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_posting TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_reversal TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_reversal_decision TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_transfer TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_transfer_source TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.open_banking_consent TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.open_banking_step TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.open_banking_task TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.payment_collection TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.payment_pay_in TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.payment_pay_in_reversal TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.payment_refund_review TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.payment_suspense_claim TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.payment_suspense_decision TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.payment_suspense_proposal TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.payment_suspense_resolution TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.payout_account TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.payout_account_removal TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.payout_claim TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.payout_held TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.payout_held_end TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.payout_order TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.payout_resolution TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.payout_return TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.payout_task TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.payout_terms TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.period_balance TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.period_closed TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.period_proposal TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.privacy_consent TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.privacy_decision TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.privacy_erasure TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.privacy_export TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.privacy_export_part TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.privacy_proposal TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.privacy_request TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.protection_hour TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.protection_limit TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.protection_moment TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.protection_pause TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.protection_policy TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.protection_reality TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.protection_return TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.reconciliation_break TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.reconciliation_break_end TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.reconciliation_break_link TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.reconciliation_break_sighting TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.reconciliation_break_step TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.reconciliation_check TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.reconciliation_day TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.reconciliation_day_balance TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.reconciliation_day_break TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.reconciliation_day_clearing TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.reconciliation_day_department TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.reconciliation_day_money TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.reconciliation_due_day TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.reconciliation_due_done TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.reconciliation_finding TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.reconciliation_import TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.reconciliation_match TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.reconciliation_match_chunk TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.reconciliation_run TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.reconciliation_shortfall TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.reconciliation_statement TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.reconciliation_statement_line TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.restriction TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.restriction_step TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.risk_current TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.risk_flag TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.risk_score TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.screening_alert TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.screening_alert_step TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.screening_rescreen TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.screening_result TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.screening_standing TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.screening_task TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.settlement_bank_word TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.settlement_decision TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.settlement_file TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.settlement_hand_decision TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.settlement_hand_word TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.settlement_late TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.settlement_line TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.settlement_message TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.settlement_message_entry TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.settlement_proposal TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.settlement_record TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.settlement_release TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.settlement_void TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.signing_attempt TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.signing_challenge TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.signing_challenge_use TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.signing_code_secret TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.signing_code_use TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.signing_enrolment_word TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.signing_enrolment_word_end TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.signing_enrolment_word_use TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.signing_passkey TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.signing_passkey_end TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.signing_signature TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.statement_issued TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.tenancy_capability_switch TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.tenancy_department TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.timeline_day TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.timeline_mention TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.transfer_account_code TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.transfer_claim TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.transfer_held TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.transfer_held_end TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.transfer_order TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.transfer_qr_code TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.transfer_terms TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.treasury_movement TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.wager_account TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.wager_break TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.wager_feed_stop TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.wager_order TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.wager_position TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.wager_report TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.wager_report_applied TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

ALTER TABLE public.timeline_day ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.timeline_mention ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.transfer_account_code ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.transfer_claim ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.transfer_held ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.transfer_held_end ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.transfer_order ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.transfer_qr_code ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.transfer_terms ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.treasury_movement ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.wager_account ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.wager_break ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.wager_feed_stop ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.wager_order ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.wager_position ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.wager_report ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.wager_report_applied ENABLE ROW LEVEL SECURITY;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_assignment TO bulkhead_app;
GRANT SELECT ON TABLE public.access_assignment TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.access_session TO bulkhead_app;
GRANT SELECT ON TABLE public.access_session TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.access_staff TO bulkhead_app;
GRANT SELECT ON TABLE public.access_staff TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.aml_counter TO bulkhead_app;
GRANT SELECT ON TABLE public.aml_counter TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.aml_event TO bulkhead_app;
GRANT SELECT ON TABLE public.aml_event TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.aml_gathered TO bulkhead_app;
GRANT SELECT ON TABLE public.aml_gathered TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.aml_pair TO bulkhead_app;
GRANT SELECT ON TABLE public.aml_pair TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.aml_published TO bulkhead_app;
GRANT SELECT ON TABLE public.aml_published TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.aml_ruleset TO bulkhead_app;
GRANT SELECT ON TABLE public.aml_ruleset TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.aml_step TO bulkhead_app;
GRANT SELECT ON TABLE public.aml_step TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.aml_version TO bulkhead_app;
GRANT SELECT ON TABLE public.aml_version TO bulkhead_auditor;

GRANT SELECT ON TABLE public.audit_checkpoint TO bulkhead_app;
GRANT SELECT ON TABLE public.audit_checkpoint TO bulkhead_auditor;
GRANT SELECT,INSERT ON TABLE public.audit_checkpoint TO bulkhead_sealer;

GRANT SELECT,INSERT ON TABLE public.audit_cosignature TO bulkhead_app;
GRANT SELECT ON TABLE public.audit_cosignature TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.audit_epoch TO bulkhead_app;
GRANT SELECT ON TABLE public.audit_epoch TO bulkhead_auditor;
GRANT SELECT ON TABLE public.audit_epoch TO bulkhead_sealer;

GRANT SELECT ON TABLE public.audit_node TO bulkhead_app;
GRANT SELECT ON TABLE public.audit_node TO bulkhead_auditor;
GRANT SELECT,INSERT ON TABLE public.audit_node TO bulkhead_sealer;

GRANT SELECT ON TABLE public.audit_record TO bulkhead_app;
GRANT SELECT ON TABLE public.audit_record TO bulkhead_auditor;
GRANT SELECT ON TABLE public.audit_record TO bulkhead_sealer;

GRANT INSERT(tenant_id) ON TABLE public.audit_record TO bulkhead_app;

GRANT INSERT(kind) ON TABLE public.audit_record TO bulkhead_app;

GRANT INSERT(body) ON TABLE public.audit_record TO bulkhead_app;

GRANT SELECT ON TABLE public.audit_seal TO bulkhead_app;
GRANT SELECT ON TABLE public.audit_seal TO bulkhead_auditor;
GRANT SELECT,INSERT ON TABLE public.audit_seal TO bulkhead_sealer;

GRANT SELECT,INSERT ON TABLE public.bank_file TO bulkhead_app;
GRANT SELECT ON TABLE public.bank_file TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.bank_file_answer TO bulkhead_app;
GRANT SELECT ON TABLE public.bank_file_answer TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.bank_file_batch TO bulkhead_app;
GRANT SELECT ON TABLE public.bank_file_batch TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.bank_file_batch_payout TO bulkhead_app;
GRANT SELECT ON TABLE public.bank_file_batch_payout TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.bank_file_entry TO bulkhead_app;
GRANT SELECT ON TABLE public.bank_file_entry TO bulkhead_auditor;

GRANT UPDATE(remittance_sealed) ON TABLE public.bank_file_entry TO bulkhead_app;

GRANT UPDATE(counterparty_sealed) ON TABLE public.bank_file_entry TO bulkhead_app;

GRANT SELECT,INSERT ON TABLE public.bank_file_outcome TO bulkhead_app;
GRANT SELECT ON TABLE public.bank_file_outcome TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.bank_file_payout TO bulkhead_app;
GRANT SELECT ON TABLE public.bank_file_payout TO bulkhead_auditor;

GRANT UPDATE(account_sealed) ON TABLE public.bank_file_payout TO bulkhead_app;

GRANT UPDATE(reference_sealed) ON TABLE public.bank_file_payout TO bulkhead_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.bank_file_task TO bulkhead_app;
GRANT SELECT ON TABLE public.bank_file_task TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.boundary_nonce TO bulkhead_app;
GRANT SELECT ON TABLE public.boundary_nonce TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.cards_authorisation TO bulkhead_app;
GRANT SELECT ON TABLE public.cards_authorisation TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.cards_authorisation_end TO bulkhead_app;
GRANT SELECT ON TABLE public.cards_authorisation_end TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.cards_capture TO bulkhead_app;
GRANT SELECT ON TABLE public.cards_capture TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.cards_card TO bulkhead_app;
GRANT SELECT ON TABLE public.cards_card TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.cards_charge TO bulkhead_app;
GRANT SELECT ON TABLE public.cards_charge TO bulkhead_auditor;

GRANT UPDATE(token_sealed) ON TABLE public.cards_charge TO bulkhead_app;

GRANT SELECT,INSERT ON TABLE public.cards_charge_step TO bulkhead_app;
GRANT SELECT ON TABLE public.cards_charge_step TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.cards_chargeback TO bulkhead_app;
GRANT SELECT ON TABLE public.cards_chargeback TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.cards_chargeback_won TO bulkhead_app;
GRANT SELECT ON TABLE public.cards_chargeback_won TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.cards_clearing TO bulkhead_app;
GRANT SELECT ON TABLE public.cards_clearing TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.cards_refund TO bulkhead_app;
GRANT SELECT ON TABLE public.cards_refund TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.cards_refund_end TO bulkhead_app;
GRANT SELECT ON TABLE public.cards_refund_end TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.cards_settlement TO bulkhead_app;
GRANT SELECT ON TABLE public.cards_settlement TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.cards_task TO bulkhead_app;
GRANT SELECT ON TABLE public.cards_task TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.cases_case TO bulkhead_app;
GRANT SELECT ON TABLE public.cases_case TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.cases_exclusion TO bulkhead_app;
GRANT SELECT ON TABLE public.cases_exclusion TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.cases_file TO bulkhead_app;
GRANT SELECT ON TABLE public.cases_file TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.cases_file_chunk TO bulkhead_app;
GRANT SELECT ON TABLE public.cases_file_chunk TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.cases_held TO bulkhead_app;
GRANT SELECT ON TABLE public.cases_held TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.cases_link TO bulkhead_app;
GRANT SELECT ON TABLE public.cases_link TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.cases_note TO bulkhead_app;
GRANT SELECT ON TABLE public.cases_note TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.cases_snooze TO bulkhead_app;
GRANT SELECT ON TABLE public.cases_snooze TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.cases_step TO bulkhead_app;
GRANT SELECT ON TABLE public.cases_step TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.checkout_payment TO bulkhead_app;
GRANT SELECT ON TABLE public.checkout_payment TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.customer_account TO bulkhead_app;
GRANT SELECT ON TABLE public.customer_account TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.customer_clearance TO bulkhead_app;
GRANT SELECT ON TABLE public.customer_clearance TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.customer_credential TO bulkhead_app;
GRANT SELECT ON TABLE public.customer_credential TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.customer_data_key TO bulkhead_app;
GRANT SELECT ON TABLE public.customer_data_key TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.customer_profile TO bulkhead_app;
GRANT SELECT ON TABLE public.customer_profile TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.customer_pseudonym TO bulkhead_app;
GRANT SELECT ON TABLE public.customer_pseudonym TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE ON TABLE public.customer_registration TO bulkhead_app;
GRANT SELECT ON TABLE public.customer_registration TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.customer_session TO bulkhead_app;
GRANT SELECT ON TABLE public.customer_session TO bulkhead_auditor;

GRANT USAGE ON SEQUENCE public.customer_subject_number TO bulkhead_app;

GRANT SELECT,INSERT ON TABLE public.database_seen TO bulkhead_app;
GRANT SELECT ON TABLE public.database_seen TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.disclosure TO bulkhead_app;
GRANT SELECT ON TABLE public.disclosure TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.event_inbox TO bulkhead_app;
GRANT SELECT ON TABLE public.event_inbox TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.evidence_delivery TO bulkhead_app;
GRANT SELECT ON TABLE public.evidence_delivery TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.evidence_made TO bulkhead_app;
GRANT SELECT ON TABLE public.evidence_made TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.evidence_pack TO bulkhead_app;
GRANT SELECT ON TABLE public.evidence_pack TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE ON TABLE public.evidence_part TO bulkhead_app;
GRANT SELECT ON TABLE public.evidence_part TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.export_register TO bulkhead_app;
GRANT SELECT ON TABLE public.export_register TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.facts_customer TO bulkhead_app;
GRANT SELECT ON TABLE public.facts_customer TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.filing_claim TO bulkhead_app;
GRANT SELECT ON TABLE public.filing_claim TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.filing_counterparty TO bulkhead_app;
GRANT SELECT ON TABLE public.filing_counterparty TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.filing_file TO bulkhead_app;
GRANT SELECT ON TABLE public.filing_file TO bulkhead_auditor;

GRANT UPDATE(content_sealed) ON TABLE public.filing_file TO bulkhead_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.filing_movement TO bulkhead_app;
GRANT SELECT ON TABLE public.filing_movement TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.filing_narrative TO bulkhead_app;
GRANT SELECT ON TABLE public.filing_narrative TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.filing_party TO bulkhead_app;
GRANT SELECT ON TABLE public.filing_party TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.filing_profile TO bulkhead_app;
GRANT SELECT ON TABLE public.filing_profile TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.filing_profile_decision TO bulkhead_app;
GRANT SELECT ON TABLE public.filing_profile_decision TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.filing_report TO bulkhead_app;
GRANT SELECT ON TABLE public.filing_report TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.filing_report_movement TO bulkhead_app;
GRANT SELECT ON TABLE public.filing_report_movement TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.filing_report_step TO bulkhead_app;
GRANT SELECT ON TABLE public.filing_report_step TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.filing_scan TO bulkhead_app;
GRANT SELECT ON TABLE public.filing_scan TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.fx_conversion TO bulkhead_app;
GRANT SELECT ON TABLE public.fx_conversion TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.fx_mid TO bulkhead_app;
GRANT SELECT ON TABLE public.fx_mid TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.fx_posted_rate TO bulkhead_app;
GRANT SELECT ON TABLE public.fx_posted_rate TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.fx_quote TO bulkhead_app;
GRANT SELECT ON TABLE public.fx_quote TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.fx_quote_close TO bulkhead_app;
GRANT SELECT ON TABLE public.fx_quote_close TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.fx_quote_live TO bulkhead_app;
GRANT SELECT ON TABLE public.fx_quote_live TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.fx_rate_decision TO bulkhead_app;
GRANT SELECT ON TABLE public.fx_rate_decision TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.fx_rate_proposal TO bulkhead_app;
GRANT SELECT ON TABLE public.fx_rate_proposal TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.fx_stock_cost TO bulkhead_app;
GRANT SELECT ON TABLE public.fx_stock_cost TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.fx_terms TO bulkhead_app;
GRANT SELECT ON TABLE public.fx_terms TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.gate_basis TO bulkhead_app;
GRANT SELECT ON TABLE public.gate_basis TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.gate_decision TO bulkhead_app;
GRANT SELECT ON TABLE public.gate_decision TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.geography_decision TO bulkhead_app;
GRANT SELECT ON TABLE public.geography_decision TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.geography_policy TO bulkhead_app;
GRANT SELECT ON TABLE public.geography_policy TO bulkhead_auditor;

GRANT SELECT ON TABLE public.idempotency_answer TO bulkhead_app;
GRANT SELECT ON TABLE public.idempotency_answer TO bulkhead_auditor;

GRANT INSERT(tenant_id) ON TABLE public.idempotency_answer TO bulkhead_app;

GRANT INSERT(book_id) ON TABLE public.idempotency_answer TO bulkhead_app;

GRANT INSERT(key) ON TABLE public.idempotency_answer TO bulkhead_app;

GRANT INSERT(digest) ON TABLE public.idempotency_answer TO bulkhead_app;

GRANT INSERT(answer) ON TABLE public.idempotency_answer TO bulkhead_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.kyc_attachment TO bulkhead_app;
GRANT SELECT ON TABLE public.kyc_attachment TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.kyc_business TO bulkhead_app;
GRANT SELECT ON TABLE public.kyc_business TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.kyc_business_verdict TO bulkhead_app;
GRANT SELECT ON TABLE public.kyc_business_verdict TO bulkhead_auditor;

GRANT SELECT ON TABLE public.kyc_check TO bulkhead_app;
GRANT SELECT ON TABLE public.kyc_check TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.kyc_configuration TO bulkhead_app;
GRANT SELECT ON TABLE public.kyc_configuration TO bulkhead_auditor;

GRANT SELECT ON TABLE public.kyc_decision TO bulkhead_app;
GRANT SELECT ON TABLE public.kyc_decision TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.kyc_file TO bulkhead_app;
GRANT SELECT ON TABLE public.kyc_file TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.kyc_file_chunk TO bulkhead_app;
GRANT SELECT ON TABLE public.kyc_file_chunk TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.kyc_owner TO bulkhead_app;
GRANT SELECT ON TABLE public.kyc_owner TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.kyc_review TO bulkhead_app;
GRANT SELECT ON TABLE public.kyc_review TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.kyc_session TO bulkhead_app;
GRANT SELECT ON TABLE public.kyc_session TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.kyc_step_result TO bulkhead_app;
GRANT SELECT ON TABLE public.kyc_step_result TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.kyc_turnover TO bulkhead_app;
GRANT SELECT ON TABLE public.kyc_turnover TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.kyc_verification TO bulkhead_app;
GRANT SELECT ON TABLE public.kyc_verification TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.ledger_asset TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_asset TO bulkhead_auditor;

GRANT SELECT ON TABLE public.ledger_balance TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_balance TO bulkhead_auditor;

GRANT SELECT ON TABLE public.ledger_book TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_book TO bulkhead_auditor;

GRANT INSERT(id) ON TABLE public.ledger_book TO bulkhead_app;

GRANT INSERT(tenant_id) ON TABLE public.ledger_book TO bulkhead_app;

GRANT INSERT(kind),UPDATE(kind) ON TABLE public.ledger_book TO bulkhead_app;

GRANT SELECT ON TABLE public.ledger_chart TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_chart TO bulkhead_auditor;

GRANT SELECT ON TABLE public.ledger_deal_state TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_deal_state TO bulkhead_auditor;

GRANT INSERT(tenant_id) ON TABLE public.ledger_deal_state TO bulkhead_app;

GRANT INSERT(book_id) ON TABLE public.ledger_deal_state TO bulkhead_app;

GRANT INSERT(deal_id) ON TABLE public.ledger_deal_state TO bulkhead_app;

GRANT INSERT(movement_id) ON TABLE public.ledger_deal_state TO bulkhead_app;

GRANT INSERT(at) ON TABLE public.ledger_deal_state TO bulkhead_app;

GRANT INSERT(step) ON TABLE public.ledger_deal_state TO bulkhead_app;

GRANT INSERT(state) ON TABLE public.ledger_deal_state TO bulkhead_app;

GRANT INSERT(actor) ON TABLE public.ledger_deal_state TO bulkhead_app;

GRANT SELECT ON TABLE public.ledger_entry TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_entry TO bulkhead_auditor;

GRANT SELECT ON TABLE public.ledger_hold TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_hold TO bulkhead_auditor;

GRANT INSERT(tenant_id) ON TABLE public.ledger_hold TO bulkhead_app;

GRANT INSERT(book_id) ON TABLE public.ledger_hold TO bulkhead_app;

GRANT INSERT(id) ON TABLE public.ledger_hold TO bulkhead_app;

GRANT INSERT(amount) ON TABLE public.ledger_hold TO bulkhead_app;

GRANT INSERT(expires_at) ON TABLE public.ledger_hold TO bulkhead_app;

GRANT INSERT(asset_id) ON TABLE public.ledger_hold TO bulkhead_app;

GRANT INSERT(account) ON TABLE public.ledger_hold TO bulkhead_app;

GRANT INSERT(purpose) ON TABLE public.ledger_hold TO bulkhead_app;

GRANT SELECT,INSERT ON TABLE public.ledger_hold_capture TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_hold_capture TO bulkhead_auditor;

GRANT SELECT ON TABLE public.ledger_hold_close TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_hold_close TO bulkhead_auditor;

GRANT INSERT(tenant_id) ON TABLE public.ledger_hold_close TO bulkhead_app;

GRANT INSERT(book_id) ON TABLE public.ledger_hold_close TO bulkhead_app;

GRANT INSERT(hold_id) ON TABLE public.ledger_hold_close TO bulkhead_app;

GRANT INSERT(reason) ON TABLE public.ledger_hold_close TO bulkhead_app;

GRANT SELECT ON TABLE public.ledger_hold_open TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_hold_open TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.ledger_item TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_item TO bulkhead_auditor;

GRANT UPDATE(movement_id) ON TABLE public.ledger_item TO bulkhead_app;

GRANT UPDATE(replaced_by) ON TABLE public.ledger_item TO bulkhead_app;

GRANT UPDATE(activated_at) ON TABLE public.ledger_item TO bulkhead_app;

GRANT UPDATE(replaced_at) ON TABLE public.ledger_item TO bulkhead_app;

GRANT UPDATE(state) ON TABLE public.ledger_item TO bulkhead_app;

GRANT UPDATE(activated_by) ON TABLE public.ledger_item TO bulkhead_app;

GRANT UPDATE(replaced_actor) ON TABLE public.ledger_item TO bulkhead_app;

GRANT SELECT ON TABLE public.ledger_posting TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_posting TO bulkhead_auditor;

GRANT INSERT(tenant_id) ON TABLE public.ledger_posting TO bulkhead_app;

GRANT INSERT(book_id) ON TABLE public.ledger_posting TO bulkhead_app;

GRANT INSERT(transfer_id) ON TABLE public.ledger_posting TO bulkhead_app;

GRANT INSERT(amount) ON TABLE public.ledger_posting TO bulkhead_app;

GRANT INSERT(cost) ON TABLE public.ledger_posting TO bulkhead_app;

GRANT INSERT(profit) ON TABLE public.ledger_posting TO bulkhead_app;

GRANT INSERT(asset_id) ON TABLE public.ledger_posting TO bulkhead_app;

GRANT INSERT(source) ON TABLE public.ledger_posting TO bulkhead_app;

GRANT INSERT(target) ON TABLE public.ledger_posting TO bulkhead_app;

GRANT INSERT(action) ON TABLE public.ledger_posting TO bulkhead_app;

GRANT SELECT ON TABLE public.ledger_leg TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_leg TO bulkhead_auditor;

GRANT SELECT ON TABLE public.ledger_transfer TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_transfer TO bulkhead_auditor;

GRANT INSERT(tenant_id) ON TABLE public.ledger_transfer TO bulkhead_app;

GRANT INSERT(book_id) ON TABLE public.ledger_transfer TO bulkhead_app;

GRANT INSERT(id) ON TABLE public.ledger_transfer TO bulkhead_app;

GRANT INSERT(movement_id) ON TABLE public.ledger_transfer TO bulkhead_app;

GRANT INSERT(reverses) ON TABLE public.ledger_transfer TO bulkhead_app;

GRANT INSERT(corrects) ON TABLE public.ledger_transfer TO bulkhead_app;

GRANT INSERT(effective_at) ON TABLE public.ledger_transfer TO bulkhead_app;

GRANT INSERT(kind) ON TABLE public.ledger_transfer TO bulkhead_app;

GRANT SELECT ON TABLE public.ledger_lifecycle TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_lifecycle TO bulkhead_auditor;

GRANT SELECT ON TABLE public.ledger_repair TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_repair TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.ledger_reversal TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_reversal TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.ledger_reversal_decision TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_reversal_decision TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.ledger_transfer_source TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_transfer_source TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.market TO bulkhead_app;
GRANT SELECT ON TABLE public.market TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.market_resolution TO bulkhead_app;
GRANT SELECT ON TABLE public.market_resolution TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.open_banking_consent TO bulkhead_app;
GRANT SELECT ON TABLE public.open_banking_consent TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.open_banking_step TO bulkhead_app;
GRANT SELECT ON TABLE public.open_banking_step TO bulkhead_auditor;

GRANT UPDATE(account_sealed) ON TABLE public.open_banking_step TO bulkhead_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.open_banking_task TO bulkhead_app;
GRANT SELECT ON TABLE public.open_banking_task TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.outflow_resumption TO bulkhead_app;
GRANT SELECT ON TABLE public.outflow_resumption TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.payment_bank_event TO bulkhead_app;
GRANT SELECT ON TABLE public.payment_bank_event TO bulkhead_auditor;

GRANT UPDATE(payer_text_sealed) ON TABLE public.payment_bank_event TO bulkhead_app;

GRANT UPDATE(payer_account_sealed) ON TABLE public.payment_bank_event TO bulkhead_app;

GRANT SELECT,INSERT ON TABLE public.payment_collection TO bulkhead_app;
GRANT SELECT ON TABLE public.payment_collection TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.payment_pay_in TO bulkhead_app;
GRANT SELECT ON TABLE public.payment_pay_in TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.payment_pay_in_reversal TO bulkhead_app;
GRANT SELECT ON TABLE public.payment_pay_in_reversal TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.payment_refund_review TO bulkhead_app;
GRANT SELECT ON TABLE public.payment_refund_review TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.payment_suspense_claim TO bulkhead_app;
GRANT SELECT ON TABLE public.payment_suspense_claim TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.payment_suspense_decision TO bulkhead_app;
GRANT SELECT ON TABLE public.payment_suspense_decision TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.payment_suspense_proposal TO bulkhead_app;
GRANT SELECT ON TABLE public.payment_suspense_proposal TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.payment_suspense_resolution TO bulkhead_app;
GRANT SELECT ON TABLE public.payment_suspense_resolution TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.payment_take_back TO bulkhead_app;
GRANT SELECT ON TABLE public.payment_take_back TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.payout_account TO bulkhead_app;
GRANT SELECT ON TABLE public.payout_account TO bulkhead_auditor;

GRANT UPDATE(number_sealed) ON TABLE public.payout_account TO bulkhead_app;

GRANT UPDATE(holder_sealed) ON TABLE public.payout_account TO bulkhead_app;

GRANT UPDATE(number_index) ON TABLE public.payout_account TO bulkhead_app;

GRANT SELECT,INSERT ON TABLE public.payout_account_removal TO bulkhead_app;
GRANT SELECT ON TABLE public.payout_account_removal TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.payout_claim TO bulkhead_app;
GRANT SELECT ON TABLE public.payout_claim TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.payout_held TO bulkhead_app;
GRANT SELECT ON TABLE public.payout_held TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.payout_held_end TO bulkhead_app;
GRANT SELECT ON TABLE public.payout_held_end TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.payout_order TO bulkhead_app;
GRANT SELECT ON TABLE public.payout_order TO bulkhead_auditor;

GRANT UPDATE(destination_sealed) ON TABLE public.payout_order TO bulkhead_app;

GRANT SELECT,INSERT ON TABLE public.payout_resolution TO bulkhead_app;
GRANT SELECT ON TABLE public.payout_resolution TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.payout_return TO bulkhead_app;
GRANT SELECT ON TABLE public.payout_return TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.payout_task TO bulkhead_app;
GRANT SELECT ON TABLE public.payout_task TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.payout_terms TO bulkhead_app;
GRANT SELECT ON TABLE public.payout_terms TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.period_balance TO bulkhead_app;
GRANT SELECT ON TABLE public.period_balance TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.period_closed TO bulkhead_app;
GRANT SELECT ON TABLE public.period_closed TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.period_proposal TO bulkhead_app;
GRANT SELECT ON TABLE public.period_proposal TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.pgqueuer TO bulkhead_app;
GRANT SELECT ON TABLE public.pgqueuer TO bulkhead_auditor;

GRANT USAGE ON SEQUENCE public.pgqueuer_id_seq TO bulkhead_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.pgqueuer_log TO bulkhead_app;
GRANT SELECT ON TABLE public.pgqueuer_log TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.pgqueuer_schedules TO bulkhead_app;
GRANT SELECT ON TABLE public.pgqueuer_schedules TO bulkhead_auditor;

GRANT USAGE ON SEQUENCE public.pgqueuer_schedules_id_seq TO bulkhead_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.pgqueuer_statistics TO bulkhead_app;
GRANT SELECT ON TABLE public.pgqueuer_statistics TO bulkhead_auditor;

GRANT USAGE ON SEQUENCE public.pgqueuer_statistics_id_seq TO bulkhead_app;

GRANT SELECT,INSERT ON TABLE public.privacy_consent TO bulkhead_app;
GRANT SELECT ON TABLE public.privacy_consent TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.privacy_decision TO bulkhead_app;
GRANT SELECT ON TABLE public.privacy_decision TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.privacy_erasure TO bulkhead_app;
GRANT SELECT ON TABLE public.privacy_erasure TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.privacy_export TO bulkhead_app;
GRANT SELECT ON TABLE public.privacy_export TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE ON TABLE public.privacy_export_part TO bulkhead_app;
GRANT SELECT ON TABLE public.privacy_export_part TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.privacy_proposal TO bulkhead_app;
GRANT SELECT ON TABLE public.privacy_proposal TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.privacy_request TO bulkhead_app;
GRANT SELECT ON TABLE public.privacy_request TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.protection_hour TO bulkhead_app;
GRANT SELECT ON TABLE public.protection_hour TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.protection_limit TO bulkhead_app;
GRANT SELECT ON TABLE public.protection_limit TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.protection_moment TO bulkhead_app;
GRANT SELECT ON TABLE public.protection_moment TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.protection_pause TO bulkhead_app;
GRANT SELECT ON TABLE public.protection_pause TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.protection_policy TO bulkhead_app;
GRANT SELECT ON TABLE public.protection_policy TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.protection_reality TO bulkhead_app;
GRANT SELECT ON TABLE public.protection_reality TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.protection_return TO bulkhead_app;
GRANT SELECT ON TABLE public.protection_return TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_break TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_break TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_break_end TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_break_end TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_break_link TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_break_link TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_break_sighting TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_break_sighting TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_break_step TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_break_step TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_check TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_check TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_day TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_day TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_day_balance TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_day_balance TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_day_break TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_day_break TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_day_clearing TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_day_clearing TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_day_department TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_day_department TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_day_money TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_day_money TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_due_day TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_due_day TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_due_done TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_due_done TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_finding TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_finding TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_import TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_import TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_match TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_match TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_match_chunk TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_match_chunk TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_run TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_run TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_shortfall TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_shortfall TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_statement TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_statement TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_statement_line TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_statement_line TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.restriction TO bulkhead_app;
GRANT SELECT ON TABLE public.restriction TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.restriction_step TO bulkhead_app;
GRANT SELECT ON TABLE public.restriction_step TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.risk_current TO bulkhead_app;
GRANT SELECT ON TABLE public.risk_current TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.risk_flag TO bulkhead_app;
GRANT SELECT ON TABLE public.risk_flag TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.risk_score TO bulkhead_app;
GRANT SELECT ON TABLE public.risk_score TO bulkhead_auditor;

GRANT SELECT ON TABLE public.schema_floor TO bulkhead_app;
GRANT SELECT ON TABLE public.schema_floor TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.screening_alert TO bulkhead_app;
GRANT SELECT ON TABLE public.screening_alert TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.screening_alert_step TO bulkhead_app;
GRANT SELECT ON TABLE public.screening_alert_step TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.screening_check TO bulkhead_app;
GRANT SELECT ON TABLE public.screening_check TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.screening_entry_change TO bulkhead_app;
GRANT SELECT ON TABLE public.screening_entry_change TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.screening_rescreen TO bulkhead_app;
GRANT SELECT ON TABLE public.screening_rescreen TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.screening_result TO bulkhead_app;
GRANT SELECT ON TABLE public.screening_result TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.screening_standing TO bulkhead_app;
GRANT SELECT ON TABLE public.screening_standing TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.screening_task TO bulkhead_app;
GRANT SELECT ON TABLE public.screening_task TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.screening_version TO bulkhead_app;
GRANT SELECT ON TABLE public.screening_version TO bulkhead_auditor;

GRANT USAGE ON SEQUENCE public.settlement_place TO bulkhead_app;

GRANT SELECT,INSERT ON TABLE public.settlement_bank_word TO bulkhead_app;
GRANT SELECT ON TABLE public.settlement_bank_word TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.settlement_decision TO bulkhead_app;
GRANT SELECT ON TABLE public.settlement_decision TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.settlement_file TO bulkhead_app;
GRANT SELECT ON TABLE public.settlement_file TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.settlement_hand_decision TO bulkhead_app;
GRANT SELECT ON TABLE public.settlement_hand_decision TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.settlement_hand_word TO bulkhead_app;
GRANT SELECT ON TABLE public.settlement_hand_word TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.settlement_late TO bulkhead_app;
GRANT SELECT ON TABLE public.settlement_late TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.settlement_line TO bulkhead_app;
GRANT SELECT ON TABLE public.settlement_line TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.settlement_message TO bulkhead_app;
GRANT SELECT ON TABLE public.settlement_message TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.settlement_message_entry TO bulkhead_app;
GRANT SELECT ON TABLE public.settlement_message_entry TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.settlement_proposal TO bulkhead_app;
GRANT SELECT ON TABLE public.settlement_proposal TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.settlement_record TO bulkhead_app;
GRANT SELECT ON TABLE public.settlement_record TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.settlement_release TO bulkhead_app;
GRANT SELECT ON TABLE public.settlement_release TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.settlement_void TO bulkhead_app;
GRANT SELECT ON TABLE public.settlement_void TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.signing_attempt TO bulkhead_app;
GRANT SELECT ON TABLE public.signing_attempt TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.signing_challenge TO bulkhead_app;
GRANT SELECT ON TABLE public.signing_challenge TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.signing_challenge_use TO bulkhead_app;
GRANT SELECT ON TABLE public.signing_challenge_use TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.signing_code_secret TO bulkhead_app;
GRANT SELECT ON TABLE public.signing_code_secret TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.signing_code_use TO bulkhead_app;
GRANT SELECT ON TABLE public.signing_code_use TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.signing_enrolment_word TO bulkhead_app;
GRANT SELECT ON TABLE public.signing_enrolment_word TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.signing_enrolment_word_end TO bulkhead_app;
GRANT SELECT ON TABLE public.signing_enrolment_word_end TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.signing_enrolment_word_use TO bulkhead_app;
GRANT SELECT ON TABLE public.signing_enrolment_word_use TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.signing_passkey TO bulkhead_app;
GRANT SELECT ON TABLE public.signing_passkey TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.signing_passkey_end TO bulkhead_app;
GRANT SELECT ON TABLE public.signing_passkey_end TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.signing_signature TO bulkhead_app;
GRANT SELECT ON TABLE public.signing_signature TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.statement_issued TO bulkhead_app;
GRANT SELECT ON TABLE public.statement_issued TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.tenancy_capability_switch TO bulkhead_app;
GRANT SELECT ON TABLE public.tenancy_capability_switch TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.tenancy_department TO bulkhead_app;
GRANT SELECT ON TABLE public.tenancy_department TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.tenancy_tenant TO bulkhead_app;
GRANT SELECT ON TABLE public.tenancy_tenant TO bulkhead_auditor;

GRANT SELECT,UPDATE ON TABLE public.timeline_cursor TO bulkhead_app;
GRANT SELECT ON TABLE public.timeline_cursor TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.timeline_day TO bulkhead_app;
GRANT SELECT ON TABLE public.timeline_day TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.timeline_mention TO bulkhead_app;
GRANT SELECT ON TABLE public.timeline_mention TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.transfer_account_code TO bulkhead_app;
GRANT SELECT ON TABLE public.transfer_account_code TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.transfer_claim TO bulkhead_app;
GRANT SELECT ON TABLE public.transfer_claim TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.transfer_held TO bulkhead_app;
GRANT SELECT ON TABLE public.transfer_held TO bulkhead_auditor;

GRANT UPDATE(note_sealed) ON TABLE public.transfer_held TO bulkhead_app;

GRANT SELECT,INSERT ON TABLE public.transfer_held_end TO bulkhead_app;
GRANT SELECT ON TABLE public.transfer_held_end TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.transfer_order TO bulkhead_app;
GRANT SELECT ON TABLE public.transfer_order TO bulkhead_auditor;

GRANT UPDATE(note_sealed) ON TABLE public.transfer_order TO bulkhead_app;

GRANT SELECT,INSERT ON TABLE public.transfer_qr_code TO bulkhead_app;
GRANT SELECT ON TABLE public.transfer_qr_code TO bulkhead_auditor;

GRANT UPDATE(payload_sealed) ON TABLE public.transfer_qr_code TO bulkhead_app;

GRANT SELECT,INSERT ON TABLE public.transfer_terms TO bulkhead_app;
GRANT SELECT ON TABLE public.transfer_terms TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.treasury_movement TO bulkhead_app;
GRANT SELECT ON TABLE public.treasury_movement TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.wager_account TO bulkhead_app;
GRANT SELECT ON TABLE public.wager_account TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.wager_break TO bulkhead_app;
GRANT SELECT ON TABLE public.wager_break TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.wager_feed_stop TO bulkhead_app;
GRANT SELECT ON TABLE public.wager_feed_stop TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.wager_order TO bulkhead_app;
GRANT SELECT ON TABLE public.wager_order TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.wager_position TO bulkhead_app;
GRANT SELECT ON TABLE public.wager_position TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.wager_report TO bulkhead_app;
GRANT SELECT ON TABLE public.wager_report TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.wager_report_applied TO bulkhead_app;
GRANT SELECT ON TABLE public.wager_report_applied TO bulkhead_auditor;

GRANT SELECT,UPDATE ON TABLE public.wager_report_cursor TO bulkhead_app;
GRANT SELECT ON TABLE public.wager_report_cursor TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.webhook_attempt TO bulkhead_app;
GRANT SELECT ON TABLE public.webhook_attempt TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.webhook_message TO bulkhead_app;
GRANT SELECT ON TABLE public.webhook_message TO bulkhead_auditor;

GRANT UPDATE(body_sealed) ON TABLE public.webhook_message TO bulkhead_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.webhook_task TO bulkhead_app;
GRANT SELECT ON TABLE public.webhook_task TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.witness_alarm TO bulkhead_app;
GRANT SELECT ON TABLE public.witness_alarm TO bulkhead_auditor;
GRANT SELECT ON TABLE public.witness_alarm TO bulkhead_sealer;

GRANT SELECT,INSERT ON TABLE public.witness_alarm_end TO bulkhead_app;
GRANT SELECT ON TABLE public.witness_alarm_end TO bulkhead_auditor;
GRANT SELECT ON TABLE public.witness_alarm_end TO bulkhead_sealer;

GRANT SELECT,INSERT ON TABLE public.witness_checkpoint TO bulkhead_app;
GRANT SELECT ON TABLE public.witness_checkpoint TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.witness_epoch TO bulkhead_app;
GRANT SELECT ON TABLE public.witness_epoch TO bulkhead_auditor;
