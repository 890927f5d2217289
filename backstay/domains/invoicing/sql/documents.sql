-- An open item of an invoice or a bill knows its document and when it is due as it appears: the document was there before its
-- entry, and its day is frozen with it. Only on its own side: an invoice's is a receivable, a bill's a payable.
CREATE OR REPLACE FUNCTION keep_due() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    side text := (SELECT role FROM account WHERE id = NEW.account_id);
BEGIN
    IF NEW.item ~ '^invoice:[0-9]{1,18}$' THEN
        SELECT d.due_on, CASE WHEN side = 'receivable' THEN d.id END INTO NEW.due_on, NEW.document_id
        FROM invoicing_invoice d WHERE d.company_id = NEW.company_id AND d.id = substr(NEW.item, 9)::bigint;
    ELSIF NEW.item ~ '^bill:[0-9]{1,18}$' THEN
        SELECT d.due_on, CASE WHEN side = 'payable' THEN d.id END INTO NEW.due_on, NEW.document_id
        FROM invoicing_bill d WHERE d.company_id = NEW.company_id AND d.id = substr(NEW.item, 6)::bigint;
    END IF;
    RETURN NEW;
END $$;

UPDATE open_item o SET document_id = d.id FROM invoicing_invoice d, account a
WHERE d.company_id = o.company_id AND o.item = 'invoice:' || d.id AND a.id = o.account_id AND a.role = 'receivable';
UPDATE open_item o SET document_id = d.id FROM invoicing_bill d, account a
WHERE d.company_id = o.company_id AND o.item = 'bill:' || d.id AND a.id = o.account_id AND a.role = 'payable';
