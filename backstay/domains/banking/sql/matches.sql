-- A line that is matched is so to the cent, and one that is not has no matches: looked at when the transaction ends.
CREATE FUNCTION check_match() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told record;
    found bigint;
BEGIN
    SELECT l.id, l.state, l.amount, l.booked_on INTO told FROM banking_statementline l
     WHERE l.id = CASE TG_TABLE_NAME WHEN 'banking_statementline' THEN (to_jsonb(NEW) ->> 'id')::bigint
                                     ELSE (to_jsonb(coalesce(NEW, OLD)) ->> 'line_id')::bigint END;
    SELECT sum(m.amount) INTO found FROM banking_match m WHERE m.line_id = told.id;
    IF (told.state = 'matched') <> (found IS NOT NULL) OR found <> told.amount THEN
        PERFORM refuse('banking.match_sum', format('line %s of %s is not matched to the cent', told.id, told.booked_on),
                       'Match the whole line, or leave it open.');
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER match_sum AFTER INSERT OR UPDATE OR DELETE ON banking_match
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_match();
CREATE CONSTRAINT TRIGGER match_sum AFTER INSERT OR UPDATE OF state ON banking_statementline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_match();
