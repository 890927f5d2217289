-- A subaccount is born with its flags copied from account and unit, and never changes.
CREATE FUNCTION subaccount_born() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    a account;
    u unit;
    missing text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        PERFORM refuse('ledger.append_only', 'a subaccount never changes');
    END IF;
    SELECT * INTO a FROM account WHERE id = NEW.account_id AND company_id = NEW.company_id;
    SELECT * INTO u FROM unit WHERE id = NEW.unit_id;
    IF a.id IS NULL OR u.id IS NULL OR coalesce(u.company_id, NEW.company_id) <> NEW.company_id THEN
        PERFORM refuse('ledger.cross_company', 'account or unit unknown, or of another company');
    END IF;
    IF coalesce(a.unit_id, NEW.unit_id) <> NEW.unit_id OR coalesce(a.unit_kind, u.kind) <> u.kind THEN
        PERFORM refuse('ledger.account_shape', format('account %s %s does not take %s', a.code, a.name, u.code));
    END IF;
    IF NOT a.postable OR a.closed THEN
        PERFORM refuse('ledger.account_shape', format('account %s %s is a heading, or closed', a.code, a.name));
    END IF;
    missing := concat_ws(', ',
        CASE WHEN 'party' = ANY (a.requires) AND NEW.party_id = 0 THEN 'party' END,
        CASE WHEN 'item' = ANY (a.requires) AND NEW.item = '' THEN 'item' END,
        CASE WHEN 'place' = ANY (a.requires) AND NEW.place_id = 0 THEN 'place' END,
        CASE WHEN 'dims' = ANY (a.requires) AND NEW.dims_id = 0 THEN 'dimensions' END);
    IF missing <> '' THEN
        PERFORM refuse('ledger.account_shape', format('account %s %s requires: %s', a.code, a.name, missing));
    END IF;
    IF a.bound = 'item' AND NEW.side = 0 THEN
        PERFORM refuse('ledger.account_shape', format('an item of account %s %s needs its side', a.code, a.name));
    END IF;
    NEW.side := CASE a.bound WHEN 'debit' THEN 1 WHEN 'credit' THEN -1 WHEN 'item' THEN NEW.side ELSE 0 END;
    NEW.goods := u.kind <> 'currency';
    NEW.memo := a.type = 'memo';
    SELECT c.currency_id = NEW.unit_id INTO NEW.base FROM company c WHERE c.id = NEW.company_id;
    NEW.live := a.bound <> 'none' OR (NOT NEW.memo AND NOT NEW.base);
    RETURN NEW;
END $$;
CREATE TRIGGER born BEFORE INSERT OR UPDATE ON subaccount FOR EACH ROW EXECUTE FUNCTION subaccount_born();

-- Its live row is born with it, and joins the guards of its scope.
CREATE FUNCTION subaccount_live() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO live (subaccount_id, company_id, sign, floor, goods, dated, shared)
    SELECT n.id, n.company_id, n.side, a.floor, n.goods AND NOT n.memo, a.dated,
           EXISTS (SELECT FROM guard g WHERE g.account_id = n.account_id AND g.party_id = n.party_id)
    FROM new_rows n JOIN account a ON a.id = n.account_id WHERE n.live;
    INSERT INTO guard_member (guard_id, subaccount_id, company_id)
    SELECT g.id, n.id, n.company_id
    FROM new_rows n JOIN guard g ON g.account_id = n.account_id AND g.party_id = n.party_id WHERE n.live;
    RETURN NULL;
END $$;
CREATE TRIGGER live AFTER INSERT ON subaccount REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION subaccount_live();
