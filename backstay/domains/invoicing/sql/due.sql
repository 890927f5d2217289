-- An open item of an invoice or a bill knows when it is due as it appears: the document was there before its entry, and its
-- day is frozen with it. Items without a document have none here: what is read of them is read from their postings.
CREATE FUNCTION keep_due() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.item ~ '^invoice:[0-9]{1,18}$' THEN
        NEW.due_on := (SELECT due_on FROM invoicing_invoice WHERE company_id = NEW.company_id AND id = substr(NEW.item, 9)::bigint);
    ELSIF NEW.item ~ '^bill:[0-9]{1,18}$' THEN
        NEW.due_on := (SELECT due_on FROM invoicing_bill WHERE company_id = NEW.company_id AND id = substr(NEW.item, 6)::bigint);
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION keep_due() FROM PUBLIC;
CREATE TRIGGER due BEFORE INSERT ON open_item FOR EACH ROW EXECUTE FUNCTION keep_due();

UPDATE open_item o SET due_on = d.due_on FROM invoicing_invoice d
WHERE d.company_id = o.company_id AND o.item = 'invoice:' || d.id;
UPDATE open_item o SET due_on = d.due_on FROM invoicing_bill d
WHERE d.company_id = o.company_id AND o.item = 'bill:' || d.id;
