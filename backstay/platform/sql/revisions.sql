-- Every change of a document counts, whoever made it and by whatever way: who writes next may know that he saw the last one.
CREATE FUNCTION count_revision() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    NEW.revision := OLD.revision + 1;
    RETURN NEW;
END $$;
