# How addon tests are run: a database with the addons in it, then pytest-odoo on it.

link_addons() { # link_addons DB ADDON...: a folder where Odoo sees these addons of ours and no other
    local folder=$WORK/addons/$1 addon
    shift
    rm -rf "$folder"
    mkdir -p "$folder"
    for addon in "$@"; do ln -s "$ROOT/$addon" "$folder/$addon"; done
    ADDONS_FOLDER=$folder
}

sources_hash() { # of everything an update of these addons would load
    local addon
    for addon in "$@"; do
        find "$ROOT/$addon" -type f ! -path '*/tests/*' ! -name '*.pyc' -print0 |
            LC_ALL=C sort -z | xargs -0 -r sha256sum
    done | hash_of
}

prepare_db() { # prepare_db DB ADDON...: install, or update what changed; sets PREPARED
    local db=$1 key
    shift
    PREPARED=
    key="$TEMPLATE $* $(sources_hash "$@")"
    if db_exists "$db" && fresh "db-$db" "$key"; then return 0; fi
    if db_exists "$db" && fresh "db-$db.set" "$TEMPLATE $*"; then
        say "Updating $* in $db"
        install_into "$db" "db-$db" -u "$(comma "$@")"
        PREPARED=updated
    else
        say "Installing $* in $db"
        unstamp "db-$db"
        clone_db "$TEMPLATE" "$db"
        stamp "db-$db.set" "$TEMPLATE $*"
        (install_into "$db" "db-$db" -i "$(comma "$@")") || { unstamp "db-$db.set"; exit 1; }
        PREPARED=installed
    fi
    stamp "db-$db" "$key"
}

clone_installed() { # clone_installed DB ADDON...: from a database with the addons as they are; sets PREPARED
    local db=$1 ready old ADDONS_FOLDER
    shift
    ready=ready_$(printf '%s' "$TEMPLATE $* $(sources_hash "$@")" | hash_of)
    lock ready
    if ! { db_exists "$ready" && [ -e "$WORK/stamps/db-$ready" ]; }; then
        for old in $(psql -Atqc "SELECT datname FROM pg_database WHERE datname LIKE 'ready_%'" postgres); do
            forget_db "$old"
        done
        link_addons "$ready" "$@"
        write_conf "$ready"
        prepare_db "$ready" "$@"
    fi
    clone_db "$ready" "$db"
    unlock
    PREPARED=installed
}

share_companies() { # share_companies DB: after prepare_db; one company for each chart, and assets
    local db=$1
    case $PREPARED in
        installed)
            say "Making the companies that test classes share"
            quietly "companies-$db" odoo_script "$db" "$ROOT/scripts/test_companies.py"
            quietly "assets-$db" odoo_script "$db" "$ROOT/scripts/test_assets.py" ;;
        updated) # they are as the old code made them: each class makes its own, as in plain Odoo
            psql -qd "$db" -c "DELETE FROM ir_model_data WHERE module = '__test__' AND model = 'res.company'" ;;
    esac
}

odoo_script() { # odoo_script DB FILE: in Odoo's shell
    odoo "$1" shell --no-http --max-cron-threads=0 --log-level=error <"$2"
}

run_pytest() { # run_pytest DB ARGUMENT...
    local db=$1
    shift
    (cd "$ROOT" && PYTHONPATH=$ROOT/scripts on_clock "$PYTHON" -m pytest \
        -c "$ROOT/setup.cfg" -o pythonpath= -p pytest_proof -p no:cacheprovider -rs \
        --odoo-config="$(conf_of "$db")" --odoo-database="$db" --odoo-http "$@")
}

forget_db() { # forget_db DB: with its addons' folder, its configuration and its stamps
    drop_db "$1"
    rm -rf "$WORK/addons/$1" "$PYTHONPYCACHEPREFIX$WORK/addons/$1" "$(conf_of "$1")" "$WORK"/stamps/db-"$1"*
}

drop_own_db() {
    pg_use test
    forget_db "$db"
}

own_db() { # own_db PREFIX ADDON...: the name, the addons' folder, the configuration of one that goes away at the end
    # The name carries the process: several people may run the same target in one tree.
    db=$1_$$
    shift
    "$ROOT/scripts/bootstrap"
    pg_start test
    ensure_template
    trap drop_own_db EXIT
    link_addons "$db" "$@"
    write_conf "$db"
}

with_own_db() { # with_own_db PREFIX ADDON...: the same, with the addons in it
    own_db "$@"
    shift
    clone_installed "$db" "$@"
}

outside_odoo() { # a command that finds Odoo, the configuration and the database by its environment
    (cd "$ROOT" && ODOO_RC="$(conf_of "$db")" COBRANZA_DB="$db" "$PYTHON" "$@")
}
