-- Which items are not settled, short however long the history is: a row appears when an item's amount leaves zero and
-- goes when it is zero again. Kept apart from live rows, whose counters move in place because no index holds them.
CREATE TABLE open_item (
    subaccount_id bigint PRIMARY KEY REFERENCES subaccount,
    company_id bigint NOT NULL,
    account_id bigint NOT NULL,
    party_id bigint NOT NULL,
    item text NOT NULL
);
CREATE INDEX open_item_account ON open_item (company_id, account_id, party_id);

CREATE FUNCTION keep_open_item() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.amount = 0 THEN
        DELETE FROM open_item WHERE subaccount_id = NEW.subaccount_id;
    ELSE
        INSERT INTO open_item (subaccount_id, company_id, account_id, party_id, item)
        SELECT s.id, s.company_id, s.account_id, s.party_id, s.item FROM subaccount s
        WHERE s.id = NEW.subaccount_id AND s.item <> '';
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION keep_open_item() FROM PUBLIC;
CREATE TRIGGER open_item_insert AFTER INSERT ON live FOR EACH ROW
    WHEN (NOT NEW.goods AND NEW.amount <> 0) EXECUTE FUNCTION keep_open_item();
CREATE TRIGGER open_item_update AFTER UPDATE OF amount ON live FOR EACH ROW
    WHEN (NOT NEW.goods AND (OLD.amount = 0) <> (NEW.amount = 0)) EXECUTE FUNCTION keep_open_item();

INSERT INTO open_item (subaccount_id, company_id, account_id, party_id, item)
SELECT s.id, s.company_id, s.account_id, s.party_id, s.item FROM live l JOIN subaccount s ON s.id = l.subaccount_id
WHERE NOT l.goods AND l.amount <> 0 AND s.item <> '';

-- What verify() finds: an item that is open and not listed, or the other way round.
CREATE FUNCTION verify_open_items() RETURNS TABLE (found text) LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT 'subaccount ' || coalesce(l.id, o.subaccount_id) || CASE WHEN l.id IS NULL THEN ' is settled and listed' ELSE ' is open and not listed' END
    FROM (SELECT s.id FROM live x JOIN subaccount s ON s.id = x.subaccount_id
          WHERE x.company_id = (SELECT company()) AND NOT x.goods AND x.amount <> 0 AND s.item <> '') l
    FULL JOIN (SELECT subaccount_id FROM open_item WHERE company_id = (SELECT company())) o ON o.subaccount_id = l.id
    WHERE l.id IS NULL OR o.subaccount_id IS NULL
$$;
REVOKE ALL ON FUNCTION verify_open_items() FROM PUBLIC;

ALTER TABLE open_item ENABLE ROW LEVEL SECURITY;
CREATE POLICY company ON open_item USING (company_id = (SELECT company()));
DO $$BEGIN
    EXECUTE format('GRANT SELECT ON open_item TO %I', current_setting('backstay.app_role'));
    EXECUTE format('GRANT EXECUTE ON FUNCTION verify_open_items() TO %I', current_setting('backstay.app_role'));
END$$;
