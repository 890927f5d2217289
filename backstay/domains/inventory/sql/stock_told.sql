-- Companies in which a webhook asks for what stock there is: all the worker may learn without a company. In practice nothing is told.
CREATE FUNCTION companies_told_stock(event text) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT DISTINCT w.company_id FROM platform_webhook w JOIN company c ON c.id = w.company_id
    WHERE w.active AND (w.events ? event OR w.events ? '*') AND NOT coalesce((c.settings ->> 'practice')::boolean, false)
    ORDER BY 1
$$;
REVOKE ALL ON FUNCTION companies_told_stock(text) FROM PUBLIC;
