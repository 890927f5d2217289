-- What was sold, billed and shipped, by day, party and item: a row for each item of a document on the day it counts, and one
-- against it on the day of its reversal. Rows are added and never changed, so documents posted at once do not meet here.
CREATE TABLE platform_turnover (
    company_id bigint NOT NULL,
    kind text NOT NULL,                                  -- of the document
    counted_on date NOT NULL,
    document_id bigint NOT NULL,
    party_id bigint NOT NULL,                            -- 0: nobody
    item_id bigint NOT NULL,                             -- 0: a line without an item
    value bigint NOT NULL,
    tax bigint NOT NULL
);
CREATE INDEX turnover_day ON platform_turnover (company_id, kind, counted_on);

-- The statement that tells the rows of documents: kind, table of lines, its key, columns of the day, value and tax, and how
-- each sort of document counts; ``news`` names the documents with their state before and now.
CREATE FUNCTION turnover_sql(args text[], news text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format(
        'INSERT INTO platform_turnover (company_id, kind, counted_on, document_id, party_id, item_id, value, tax) '
        'SELECT d.company_id, %1$L, d.day, d.id, coalesce(d.party_id, 0), coalesce(l.item_id, 0), sum(d.way * l.%5$I), sum(d.way * %6$s) FROM ('
        '  SELECT n.company_id, n.id, n.party_id, n.%4$I AS day, (%7$L::jsonb ->> n.kind)::int AS way FROM %8$s n'
        '  WHERE n.before = ''draft'' AND n.state <> ''draft'''
        '  UNION ALL'
        '  SELECT n.company_id, n.id, n.party_id, e.posted_on, -(%7$L::jsonb ->> n.kind)::int FROM %8$s n'
        '  CROSS JOIN LATERAL (SELECT max(x.posted_on) AS posted_on FROM entry x WHERE x.company_id = n.company_id'
        '      AND x.source = %1$L || '':'' || n.id AND x.event LIKE ''reverse%%'') e'
        '  WHERE n.before <> ''reversed'' AND n.state = ''reversed'') d JOIN %2$I l ON l.%3$I = d.id '
        'WHERE d.way IS NOT NULL AND d.day IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6',
        args[1], args[2], args[3], args[4], args[5], CASE args[6] WHEN '' THEN '0' ELSE format('l.%I', args[6]) END, args[7], news)
$$;

CREATE FUNCTION keep_turnover() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows n JOIN old_rows o ON o.id = n.id WHERE o.state <> n.state) THEN
        EXECUTE turnover_sql(TG_ARGV[0:], '(SELECT n.*, o.state AS before FROM new_rows n JOIN old_rows o ON o.id = n.id)');
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION keep_turnover(), turnover_sql(text[], text) FROM PUBLIC;

ALTER TABLE platform_turnover ENABLE ROW LEVEL SECURITY;
CREATE POLICY company ON platform_turnover USING (company_id = (SELECT company()));
DO $$BEGIN
    EXECUTE format('GRANT SELECT ON platform_turnover TO %I', current_setting('backstay.app_role'));
END$$;
