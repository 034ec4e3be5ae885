# Private PostgreSQL clusters in the work folder: "test" (no fsync) and "demo" (safe).
# Reached by a Unix socket that only we can open; nobody's server or port is touched.

PG_PORT=5432 # names the socket file only: nothing listens on the network

pg_tool() {
    local dir
    dir=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1)
    if [ -n "$dir" ] && [ -x "$dir/$1" ]; then echo "$dir/$1"; else command -v "$1"; fi
}

# PostgreSQL refuses root: root hands the cluster to the user of Debian's package.
as_pg() { if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi; }

pg_home() { # a folder that the cluster's user can reach, through a link if need be
    local home=$WORK/pg elsewhere
    if [ ! -e "$home" ]; then
        mkdir -p "$home"
        if [ "$(id -u)" = 0 ] && ! as_pg test -x "$home"; then
            rmdir "$home"
            elsewhere=/var/lib/postgresql/cobranza-$(printf '%s' "$WORK" | hash_of)
            mkdir -p "$elsewhere"
            note "the user postgres cannot enter $WORK: the databases live in $elsewhere"
            ln -s "$elsewhere" "$home"
        fi
        [ "$(id -u)" != 0 ] || chown postgres: "$home/"
    fi
    (cd "$home" && pwd -P)
}

pg_use() { # pg_use CLUSTER: point libpq and Odoo at it
    PG_CLUSTER=$1
    PG_DATA=$(pg_home)/$1
    export PGHOST=$PG_DATA.socket PGPORT=$PG_PORT PGUSER=odoo
    unset PGPASSWORD PGDATABASE PGSERVICE
    [ ${#PGHOST} -lt 90 ] || PGHOST=/tmp/cobranza-$(printf '%s' "$PG_DATA" | hash_of)
}

pg_init() {
    say "Creating the private PostgreSQL cluster '$PG_CLUSTER'"
    as_pg rm -rf "$PG_DATA"
    as_pg "$(pg_tool initdb)" --pgdata="$PG_DATA" --username=odoo --auth=trust \
        --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$WORK/log/pg-init.log" 2>&1 ||
        { tail -n 20 "$WORK/log/pg-init.log" >&2; die "initdb failed."; }
}

pg_settings() {
    printf -- '-c %s ' "listen_addresses=''" "port=$PG_PORT" "unix_socket_directories='$PGHOST'" \
        unix_socket_permissions=0700 shared_buffers=512MB max_wal_size=4GB max_connections=150 \
        max_locks_per_transaction=128 random_page_cost=1.1 jit=off
    [ "$PG_CLUSTER" != test ] ||
        # autovacuum would analyse tables while they are empty between two tests, and the
        # plans of the next one would be made for no rows
        printf -- '-c %s ' fsync=off synchronous_commit=off full_page_writes=off autovacuum=off
}

pg_running() { as_pg "$(pg_tool pg_ctl)" --pgdata="$PG_DATA" status >/dev/null 2>&1; }

pg_start() {
    pg_use "$1"
    lock "pg-$1"
    [ -e "$PG_DATA/PG_VERSION" ] || pg_init
    pg_running || {
        as_pg mkdir -p -m 0700 "$PGHOST"
        as_pg "$(pg_tool pg_ctl)" --pgdata="$PG_DATA" --silent --wait --log="$PG_DATA/server.log" \
            --options="$(pg_settings)" start </dev/null >/dev/null 9>&- ||
            die "PostgreSQL did not start." "See $PG_DATA/server.log" \
                "If the cluster is of another version or broken: make clean, then again."
    }
    unlock
}

pg_stop() {
    pg_use "$1"
    ! pg_running || as_pg "$(pg_tool pg_ctl)" --pgdata="$PG_DATA" --silent --mode=fast stop
}

db_exists() { [ -n "$(psql -Atqc "SELECT 1 FROM pg_database WHERE datname = '$1'" postgres)" ]; }
