# Sourced by every script: where things are, how we speak, what is already done.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
WORK=${COBRANZA_WORK:-$ROOT/.work}
mkdir -p "$WORK/stamps" "$WORK/log" "$WORK/run"
WORK=$(cd "$WORK" && pwd)
VENV=$WORK/venv
PYTHON=$VENV/bin/python
# Compiled once, outside the source trees: else each process compiles Odoo and us anew.
unset PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX=$WORK/pycache

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
note() { printf '    %s\n' "$*" >&2; }
die() {
    printf '\033[1;31mError: %s\033[0m\n' "$1" >&2
    shift
    [ $# -eq 0 ] || printf '    %s\n' "$@" >&2
    exit 1
}

# A stamp is a file that holds the key (versions, hashes) a finished step was made from.
fresh() { [ "$(cat "$WORK/stamps/$1" 2>/dev/null)" = "$2" ]; }
stamp() { printf '%s' "$2" >"$WORK/stamps/$1"; }
unstamp() { rm -f "$WORK/stamps/$1"; }
hash_of() { sha256sum | cut -c1-12; }

# Two people in one tree must not build the same thing at the same time.
lock() {
    exec 9>"$WORK/$1.lock"
    flock -n 9 && return 0
    note "waiting for another run of '$1' to finish..."
    flock 9
}
unlock() { exec 9>&-; }

# Runs a step quietly; shows the end of its log only when it fails.
quietly() {
    local log=$WORK/log/$1.log
    shift
    "$@" >"$log" 2>&1 </dev/null && return 0
    tail -n 40 "$log" >&2
    note "the whole log: $log"
    return 1
}

# Runs the tests' own process, and what it starts, on the clock that CLOCK says (Makefile).
# PostgreSQL and Chromium stay on the machine's clock (Chromium does not start on another;
# its pages are told the time). What measures time that passes is not faked: waits would
# hang, or end at once, and Python's threads would spend their time waking each other.
on_clock() {
    [ -n "${CLOCK:-}" ] || { "$@"; return; }
    command -v faketime >/dev/null || die "CLOCK needs the program faketime." "apt-get install faketime"
    say "The clock of the tests: $(faketime -f "$CLOCK" date -u '+%A %F %H:%M UTC')"
    FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_FORCE_MONOTONIC_FIX=0 \
        PYTHONPATH=$ROOT/scripts/clock${PYTHONPATH:+:$PYTHONPATH} \
        faketime -f "$CLOCK" "$@"
}

comma() { echo "$@" | tr -s ' ' ',' | sed 's/^,//; s/,$//'; }
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

depends_of() { # depends_of ADDON: the modules that its manifest names
    sed 's/#.*//' "$ROOT/$1/__manifest__.py" | tr -d '\n' |
        sed -n 's/.*"depends": *\[\([^]]*\)\].*/\1/p' | tr -d '",'
}
with_dependencies() { # with_dependencies ADDON...: they, each after those of ours that it stands on
    local seen=" "
    visit_addons "$@"
    echo "$seen"
}
visit_addons() {
    local addon
    for addon in "$@"; do
        [[ -f $ROOT/$addon/__manifest__.py && $seen != *" $addon "* ]] || continue
        # shellcheck disable=SC2046
        visit_addons $(depends_of "$addon")
        seen+="$addon "
    done
}
# shellcheck disable=SC2046
ADDONS=$(with_dependencies $(cd "$ROOT" && compgen -G '*/__manifest__.py' | xargs -r dirname | sort))
