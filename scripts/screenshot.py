"""Pictures of Odoo's screens, for people who develop.

    .work/venv/bin/python scripts/screenshot.py --login admin \\
        --path /odoo/action-cobranza_legal.action_cobranza_debtor \\
        --wait .o_list_view --out x.png

Without --db or --url: the demo. --db starts a server for a test database while it runs.
--path, --wait and --out may be repeated: one picture each.
"""

import argparse
import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from playwright.sync_api import TimeoutError as TooLate
from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = pathlib.Path(os.environ.get("COBRANZA_WORK") or ROOT / ".work")
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-background-networking", "--no-first-run"]
FLAGS += ["--disable-component-update", "--disable-sync"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--url", help="a server that runs already")
    add("--db", help="a test database (of scripts/test_addon); default: the demo")
    add("--login", default="admin")
    add("--password", help="default: the login")
    add("--path", action="append", required=True)
    add("--out", action="append", required=True)
    add("--wait", action="append", help="a selector to wait for")
    add("--click", action="append", default=[], help="selectors to click before")
    add("--lang", help="sets the user's language first, for example es_ES")
    add("--viewport", default="1400x900")
    add("--full", action="store_true", help="the whole page, not only the viewport")
    return parser.parse_args()


def answers(url):
    try:
        return urllib.request.urlopen(url + "/web/login", timeout=30).status == 200
    except (urllib.error.URLError, OSError):
        return False


@contextlib.contextmanager
def server(options):
    if options.url or not options.db:
        yield (options.url or (WORK / "run/demo.url").read_text().strip()).rstrip("/")
        return
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    conf = WORK / "run" / f"test-{options.db}.conf"
    command = [sys.executable, "-m", "odoo", "-c", str(conf), "-d", options.db]
    command += ["--http-port", str(port), "--max-cron-threads=0", "--log-level=warn"]
    process = subprocess.Popen(command)
    try:
        yield wait_for(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        process.wait(20)


def wait_for(url, process):
    for _ in range(60):
        if answers(url):
            return url
        if process.poll() is not None:
            break
        time.sleep(0.5)
    sys.exit(f"the server does not answer on {url}")


def settle(page):
    page.wait_for_load_state("load")
    if page.query_selector("script[src*=assets_web]"):
        page.wait_for_selector(".o_action_manager > *")
    page.wait_for_timeout(1000)
    page.wait_for_function("!document.querySelector('.o_loading_indicator')")


def log_in(page, url, options):
    page.goto(f"{url}/web/login")
    page.fill("input[name=login]", options.login)
    page.fill("input[name=password]", options.password or options.login)
    page.click(".oe_login_form button[type=submit]")
    settle(page)
    if "/web/login" in page.url:
        sys.exit(f"{options.login} could not log in")
    if options.lang:
        page.evaluate(SET_LANG, options.lang)


SET_LANG = """async (lang) => {
    const call = async (route, params) => (await (await fetch(route, {
        method: "POST", headers: {"Content-Type": "application/json"},
        body: JSON.stringify({jsonrpc: "2.0", params})})).json());
    const session = await call("/web/session/get_session_info", {});
    const answer = await call("/web/dataset/call_kw/res.users/write", {
        model: "res.users", method: "write",
        args: [[session.result.uid], {lang}], kwargs: {}});
    if (answer.error) throw new Error(answer.error.data.message);
}"""


def show(page, url, wait, clicks):
    page.goto(url)
    settle(page)
    if wait:
        page.wait_for_selector(wait)
    for selector in clicks:
        page.click(selector)
        settle(page)


def shoot(page, url, options):
    waits = options.wait or []
    for number, (path, out) in enumerate(zip(options.path, options.out, strict=True)):
        wait = waits[min(number, len(waits) - 1)] if waits else None
        try:
            show(page, url + path, wait, options.click)
        except TooLate as error:
            print(path, str(error).splitlines()[0], file=sys.stderr)
        page.screenshot(path=out, full_page=options.full)
        print(out)


def main():
    options = arguments()
    width, height = map(int, options.viewport.split("x"))
    browser_path = next(filter(None, map(shutil.which, BROWSERS)))
    with server(options) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(20000)
        page.on("pageerror", lambda error: print("page error:", error, file=sys.stderr))
        log_in(page, url, options)
        shoot(page, url, options)
        browser.close()


if __name__ == "__main__":
    main()
