-- Sums of platform_turnover over whole years, months and tens of days, by item, by party and of all: a span of any length is a
-- few of them and the days left over at its ends. Kept by rollup_turnover(); what is not summed yet is added when it is read.
CREATE TABLE platform_turnover_sum (
    company_id bigint NOT NULL,
    kind text NOT NULL,                                  -- of the documents
    by text NOT NULL CHECK (by IN ('item', 'party', '')),  -- what key says; '': nothing, the sum of all
    unit text NOT NULL CHECK (unit IN ('year', 'month', 'ten')),
    since date NOT NULL,                                 -- first day of the unit
    key bigint NOT NULL,                                 -- the item or party, as in platform_turnover; else 0
    value bigint NOT NULL,
    tax bigint NOT NULL,
    PRIMARY KEY (company_id, kind, by, unit, since, key)
) WITH (fillfactor = 70);
-- Copies of rows that wait to be summed: documents posted at once add rows and do not meet at a sum. Short, read whole: no index.
CREATE TABLE platform_turnover_new (LIKE platform_turnover);
ALTER TABLE platform_turnover_new REPLICA IDENTITY FULL;  -- else publishing it makes rollup_turnover() fail

-- In which sums a row counts. A month's tens are its days 1 to 10, 11 to 20, and from 21 on.
CREATE FUNCTION sums_of_turnover(day date, party bigint, item bigint)
RETURNS TABLE (by text, unit text, since date, key bigint) LANGUAGE sql IMMUTABLE AS $$
    SELECT k.by, u.unit, u.since, k.key
    FROM (VALUES ('year', make_date(extract(year FROM day)::int, 1, 1)), ('month', day - (extract(day FROM day)::int - 1)),
                 ('ten', day - (extract(day FROM day)::int - 1) + least((extract(day FROM day)::int - 1) / 10, 2) * 10)) u(unit, since)
    CROSS JOIN (VALUES ('item', item), ('party', party), ('', 0)) k(by, key)
$$;

-- Whatever is committed and still waits is moved into the sums.
CREATE FUNCTION rollup_turnover() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET jit = off AS $$
DECLARE n bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended(current_schema() || '.rollup_turnover', 0)) THEN
        RETURN 0;
    END IF;
    WITH taken AS (DELETE FROM platform_turnover_new RETURNING *),
    summed AS (
        INSERT INTO platform_turnover_sum AS s (company_id, kind, by, unit, since, key, value, tax)
        SELECT t.company_id, t.kind, k.by, k.unit, k.since, k.key, sum(t.value), sum(t.tax)
        FROM taken t CROSS JOIN LATERAL sums_of_turnover(t.counted_on, t.party_id, t.item_id) k
        GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
        ON CONFLICT (company_id, kind, by, unit, since, key) DO UPDATE SET value = s.value + excluded.value, tax = s.tax + excluded.tax)
    SELECT count(*) INTO n FROM taken;
    RETURN n;
END $$;

-- All sums made again from the rows: where they come from a version that kept none, or from another installation.
CREATE FUNCTION resum_turnover() RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(current_schema() || '.rollup_turnover', 0));
    TRUNCATE platform_turnover_new, platform_turnover_sum;
    INSERT INTO platform_turnover_new SELECT * FROM platform_turnover;
    PERFORM rollup_turnover();
    TRUNCATE platform_turnover_new;  -- all of it is taken: nothing is left to be vacuumed
END $$;

-- As before, and a copy of each row to be summed.
CREATE OR REPLACE FUNCTION turnover_sql(args text[], news text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format(
        'WITH added AS ('
        'INSERT INTO platform_turnover (company_id, kind, counted_on, document_id, party_id, item_id, value, tax) '
        'SELECT d.company_id, %1$L, d.day, d.id, coalesce(d.party_id, 0), coalesce(l.item_id, 0), sum(d.way * l.%5$I), sum(d.way * %6$s) FROM ('
        '  SELECT n.company_id, n.id, n.party_id, n.%4$I AS day, (%7$L::jsonb ->> n.kind)::int AS way FROM %8$s n'
        '  WHERE n.before = ''draft'' AND n.state <> ''draft'''
        '  UNION ALL'
        '  SELECT n.company_id, n.id, n.party_id, e.posted_on, -(%7$L::jsonb ->> n.kind)::int FROM %8$s n'
        '  CROSS JOIN LATERAL (SELECT max(x.posted_on) AS posted_on FROM entry x WHERE x.company_id = n.company_id'
        '      AND x.source = %1$L || '':'' || n.id AND x.event LIKE ''reverse%%'') e'
        '  WHERE n.before <> ''reversed'' AND n.state = ''reversed'') d JOIN %2$I l ON l.%3$I = d.id '
        'WHERE d.way IS NOT NULL AND d.day IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6 RETURNING *) '
        'INSERT INTO platform_turnover_new SELECT * FROM added',
        args[1], args[2], args[3], args[4], args[5], CASE args[6] WHEN '' THEN '0' ELSE format('l.%I', args[6]) END, args[7], news)
$$;

REVOKE ALL ON FUNCTION sums_of_turnover(date, bigint, bigint), rollup_turnover(), resum_turnover() FROM PUBLIC;
ALTER TABLE platform_turnover_sum ENABLE ROW LEVEL SECURITY;
CREATE POLICY company ON platform_turnover_sum USING (company_id = (SELECT company()));
ALTER TABLE platform_turnover_new ENABLE ROW LEVEL SECURITY;
CREATE POLICY company ON platform_turnover_new USING (company_id = (SELECT company()));
DO $$BEGIN
    EXECUTE format('GRANT SELECT ON platform_turnover_sum, platform_turnover_new TO %I', current_setting('backstay.app_role'));
    EXECUTE format('GRANT EXECUTE ON FUNCTION sums_of_turnover(date, bigint, bigint), rollup_turnover() TO %I', current_setting('backstay.app_role'));
    PERFORM resum_turnover();
END$$;
