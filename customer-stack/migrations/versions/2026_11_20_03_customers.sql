-- Customers. What could name a person is encrypted field by field; uniqueness rests on keyed digests.

CREATE TYPE customer_status AS ENUM ('registered', 'verifying', 'active', 'refused', 'frozen', 'closed');

-- `state_version` counts the changes of status; `refusal` is a public reason, a code of the repository.
CREATE TABLE customer_account (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT customer_account_pk PRIMARY KEY,
    department_id uuid NOT NULL,
    status customer_status NOT NULL,
    refusal text CONSTRAINT customer_account_refusal_form CHECK (refusal ~ '^[a-z_]+\.[a-z_]{2,60}$'),
    state_version integer NOT NULL DEFAULT 1,
    registered_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT customer_account_of_tenant UNIQUE (tenant_id, id),
    CONSTRAINT customer_account_department FOREIGN KEY (tenant_id, department_id)
        REFERENCES tenancy_department (tenant_id, id),
    CONSTRAINT customer_account_refusal_has_reason CHECK (status <> 'refused' OR refusal IS NOT NULL)
);
CALL bulkhead_tenant_table('customer_account', append_only => false);
REVOKE DELETE ON customer_account FROM bulkhead_app;

-- The request that registered a customer, so that a repeated request gives the same answer.
CREATE TABLE customer_registration (
    tenant_id uuid NOT NULL,
    customer_id uuid CONSTRAINT customer_registration_pk PRIMARY KEY,
    key bytea NOT NULL CONSTRAINT customer_registration_key_size CHECK (octet_length(key) = 32),
    digest bytea NOT NULL CONSTRAINT customer_registration_digest_size CHECK (octet_length(digest) = 32),
    CONSTRAINT customer_registration_key_once UNIQUE (tenant_id, key),
    CONSTRAINT customer_registration_customer FOREIGN KEY (tenant_id, customer_id)
        REFERENCES customer_account (tenant_id, id)
);
CALL bulkhead_tenant_table('customer_registration', append_only => true);

CREATE TABLE customer_credential (
    tenant_id uuid NOT NULL,
    customer_id uuid CONSTRAINT customer_credential_pk PRIMARY KEY,
    email_index bytea NOT NULL CONSTRAINT customer_credential_email_index_size CHECK (octet_length(email_index) = 32),
    password_hash text NOT NULL
        CONSTRAINT customer_credential_password_hash_form CHECK (password_hash LIKE '$argon2id$%'),
    changed_at timestamptz NOT NULL,
    CONSTRAINT customer_credential_email_once UNIQUE (tenant_id, email_index),
    CONSTRAINT customer_credential_customer FOREIGN KEY (tenant_id, customer_id)
        REFERENCES customer_account (tenant_id, id)
);
CALL bulkhead_tenant_table('customer_credential', append_only => false);
REVOKE DELETE ON customer_credential FROM bulkhead_app;

-- The data key of one person, wrapped by the key-encryption key. Erasing this row erases the person.
CREATE TABLE customer_data_key (
    tenant_id uuid NOT NULL,
    customer_id uuid CONSTRAINT customer_data_key_pk PRIMARY KEY,
    version smallint NOT NULL CONSTRAINT customer_data_key_version_positive CHECK (version > 0),
    wrapping_key smallint NOT NULL CONSTRAINT customer_data_key_wrapping_key_positive CHECK (wrapping_key > 0),
    wrapped bytea NOT NULL CONSTRAINT customer_data_key_wrapped_size CHECK (octet_length(wrapped) = 60),
    CONSTRAINT customer_data_key_customer FOREIGN KEY (tenant_id, customer_id)
        REFERENCES customer_account (tenant_id, id)
);
CALL bulkhead_tenant_table('customer_data_key', append_only => false);

CREATE TYPE customer_document_type AS ENUM ('national_id', 'passport');

-- Every field is nonce, ciphertext and tag of AES-256-GCM, bound to its table, column, row and key version.
CREATE TABLE customer_profile (
    tenant_id uuid NOT NULL,
    customer_id uuid CONSTRAINT customer_profile_pk PRIMARY KEY,
    document_type customer_document_type NOT NULL,
    document_index bytea NOT NULL CONSTRAINT customer_profile_document_index_size
        CHECK (octet_length(document_index) = 32),
    email bytea NOT NULL CONSTRAINT customer_profile_email_sealed CHECK (octet_length(email) > 28),
    full_name bytea NOT NULL CONSTRAINT customer_profile_full_name_sealed CHECK (octet_length(full_name) > 28),
    date_of_birth bytea NOT NULL CONSTRAINT customer_profile_date_of_birth_sealed
        CHECK (octet_length(date_of_birth) > 28),
    residency bytea NOT NULL CONSTRAINT customer_profile_residency_sealed CHECK (octet_length(residency) > 28),
    document_number bytea NOT NULL CONSTRAINT customer_profile_document_number_sealed
        CHECK (octet_length(document_number) > 28),
    phone bytea NOT NULL CONSTRAINT customer_profile_phone_sealed CHECK (octet_length(phone) > 28),
    CONSTRAINT customer_profile_document_once UNIQUE (tenant_id, document_index),
    CONSTRAINT customer_profile_customer FOREIGN KEY (tenant_id, customer_id)
        REFERENCES customer_account (tenant_id, id)
);
CALL bulkhead_tenant_table('customer_profile', append_only => false);

CREATE TYPE customer_clearance_kind AS ENUM ('identity', 'screening');

-- What onboarding waits for: each check ends once. All clear makes a customer active; one refusal refuses.
CREATE TABLE customer_clearance (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    kind customer_clearance_kind NOT NULL,
    is_clear boolean NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT customer_clearance_pk PRIMARY KEY (customer_id, kind),
    CONSTRAINT customer_clearance_customer FOREIGN KEY (tenant_id, customer_id)
        REFERENCES customer_account (tenant_id, id)
);
CALL bulkhead_tenant_table('customer_clearance', append_only => true);

-- The account reference that crosses the boundary: random, so nothing can be computed back from it.
CREATE TABLE customer_pseudonym (
    tenant_id uuid NOT NULL,
    customer_id uuid CONSTRAINT customer_pseudonym_pk PRIMARY KEY,
    account_reference uuid NOT NULL CONSTRAINT customer_pseudonym_reference_once UNIQUE,
    CONSTRAINT customer_pseudonym_of_tenant UNIQUE (tenant_id, customer_id),
    CONSTRAINT customer_pseudonym_customer FOREIGN KEY (tenant_id, customer_id)
        REFERENCES customer_account (tenant_id, id),
    CONSTRAINT customer_pseudonym_is_not_the_customer CHECK (account_reference <> customer_id)
);
CALL bulkhead_tenant_table('customer_pseudonym', append_only => true);

CREATE TABLE customer_session (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT customer_session_pk PRIMARY KEY,
    customer_id uuid NOT NULL,
    token_hash bytea NOT NULL CONSTRAINT customer_session_token_once UNIQUE
        CONSTRAINT customer_session_token_hash_size CHECK (octet_length(token_hash) = 32),
    started_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT customer_session_customer FOREIGN KEY (tenant_id, customer_id)
        REFERENCES customer_account (tenant_id, id),
    CONSTRAINT customer_session_times CHECK (expires_at > started_at)
);
CREATE INDEX customer_session_open ON customer_session (customer_id) WHERE ended_at IS NULL;
CALL bulkhead_tenant_table('customer_session', append_only => false);
REVOKE DELETE ON customer_session FROM bulkhead_app;
