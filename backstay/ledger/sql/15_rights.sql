-- Isolation and rights. The run-time role, whose name the migration session tells (backstay.app_role), reads
-- under the policies and writes through functions only; accounts, units and dimensions it keeps itself.
DO $$
DECLARE
    app text := current_setting('backstay.app_role');
    name text;
    routine record;
BEGIN
    FOREACH name IN ARRAY '{account,subaccount,period,period_event,entry,posting,live,guard,guard_member,hold,hold_event,
                            balance,account_balance,unsummed,idempotency,dims}'::text[] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY company ON %I USING (company_id = (SELECT company()))', name);
        EXECUTE format('GRANT SELECT ON %I TO %I', name, app);
    END LOOP;
    ALTER TABLE company ENABLE ROW LEVEL SECURITY;
    CREATE POLICY company ON company USING (id = (SELECT company()));
    ALTER TABLE unit ENABLE ROW LEVEL SECURITY;
    CREATE POLICY company ON unit USING (company_id IS NULL OR company_id = (SELECT company()))
        WITH CHECK (company_id = (SELECT company()));
    EXECUTE format('GRANT SELECT ON company, unit TO %I', app);
    EXECUTE format('GRANT INSERT, UPDATE, DELETE ON account, unit TO %I', app);
    EXECUTE format('GRANT UPDATE (name, settings) ON company TO %I', app);
    EXECUTE format('GRANT INSERT ON dims TO %I', app);
    FOR routine IN SELECT p.oid::regprocedure AS f FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', routine.f);
    END LOOP;
    FOREACH name IN ARRAY '{company,who,figure,begin_work,refuse,period_key,post,intern,reverse,lock_balances,balances_at,account_sums,
                            debit_of,credit_of,rollup,reserve,release,expire,set_guard,set_floor,freeze,open_periods,
                            close_period,reopen_period,period_fingerprint,verify_ledger,verify_balances}'::text[] LOOP
        FOR routine IN SELECT p.oid::regprocedure AS f FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace AND p.proname = name LOOP
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', routine.f, app);
        END LOOP;
    END LOOP;
END $$;
