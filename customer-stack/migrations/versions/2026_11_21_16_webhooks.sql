-- Messages of providers, stored as they came.
-- A body may tell of people, so it is sealed; its digest says whether a repeat is the same message.

CREATE TYPE webhook_task_state AS ENUM ('waiting', 'held');
CREATE TYPE webhook_attempt_outcome AS ENUM ('done', 'failed');

CREATE TABLE webhook_message (
    id uuid CONSTRAINT webhook_message_pk PRIMARY KEY,
    provider text NOT NULL CONSTRAINT webhook_message_provider CHECK (provider ~ '^[a-z0-9_-]{1,32}$'),
    event_id text NOT NULL CONSTRAINT webhook_message_event_id CHECK (event_id ~ '^[!-~]{1,128}$'),
    kind text NOT NULL CONSTRAINT webhook_message_kind CHECK (kind ~ '^[!-~]{1,64}$'),
    body_sealed bytea NOT NULL,
    body_digest bytea NOT NULL CONSTRAINT webhook_message_digest CHECK (octet_length(body_digest) = 32),
    received_at timestamptz NOT NULL,
    CONSTRAINT webhook_message_once UNIQUE (provider, event_id)
);
CALL bulkhead_plain_table('webhook_message', append_only => true);
COMMENT ON TABLE webhook_message IS
    'no tenant: a message is stored before anybody knows whose money it is about';

-- What is still to be done: the row goes when the message was handled. `due_at` is also the lease of whoever
-- handles it now.
CREATE TABLE webhook_task (
    message_id uuid CONSTRAINT webhook_task_pk PRIMARY KEY
        CONSTRAINT webhook_task_message_fk REFERENCES webhook_message (id),
    state webhook_task_state NOT NULL,
    attempts integer NOT NULL CONSTRAINT webhook_task_attempts CHECK (attempts >= 0),
    due_at timestamptz NOT NULL
);
CREATE INDEX webhook_task_due ON webhook_task (due_at) WHERE state = 'waiting';
CALL bulkhead_plain_table('webhook_task', append_only => false);
COMMENT ON TABLE webhook_task IS 'no tenant: ids of messages that wait to be handled';

-- How each attempt ended. `problem` is a code, never a text of the message.
CREATE TABLE webhook_attempt (
    message_id uuid NOT NULL
        CONSTRAINT webhook_attempt_message_fk REFERENCES webhook_message (id),
    number bigint GENERATED ALWAYS AS IDENTITY,
    outcome webhook_attempt_outcome NOT NULL,
    problem text CONSTRAINT webhook_attempt_problem_form CHECK (problem ~ '^[a-z_.]{1,64}$'),
    ended_at timestamptz NOT NULL,
    CONSTRAINT webhook_attempt_pk PRIMARY KEY (message_id, number),
    CONSTRAINT webhook_attempt_problem CHECK ((outcome = 'failed') = (problem IS NOT NULL))
);
CALL bulkhead_plain_table('webhook_attempt', append_only => true);
COMMENT ON TABLE webhook_attempt IS 'no tenant: how the handling of messages went, without their content';
