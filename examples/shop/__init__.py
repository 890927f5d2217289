"""A small web shop that knows Backstay by its REST API alone. Python's own library and the client in clients/python."""
