-- How much is open, beside what is open, and since when it is due where a document says so (domains tell: their triggers fill
-- due_on as the row appears). What is open by age is then one reading of a short table, without live rows and documents.
ALTER TABLE open_item ADD COLUMN amount bigint NOT NULL DEFAULT 0, ADD COLUMN due_on date;
UPDATE open_item o SET amount = l.amount FROM live l WHERE l.subaccount_id = o.subaccount_id;
ALTER TABLE open_item ALTER amount DROP DEFAULT, ADD CHECK (amount <> 0);

CREATE OR REPLACE FUNCTION keep_open_item() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.amount = 0 THEN
        DELETE FROM open_item WHERE subaccount_id = NEW.subaccount_id;
    ELSIF TG_OP = 'INSERT' OR OLD.amount = 0 THEN
        INSERT INTO open_item (subaccount_id, company_id, account_id, party_id, item, amount)
        SELECT s.id, s.company_id, s.account_id, s.party_id, s.item, NEW.amount FROM subaccount s
        WHERE s.id = NEW.subaccount_id AND s.item <> '';
    ELSE
        UPDATE open_item SET amount = NEW.amount WHERE subaccount_id = NEW.subaccount_id;
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER open_item_update ON live;
CREATE TRIGGER open_item_update AFTER UPDATE OF amount ON live FOR EACH ROW
    WHEN (NOT NEW.goods AND OLD.amount <> NEW.amount) EXECUTE FUNCTION keep_open_item();

CREATE OR REPLACE FUNCTION verify_open_items() RETURNS TABLE (found text) LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT 'subaccount ' || coalesce(l.id, o.subaccount_id) || CASE
        WHEN l.id IS NULL THEN ' is settled and listed' WHEN o.subaccount_id IS NULL THEN ' is open and not listed'
        ELSE ' is listed with another amount' END
    FROM (SELECT s.id, x.amount FROM live x JOIN subaccount s ON s.id = x.subaccount_id
          WHERE x.company_id = (SELECT company()) AND NOT x.goods AND x.amount <> 0 AND s.item <> '') l
    FULL JOIN (SELECT subaccount_id, amount FROM open_item WHERE company_id = (SELECT company())) o ON o.subaccount_id = l.id
    WHERE l.amount IS DISTINCT FROM o.amount
$$;
