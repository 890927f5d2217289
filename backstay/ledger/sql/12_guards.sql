-- A bound over several subaccounts: those of an account and a party (now and later). Making it again changes it.
-- Lowering a limit below what is used is allowed; using more is not.
CREATE FUNCTION set_guard(guard_code text, guard_measure text, guard_sign smallint, guard_floor bigint, account bigint, party bigint, is_active boolean)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    mine bigint := (SELECT w.company FROM who() w);
    made bigint;
BEGIN
    -- A posting that makes a member of this scope while the guard is born must wait for it.
    PERFORM pg_advisory_xact_lock(hashtextextended(current_schema() || '.guard.' || mine || '.' || guard_code, 0));
    UPDATE guard g SET floor = guard_floor, active = is_active WHERE g.company_id = mine AND g.code = guard_code RETURNING g.id INTO made;
    IF made IS NOT NULL THEN
        RETURN made;
    END IF;
    LOCK TABLE subaccount IN SHARE ROW EXCLUSIVE MODE;
    INSERT INTO guard (company_id, code, measure, sign, floor, account_id, party_id, active)
    VALUES (mine, guard_code, guard_measure, guard_sign, guard_floor, account, party, is_active) RETURNING id INTO made;
    PERFORM FROM live l JOIN subaccount s ON s.id = l.subaccount_id
    WHERE s.company_id = mine AND s.account_id = account AND s.party_id = party ORDER BY l.subaccount_id FOR UPDATE OF l;
    INSERT INTO guard_member (guard_id, subaccount_id, company_id)
    SELECT made, s.id, mine FROM subaccount s WHERE s.company_id = mine AND s.account_id = account AND s.party_id = party AND s.live;
    UPDATE live l SET shared = true FROM guard_member m WHERE m.guard_id = made AND m.subaccount_id = l.subaccount_id;
    UPDATE guard g SET balance = coalesce(
        (SELECT sum(CASE guard_measure WHEN 'amount' THEN l.amount ELSE l.value END)
         FROM live l JOIN guard_member m USING (subaccount_id) WHERE m.guard_id = made), 0) WHERE g.id = made;
    RETURN made;
END $$;

-- Another floor for one subaccount (stock that may go negative at a place); refused where it is below it already.
CREATE FUNCTION set_floor(sub bigint, new_floor bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE mine bigint := (SELECT w.company FROM who() w);
BEGIN
    UPDATE live SET floor = new_floor WHERE subaccount_id = sub AND company_id = mine AND sign <> 0;
    IF NOT FOUND THEN
        PERFORM refuse('ledger.guard', 'there is no bounded subaccount of this company with this id');
    END IF;
END $$;

-- A count: nothing may be dated before it any more.
CREATE FUNCTION freeze(subs bigint[], before date) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    UPDATE live SET frozen_before = greatest(frozen_before, before)
    WHERE subaccount_id = ANY (subs) AND company_id = (SELECT w.company FROM who() w)
$$;
