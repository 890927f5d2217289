-- Find or make the subaccounts of these specs (distinct), ids in their order. Made in key order, so that two
-- writers never wait for one another in a circle.
CREATE FUNCTION intern(accounts bigint[], units bigint[], parties bigint[], items text[], places bigint[], dims bigint[], sides smallint[])
RETURNS bigint[] LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT SET jit = off SET plan_cache_mode = force_generic_plan
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    mine bigint := (SELECT w.company FROM who() w);
    ids bigint[];
    missing int[];
BEGIN
    FOR attempt IN 1..2 LOOP
        SELECT array_agg(s.id ORDER BY t.o), array_agg(t.o) FILTER (WHERE s.id IS NULL) INTO ids, missing
        FROM unnest(accounts, units, parties, items, places, dims) WITH ORDINALITY t(a, u, p, i, l, d, o)
        LEFT JOIN LATERAL (
            SELECT s.id FROM subaccount s
            WHERE s.company_id = mine AND s.account_id = t.a AND s.unit_id = t.u AND s.party_id = t.p
              AND s.item = t.i AND s.place_id = t.l AND s.dims_id = t.d OFFSET 0) s ON true;
        EXIT WHEN missing IS NULL;
        INSERT INTO subaccount (company_id, account_id, unit_id, party_id, item, place_id, dims_id, side, base, goods, memo, live)
        SELECT mine, accounts[o], units[o], parties[o], items[o], places[o], dims[o], sides[o], false, false, false, false
        FROM unnest(missing) o ORDER BY accounts[o], units[o], parties[o], items[o], places[o], dims[o]
        ON CONFLICT DO NOTHING;
    END LOOP;
    RETURN ids;
END $$;
