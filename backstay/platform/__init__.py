"""What every domain stands on: context, documents, processes, audit, numbers, jobs, files."""
