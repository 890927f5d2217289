-- Mail and the like; what goes to webhooks has a sender of its own for each of them.
CREATE OR REPLACE FUNCTION companies_with_outbox() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT DISTINCT company_id FROM platform_outbox
    WHERE delivered_at IS NULL AND dead_at IS NULL AND due_at <= now() AND topic NOT LIKE 'webhook:%'
$$;

-- Which webhooks have something to send: all the worker may learn without a company.
CREATE FUNCTION webhooks_due(moment timestamptz) RETURNS TABLE (company bigint, webhook bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT w.company_id, w.id FROM platform_webhook w JOIN company c ON c.id = w.company_id
    WHERE w.active AND coalesce(w.rest_until, '-infinity') <= moment AND coalesce(w.leased_until, '-infinity') <= moment
      AND NOT coalesce((c.settings ->> 'paused')::boolean, false) AND NOT coalesce((c.settings ->> 'practice')::boolean, false)
      AND EXISTS (SELECT FROM platform_outbox o WHERE o.company_id = w.company_id AND o.topic = 'webhook:' || w.id
                  AND o.delivered_at IS NULL AND o.dead_at IS NULL AND o.due_at <= moment)
    ORDER BY w.id
$$;

-- What webhooks were told long ago is forgotten; what nobody has heard yet stays.
CREATE FUNCTION forget_messages(before timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    WITH gone AS (DELETE FROM platform_outbox WHERE topic LIKE 'webhook:%' AND created_at < before
                  AND (delivered_at IS NOT NULL OR dead_at IS NOT NULL) RETURNING 1)
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION webhooks_due(timestamptz), forget_messages(timestamptz) FROM PUBLIC;
