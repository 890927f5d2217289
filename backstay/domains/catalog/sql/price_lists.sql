-- A list and the one it builds on are in one currency: a figure taken from there means the same here.
ALTER TABLE catalog_pricelist ADD UNIQUE (company_id, id, currency);
ALTER TABLE catalog_pricelist ADD CONSTRAINT "catalog.price_list_currency" FOREIGN KEY (company_id, parent_id, currency)
    REFERENCES catalog_pricelist (company_id, id, currency);

-- One price a day for an item from a quantity on, one list a day for a customer. A range of one figure stands for the
-- figure, so no extension is needed.
ALTER TABLE catalog_price ADD CONSTRAINT "catalog.price_overlap" EXCLUDE USING gist (
    int8range(price_list_id, price_list_id, '[]') WITH &&, int8range(item_id, item_id, '[]') WITH &&,
    numrange(from_quantity, from_quantity, '[]') WITH &&, daterange(since_on, until_on, '[]') WITH &&);
ALTER TABLE catalog_priceagreement ADD CONSTRAINT "catalog.agreement_overlap" EXCLUDE USING gist (
    int8range(party_id, party_id, '[]') WITH &&, daterange(since_on, until_on, '[]') WITH &&);

-- No list builds on itself, by whatever way. Two that would close a circle together go one after the other.
CREATE FUNCTION no_circle_of_lists() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(current_schema() || '.price_lists.' || NEW.company_id, 0));
    IF EXISTS (
        WITH RECURSIVE up AS (
            SELECT NEW.parent_id AS id
            UNION SELECT l.parent_id FROM up JOIN catalog_pricelist l ON l.id = up.id)
        SELECT FROM up WHERE up.id = NEW.id) THEN
        PERFORM refuse('catalog.price_list_circle', format('%s would build on itself', NEW.name), 'Let it build on another list, or on none.');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER no_circle AFTER INSERT OR UPDATE OF parent_id ON catalog_pricelist FOR EACH ROW
    WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION no_circle_of_lists();
