-- The roles of the whole, made before the first migration and checked at every one. Roles belong
-- to the PostgreSQL server, not to a database, so they stand outside the numbered files and this
-- file changes nothing when it has been run before.
--
-- No login role is superuser, owns anything, creates anything or steps around row security.

do $$
declare
    role_name text;
begin
    -- Own things, never log in: the schema, and the guarded views and functions over it.
    foreach role_name in array array[
        'keepwell_owner', 'keepwell_auth', 'keepwell_caller', 'keepwell_revoker', 'keepwell_audit',
        'keepwell_limits', 'keepwell_visitor', 'keepwell_clerk'
    ] loop
        if not exists (select from pg_catalog.pg_roles where rolname = role_name) then
            execute format('create role %I nologin', role_name);
        end if;
    end loop;
    -- Log in, own nothing: requests, clean-up, and the auditor.
    foreach role_name in array array['keepwell_app', 'keepwell_worker', 'keepwell_auditor'] loop
        if not exists (select from pg_catalog.pg_roles where rolname = role_name) then
            execute format('create role %I login', role_name);
        end if;
    end loop;
end
$$;

-- The owner hands its views and functions over to the guarded roles.
grant keepwell_auth, keepwell_caller, keepwell_revoker, keepwell_audit, keepwell_limits,
    keepwell_visitor, keepwell_clerk to keepwell_owner;

-- PostgreSQL lets every role change its own settings, so an injected statement could leave some
-- behind. Each start forgets them all and says anew what holds.
do $$
declare
    role_name text;
begin
    foreach role_name in array array['keepwell_app', 'keepwell_worker', 'keepwell_auditor'] loop
        execute format('alter role %I reset all', role_name);
        execute format('alter role %I in database %I reset all', role_name, current_database());
    end loop;
end
$$;
alter role keepwell_app set statement_timeout = '15s';
alter role keepwell_app set lock_timeout = '5s';
alter role keepwell_app set idle_in_transaction_session_timeout = '15s';
-- The same few statements all day: plan each once.
alter role keepwell_app set plan_cache_mode = 'force_generic_plan';
alter role keepwell_app set search_path = '';
alter role keepwell_app set jit = off;
alter role keepwell_worker set statement_timeout = '60s';
alter role keepwell_worker set lock_timeout = '5s';
-- A mail's row stays locked while the mail is handed over, which takes 45 seconds at most.
alter role keepwell_worker set idle_in_transaction_session_timeout = '60s';
alter role keepwell_worker set search_path = '';
alter role keepwell_auditor set statement_timeout = '60s';
alter role keepwell_auditor set search_path = '';
