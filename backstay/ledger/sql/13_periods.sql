CREATE FUNCTION open_periods(first_days date[], last_days date[], kinds text[]) RETURNS SETOF bigint
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    INSERT INTO period (company_id, starts, ends, kind)
    SELECT (SELECT w.company FROM who() w), s, e, k FROM unnest(first_days, last_days, kinds) WITH ORDINALITY t(s, e, k, o)
    ORDER BY o RETURNING id
$$;

-- Count, and a sum of hashes that does not depend on the order: what a closed period must keep.
CREATE FUNCTION period_fingerprint(which bigint, OUT postings bigint, OUT fingerprint numeric)
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT count(p.*), coalesce(sum(hashtextextended(
        concat_ws('|', p.entry_id, p.line, p.subaccount_id, p.amount, p.value, p.posted_on, e.source, e.event), 0)::numeric), 0)
    FROM entry e JOIN posting p ON p.entry_id = e.id WHERE e.period_id = which
$$;

-- Close: waits for postings in flight by taking the period's lock alone.
CREATE FUNCTION close_period(which bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE me record;
BEGIN
    SELECT * INTO me FROM who();
    PERFORM pg_advisory_xact_lock(period_key(which));
    UPDATE period SET closed_at = clock_timestamp() WHERE id = which AND company_id = me.company AND closed_at IS NULL;
    IF NOT FOUND THEN
        PERFORM refuse('ledger.period_closed', 'this period is unknown, or closed already');
    END IF;
    INSERT INTO period_event (company_id, period_id, kind, actor, postings, fingerprint)
    SELECT me.company, which, 'close', me.actor, f.postings, f.fingerprint FROM period_fingerprint(which) f;
END $$;

CREATE FUNCTION reopen_period(which bigint, why text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE me record;
BEGIN
    SELECT * INTO me FROM who();
    IF coalesce(trim(why), '') = '' THEN
        PERFORM refuse('ledger.period_closed', 're-opening a period needs a reason');
    END IF;
    PERFORM pg_advisory_xact_lock(period_key(which));
    UPDATE period SET closed_at = NULL WHERE id = which AND company_id = me.company AND closed_at IS NOT NULL;
    IF NOT FOUND THEN
        PERFORM refuse('ledger.period_closed', 'this period is unknown, or open');
    END IF;
    INSERT INTO period_event (company_id, period_id, kind, actor, reason) VALUES (me.company, which, 'reopen', me.actor, why);
END $$;

-- A period is closed and re-opened by these two alone: the owner's raw UPDATE must leave an event too.
CREATE FUNCTION period_guarded() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF (OLD.id, OLD.company_id, OLD.starts, OLD.ends, OLD.kind) IS DISTINCT FROM (NEW.id, NEW.company_id, NEW.starts, NEW.ends, NEW.kind)
       AND EXISTS (SELECT FROM entry WHERE period_id = OLD.id) THEN
        PERFORM refuse('ledger.period_closed', 'a period with entries keeps its days');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guarded BEFORE UPDATE ON period FOR EACH ROW EXECUTE FUNCTION period_guarded();
CREATE FUNCTION period_told() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF OLD.closed_at IS DISTINCT FROM NEW.closed_at AND NOT EXISTS (
        SELECT FROM period_event e WHERE e.period_id = NEW.id AND e.at >= transaction_timestamp()
          AND e.kind = CASE WHEN NEW.closed_at IS NULL THEN 'reopen' ELSE 'close' END) THEN
        PERFORM refuse('ledger.period_closed', 'a period is closed and re-opened by its functions, which leave an event');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER told AFTER UPDATE ON period DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION period_told();
