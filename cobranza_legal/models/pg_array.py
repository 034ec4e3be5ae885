def pg_array(values):
    """A PostgreSQL array as one literal, which the caller casts to its type.

    psycopg2 would write a constant for each value of a list, and the server would parse
    tens of thousands of them for each batch.
    """
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value):
    if value is None:
        return "NULL"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
