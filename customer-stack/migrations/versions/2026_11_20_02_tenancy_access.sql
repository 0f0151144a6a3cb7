-- Tenants, their departments, what is switched on for them; their staff.

CREATE TABLE tenancy_tenant (
    id uuid CONSTRAINT tenancy_tenant_pk PRIMARY KEY,
    slug text NOT NULL CONSTRAINT tenancy_tenant_slug_once UNIQUE
        CONSTRAINT tenancy_tenant_slug_form CHECK (slug ~ '^[a-z][a-z0-9-]{1,39}$'),
    name text NOT NULL CONSTRAINT tenancy_tenant_name_size CHECK (length(name) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL
);
CALL bulkhead_plain_table('tenancy_tenant', append_only => true);
COMMENT ON TABLE tenancy_tenant IS 'no tenant: the list of tenants itself, read before a tenant is known';

-- A tree: the root of a tenant has no parent and is its own root.
CREATE TABLE tenancy_department (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT tenancy_department_pk PRIMARY KEY,
    parent_id uuid,
    root_id uuid NOT NULL,
    name text NOT NULL CONSTRAINT tenancy_department_name_size CHECK (length(name) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL,
    CONSTRAINT tenancy_department_of_tenant UNIQUE (tenant_id, id),
    CONSTRAINT tenancy_department_tenant FOREIGN KEY (tenant_id) REFERENCES tenancy_tenant (id),
    CONSTRAINT tenancy_department_parent FOREIGN KEY (tenant_id, parent_id)
        REFERENCES tenancy_department (tenant_id, id),
    CONSTRAINT tenancy_department_root FOREIGN KEY (tenant_id, root_id)
        REFERENCES tenancy_department (tenant_id, id),
    CONSTRAINT tenancy_department_root_has_no_parent CHECK ((parent_id IS NULL) = (root_id = id))
);
CREATE UNIQUE INDEX tenancy_department_one_root ON tenancy_department (tenant_id) WHERE parent_id IS NULL;
CALL bulkhead_tenant_table('tenancy_department', append_only => true);

CREATE TYPE tenancy_capability AS ENUM (
    'registration',
    'deposits',
    'wagers',
    'withdrawals',
    'settlement_finalisation'
);

-- Switching is a new row; the newest row of a capability counts, and no row means off.
CREATE TABLE tenancy_capability_switch (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT tenancy_capability_switch_pk PRIMARY KEY,
    capability tenancy_capability NOT NULL,
    is_on boolean NOT NULL,
    switched_at timestamptz NOT NULL,
    CONSTRAINT tenancy_capability_switch_tenant FOREIGN KEY (tenant_id) REFERENCES tenancy_tenant (id)
);
CREATE INDEX tenancy_capability_switch_newest ON tenancy_capability_switch (tenant_id, capability, id DESC);
CALL bulkhead_tenant_table('tenancy_capability_switch', append_only => true);

-- Staff sign in with a name of their function, never with personal data.
CREATE TABLE access_staff (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT access_staff_pk PRIMARY KEY,
    department_id uuid,
    username text NOT NULL CONSTRAINT access_staff_username_form CHECK (username ~ '^[a-z][a-z0-9-]{2,39}$'),
    password_hash text NOT NULL CONSTRAINT access_staff_password_hash_form CHECK (password_hash LIKE '$argon2id$%'),
    created_at timestamptz NOT NULL,
    disabled_at timestamptz,
    CONSTRAINT access_staff_of_tenant UNIQUE (tenant_id, id),
    CONSTRAINT access_staff_username_once UNIQUE (tenant_id, username),
    CONSTRAINT access_staff_tenant FOREIGN KEY (tenant_id) REFERENCES tenancy_tenant (id),
    CONSTRAINT access_staff_department FOREIGN KEY (tenant_id, department_id)
        REFERENCES tenancy_department (tenant_id, id)
);
CALL bulkhead_tenant_table('access_staff', append_only => false);
REVOKE DELETE ON access_staff FROM bulkhead_app;

-- Roles are files of the repository (access/roles); here stands only who has which.
CREATE TABLE access_assignment (
    tenant_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    role text NOT NULL CONSTRAINT access_assignment_role_form CHECK (role ~ '^[a-z][a-z_]{2,39}$'),
    assigned_at timestamptz NOT NULL,
    CONSTRAINT access_assignment_pk PRIMARY KEY (staff_id, role),
    CONSTRAINT access_assignment_staff FOREIGN KEY (tenant_id, staff_id) REFERENCES access_staff (tenant_id, id)
);
CALL bulkhead_tenant_table('access_assignment', append_only => false);

CREATE TABLE access_session (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT access_session_pk PRIMARY KEY,
    staff_id uuid NOT NULL,
    token_hash bytea NOT NULL CONSTRAINT access_session_token_once UNIQUE
        CONSTRAINT access_session_token_hash_size CHECK (octet_length(token_hash) = 32),
    started_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT access_session_staff FOREIGN KEY (tenant_id, staff_id) REFERENCES access_staff (tenant_id, id),
    CONSTRAINT access_session_times CHECK (expires_at > started_at)
);
CALL bulkhead_tenant_table('access_session', append_only => false);
REVOKE DELETE ON access_session FROM bulkhead_app;
