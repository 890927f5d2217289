-- The trail: one row per changed object, with what was before and after, whoever made the change. ``changes`` is
-- {field: [before, after]}; null is "was not there". A personal value stands there as {"#": hash}: the value itself and
-- its salt lie in platform_auditvalue, where they can be blanked while the trail stays as it is.

-- A commitment to a personal value: nobody learns the value from it, and nobody finds another value for it.
CREATE FUNCTION personal_hash(salt text, value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(sha256(convert_to(salt || ':' || value, 'UTF8')), 'hex')
$$;

-- Append events, with personal values put beside them.
CREATE FUNCTION audit_append(companies bigint[], kind text, objects bigint[], events text[], changed jsonb[], personal text[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF objects IS NULL OR objects = '{}' THEN
        RETURN;
    END IF;
    IF personal = '{}' THEN
        INSERT INTO platform_auditevent (company_id, actor, request, kind, object_id, event, changes)
        SELECT c, audit_actor(), coalesce(current_setting('backstay.request', true), ''), audit_append.kind, o, e, x
        FROM unnest(companies, objects, events, changed) WITH ORDINALITY t(c, o, e, x, n) ORDER BY n;
        RETURN;
    END IF;
    WITH e AS MATERIALIZED (
        SELECT nextval(pg_get_serial_sequence('platform_auditevent', 'id')) AS id, t.*
        FROM unnest(companies, objects, events, changed) WITH ORDINALITY t(company, object, event, changes, n)),
    v AS MATERIALIZED (
        SELECT e.id, e.company, f.key, s.n - 1 AS side, s.value, s.value #>> '{}' AS plain, s.n,
               CASE WHEN s.value NOT IN ('null', '""') THEN gen_random_uuid()::text END AS salt
        FROM e, jsonb_each(e.changes) f, jsonb_array_elements(f.value) WITH ORDINALITY s(value, n) WHERE f.key = ANY (personal)),
    beside AS (
        INSERT INTO platform_auditvalue (company_id, event_id, field, side, salt, value)
        SELECT company, id, key, side, salt, plain FROM v WHERE salt IS NOT NULL ORDER BY id, key, side),
    hashed AS (
        SELECT id, jsonb_object_agg(key, pair) AS told FROM (
            SELECT id, key, jsonb_agg(CASE WHEN salt IS NULL THEN value ELSE jsonb_build_object('#', personal_hash(salt, plain)) END ORDER BY n) AS pair
            FROM v GROUP BY 1, 2) x GROUP BY 1)
    INSERT INTO platform_auditevent (id, company_id, actor, request, kind, object_id, event, changes)
    SELECT e.id, e.company, audit_actor(), coalesce(current_setting('backstay.request', true), ''), audit_append.kind, e.object, e.event,
           e.changes || coalesce(h.told, '{}')
    FROM e LEFT JOIN hashed h USING (id) ORDER BY e.n;
END $$;

-- {field: [before, after]} of what differs; NULL when nothing does. Of a new or a removed row: what it holds.
CREATE FUNCTION audit_changes(old jsonb, new jsonb, ignored text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_object_agg(k, jsonb_build_array(old -> k, new -> k))
    FROM jsonb_object_keys(coalesce(new, old)) k
    WHERE k <> ALL (ignored) AND nullif(nullif(old -> k, 'null'), '""') IS DISTINCT FROM nullif(nullif(new -> k, 'null'), '""')
$$;

-- Records: every change of every row. Arguments: kind, personal columns, columns that do not count.
CREATE FUNCTION tell_created() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    ignored text[] := TG_ARGV[2]::text[];
    r record;
BEGIN
    SELECT array_agg(company_id) AS c, array_agg(id) AS o, array_agg('create'::text) AS e,
           array_agg(coalesce(audit_changes(NULL, to_jsonb(n), ignored), '{}')) AS x INTO r
    FROM (SELECT * FROM new_rows ORDER BY id) n;
    PERFORM audit_append(r.c, TG_ARGV[0], r.o, r.e, r.x, TG_ARGV[1]::text[]);
    RETURN NULL;
END $$;

CREATE FUNCTION tell_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    ignored text[] := TG_ARGV[2]::text[];
    r record;
BEGIN
    SELECT array_agg(c) AS c, array_agg(o) AS o, array_agg(e) AS e, array_agg(x) AS x INTO r
    FROM (SELECT coalesce(n.company_id, b.company_id) AS c, coalesce(n.id, b.id) AS o,
                 CASE WHEN b.id IS NULL THEN 'create' WHEN n.id IS NULL THEN 'delete' ELSE 'update' END AS e,
                 audit_changes(to_jsonb(b), to_jsonb(n), ignored) AS x
          FROM old_rows b FULL JOIN new_rows n ON n.id = b.id AND n.company_id = b.company_id ORDER BY 2) t
    WHERE x IS NOT NULL;
    PERFORM audit_append(r.c, TG_ARGV[0], r.o, r.e, r.x, TG_ARGV[1]::text[]);
    RETURN NULL;
END $$;

CREATE FUNCTION tell_deleted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    ignored text[] := TG_ARGV[2]::text[];
    r record;
BEGIN
    SELECT array_agg(company_id) AS c, array_agg(id) AS o, array_agg('delete'::text) AS e,
           array_agg(coalesce(audit_changes(to_jsonb(n), NULL, ignored), '{}')) AS x INTO r
    FROM (SELECT * FROM old_rows ORDER BY id) n;
    PERFORM audit_append(r.c, TG_ARGV[0], r.o, r.e, r.x, TG_ARGV[1]::text[]);
    RETURN NULL;
END $$;

-- One row: what a document says, or a setting. The same arguments.
CREATE FUNCTION tell_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    made jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    changed jsonb := audit_changes(was, made, TG_ARGV[2]::text[]);
BEGIN
    IF changed IS NOT NULL THEN
        PERFORM audit_append(ARRAY[(coalesce(made, was) ->> 'company_id')::bigint], TG_ARGV[0],
                             ARRAY[coalesce(made ->> 'id', was ->> 'id', made ->> 'subaccount_id')::bigint],
                             ARRAY[CASE TG_OP WHEN 'INSERT' THEN 'create' WHEN 'UPDATE' THEN 'update' ELSE 'delete' END],
                             ARRAY[changed], TG_ARGV[1]::text[]);
    END IF;
    RETURN NULL;
END $$;

-- Documents: a process tells one event per document; at commit, what no process told is told here. An event counts as
-- told by a process when it names no changes: those are written by these triggers alone.
-- Arguments: kind, column that names the object, columns that are told at once.
CREATE FUNCTION tell_unless_told() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    was jsonb;
    made jsonb;
    company bigint;
    object bigint;
    but text[] := '{id,company_id,revision}';
BEGIN
    IF TG_OP = 'DELETE' THEN
        was := to_jsonb(OLD);
    ELSE
        made := to_jsonb(NEW);
    END IF;
    company := (coalesce(made, was) ->> 'company_id')::bigint;
    object := (coalesce(made, was) ->> TG_ARGV[1])::bigint;
    PERFORM FROM platform_auditevent e
    WHERE e.company_id = company AND e.kind = TG_ARGV[0] AND e.object_id = object
      AND e.xact = pg_current_xact_id() AND e.at >= transaction_timestamp() AND e.changes IS NULL;
    IF NOT FOUND THEN
        IF TG_OP = 'UPDATE' THEN
            was := to_jsonb(OLD);
            but := TG_ARGV[2]::text[];
            IF audit_changes(was, made, but) IS NULL THEN
                RETURN NULL;
            END IF;
        END IF;
        PERFORM audit_append(ARRAY[company], TG_ARGV[0], ARRAY[object],
                             ARRAY[CASE TG_OP WHEN 'INSERT' THEN 'create' WHEN 'UPDATE' THEN 'update' ELSE 'delete' END],
                             ARRAY[coalesce(audit_changes(was, made, but), '{}')], '{}');
    END IF;
    RETURN NULL;
END $$;

-- Lines that come and go are told by a function of their table (kept.py); here, one that is rewritten.
CREATE FUNCTION tell_line() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    was jsonb := to_jsonb(OLD);
    made jsonb := to_jsonb(NEW);
BEGIN
    PERFORM audit_append(ARRAY[NEW.company_id], TG_ARGV[0], ARRAY[(made ->> TG_ARGV[2])::bigint], ARRAY['lines'::text],
        ARRAY[jsonb_build_object('lines', jsonb_build_array(
            jsonb_build_array(jsonb_strip_nulls(was - '{id,company_id}'::text[] - TG_ARGV[2])),
            jsonb_build_array(jsonb_strip_nulls(made - '{id,company_id}'::text[] - TG_ARGV[2]))))], '{}');
    RETURN NULL;
END $$;

-- The company itself: its settings one by one.
CREATE FUNCTION tell_company() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    was jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) - 'settings' || OLD.settings ELSE '{}' END;
    made jsonb := to_jsonb(NEW) - 'settings' || NEW.settings;
    gone jsonb := (SELECT coalesce(jsonb_object_agg(k, 'null'::jsonb), '{}') FROM jsonb_object_keys(was) k WHERE NOT made ? k);
    changed jsonb := audit_changes(was, made || gone, '{id,currency_id}');
BEGIN
    IF changed IS NOT NULL OR TG_OP = 'INSERT' THEN
        PERFORM audit_append(ARRAY[NEW.id], TG_ARGV[0], ARRAY[NEW.id], ARRAY[CASE TG_OP WHEN 'INSERT' THEN 'create' ELSE 'update' END],
                             ARRAY[coalesce(changed, '{}')], '{}');
    END IF;
    RETURN NULL;
END $$;

-- A user belongs to no company: every company he works for is told. A password is never shown, only that it changed.
CREATE FUNCTION tell_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    changed jsonb := audit_changes(to_jsonb(OLD), to_jsonb(NEW), TG_ARGV[2]::text[]);
    r record;
BEGIN
    IF changed ? 'password' THEN
        changed := changed || '{"password": ["***", "***"]}';
    END IF;
    IF changed IS NOT NULL THEN
        SELECT array_agg(m.company_id) AS c, array_agg(NEW.id) AS o, array_agg('update'::text) AS e, array_agg(changed) AS x INTO r
        FROM platform_membership m WHERE m.user_id = NEW.id;
        PERFORM audit_append(r.c, TG_ARGV[0], r.o, r.e, r.x, TG_ARGV[1]::text[]);
    END IF;
    RETURN NULL;
END $$;

-- Closing and re-opening of a period, whoever called the ledger's functions.
CREATE FUNCTION tell_period_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM audit_append(ARRAY[NEW.company_id], TG_ARGV[0], ARRAY[NEW.period_id], ARRAY[NEW.kind],
        ARRAY[CASE WHEN NEW.reason = '' THEN '{}' ELSE jsonb_build_object('reason', jsonb_build_array(NULL, NEW.reason)) END], '{}');
    RETURN NULL;
END $$;

-- A file that comes to an object, or goes.
CREATE FUNCTION tell_file() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    way text := CASE TG_OP WHEN 'INSERT' THEN 'attach' ELSE 'detach' END;
BEGIN
    INSERT INTO platform_auditevent (company_id, actor, request, kind, object_id, event, changes)
    SELECT n.company_id, audit_actor(), coalesce(current_setting('backstay.request', true), ''), n.kind, n.object_id, way,
           jsonb_build_object('file', CASE way WHEN 'attach' THEN jsonb_build_array(NULL, f.name) ELSE jsonb_build_array(f.name, NULL) END)
    FROM changed_rows n JOIN platform_file f ON f.id = n.file_id ORDER BY n.id;
    RETURN NULL;
END $$;

-- The old values are told by the triggers above: this one counts revisions alone.
CREATE OR REPLACE FUNCTION keep_history() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    NEW.revision := OLD.revision + 1;
    RETURN NEW;
END $$;

-- Personal values are only blanked, never changed: their hashes stay in the trail.
CREATE FUNCTION only_blanked() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.value IS NOT NULL OR NEW.salt IS NOT NULL OR NEW.blanked_at IS NULL
       OR to_jsonb(OLD) - '{value,salt,blanked_at}'::text[] <> to_jsonb(NEW) - '{value,salt,blanked_at}'::text[] THEN
        RAISE EXCEPTION 'a personal value of the trail is blanked, nothing else'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'platform.append_only';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_blanked BEFORE UPDATE ON platform_auditvalue FOR EACH ROW EXECUTE FUNCTION only_blanked();
CREATE TRIGGER append_only BEFORE DELETE ON platform_auditvalue FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON platform_auditvalue FOR EACH STATEMENT EXECUTE FUNCTION append_only();
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY '{audit_append,tell_created,tell_changed,tell_deleted,tell_row,tell_unless_told,tell_line,
                            tell_company,tell_user,tell_period_event,tell_file}'::text[] LOOP
        EXECUTE (SELECT format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', p.oid::regprocedure)
                 FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace AND p.proname = name);
    END LOOP;
END $$;
