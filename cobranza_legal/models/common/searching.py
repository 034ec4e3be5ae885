"""Searches of several models at once."""

from odoo.tools import SQL


def search_each(*searches):
    """[records] of each of ``searches``, (model, domain), in the order of the model and
    by its rights; one query for all of them."""
    queries = [model._search(domain) for model, domain in searches]
    env = searches[0][0].env
    arrays = [SQL("ARRAY(%s)", query.select()) for query in queries]
    [found] = env.execute_query(SQL("SELECT %s", SQL(", ").join(arrays)))
    return [
        model.browse(ids) for (model, _domain), ids in zip(searches, found, strict=True)
    ]
