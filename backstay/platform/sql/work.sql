-- The worker serves every company: which long work waits, or lost its process, is all it may learn without one.
CREATE FUNCTION works_due(silence interval) RETURNS TABLE (company bigint, work bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT company_id, id FROM platform_work
    WHERE state IN ('waiting', 'running') AND coalesce(beat_at, created_at) < clock_timestamp() - silence
    ORDER BY id
$$;
