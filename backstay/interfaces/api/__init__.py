"""The API for programs: made from the declarations, by the code that the screens use (docs/adr, "API")."""
