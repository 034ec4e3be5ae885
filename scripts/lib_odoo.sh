# Odoo on the cluster chosen with pg_start: configuration, databases, the cached template.

# Kept in step with the addons' depends; what the template holds is not installed again per run.
TEMPLATE_MODULES=account,account_debit_note,mail,sms,portal,phone_validation,l10n_es,l10n_cl
LANGUAGES=es_ES,es_CL

data_dir() { echo "$WORK/data-$PG_CLUSTER"; }
conf_of() { echo "$WORK/run/$PG_CLUSTER-$1.conf"; }

write_conf() { # write_conf DB [HTTP_PORT]
    local site addons=${ADDONS_FOLDER:-}
    site=$(cat "$WORK/odoo.site")
    [ ! -d "$site/addons" ] || addons=$site/addons${addons:+,$addons}
    cat >"$(conf_of "$1")" <<END
[options]
addons_path = $addons
data_dir = $(data_dir)
db_name = $1
dbfilter = ^$1\$
list_db = False
db_host = $PGHOST
db_port = $PGPORT
db_user = $PGUSER
db_maxconn = 32
http_interface = 127.0.0.1
http_port = ${2:-$(free_port)}
gevent_port = $(free_port)
server_wide_modules = base,web
max_cron_threads = 1
END
}

odoo() { # odoo DB [COMMAND] ARGUMENT...: the configuration must have been written
    local db=$1 command=()
    shift
    case ${1:-} in
        module | i18n) command=("$1" "$2"); shift 2 ;;
        shell | neutralize) command=("$1"); shift ;;
    esac
    "$PYTHON" -W ignore::DeprecationWarning -m odoo "${command[@]}" -c "$(conf_of "$db")" -d "$db" "$@"
}

drop_db() {
    dropdb --if-exists --force "$1" 2>/dev/null
    rm -rf "$(data_dir)/filestore/$1"
}

clone_db() { # clone_db FROM TO: rows and filestore
    drop_db "$2"
    createdb --template="$1" "$2"
    mkdir -p "$(data_dir)/filestore"
    [ ! -d "$(data_dir)/filestore/$1" ] || cp -a "$(data_dir)/filestore/$1" "$(data_dir)/filestore/$2"
}

show_modules() { # progress, on a terminal only: the module that is being loaded, from the log
    [ -t 2 ] || return 0
    local line
    while sleep 1; do
        line=$(grep -o 'Loading module .*' "$WORK/log/$1.log" 2>/dev/null | tail -n 1) || true
        printf '\r\033[K    %s\r' "$line" >&2
    done
}

install_into() { # install_into DB LOG ODOO-ARGUMENT...
    local db=$1 log=$2
    shift 2
    show_modules "$log" &
    local ticker=$! failed=
    quietly "$log" odoo "$db" --no-http --max-cron-threads=0 --stop-after-init --log-level=warn \
        --log-handler=odoo.modules.loading:INFO "$@" || failed=1
    kill "$ticker" 2>/dev/null || true
    [ -z "$failed" ] ||
        die "Odoo could not install or update the modules (database $db)."
    ! grep -E ' (ERROR|CRITICAL) ' "$WORK/log/$log.log" >&2 ||
        die "Odoo logged errors while it installed or updated (above)." "The whole log: $WORK/log/$log.log"
    ! grep -E ' WARNING .*(odoo.addons.cobranza|cobranza_legal)' "$WORK/log/$log.log" >&2 || true
}

template_name() { echo "template_$(printf '%s' "$(cat "$WORK/odoo.version")|$TEMPLATE_MODULES|$LANGUAGES" | hash_of)"; }

ensure_template() { # prints nothing; sets TEMPLATE
    TEMPLATE=$(template_name)
    fresh "$TEMPLATE" done && db_exists "$TEMPLATE" && return 0
    lock template
    if ! { fresh "$TEMPLATE" done && db_exists "$TEMPLATE"; }; then
        say "Building the template database (once per Odoo version, about 2 minutes)"
        drop_db "$TEMPLATE"
        createdb "$TEMPLATE"
        write_conf "$TEMPLATE"
        install_into "$TEMPLATE" template -i "$TEMPLATE_MODULES" \
            ${LANGUAGES:+--load-language="$LANGUAGES"}
        stamp "$TEMPLATE" done
    fi
    unlock
}
