-- Nothing that was posted is changed or removed, by the owner either.
CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on %: the ledger only grows', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger.append_only',
              HINT = 'Post a reversal.';
END $$;
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY '{entry,posting,idempotency,hold_event,period_event}'::text[] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I
                        FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()', name);
    END LOOP;
    FOREACH name IN ARRAY '{subaccount,hold,live,guard,balance,account_balance,period}'::text[] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE DELETE ON %I
                        FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()', name);
    END LOOP;
    -- TRUNCATE triggers stand apart: some engines know only these, some know none.
    FOREACH name IN ARRAY '{entry,posting,idempotency,hold_event,period_event,subaccount,hold,live,guard,
                            guard_member,balance,account_balance,unsummed,period,account,unit,company}'::text[] LOOP
        EXECUTE format('CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON %I
                        FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()', name);
    END LOOP;
END $$;

-- Accounts and units with subaccounts keep what the rules depend on.
CREATE FUNCTION account_frozen() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.id, OLD.company_id, OLD.type, OLD.unit_kind, OLD.unit_id, OLD.requires, OLD.bound, OLD.dated, OLD.book)
        IS NOT DISTINCT FROM (NEW.id, NEW.company_id, NEW.type, NEW.unit_kind, NEW.unit_id, NEW.requires, NEW.bound, NEW.dated, NEW.book) THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT FROM subaccount s WHERE s.account_id = OLD.id) THEN
        PERFORM refuse('ledger.account_shape', format('account %s is in use: its kind and bounds are fixed', OLD.code),
                       'Close it and open another account.');
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON account FOR EACH ROW EXECUTE FUNCTION account_frozen();

CREATE FUNCTION unit_frozen() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.id, OLD.company_id, OLD.kind, OLD.scale) IS NOT DISTINCT FROM (NEW.id, NEW.company_id, NEW.kind, NEW.scale) THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT FROM subaccount s WHERE s.unit_id = OLD.id) THEN
        PERFORM refuse('ledger.account_shape', format('unit %s is in use: its kind and scale are fixed', OLD.code),
                       'Make another unit.');
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON unit FOR EACH ROW EXECUTE FUNCTION unit_frozen();
CREATE INDEX subaccount_account ON subaccount (account_id);
CREATE INDEX subaccount_unit ON subaccount (unit_id);
-- Stock is few among many open items: found without looking at them.
CREATE INDEX subaccount_goods ON subaccount (company_id, account_id) WHERE goods AND NOT memo;

CREATE FUNCTION company_frozen() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.id, OLD.currency_id) IS DISTINCT FROM (NEW.id, NEW.currency_id)
        AND EXISTS (SELECT FROM subaccount s WHERE s.company_id = OLD.id) THEN
        PERFORM refuse('ledger.append_only', 'a company with books keeps its currency and is never deleted');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON company FOR EACH ROW EXECUTE FUNCTION company_frozen();
