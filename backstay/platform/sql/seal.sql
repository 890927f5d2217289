-- The seal: entries and audit events, once they are settled, become leaves of a chain of signed blocks.
-- What is not sealed yet waits in a queue that its own transaction writes: what a sealer sees there is committed, and what
-- commits later comes into a later block. (No watermark of transaction ids: those start anew after dump and restore.)
CREATE TABLE unsealed (company_id bigint NOT NULL, type text NOT NULL, object_id bigint NOT NULL);  -- short, read whole: no index

CREATE TABLE seal_block (
    company_id bigint NOT NULL REFERENCES company,
    number bigint NOT NULL,
    at bigint NOT NULL,                                  -- microseconds since 1970
    previous text NOT NULL,                              -- hash of the block before
    root text NOT NULL,                                  -- Merkle root of the leaves' hashes
    size int NOT NULL CHECK (size >= 0),
    key text NOT NULL,                                   -- public key that signs this block
    next_key text,                                       -- that signs from the next on, where the key changes
    hash text NOT NULL,
    signature text NOT NULL,
    PRIMARY KEY (company_id, number)
);
CREATE TABLE seal_leaf (
    company_id bigint NOT NULL,
    block bigint NOT NULL,
    place int NOT NULL,
    type text NOT NULL CHECK (type IN ('entry', 'event')),
    object_id bigint NOT NULL,
    journal text,                                        -- of an entry: its gapless number in journal and year
    year int,
    number bigint,
    hash bytea NOT NULL,
    PRIMARY KEY (company_id, block, place),
    CONSTRAINT "seal.once" UNIQUE (company_id, type, object_id)
);
CREATE UNIQUE INDEX "seal.number" ON seal_leaf (company_id, journal, year, number) WHERE number IS NOT NULL;

-- What is hashed: JSON without spaces, keys in order, whole numbers, texts as they are (RFC 8785; docs/promise.md).
CREATE FUNCTION entry_content(entry bigint, journal text, year int, number bigint) RETURNS TABLE (content text) LANGUAGE sql STABLE AS $$
    SELECT '{"actor":' || to_json(e.actor) || ',"at":' || (extract(epoch FROM e.created_at) * 1000000)::bigint || ',"company":' || e.company_id
        || ',"document_on":"' || to_char(e.document_on, 'YYYY-MM-DD') || '","event":' || to_json(e.event) || ',"id":' || e.id
        || ',"journal":' || to_json(CASE e.journal WHEN entry_content.journal THEN e.journal ELSE e.journal || ' sealed in ' || entry_content.journal END) || ',"number":' || entry_content.number || ',"period":' || e.period_id
        || ',"posted_on":"' || to_char(e.posted_on, 'YYYY-MM-DD') || '","postings":[' || coalesce(p.lines, '')
        || '],"reverses":' || coalesce(e.reverses::text, 'null') || ',"source":' || to_json(e.source) || ',"storno":' || e.storno
        || ',"text":' || to_json(e.text) || ',"type":"entry","year":' || entry_content.year || '}'
    FROM entry e LEFT JOIN LATERAL (
        SELECT string_agg('{"account":' || coalesce(s.account_id::text, 'null') || ',"amount":' || x.amount || ',"company":' || x.company_id
            || ',"dims":' || coalesce(s.dims_id::text, 'null') || ',"item":' || coalesce(to_json(s.item)::text, 'null') || ',"line":' || x.line
            || ',"party":' || coalesce(s.party_id::text, 'null') || ',"period":' || x.period_id || ',"place":' || coalesce(s.place_id::text, 'null')
            || ',"posted_on":"' || to_char(x.posted_on, 'YYYY-MM-DD') || '","subaccount":' || x.subaccount_id
            || ',"unit":' || coalesce(s.unit_id::text, 'null') || ',"value":' || x.value || '}', ',' ORDER BY x.line) AS lines
        FROM posting x LEFT JOIN subaccount s ON s.id = x.subaccount_id WHERE x.entry_id = e.id) p ON true
    WHERE e.id = entry_content.entry
$$;
CREATE FUNCTION event_content(event bigint) RETURNS TABLE (content text) LANGUAGE sql STABLE AS $$
    SELECT '{"actor":' || to_json(e.actor) || ',"at":' || (extract(epoch FROM e.at) * 1000000)::bigint
        || ',"changes":' || coalesce(to_json(e.changes::text)::text, 'null') || ',"company":' || e.company_id
        || ',"data":' || coalesce(to_json(e.data::text)::text, 'null') || ',"event":' || to_json(e.event) || ',"id":' || e.id
        || ',"kind":' || to_json(e.kind) || ',"login":' || to_json(e.login) || ',"object":' || e.object_id
        || ',"origin":' || to_json(e.origin) || ',"request":' || to_json(e.request) || ',"type":"event","xact":"' || e.xact || '"}'
    FROM platform_auditevent e WHERE e.id = event_content.event
$$;

-- Leaves with what is stored now: NULL where it is gone.
CREATE VIEW seal_content WITH (security_invoker = true) AS
    SELECT l.company_id, l.block, l.place, l.type, l.object_id, encode(l.hash, 'hex') AS hash, coalesce(a.content, b.content) AS content
    FROM seal_leaf l
    LEFT JOIN LATERAL (SELECT content FROM entry_content(l.object_id, l.journal, l.year, l.number)) a ON l.type = 'entry'
    LEFT JOIN LATERAL (SELECT content FROM event_content(l.object_id)) b ON l.type = 'event' AND num_nonnulls(l.journal, l.year, l.number) = 0;

CREATE FUNCTION to_seal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO unsealed SELECT company_id, TG_ARGV[0], id FROM new_rows;
    RETURN NULL;
END $$;
CREATE TRIGGER to_seal AFTER INSERT ON entry REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION to_seal('entry');
CREATE TRIGGER to_seal AFTER INSERT ON platform_auditevent REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION to_seal('event');
INSERT INTO unsealed SELECT company_id, 'entry', id FROM entry UNION ALL SELECT company_id, 'event', id FROM platform_auditevent;

-- Take what waits for a company, at most so much, as leaves of the next block. Nothing when there is nothing, or when somebody
-- else seals now. The whole of a block is one transaction: killed on the way, nothing has happened.
CREATE FUNCTION seal_take(which bigint, most int) RETURNS TABLE (number bigint, previous text, key text, size int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET jit = off AS $$
#variable_conflict use_column
DECLARE
    n bigint;
    taken int;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended(current_schema() || '.seal.' || which, 0)) THEN
        RETURN;
    END IF;
    SELECT coalesce(max(b.number), 0) + 1 INTO n FROM seal_block b WHERE b.company_id = which;
    WITH taken AS MATERIALIZED (
        DELETE FROM unsealed WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM unsealed WHERE company_id = which ORDER BY type, object_id LIMIT most))
        RETURNING type, object_id),
    e AS MATERIALIZED (
        SELECT e.id, e.journal, extract(year FROM e.posted_on)::int AS year,
               row_number() OVER (PARTITION BY e.journal, extract(year FROM e.posted_on) ORDER BY e.id) AS nth
        FROM taken t JOIN entry e ON e.id = t.object_id AND e.company_id = which WHERE t.type = 'entry'),
    before AS MATERIALIZED (
        SELECT d.journal, d.year, (SELECT max(l.number) FROM seal_leaf l WHERE l.company_id = which AND l.journal = d.journal AND l.year = d.year) AS last
        FROM (SELECT DISTINCT journal, year FROM e) d),
    numbered AS MATERIALIZED (
        SELECT e.id, e.journal, e.year, e.nth + coalesce(b.last, 0) AS number FROM e JOIN before b USING (journal, year)),
    leaves AS (
        SELECT 'entry' AS type, x.id, x.journal, x.year, x.number, c.content FROM numbered x, LATERAL entry_content(x.id, x.journal, x.year, x.number) c
        UNION ALL
        SELECT 'event', t.object_id, NULL, NULL, NULL, c.content FROM taken t, LATERAL event_content(t.object_id) c WHERE t.type = 'event')
    INSERT INTO seal_leaf (company_id, block, place, type, object_id, journal, year, number, hash)
    SELECT which, n, row_number() OVER (ORDER BY l.type, l.id), l.type, l.id, l.journal, l.year, l.number,
           sha256('\x00'::bytea || convert_to(l.content, 'UTF8'))
    FROM leaves l;
    GET DIAGNOSTICS taken = ROW_COUNT;
    RETURN QUERY
    SELECT n, coalesce(b.hash, repeat('0', 64)), coalesce(b.next_key, b.key, ''), taken
    FROM (SELECT) one LEFT JOIN seal_block b ON b.company_id = which AND b.number = n - 1;
END $$;

CREATE FUNCTION seal_end(which bigint, number bigint, at bigint, previous text, root text, size int, key text, next_key text, hash text, signature text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    INSERT INTO seal_block (company_id, number, at, previous, root, size, key, next_key, hash, signature)
    VALUES (which, number, at, previous, root, size, key, next_key, hash, signature)
$$;

-- The worker serves every company: which ones have something to seal is all it may learn without one.
CREATE FUNCTION companies_unsealed() RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT DISTINCT company_id FROM unsealed
$$;

DO $$
DECLARE
    app text := current_setting('backstay.app_role');
    name text;
BEGIN
    FOREACH name IN ARRAY '{unsealed,seal_block,seal_leaf}'::text[] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY company ON %I USING (company_id = (SELECT company()))', name);
        EXECUTE format('GRANT SELECT ON %I TO %I', name, app);
        EXECUTE format('CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION append_only()', name);
    END LOOP;
    FOREACH name IN ARRAY '{seal_block,seal_leaf}'::text[] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH STATEMENT EXECUTE FUNCTION append_only()', name);
    END LOOP;
    EXECUTE format('GRANT SELECT ON seal_content TO %I', app);
    FOREACH name IN ARRAY '{seal_take,seal_end,companies_unsealed,to_seal}'::text[] LOOP
        EXECUTE (SELECT format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', p.oid::regprocedure)
                 FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace AND p.proname = name);
        IF name <> 'to_seal' THEN
            EXECUTE (SELECT format('GRANT EXECUTE ON FUNCTION %s TO %I', p.oid::regprocedure, app)
                     FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace AND p.proname = name);
        END IF;
    END LOOP;
END $$;
