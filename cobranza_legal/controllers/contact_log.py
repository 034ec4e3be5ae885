import tempfile

from werkzeug.utils import send_file

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request


def send_archive(model, export_id):
    """The archive of a dialog of ``model``, which has ``_write_zip(stream)`` and
    ``_folder()``, streamed from the disk; not found for whoever did not fill it in."""
    export = request.env[model].browse(export_id).exists()
    try:
        export.check_access("read")
        mine = export.create_uid == request.env.user
    except AccessError:
        mine = False
    if not mine:
        raise request.not_found()
    stream = tempfile.TemporaryFile()  # noqa: SIM115 the response closes it
    export._write_zip(stream)
    stream.seek(0)
    return send_file(
        stream,
        request.httprequest.environ,
        mimetype="application/zip",
        as_attachment=True,
        download_name=f"{export._folder()}.zip",
    )


class ContactLog(http.Controller):
    """The archive of a log, for whoever asked for it."""

    @http.route("/collections/log/<int:export_id>", type="http", auth="user")
    def archive(self, export_id):
        return send_archive("cobranza.log.export", export_id)
